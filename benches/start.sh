#!/usr/bin/env bash
# How long lfn takes to start, to explain a right, and to find that there is nothing to deploy.
#
#   benches/start.sh [LFN]            the binary to measure; target/release/lfn by default
set -euo pipefail
cd "$(dirname "$0")/.."

lfn=${1:-${CARGO_TARGET_DIR:-target}/release/lfn}
[ -x "$lfn" ] || { echo "error: there is no binary \`$lfn\`: build one with \`cargo build --release\`, or name another" >&2; exit 1; }
command -v python3 >/dev/null || { echo "error: \`python3\` is not on the PATH; it keeps the time" >&2; exit 1; }
lfn=$(cd "$(dirname "$lfn")" && pwd)/$(basename "$lfn")

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"$lfn" init . --template node --name bench >/dev/null 2>&1
"$lfn" deploy --local --yes >/dev/null 2>&1

python3 - "$lfn" <<'PYTHON'
import subprocess, sys, time

for words, runs in [(["--version"], 50), (["policy", "why", "logs:PutLogEvents"], 50), (["deploy", "--local"], 20)]:
    took = []
    for _ in range(runs):
        start = time.perf_counter()
        subprocess.run([sys.argv[1], *words], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        took.append((time.perf_counter() - start) * 1000)
    line = f"lfn {' '.join(words)}"
    note = ", nothing to do" if words[0] == "deploy" else ""
    print(f"{line:<32} mean {sum(took) / runs:6.1f} ms, best {min(took):6.1f} ms of {runs} runs{note}")
PYTHON
