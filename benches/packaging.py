"""Makes the trees, runs the packers in turn and prints one table for each tree. Started by packaging.sh."""

import os
import random
import shutil
import subprocess
import sys
import tempfile
import time

lfn, tools = sys.argv[1:]
rounds = int(os.environ.get("ROUNDS", 3))
files, megabytes, large = (int(os.environ.get(name, usual)) for name, usual in [("FILES", 20000), ("MEGABYTES", 80), ("LARGE", 280)])
folder = tempfile.mkdtemp(prefix="lfn-bench-")
cache, out = os.path.join(folder, "cache"), os.path.join(folder, "out")
chance = random.Random(1)
words = [bytes(chance.choices(b"abcdefghijklmnopqrstuvwxyz", k=chance.randint(2, 12))) for _ in range(4000)]


def put(path, content):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(content)


def text(size):
    return b" ".join(chance.choices(words, k=size // 7 + 1))[:size]


def small(tree):
    """Like node_modules: many texts, one in twenty a file that does not compress."""
    for index in range(files):
        size = chance.randint(1, 2 * (megabytes << 20) // files)
        content = chance.randbytes(size) if index % 20 == 0 else text(size)
        put(os.path.join(tree, "node_modules", f"package{index // 25:04}", "lib", f"file{index:05}.js"), content)


def binaries(tree):
    """Programs: this Python's own library and what it loads, as often as it takes, each time shifted."""
    parts = [os.path.realpath(sys.executable), lfn]
    for name in sorted(os.listdir("/usr/lib/x86_64-linux-gnu" if os.path.isdir("/usr/lib/x86_64-linux-gnu") else "/usr/lib")):
        path = os.path.join("/usr/lib/x86_64-linux-gnu", name)
        if ".so" in name and os.path.isfile(path) and not os.path.islink(path):
            parts.append(path)
    code = b"".join(open(path, "rb").read() for path in parts)[: 150 << 20]
    left = large << 20
    for index, share in enumerate([0.36, 0.36, 0.14, 0.14]):
        size = min(left, int((large << 20) * share))
        shifted = code[index * 7_000_003 % len(code):] + code
        put(os.path.join(tree, "bin", f"library{index}.so"), (shifted * (size // len(shifted) + 1))[:size])
        left -= size


def tree(name, fill):
    root = os.path.join(folder, name)
    # In a process of its own: what this one has in memory would count as the peak of all that it starts.
    filling = os.fork()
    if filling == 0:
        try:
            fill(root)
            os._exit(0)
        finally:
            os._exit(1)
    if os.waitpid(filling, 0)[1] != 0:
        sys.exit("error: could not make the trees")
    put(os.path.join(root, "index.js"), b"exports.handler = async () => 'hello';\n")
    put(os.path.join(root, "package.json"), b'{"name": "bench", "version": "1.0.0"}\n')
    put(os.path.join(root, "lambda.yaml"), b"name: bench\nruntime: nodejs24.x\nhandler: index.handler\npackage: { dependencies: none }\n")
    put(os.path.join(root, "serverless.yml"), b"service: bench\nprovider: { name: aws, runtime: nodejs20.x }\n"
        b"package: { excludeDevDependencies: false }\nfunctions: { bench: { handler: index.handler } }\n")
    return root


ZIPFILE = """
import os, sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED) as archive:
    for parent, folders, names in os.walk("."):
        for name in sorted(names):
            archive.write(os.path.join(parent, name))
"""
# What `sam build` copies for a project with dependencies that are there already, and the archive `sam deploy` makes.
BUILDERS = """
import sys, tempfile, os
from aws_lambda_builders.utils import copytree
with tempfile.TemporaryDirectory() as built:
    copytree(".", built)
    os.chdir(built)
""" + "\n".join("    " + line for line in ZIPFILE.strip().splitlines()) + "\n"


def packers():
    found = {"lfn package": [lfn, "package", "--output", out + ".zip"]}
    if shutil.which("zip"):
        found["zip -qrX"] = ["zip", "-qrX", out + ".zip", "."]
    seven = next((name for name in ("7zz", "7z", "7za") if shutil.which(name)), None)
    if seven:
        found[f"{seven} -mx3"] = [seven, "a", "-tzip", "-mx3", f"-mmt{os.cpu_count()}", "-bso0", "-bsp0", out + ".zip", "."]
        found[f"{seven} -mx5"] = [seven, "a", "-tzip", "-mx5", f"-mmt{os.cpu_count()}", "-bso0", "-bsp0", out + ".zip", "."]
    found["python zipfile"] = [sys.executable, "-c", ZIPFILE, out + ".zip"]
    if os.environ.get("PEERS") != "no":
        if os.path.exists(os.path.join(tools, "npm", "done")):
            bin = os.path.join(tools, "npm", "node_modules", ".bin")
            serverless = next((name for name in ("osls", "serverless") if os.path.exists(os.path.join(bin, name))), None)
            if serverless:
                found["osls package"] = [os.path.join(bin, serverless), "package", "--package", out]
            # It installs anew from a lockfile, or takes a folder as it is: the latter is what the others do here.
            found["node-lambda"] = [os.path.join(bin, "node-lambda"), "package", "-A", out, "-n", "bench", "--prebuiltDirectory", "."]
        if os.path.exists(os.path.join(tools, "python", "done")):
            found["lambda-builders"] = [os.path.join(tools, "python", "bin", "python"), "-c", BUILDERS, out + ".zip"]
    return found


def size_of_output():
    archives = [out + ".zip"] if os.path.exists(out + ".zip") else []
    for parent, _, names in os.walk(out):
        archives += [os.path.join(parent, name) for name in names if name.endswith(".zip")]
    return max((os.path.getsize(path) for path in archives), default=0)


def clear():
    if os.path.exists(out + ".zip"):
        os.remove(out + ".zip")
    shutil.rmtree(out, ignore_errors=True)
    os.makedirs(out)


def run(command, root):
    """Wall time, processor time, peak memory in megabytes, size; None when it failed."""
    environment = {**os.environ, "LFN_CACHE_DIR": cache, "SLS_TELEMETRY_DISABLED": "1", "SLS_NOTIFICATIONS_MODE": "off"}
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=root, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    errors = process.stderr.read()
    _, status, used = os.wait4(process.pid, 0)
    took = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        print("failed:", " ".join(command)[:80], errors.decode(errors="replace")[-300:], file=sys.stderr)
        return None
    return took, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, size_of_output()


def measure(root):
    found = packers()
    best = {}

    def note(name, result):
        if result:
            before = best.get(name, result)
            best[name] = tuple(min(pair) for pair in zip(before, result))

    for number in range(rounds):
        for name, command in list(found.items()):
            own = name == "lfn package"
            if own:
                shutil.rmtree(cache, ignore_errors=True)
            clear()
            result = run(command, root)
            if result is None:
                del found[name]
            note(name, result)
            if own and result:
                # Others start from nothing each time; their figures stand for all three.
                put(os.path.join(root, "index.js"), f"exports.handler = async () => {number};\n".encode())
                note("lfn, one changed", run(command, root))
                time.sleep(2.5)  # what changed a moment ago is read again
                run(command, root)
                note("lfn, unchanged", run(command, root))
    return best


def report(title, best):
    print(f"\n{title}")
    print(f"{'':<18}{'wall s':>8}{'cpu s':>8}{'peak MB':>9}{'archive MB':>12}   times as long as lfn: cold, one changed, unchanged")
    own = [best.get(name) for name in ("lfn package", "lfn, one changed", "lfn, unchanged")]
    for name, (wall, cpu, memory, size) in best.items():
        ratios = "".join(f"{wall / other[0]:8.1f}" if other else f"{'-':>8}" for other in own)
        print(f"{name:<18}{wall:8.3f}{cpu:8.2f}{memory:9.0f}{size / 2**20:12.2f}   {'' if name.startswith('lfn') else ratios}")


try:
    print(f"best of {rounds} rounds, {os.cpu_count()} processors")
    for name, title, fill in [
        ("small", f"{files} small files, {megabytes} MB", small),
        ("large", f"4 binaries, {large} MB", binaries),
        ("hello", "hello world", lambda root: None),
    ]:
        if name == "large" and large == 0:
            continue
        root = tree(name, fill)
        time.sleep(2.5)
        report(title, measure(root))
        shutil.rmtree(root)
finally:
    shutil.rmtree(folder, ignore_errors=True)
