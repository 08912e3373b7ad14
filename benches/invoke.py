#!/usr/bin/env python3
"""Cold starts and warm calls of one handler: `lfn dev` beside AWS's Runtime Interface Emulator.

    benches/invoke.py [LFN] [--calls 300] [--starts 5]

The handler does nothing. Both run Python: lfn through its own client, the emulator through AWS's awslambdaric, which is
installed from PyPI into a temporary environment together with aws-sam-cli's wheel, where the emulator is. A cold start is
the time from the start of the server to the first answer, without packaging: lfn's is the init that it reports, and the call.
A warm call is measured from outside, over one connection each; what the handler itself takes is next to nothing.
"""

import argparse
import http.client
import json
import os
import platform
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PATH = "/2015-03-31/functions/function/invocations"


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def call(port, connection=None):
    connection = connection or http.client.HTTPConnection("127.0.0.1", port)
    connection.request("POST", PATH, b"{}")
    answer = connection.getresponse()
    body = answer.read()
    assert body == b"1", body
    return connection


def warm(port, calls):
    took = []
    for _ in range(calls):
        connection = http.client.HTTPConnection("127.0.0.1", port)
        connection.connect()
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        start = time.perf_counter()
        call(port, connection)
        took.append((time.perf_counter() - start) * 1000)
        connection.close()
    return took


def emulator(tools):
    environment = tools / "venv"
    venv.create(environment, with_pip=True)
    pip = [environment / "bin/pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "awslambdaric==4.2.2"], check=True)
    subprocess.run([*pip, "--no-deps", "aws-sam-cli==1.170.0"], check=True)
    machine = "arm64" if platform.machine() in ("arm64", "aarch64") else "x86_64"
    [found] = environment.glob(f"lib/*/site-packages/samcli/local/rapid/aws-lambda-rie-{machine}")
    found.chmod(0o755)
    return found, environment / "bin/python"


def start_emulator(program, python, project):
    port = free_port()
    addresses = ["--runtime-interface-emulator-address", f"127.0.0.1:{port}", "--runtime-api-address", f"127.0.0.1:{free_port()}"]
    command = [program, *addresses, "--log-level", "error", python, "-m", "awslambdaric", "app.handler"]
    environment = {**os.environ, "PYTHONPATH": str(project), "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256"}
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=project, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while True:
        try:
            call(port)
            return process, port, (time.perf_counter() - start) * 1000
        except OSError:
            time.sleep(0.002)


def start_lfn(binary, project):
    command = [binary, "dev", "--port", "0", "--url-port", "0", "--format", "json", "-C", project]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    port = int(json.loads(process.stdout.readline())["endpoint"].rsplit(":", 1)[1])
    start = time.perf_counter()
    call(port)
    first = (time.perf_counter() - start) * 1000
    return process, port, json.loads(process.stdout.readline())["init_ms"] + first


def measure(starts, calls, begin):
    cold, took = [], []
    for _ in range(starts):
        process, port, first = begin()
        cold.append(first)
        # What lfn tells of each call has to go somewhere.
        if process.stdout:
            subprocess.Popen(["cat"], stdin=process.stdout, stdout=subprocess.DEVNULL)
        took += warm(port, calls)
        process.terminate()
        process.wait()
    return cold, took


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lfn", nargs="?", default=str(ROOT / "target/release/lfn"))
    parser.add_argument("--calls", type=int, default=300)
    parser.add_argument("--starts", type=int, default=5)
    arguments = parser.parse_args()
    if not os.access(arguments.lfn, os.X_OK):
        sys.exit(f"error: there is no binary `{arguments.lfn}`: build one with `cargo build --release`, or name another")
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        project = folder / "project"
        project.mkdir()
        (project / "lambda.yaml").write_text("name: function\nruntime: python3.12\nhandler: app.handler\nmemory: 256MB\n")
        (project / "app.py").write_text("def handler(event, context): return 1\n")
        program, python = emulator(folder)
        results = {
            "lfn": measure(arguments.starts, arguments.calls, lambda: start_lfn(arguments.lfn, project)),
            "emulator": measure(arguments.starts, arguments.calls, lambda: start_emulator(program, python, project)),
        }
    print(f"{'':<10}{'cold median':>14}{'warm median':>14}{'warm p95':>12}")
    medians = {}
    for name, (cold, took) in results.items():
        took.sort()
        medians[name] = (statistics.median(cold), statistics.median(took), took[len(took) * 95 // 100])
        print(f"{name:<10}" + "".join(f"{value:>{width}.2f} ms" for value, width in zip(medians[name], (11, 11, 9))))
    ratios = [ours / theirs for ours, theirs in zip(medians["lfn"], medians["emulator"])]
    print(f"{'ratio':<10}" + "".join(f"{ratio:>{width}.2f}" for ratio, width in zip(ratios, (14, 14, 12))))


if __name__ == "__main__":
    main()
