#!/usr/bin/env python3
"""Cold starts and warm calls of one function in three languages: `lfn dev` beside what others run functions with.

    benches/invoke.py [LFN] [--calls 300] [--rounds 5] [--only python,node,rust]

The function does nothing. The peers are AWS's Runtime Interface Emulator (out of the wheel of aws-sam-cli; with awslambdaric for Python),
serverless-offline (with osls, npm) and `cargo lambda watch` (PyPI). They are installed, pinned, into TOOLS (a folder in the
user's cache). Everybody runs the same interpreters and, for Rust, the same binary, in turns, so that the machine's load meets all alike.

start  from the command to the first answer: with what each builds or packs
cold   the first call of an environment, with its init. lfn starts one ahead of the first call, so its init is added
warm   a call in an environment that is up, over the tool's own endpoint, measured from outside: one connection each, as the AWS CLI has
"""

import argparse
import http.client
import json
import os
import platform
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOLS = Path(os.environ.get("TOOLS") or Path.home() / ".cache/lfn-bench") / "invoke"
PYTHON = f"python3.{sys.version_info[1]}"
NODE = "nodejs24.x"
FILES = {
    "python": {"app.py": "def handler(event, context): return 1\n"},
    "node": {"app.js": "exports.handler = async () => 1;\n"},
    "rust": {},
}
RUNTIMES = {"python": PYTHON, "node": NODE, "rust": "provided.al2023"}


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


class Server:
    """A tool at work on a function."""

    def __init__(self, command, folder, port, function, variables=None, stdout=subprocess.DEVNULL):
        self.began = time.perf_counter()
        self.process = subprocess.Popen(
            command, cwd=folder, env={**os.environ, **(variables or {})}, stdout=stdout, stderr=subprocess.DEVNULL, text=True
        )
        self.port = port
        self.path = f"/2015-03-31/functions/{function}/invocations"

    def listening(self):
        while True:
            if self.process.poll() is not None:
                sys.exit(f"error: `{self.process.args[0]}` ended with {self.process.returncode}")
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                return
            except OSError:
                time.sleep(0.002)

    def first_call(self):
        """Milliseconds of the first call alone, and since the start."""
        self.listening()
        call = self.call()
        return call, (time.perf_counter() - self.began) * 1000

    def call(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        connection.connect()
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        start = time.perf_counter()
        connection.request("POST", self.path, b'{"do": "nothing"}')
        body = connection.getresponse().read()
        took = (time.perf_counter() - start) * 1000
        connection.close()
        assert body == b"1", body
        return took

    def end(self):
        self.process.terminate()
        self.process.wait()


class Lfn(Server):
    def __init__(self, binary, folder):
        command = [binary, "dev", "--port", "0", "--url-port", "0", "--format", "json"]
        super().__init__(command, folder, None, "function", stdout=subprocess.PIPE)

    def first_call(self):
        listening = json.loads(self.process.stdout.readline())
        self.port = int(listening["endpoint"].rsplit(":", 1)[1])
        call = self.call()
        since_start = (time.perf_counter() - self.began) * 1000
        init = json.loads(self.process.stdout.readline())["init_ms"]
        # What it tells of each call has to go somewhere.
        subprocess.Popen(["cat"], stdin=self.process.stdout, stdout=subprocess.DEVNULL)
        return init + call, since_start


def emulator(folder, command):
    machine = "arm64" if platform.machine() in ("arm64", "aarch64") else "x86_64"
    [program] = TOOLS.glob(f"python/lib/*/site-packages/samcli/local/rapid/aws-lambda-rie-{machine}")
    program.chmod(0o755)
    port = free_port()
    addresses = ["--runtime-interface-emulator-address", f"127.0.0.1:{port}", "--runtime-api-address", f"127.0.0.1:{free_port()}"]
    variables = {"PYTHONPATH": str(folder), "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256"}
    return Server([program, *addresses, "--log-level", "error", *command], folder, port, "function", variables)


def offline(folder):
    port = free_port()
    command = [TOOLS / "npm/node_modules/.bin/osls", "offline", "--lambdaPort", str(port), "--httpPort", str(free_port())]
    return Server(command, folder, port, "bench-dev-function", {"SLS_TELEMETRY_DISABLED": "1"})


def cargo_lambda(package):
    port = free_port()
    variables = {"CARGO_TARGET_DIR": str(TOOLS / "rust")}
    # Without its reloading of saved files, which only costs it time here.
    command = [TOOLS / "python/bin/cargo-lambda", "lambda", "watch", "--invoke-port", str(port), "--ignore-changes"]
    return Server(command, package, port, "function", variables)


def install():
    if not (TOOLS / "ready").exists():
        venv.create(TOOLS / "python", with_pip=True, clear=True)
        pip = [TOOLS / "python/bin/pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "awslambdaric==4.2.2", "cargo-lambda==1.9.2"], check=True)
        subprocess.run([*pip, "--no-deps", "aws-sam-cli==1.170.0"], check=True)
        npm = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--legacy-peer-deps", "--prefix", TOOLS / "npm"]
        subprocess.run([*npm, "osls@4.3.1", "serverless-offline@14.8.2"], check=True)
        (TOOLS / "ready").touch()


def prepare(folder, language):
    """A project of the language, for lfn and for serverless-offline."""
    project = folder / language
    project.mkdir()
    for name, text in FILES[language].items():
        (project / name).write_text(text)
    (project / "lambda.yaml").write_text(
        f"name: function\nruntime: {RUNTIMES[language]}\nhandler: app.handler\nmemory: 256MB\npackage: {{ exclude: [serverless.yml, node_modules] }}\n"
    )
    runtime = "nodejs20.x" if language == "node" else RUNTIMES[language]
    (project / "serverless.yml").write_text(
        f"service: bench\nprovider: {{ name: aws, runtime: {runtime} }}\n"
        "functions: { function: { handler: app.handler } }\nplugins: [serverless-offline]\n"
    )
    (project / "node_modules").symlink_to(TOOLS / "npm/node_modules")
    if language == "rust":
        package = folder / "package"
        shutil.copytree(ROOT / "tests/runtimes/programs/rust", package)
        build = ["cargo", "build", "--quiet", "--locked", "--target-dir", TOOLS / "rust"]
        subprocess.run(build, cwd=package, check=True)
        shutil.copy(TOOLS / "rust/debug/function", project / "bootstrap")
    return project


def tools(language, project, binary):
    """What runs this language, by name."""
    found = {"lfn": lambda: Lfn(binary, project)}
    if language == "python":
        found["emulator"] = lambda: emulator(project, [TOOLS / "python/bin/python", "-m", "awslambdaric", "app.handler"])
        found["serverless-offline"] = lambda: offline(project)
    if language == "node":
        found["serverless-offline"] = lambda: offline(project)
    if language == "rust":
        found["emulator"] = lambda: emulator(project, [project / "bootstrap"])
        found["cargo lambda watch"] = lambda: cargo_lambda(project.parent / "package")
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lfn", nargs="?", default=str(ROOT / "target/release/lfn"))
    parser.add_argument("--calls", type=int, default=300, help="warm calls in each round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="python,node,rust", help="languages")
    arguments = parser.parse_args()
    if not os.access(arguments.lfn, os.X_OK):
        sys.exit(f"error: there is no binary `{arguments.lfn}`: build one with `cargo build --release`, or name another")
    install()
    binary = str(Path(arguments.lfn).resolve())
    print(f"{'':<28}{'start':>12}{'cold':>12}{'warm':>10}{'warm p95':>10}   milliseconds, medians; in brackets: times lfn's")
    with tempfile.TemporaryDirectory() as folder:
        for language in arguments.only.split(","):
            project = prepare(Path(folder), language)
            found = tools(language, project, binary)
            times = {name: ([], [], []) for name in found}
            for _ in range(arguments.rounds):
                for name, begin in found.items():
                    server = begin()
                    cold, start = server.first_call()
                    starts, colds, warms = times[name]
                    starts.append(start)
                    colds.append(cold)
                    warms += [server.call() for _ in range(arguments.calls)]
                    server.end()
            show(language, times)


def show(language, times):
    ours = None
    for name, (starts, colds, warms) in times.items():
        warms.sort()
        figures = [statistics.median(starts), statistics.median(colds), statistics.median(warms), warms[len(warms) * 95 // 100]]
        ours = ours or figures
        ratios = [figure / own for figure, own in zip(figures, ours)]
        shown = f"{figures[0]:>12.0f}{figures[1]:>12.1f}{figures[2]:>10.2f}{figures[3]:>10.2f}"
        print(f"{language + ' on ' + name:<28}{shown}   [" + ", ".join(f"{ratio:.1f}" for ratio in ratios) + "]")


if __name__ == "__main__":
    main()
