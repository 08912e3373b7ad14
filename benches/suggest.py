#!/usr/bin/env python3
"""`lfn policy suggest` beside iam-policy-autopilot, on tests/suggest/samples.

    benches/suggest.py [--lfn target/debug/lfn] [LANGUAGE[/NAME] ...]

For each sample: how many actions it needs, how many of them each tool finds, what each finds too much, and
for how many needs each names exactly the resource. `expected.json` is what counts as needed; needs with
holes have no exact resource.

iam-policy-autopilot is installed from PyPI into a temporary environment. It asks AWS for its service
reference; here it gets lfn's own index (data/iam-index.bin) in that form, over loopback.
"""
import argparse, http.server, json, os, subprocess, sys, tempfile, threading, venv, zlib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "tests/suggest/samples"
AUTOPILOT = "iam-policy-autopilot==0.3.0"
ACCOUNT, REGION = "123456789012", "eu-west-1"
ENDINGS = {".py", ".js", ".ts", ".tsx", ".jsx", ".go", ".java"}


def index():
    """Service → its part of data/iam-index.bin, which scripts/iam-index describes."""
    packed = (ROOT / "data/iam-index.bin").read_bytes()
    head, streams = packed.split(b"\n\n", 1)
    services = {}
    for line in head.decode().splitlines()[1:]:
        prefix, offset, length, _ = line.split(" ")
        services[prefix] = json.loads(zlib.decompress(streams[int(offset) : int(offset) + int(length)]))
    return services


def reference(prefix, service):
    """The service as AWS's service reference has it."""
    names = [name for name, *_ in service["r"]]
    places = {"{p}": "${Partition}", "{r}": "${Region}", "{a}": "${Account}"}

    def arn(text):
        for ours, theirs in places.items():
            text = text.replace(ours, theirs)
        parts = text.split("*")
        return "".join(part + (f"${{Name{n}}}" if n + 1 < len(parts) else "") for n, part in enumerate(parts))

    actions = [
        {"Name": name, "Resources": [{"Name": names[i if i >= 0 else ~i]} for i in (raw[1] if len(raw) > 1 else [])]}
        for name, raw in service["a"].items()
    ]
    resources = [{"Name": name, "ARNFormats": [arn(text)]} for name, text, *_ in service["r"]]
    return {"Name": prefix, "Version": "v1.4", "Actions": actions, "Resources": resources}


def serve():
    """The reference on loopback; gives back its address."""
    services = index()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            here = f"http://127.0.0.1:{self.server.server_port}"
            name = self.path.rstrip("/").rsplit("/", 1)[-1].removesuffix(".json")
            if name in services:
                body = reference(name, services[name])
            else:
                body = [{"service": s, "url": f"{here}/v1/{s}/{s}.json"} for s in services]
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


def by_lfn(binary, sample):
    command = [binary, "policy", "suggest", "--format", "json", "--region", REGION, "-C", str(sample)]
    answer = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    needs = [need for line in answer["missing"] for need in line["needs"]] + answer["allowed"]
    return {(need["action"], need["resource"]) for need in needs}


def by_autopilot(binary, url, sample):
    """Pairs, or what it says when it cannot."""
    files = [str(f) for f in sorted(sample.rglob("*")) if f.suffix in ENDINGS and f.stat().st_size]
    if not files:
        return "cannot read the language"
    env = os.environ | {
        "IAM_POLICY_AUTOPILOT_SERVICE_REFERENCE_URL": url,
        "DISABLE_IAM_POLICY_AUTOPILOT_TELEMETRY": "true",
    }
    command = [binary, "generate-policies", "--disable-cache", "-a", ACCOUNT, "-r", REGION, *files]
    run = subprocess.run(command, capture_output=True, text=True, env=env)
    if run.returncode:
        return run.stderr.strip().splitlines()[-1][:60]
    pairs = set()
    for policy in json.loads(run.stdout)["Policies"]:
        for statement in policy["Policy"]["Statement"]:
            many = lambda value: value if isinstance(value, list) else [value]
            pairs |= {(a, r) for a in many(statement["Action"]) for r in many(statement["Resource"])}
    return pairs


def cells(found, needs):
    """Found, too much, exact."""
    if isinstance(found, str):
        return found, "-", "-"
    wanted = {action for action, _ in needs}
    actions = {action for action, _ in found}
    exact = [pair for pair in needs if "<" not in pair[1]]
    return str(len(wanted & actions)), str(len(actions - wanted)), f"{len(set(exact) & found)}/{len(exact)}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--lfn", default=ROOT / "target/debug/lfn")
    parser.add_argument("samples", nargs="*")
    options = parser.parse_args()
    samples = sorted(path.parent for path in SAMPLES.glob("*/*/expected.json"))
    if options.samples:
        chosen = lambda s: any(str(s.relative_to(SAMPLES)).startswith(name) for name in options.samples)
        samples = [sample for sample in samples if chosen(sample)]
    url = serve()
    rows, texts = [], []
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        subprocess.run([f"{folder}/bin/pip", "install", "--quiet", AUTOPILOT], check=True)
        for sample in samples:
            needs = {tuple(need[:2]) for need in json.loads((sample / "expected.json").read_text())["needs"]}
            row = [str(sample.relative_to(SAMPLES)), str(len({action for action, _ in needs}))]
            row += cells(by_lfn(options.lfn, sample), needs)
            row += cells(by_autopilot(f"{folder}/bin/iam-policy-autopilot", url, sample), needs)
            rows.append(row)
    heads = ["sample", "actions needed", "lfn finds", "too much", "exact resources"]
    heads += ["autopilot finds", "too much", "exact resources"]
    widths = [max(len(row[i]) for row in [heads, *rows]) for i in range(len(heads))]
    for row in [heads, ["-" * width for width in widths], *rows]:
        texts.append("| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |")
    print("\n".join(texts))


if __name__ == "__main__":
    sys.exit(main())
