#!/usr/bin/env bash
# Packages the same trees with lfn and with others, and prints what each took and made.
#
#   benches/packaging.sh [LFN]        the binary to measure; target/release/lfn by default
#
# Three trees (20,000 small files, a few large binaries, a hello world), each cold (nothing kept), with one file
# changed, and with nothing changed. Against Info-ZIP, 7-Zip, Python's zipfile, node-lambda, osls (Serverless) and
# aws-lambda-builders. What is missing of these is installed from npm and PyPI into TOOLS (a folder in the user's
# cache); 7-Zip and zip come from the system (`apt-get install 7zip zip`), and are left out when they are not there.
#
# ROUNDS (3): how often each runs; the best round counts. Rounds take turns, so that a busy moment of the machine
# does not fall on one of them. FILES (20000), MEGABYTES (80), LARGE (280) set the size of the trees;
# PEERS=no leaves the installed tools out.
set -euo pipefail
cd "$(dirname "$0")/.."

lfn=${1:-${CARGO_TARGET_DIR:-target}/release/lfn}
tools=${TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/lfn-bench}

[ -x "$lfn" ] || { echo "error: there is no binary \`$lfn\`: build one with \`cargo build --release\`, or name another" >&2; exit 1; }
command -v python3 >/dev/null || { echo "error: \`python3\` is not on the PATH; it makes the trees and keeps the time" >&2; exit 1; }

if [ "${PEERS:-yes}" != no ]; then
    mkdir -p "$tools"
    if command -v npm >/dev/null && [ ! -e "$tools/npm/done" ]; then
        npm install --silent --no-fund --no-audit --prefix "$tools/npm" osls@3 node-lambda@1 >&2 && touch "$tools/npm/done" ||
            echo "could not install osls and node-lambda: they are missing below" >&2
    fi
    if [ ! -e "$tools/python/done" ]; then
        python3 -m venv "$tools/python" && "$tools/python/bin/pip" install --quiet aws-lambda-builders >&2 && touch "$tools/python/done" ||
            echo "could not install aws-lambda-builders: it is missing below" >&2
    fi
fi

exec python3 benches/packaging.py "$(cd "$(dirname "$lfn")" && pwd)/$(basename "$lfn")" "$tools"
