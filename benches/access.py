#!/usr/bin/env python3
"""Counts the rights that tools grant to ten ordinary functions, against those that their code needs.

    benches/access.py [LFN]           the binary to ask; target/release/lfn by default

Each folder of benches/access holds a function: its code, the (action, resource) pairs that it needs, worked out by
hand (needs.json), and how its rights are asked for with lfn (lambda.yaml), with SAM's policy templates (sam.json)
and with the CDK's grants (cdk.mjs). iam-policy-autopilot reads the code alone, so it is not held to what an event
source needs. Rights to write logs are left out everywhere.

A pair is an action (wildcards expanded by the service authorization reference) and a resource as it is written; one
whose action cannot be used on such a resource allows nothing and does not count. are needed pairs that nothing grants, `extra` granted pairs that go beyond every needed one.

The peers are installed from npm and PyPI into TOOLS (a folder in the user's cache). Nothing is asked of AWS.
"""

import fnmatch
import functools
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import reference

BENCHES = Path(__file__).resolve().parent
ACCOUNT, REGION = "123456789012", "eu-west-1"
PYTHON_PEERS = ["aws-sam-translator==1.115.0", reference.AUTOPILOT]
NODE_PEERS = ["aws-cdk-lib@2.276.0", "constructs@10"]

# What SAM attaches for an event source, without the rights to write logs.
# Source: AWS managed policy reference.
MANAGED = {
    "AWSLambdaSQSQueueExecutionRole": ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
    "AWSLambdaDynamoDBExecutionRole": [
        "dynamodb:DescribeStream",
        "dynamodb:GetRecords",
        "dynamodb:GetShardIterator",
        "dynamodb:ListStreams",
    ],
    "AWSLambdaBasicExecutionRole": [],
}

def main():
    lfn = Path(sys.argv[1] if len(sys.argv) > 1 else f"{os.environ.get('CARGO_TARGET_DIR', 'target')}/release/lfn")
    if not lfn.is_file():
        sys.exit(f"error: there is no binary `{lfn}`: build one with `cargo build --release`, or name another")
    tools = Path(os.environ.get("TOOLS") or Path.home() / ".cache/lfn-bench") / "access"
    install(tools)
    index = Index(reference.services())
    url = reference.serve()

    tool_names = ["lfn", "SAM templates", "CDK grants", "autopilot"]
    totals = {name: [0, 0, 0, 0] for name in tool_names}
    print(f"{'function':<14} {'needed':>6}" + "".join(f"   {name:>22}" for name in tool_names))
    print(f"{'':<21}" + "".join(f"   {'granted missing extra':>22}" for _ in tool_names))
    for folder in sorted((BENCHES / "access").iterdir()):
        needs = json.loads((folder / "needs.json").read_text())
        code, everything = pairs_of(needs["code"]), pairs_of(needs["code"] + needs["source"])
        found = {
            "lfn": (by_lfn(lfn, folder), everything),
            "SAM templates": (by_sam(tools, folder), everything),
            "CDK grants": (by_cdk(tools, folder), everything),
            "autopilot": (by_autopilot(tools, folder, url), code),
        }
        row = f"{folder.name:<14} {len(everything):>6}"
        for name, (statements, needed) in found.items():
            granted = index.pairs(statements)
            missing = {need for need in needed if not any(covers(pair, need) for pair in granted)}
            extra = {pair for pair in granted if not any(covers(need, pair) for need in needed)}
            if os.environ.get("VERBOSE"):
                for word, listed in (("missing", missing), ("extra", extra)):
                    print("".join(f"{name}: {word} {action} on {on}\n" for action, on in sorted(listed)), end="")
            row += f"   {len(granted):>9} {len(missing):>7} {len(extra):>5}"
            counts = (len(needed), len(granted), len(missing), len(extra))
            totals[name] = [total + count for total, count in zip(totals[name], counts)]
        print(row)
    needed = totals["lfn"][0]
    print(f"{'all':<14} {needed:>6}" + "".join(f"   {g:>9} {m:>7} {e:>5}" for _, g, m, e in totals.values()))
    print(f"(iam-policy-autopilot is held to the {totals['autopilot'][0]} pairs of the code)")
    if totals["lfn"][2] or totals["lfn"][3]:
        sys.exit("error: lfn grants too little or too much: see its columns")


def install(tools):
    done = tools / "done"
    wanted = "\n".join(PYTHON_PEERS + NODE_PEERS)
    if done.is_file() and done.read_text() == wanted:
        return
    tools.mkdir(parents=True, exist_ok=True)
    subprocess.run([sys.executable, "-m", "venv", tools / "python"], check=True)
    subprocess.run([tools / "python/bin/pip", "install", "--quiet", *PYTHON_PEERS], check=True)
    npm = ["npm", "install", "--silent", "--no-fund", "--no-audit", "--prefix", tools]
    subprocess.run([*npm, *NODE_PEERS], check=True)
    done.write_text(wanted)


def pairs_of(listed):
    return {(action, resource) for action, resource in listed}


def covers(wide, narrow):
    """Whether what one pair allows takes in all that the other does."""
    (action, pattern), (other, resource) = wide, narrow
    return action == other and fnmatch.fnmatchcase(resource, pattern.replace("[", "[[]"))


@functools.lru_cache(maxsize=None)
def overlap(one, other):
    """Whether some text matches both patterns."""
    if not one or not other:
        return not (one + other).strip("*")
    if one[0] == "*" or other[0] == "*":
        star, rest = (one, other) if one[0] == "*" else (other, one)
        return overlap(star[1:], rest) or overlap(star, rest[1:])
    return (one[0] == other[0] or "?" in (one[0], other[0])) and overlap(one[1:], other[1:])


class Index:
    """The service authorization reference, as lfn has it."""

    def __init__(self, services):
        self.services = services

    def actions(self, service):
        return self.services.get(service, {"a": {}})["a"]

    def expand(self, action):
        service, _, name = action.partition(":")
        if "*" not in name and "?" not in name:
            return [action]
        return [f"{service}:{one}" for one in self.actions(service) if fnmatch.fnmatchcase(one.lower(), name.lower())]

    def pairs(self, statements):
        pairs = set()
        for statement in statements:
            if statement["Effect"] != "Allow":
                continue
            for action in as_list(statement["Action"]):
                if not action.startswith("logs:"):
                    pairs |= {(one, on) for one in self.expand(action) for on in as_list(statement["Resource"])}
        return {pair for pair in pairs if self.is_possible(*pair)}

    def is_possible(self, action, resource):
        service, _, name = action.partition(":")
        known = self.actions(service).get(name)
        if resource == "*" or known is None:
            return known is not None
        types = self.services[service]["r"]
        # A type that may be left out is written as its complement.
        arns = [types[at if at >= 0 else ~at][1] for at in (known[1] if len(known) > 1 else [])]
        return any(overlap(resource, re.sub(r"\{[pra]\}", "*", arn)) for arn in arns)


def as_list(value):
    return value if isinstance(value, list) else [value]


def run(*command, **options):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, **options)
    if done.returncode != 0:
        sys.exit(f"error: `{command[0]}` failed:\n{done.stderr}")
    return json.loads(done.stdout)


def by_lfn(lfn, folder):
    return run(lfn.resolve(), "-C", folder, "policy", "show", "--format", "json")["policy"]["Statement"]


def by_sam(tools, folder):
    role = run(tools / "python/bin/python", BENCHES / "access-sam.py", folder / "sam.json")
    statements = [one for policy in role.get("Policies", []) for one in as_list(policy["PolicyDocument"]["Statement"])]
    for arn in role.get("ManagedPolicyArns", []):
        actions = MANAGED[resolved(arn).rsplit("/", 1)[1]]
        statements.append({"Effect": "Allow", "Action": actions, "Resource": "*"})
    return resolved(statements)


def by_cdk(tools, folder):
    # Modules are looked for beside the importing file, so it is read from where the library is.
    environment = {**os.environ, "FUNCTION": str(folder / "cdk.mjs"), "ACCOUNT": ACCOUNT, "REGION": REGION}
    program = (BENCHES / "access-cdk.mjs").read_text()
    return resolved(run("node", "--input-type=module", "-e", program, cwd=tools, env=environment))


def by_autopilot(tools, folder, url):
    [code] = [path for path in folder.iterdir() if path.name in ("app.py", "index.mjs")]
    # It does not know `.mjs`.
    source = tools / f"handler{'.py' if code.suffix == '.py' else '.js'}"
    source.write_text(code.read_text())
    environment = {**os.environ, **reference.environment(url)}
    command = [tools / "python/bin/iam-policy-autopilot", "generate-policies", source, "--disable-cache"]
    policies = run(*command, "--region", REGION, "--account", ACCOUNT, env=environment)["Policies"]
    return [statement for policy in policies for statement in policy["Policy"]["Statement"]]


def resolved(value):
    """A value of a template without its intrinsic functions."""
    if isinstance(value, list):
        return [resolved(one) for one in value]
    if not isinstance(value, dict):
        return value
    match value:
        case {"Fn::Join": [glue, parts]}:
            return glue.join(resolved(parts))
        case {"Fn::Sub": [text, given]}:
            known = {**resolved(given), "AWS::Partition": "aws", "AWS::Region": REGION, "AWS::AccountId": ACCOUNT}
            return re.sub(r"\$\{([^}]+)\}", lambda found: known[found[1]], text)
        case {"Fn::Sub": text}:
            return resolved({"Fn::Sub": [text, {}]})
        case {"Ref": "AWS::Partition"}:
            return "aws"
        case {"Ref": "AWS::Region"}:
            return REGION
        case {"Ref": "AWS::AccountId"}:
            return ACCOUNT
    return {key: resolved(one) for key, one in value.items()}


if __name__ == "__main__":
    main()
