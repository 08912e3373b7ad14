#!/usr/bin/env python3
"""`lfn policy suggest` beside iam-policy-autopilot, on tests/suggest/samples.

    benches/suggest.py [--lfn target/debug/lfn] [LANGUAGE[/NAME] ...]

For each sample: how many actions it needs, how many of them each tool finds, what each finds too much, and
for how many needs each names exactly the resource. `expected.json` is what counts as needed; needs with
holes have no exact resource.

iam-policy-autopilot is installed from PyPI into a temporary environment. It asks AWS for its service
reference; here it gets lfn's own index (data/iam-index.bin) in that form, over loopback.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

import reference

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "tests/suggest/samples"
ACCOUNT, REGION = "123456789012", "eu-west-1"
ENDINGS = {".py", ".js", ".ts", ".tsx", ".jsx", ".go", ".java"}


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
    env = os.environ | reference.environment(url)
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
    url = reference.serve()
    rows, texts = [], []
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        subprocess.run([f"{folder}/bin/pip", "install", "--quiet", reference.AUTOPILOT], check=True)
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
