"""AWS's service reference on loopback, made of lfn's own index, for peers that download it from AWS."""

import http.server
import json
import threading
import zlib
from pathlib import Path

DATA = Path(__file__).resolve().parent.parent / "data"
AUTOPILOT = "iam-policy-autopilot==0.3.0"


def services():
    """Service → its part of data/iam-index.bin, which scripts/iam-index describes."""
    head, streams = (DATA / "iam-index.bin").read_bytes().split(b"\n\n", 1)
    found = {}
    for line in head.decode().splitlines()[1:]:
        prefix, offset, length, _ = line.split(" ")
        found[prefix] = json.loads(zlib.decompress(streams[int(offset) : int(offset) + int(length)]))
    return found


def serve():
    """Serves the reference; gives back its address."""
    known = services()
    operations = {name: service.get("operations", {}) for name, service in sdk()["services"].items()}

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            here = f"http://127.0.0.1:{self.server.server_port}"
            name = self.path.rstrip("/").rsplit("/", 1)[-1].removesuffix(".json")
            if name in known:
                body = reference(name, known[name], operations.get(name, {}))
            else:
                body = [{"service": s, "url": f"{here}/v1/{s}/{s}.json"} for s in known]
            data = json.dumps(body).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


def environment(url):
    """What iam-policy-autopilot has to be told."""
    return {
        "IAM_POLICY_AUTOPILOT_SERVICE_REFERENCE_URL": url,
        "DISABLE_IAM_POLICY_AUTOPILOT_TELEMETRY": "true",
    }


def sdk():
    return json.loads((DATA / "sdk.json").read_text())


def reference(prefix, service, operations):
    """The service as AWS's service reference has it, with the operations that ask for other actions."""
    names = [name for name, *_ in service["r"]]
    places = {"{p}": "${Partition}", "{r}": "${Region}", "{a}": "${Account}"}

    def arn(text):
        for ours, theirs in places.items():
            text = text.replace(ours, theirs)
        parts = text.split("*")
        return "".join(part + (f"${{Name{n}}}" if n + 1 < len(parts) else "") for n, part in enumerate(parts))

    def authorized(right):
        actions = right["as"].values() if "as" in right else [right.get("action")] if isinstance(right, dict) else [right]
        return [{"Name": one.split(":")[-1], "Service": one.split(":")[0] if ":" in one else prefix} for one in actions]

    return {
        "Name": prefix,
        "Version": "v1.4",
        "Actions": [
            {"Name": name, "Resources": [{"Name": names[i if i >= 0 else ~i]} for i in (raw[1] if len(raw) > 1 else [])]}
            for name, raw in service["a"].items()
        ],
        "Operations": [
            {"Name": name, "AuthorizedActions": [one for right in rights for one in authorized(right)], "SDK": []}
            for name, rights in operations.items()
        ],
        "Resources": [{"Name": name, "ARNFormats": [arn(text)]} for name, text, *_ in service["r"]],
    }
