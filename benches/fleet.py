#!/usr/bin/env python3
"""A hundred functions deployed at once, at the pace that Lambda allows.

    benches/fleet.py [--lfn target/release/lfn] [--functions 100] [--rate 15] [--jobs 16]

Generates the functions, starts MiniStack (which needs the environment that `cargo test --test servers` makes) and in
front of it a proxy that keeps Lambda's quota as AWS does, independently of lfn: of the control plane's calls
within any one second, those beyond 15 are answered with 429; GetFunction and Invoke are not counted.

Prints for a first deploy, a second with nothing to do, and a third with new code everywhere: the calls that count, the
seconds that they need at the quota, the seconds that the run took, their ratio, and how many were answered with 429.
"""

import argparse
import asyncio
import collections
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ACCOUNT = "123456789012"
REFUSAL = json.dumps({"Reason": "CallerRateLimitExceeded", "Type": "User", "message": "Rate exceeded"}).encode()


class Quota:
    """A proxy that lets so many calls of Lambda's control plane through in any second."""

    def __init__(self, upstream, per_second):
        self.upstream, self.per_second = upstream, per_second
        self.taken = collections.deque()
        self.calls = collections.Counter()
        self.throttled = 0
        self.port = None
        # asyncio itself forgets tasks that nobody holds.
        self.connections = set()

    def start(self):
        ready = threading.Event()
        threading.Thread(target=lambda: asyncio.run(self.serve(ready)), daemon=True).start()
        ready.wait()

    async def serve(self, ready):
        server = await asyncio.start_server(self.connection, "127.0.0.1", 0, backlog=512)
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        await server.serve_forever()

    async def connection(self, reader, writer):
        self.connections.add(asyncio.current_task())
        try:
            while request := await self.request(reader, writer):
                head, body = request
                if self.refuses(head):
                    answer = (
                        b"HTTP/1.1 429 Too Many Requests\r\nContent-Type: application/json\r\n"
                        b"x-amzn-ErrorType: TooManyRequestsException\r\nContent-Length: %d\r\n\r\n" % len(REFUSAL)
                    ) + REFUSAL
                    writer.write(answer)
                    await writer.drain()
                else:
                    await self.forward(head, body, writer)
                    break
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()
            self.connections.discard(asyncio.current_task())

    @staticmethod
    async def request(reader, writer):
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            return None
        if re.search(rb"(?i)\r\nexpect:", head):
            writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
        return head, await reader.readexactly(int(length[1])) if length else b""

    def refuses(self, head):
        signed = re.search(rb"/([a-z0-9-]+)/aws4_request", head)
        service = signed[1].decode() if signed else "unsigned"
        method, target = head.split(b" ", 2)[:2]
        path = target.split(b"?")[0].decode()
        own = (method == b"GET" and re.fullmatch(r"/[\d-]+/functions/[^/]+", path)) or path.endswith("/invocations")
        if service != "lambda" or own:
            self.calls["lambda, quotas of their own" if service == "lambda" else service] += 1
            return False
        now = time.monotonic()
        while self.taken and now - self.taken[0] >= 1:
            self.taken.popleft()
        if len(self.taken) >= self.per_second:
            self.throttled += 1
            return True
        self.taken.append(now)
        self.calls["lambda"] += 1
        return False

    async def forward(self, head, body, writer):
        head = re.sub(rb"(?i)\r\n(connection|expect):[^\r]*", b"", head)
        reader, server = await asyncio.open_connection("127.0.0.1", self.upstream)
        server.write(head[:-2] + b"Connection: close\r\n\r\n" + body)
        await server.drain()
        while chunk := await reader.read(65536):
            writer.write(chunk)
        await writer.drain()
        server.close()


def ministack(folder):
    """MiniStack on a free port: the process and the port."""
    found = sorted(ROOT.glob("target/lfn-test-servers/ministack-*/venv/bin/ministack"))
    if not found:
        sys.exit("MiniStack is not installed: run `cargo test --test servers` once, which installs it")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = os.environ | {
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "STATE_DIR": f"{folder}/state",
        "S3_DATA_DIR": f"{folder}/s3",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }
    server = subprocess.Popen([found[-1]], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(600):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/_ministack/health", timeout=1)
            return server, port
        except OSError:
            time.sleep(0.1)
    server.kill()
    sys.exit("MiniStack did not start")


def write(folder, number, edition):
    function = folder / f"functions/f{number:03}"
    function.mkdir(parents=True, exist_ok=True)
    (function / "lambda.yaml").write_text(
        f"name: f{number:03}\nruntime: python3.13\nhandler: app.handler\nmemory: 256MB\nlogs:\n  retention: 14d\n"
        f"allow:\n  - get s3://photos-{number:03}/in/*\n"
    )
    (function / "app.py").write_text(f"def handler(event, context):\n    return {edition!r}\n")


def deploy(options, folder, proxy):
    env = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "LFN_"))} | {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{proxy.port}",
        "AWS_ACCESS_KEY_ID": ACCOUNT,
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "HOME": str(folder / "home"),
    }
    command = [options.lfn, "deploy", "--all", "--yes", "--allow-widening", "--rate", str(options.rate)]
    started = time.monotonic()
    run = subprocess.run([*command, "--jobs", str(options.jobs)], cwd=folder, env=env, capture_output=True, text=True)
    seconds = time.monotonic() - started
    if run.returncode:
        sys.exit(f"the deploy ended with {run.returncode}:\n{run.stdout[-2000:]}\n{run.stderr[-4000:]}")
    return seconds


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lfn", default=str(ROOT / "target/release/lfn"))
    parser.add_argument("--functions", type=int, default=100)
    parser.add_argument("--rate", default="15")
    parser.add_argument("--jobs", type=int, default=16)
    options = parser.parse_args()
    options.lfn = str(Path(options.lfn).resolve())

    folder = Path(tempfile.mkdtemp(prefix="lfn-fleet-"))
    server, port = ministack(folder)
    try:
        print(f"{options.functions} functions, --rate {options.rate}, --jobs {options.jobs}")
        print(f"{'':16} {'calls':>6} {'at 15/s':>8} {'took':>8} {'ratio':>6} {'429s':>5}  other calls")
        for title, edition in [("first deploy", "one"), ("nothing to do", "one"), ("new code", "two")]:
            for number in range(1, options.functions + 1):
                write(folder, number, edition)
            proxy = Quota(port, 15)
            proxy.start()
            took = deploy(options, folder, proxy)
            calls = proxy.calls.pop("lambda", 0)
            least = calls / 15
            others = ", ".join(f"{name} {count}" for name, count in sorted(proxy.calls.items()))
            ratio = took / least if least else float("nan")
            print(f"{title:16} {calls:6} {least:7.1f}s {took:7.1f}s {ratio:6.2f} {proxy.throttled:5}  {others}", flush=True)
    finally:
        server.terminate()
        server.wait()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
