"""The Lambda Runtime API for one execution environment, on loopback.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

import queue
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class RuntimeApi:
    """Hands invocations to the runtime and takes its answers."""

    def __init__(self, timeout_seconds: int):
        self.timeout_seconds = timeout_seconds
        self.ready = threading.Event()
        self.init_error: bytes | None = None
        self._invocations: queue.Queue = queue.Queue()
        self._answers: dict[str, queue.Queue] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._server.server_port}"

    def invoke(self, invocation: dict) -> tuple[bool, bytes] | None:
        """Returns whether the function failed, and its answer; nothing when it took too long."""
        request_id = invocation["invoke-id"]
        answer = self._answers[request_id] = queue.Queue()
        self._invocations.put(invocation)
        try:
            return answer.get(timeout=self.timeout_seconds + 0.5)
        except queue.Empty:
            return None
        finally:
            del self._answers[request_id]

    def close(self) -> None:
        self._invocations.put(None)
        self._server.shutdown()
        self._server.server_close()

    def _next(self) -> tuple[int, bytes, dict[str, str]]:
        self.ready.set()
        invocation = self._invocations.get()
        if invocation is None:
            return 410, b"", {}
        headers = {
            "Content-Type": "application/json",
            "Lambda-Runtime-Aws-Request-Id": invocation["invoke-id"],
            "Lambda-Runtime-Deadline-Ms": str(int((time.time() + self.timeout_seconds) * 1000)),
            "Lambda-Runtime-Invoked-Function-Arn": invocation["invoked-function-arn"],
            "Lambda-Runtime-Trace-Id": invocation["trace-id"],
        }
        return 200, invocation["payload"].encode(), headers

    def _answered(self, path: str, body: bytes) -> None:
        if path.endswith("/init/error"):
            self.init_error = body
            self.ready.set()
            return
        *_, request_id, outcome = path.split("/")
        if request_id in self._answers:
            self._answers[request_id].put((outcome == "error", body))

    def _handler(api) -> type[BaseHTTPRequestHandler]:
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *args):
                pass

            def do_GET(self):
                if self.path.endswith("/invocation/next"):
                    self._send(*api._next())
                else:
                    self._send(404, b"", {})

            def do_POST(self):
                api._answered(self.path, self._body())
                self._send(202, b"", {})

            def _body(self) -> bytes:
                if not self.headers.get("Transfer-Encoding"):
                    return self.rfile.read(int(self.headers.get("Content-Length") or 0))
                body = b""
                while size := int(self.rfile.readline().split(b";")[0], 16):
                    body += self.rfile.read(size)
                    self.rfile.readline()
                self.rfile.readline()
                return body

            def _send(self, status: int, body: bytes, headers: dict[str, str]):
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        return Handler
