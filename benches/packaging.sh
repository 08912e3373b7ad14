#!/usr/bin/env bash
# Packages one tree with lfn, Info-ZIP and Python's zipfile, and prints what each took and made.
#
#   benches/packaging.sh [LFN]        the binary to measure; target/release/lfn by default
#
# FILES (5000) and MEGABYTES (80) set the size of the tree, ROUNDS (3) how often each runs; the best
# round counts. Rounds take turns, so that a busy moment of the machine does not fall on one of them.
set -euo pipefail
cd "$(dirname "$0")/.."

lfn=${1:-${CARGO_TARGET_DIR:-target}/release/lfn}
files=${FILES:-5000} megabytes=${MEGABYTES:-80} rounds=${ROUNDS:-3}

[ -x "$lfn" ] || { echo "error: there is no binary \`$lfn\`: build one with \`cargo build --release\`, or name another" >&2; exit 1; }
command -v python3 >/dev/null || { echo "error: \`python3\` is not on the PATH; it makes the tree and keeps the time" >&2; exit 1; }
lfn=$(cd "$(dirname "$lfn")" && pwd)/$(basename "$lfn")

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

python3 - "$lfn" "$folder" "$files" "$megabytes" "$rounds" <<'PYTHON'
import os, random, shutil, subprocess, sys, time, zipfile

lfn, folder, files, megabytes, rounds = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:])
tree, out = os.path.join(folder, "tree"), os.path.join(folder, "out.zip")


def make_tree():
    """Like node_modules: many small texts, some that do not compress, a few large files. Always the same."""
    chance = random.Random(1)
    words = [bytes(chance.choices(b"abcdefghijklmnopqrstuvwxyz", k=chance.randint(2, 12))) for _ in range(4000)]
    large = max(1, files // 500)
    small = files - large
    budget = megabytes << 20
    for index in range(files):
        size = budget // 2 // large if index < large else chance.randint(1, budget // small)
        path = os.path.join(tree, f"package{index // 25:04}", "lib", f"file{index:05}.js")
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if index % 5 == 0:
            content = chance.randbytes(size)
        else:
            content = b" ".join(chance.choices(words, k=size // 7 + 1))[:size]
        with open(path, "wb") as file:
            file.write(content)
    with open(os.path.join(tree, "lambda.yaml"), "w") as file:
        file.write("name: bench\nruntime: nodejs24.x\nhandler: index.handler\n")


def with_zipfile():
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for parent, folders, names in os.walk(tree):
            folders.sort()
            for name in sorted(names):
                path = os.path.join(parent, name)
                archive.write(path, os.path.relpath(path, tree))


def command(*words):
    return lambda: subprocess.run(words, cwd=tree, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


make_tree()
sizes = [os.path.getsize(os.path.join(parent, name)) for parent, _, names in os.walk(tree) for name in names]
print(f"{len(sizes)} files, {sum(sizes) / 2**20:.1f} MB, best of {rounds} rounds, {os.cpu_count()} processors")

packers = {"lfn package": command(lfn, "package", "--output", out), "python zipfile": with_zipfile}
if shutil.which("zip"):
    packers["zip -qrX"] = command("zip", "-qrX", out, ".")
else:
    print("Info-ZIP's `zip` is not on the PATH: it is missing below")

best = {name: (float("inf"), 0) for name in packers}
for _ in range(rounds):
    for name, pack in packers.items():
        if os.path.exists(out):
            os.remove(out)
        start = time.perf_counter()
        pack()
        took = time.perf_counter() - start
        best[name] = min(best[name], (took, os.path.getsize(out)))

own = best["lfn package"][0]
for name, (took, size) in best.items():
    print(f"{name:<15} {took:7.3f} s   {took / own:5.2f} times lfn   {size / 2**20:7.2f} MB")
PYTHON
