"""An outside witness: what stands in an AWS account, seen through boto3 and nothing of lfn's.

It also sets the stage: it makes what a test finds there, and breaks what a test wants broken.

usage: witness.py COMMAND [ARGUMENT...]     one answer as JSON, with AWS_* from the environment
       witness.py --serve                   one request a line: {"variables": {...}, "arguments": [...]}
                                            one answer a line: {"answer": ...} or {"error": {...}}

A thing that does not exist is `null`, never an error.
"""

import inspect
import io
import json
import os
import re
import sys
import urllib.request
import zipfile

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

ABSENT = {
    "404",
    "NoSuchBucket",
    "NoSuchEntity",
    "NoSuchPublicAccessBlockConfiguration",
    "NoSuchTagSet",
    "ParameterNotFound",
    "ProvisionedConcurrencyConfigNotFoundException",
    "ResourceNotFoundException",
    "ServerSideEncryptionConfigurationNotFoundError",
}


TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:?00)?")


SID = re.compile(r"\b(lfn-[a-z]+-)[0-9a-f]{16}\b")


class Witness:
    """Every public method is a command; its arguments are the command's, all strings."""

    def __init__(self, variables: dict[str, str]):
        self._session = boto3.Session(
            aws_access_key_id=variables["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=variables["AWS_SECRET_ACCESS_KEY"],
            region_name=variables["AWS_REGION"],
        )
        self._endpoint = variables["AWS_ENDPOINT_URL"]
        self._clients = {}

    def _sign_as(self, variables):
        """Making clients takes longer than most questions, so all accounts of a server are asked with the same."""
        credentials = self._session.get_credentials()
        credentials.access_key = variables["AWS_ACCESS_KEY_ID"]
        credentials.secret_key = variables["AWS_SECRET_ACCESS_KEY"]

    # What stands there.

    def account(self):
        return _plain(self._client("sts").get_caller_identity())

    def functions(self):
        return sorted(each["FunctionName"] for each in self._pages("lambda", "list_functions", "Functions"))

    def function(self, name, qualifier=None):
        """Configuration, tags and reserved concurrency."""
        found = self._look("lambda", "get_function", FunctionName=name, **_qualified(qualifier))
        if not found:
            return None
        concurrency = self._look("lambda", "get_function_concurrency", FunctionName=name) or {}
        return {
            "Configuration": found["Configuration"],
            "Tags": found.get("Tags") or {},
            "ReservedConcurrentExecutions": concurrency.get("ReservedConcurrentExecutions"),
        }

    def code(self, name, qualifier=None):
        """The files inside the deployed archive, with sizes and permission bits."""
        found = self._look("lambda", "get_function", FunctionName=name, **_qualified(qualifier))
        if not found:
            return None
        # Servers on loopback may name themselves `localhost`.
        with urllib.request.urlopen(found["Code"]["Location"], timeout=30) as answer:
            archive = zipfile.ZipFile(io.BytesIO(answer.read()))
        return {
            entry.filename: {"Size": entry.file_size, "Mode": f"{entry.external_attr >> 16 & 0o777:o}"}
            for entry in archive.infolist()
        }

    def aliases(self, name):
        """By name: version, weights, description."""
        aliases = self._pages("lambda", "list_aliases", "Aliases", FunctionName=name)
        return {
            alias["Name"]: {
                "FunctionVersion": alias["FunctionVersion"],
                "Weights": alias.get("RoutingConfig", {}).get("AdditionalVersionWeights", {}),
                "Description": alias.get("Description", ""),
            }
            for alias in aliases
        }

    def versions(self, name):
        """The published versions, oldest first; `$LATEST` is left out."""
        versions = self._pages("lambda", "list_versions_by_function", "Versions", FunctionName=name)
        return sorted((v for v in versions if v["Version"] != "$LATEST"), key=lambda v: int(v["Version"]))

    def function_policy(self, name, qualifier=None):
        """The statements that say who may invoke."""
        found = self._look("lambda", "get_policy", FunctionName=name, **_qualified(qualifier))
        return json.loads(found["Policy"])["Statement"] if found else []

    def event_invoke_config(self, name, qualifier=None):
        return self._look("lambda", "get_function_event_invoke_config", FunctionName=name, **_qualified(qualifier))

    def provisioned(self, name, qualifier):
        return self._look("lambda", "get_provisioned_concurrency_config", FunctionName=name, Qualifier=qualifier)

    def roles(self):
        return sorted(role["RoleName"] for role in self._pages("iam", "list_roles", "Roles"))

    def role(self, name):
        """Trust, inline and attached policies, tags, boundary."""
        found = self._look("iam", "get_role", RoleName=name)
        if not found:
            return None
        role, iam = found["Role"], self._client("iam")
        inline = iam.list_role_policies(RoleName=name)["PolicyNames"]
        attached = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
        return {
            "Arn": role["Arn"],
            "Path": role["Path"],
            "Description": role.get("Description", ""),
            "Trust": role["AssumeRolePolicyDocument"],
            "Inline": {
                policy: iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"] for policy in inline
            },
            "Attached": sorted(policy["PolicyArn"] for policy in attached),
            "Tags": {tag["Key"]: tag["Value"] for tag in iam.list_role_tags(RoleName=name)["Tags"]},
            "Boundary": role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
        }

    def log_group(self, name):
        groups = self._pages("logs", "describe_log_groups", "logGroups", logGroupNamePrefix=name)
        found = next((group for group in groups if group["logGroupName"] == name), None)
        if not found:
            return None
        arn = found["arn"].removesuffix(":*")
        tags = self._look("logs", "list_tags_for_resource", resourceArn=arn) or {}
        return {
            "Arn": arn,
            "RetentionInDays": found.get("retentionInDays"),
            "KmsKeyId": found.get("kmsKeyId"),
            "Tags": tags.get("tags", {}),
        }

    def bucket(self, name):
        """Encryption, public access block, tags."""
        if self._look("s3", "head_bucket", Bucket=name) is None:
            return None
        encryption = self._look("s3", "get_bucket_encryption", Bucket=name) or {}
        access = self._look("s3", "get_public_access_block", Bucket=name) or {}
        tags = self._look("s3", "get_bucket_tagging", Bucket=name) or {}
        return {
            "Encryption": encryption.get("ServerSideEncryptionConfiguration"),
            "PublicAccessBlock": access.get("PublicAccessBlockConfiguration"),
            "Tags": {tag["Key"]: tag["Value"] for tag in tags.get("TagSet", [])},
        }

    def objects(self, bucket):
        """Sizes by key."""
        objects = self._pages("s3", "list_objects_v2", "Contents", Bucket=bucket)
        return {each["Key"]: each["Size"] for each in objects}

    def parameter(self, name):
        found = self._look("ssm", "get_parameter", Name=name, WithDecryption=True)
        return found["Parameter"] if found else None

    def everything(self):
        """All that lfn can make, of the whole account, without times and revisions: two runs that end alike are
        equal here. The newest entry of an alias's ledger is its description; a copy among the tags adds nothing."""
        function = {name: self._whole_function(name) for name in self.functions()}
        groups = self._pages("logs", "describe_log_groups", "logGroups")
        buckets = [bucket["Name"] for bucket in self._client("s3").list_buckets().get("Buckets", [])]
        found = {
            "functions": function,
            "roles": {name: self.role(name) for name in self.roles()},
            "log groups": {group["logGroupName"]: self.log_group(group["logGroupName"]) for group in groups},
            "buckets": {
                name: {
                    **self.bucket(name),
                    "Objects": self.objects(name),
                    "Uploads": len(self._client("s3").list_multipart_uploads(Bucket=name).get("Uploads", [])),
                }
                for name in buckets
            },
        }
        text = json.dumps(found, sort_keys=True).replace(self.account()["Account"], "ACCOUNT")
        # A statement's id is a hash of what it says, the account with it.
        return json.loads(SID.sub(r"\1ID", TIME.sub("TIME", text)))

    def _whole_function(self, name):
        aliases, function = self.aliases(name), self.function(name)
        tags = function["Tags"]
        for alias, state in aliases.items():
            newest = re.match(r"lfn (\d+) ", state["Description"])
            if newest:
                tags.pop(f"lfn:step:{alias}:{int(newest[1]):06}", None)
        return {
            "Latest": _settled(function["Configuration"]),
            "Tags": tags,
            "ReservedConcurrentExecutions": function["ReservedConcurrentExecutions"],
            "Versions": [_settled(version) for version in self.versions(name)],
            "Aliases": {
                alias: {
                    **state,
                    "Policy": sorted(self.function_policy(name, alias), key=lambda said: str(said["Principal"])),
                    "Asynchronous": _settled(self.event_invoke_config(name, alias) or {}),
                    "Provisioned": self.provisioned(name, alias),
                }
                for alias, state in aliases.items()
            },
        }

    # What a test wants to find there.

    def put_parameter(self, name, value, type="SecureString"):
        return _plain(self._client("ssm").put_parameter(Name=name, Value=value, Type=type, Overwrite=True))

    def alarm(self, name, state):
        """An alarm that stays in this state until it is told another one. It watches a percentile, which no
        server here evaluates: a sum is looked at in a thread of the server's own, which undoes the state."""
        cloudwatch = self._client("cloudwatch")
        if not cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]:
            cloudwatch.put_metric_alarm(
                AlarmName=name,
                Namespace="shop",
                MetricName="failed",
                ExtendedStatistic="p99",
                Period=60,
                EvaluationPeriods=1,
                Threshold=1.0,
                ComparisonOperator="GreaterThanThreshold",
            )
        cloudwatch.set_alarm_state(AlarmName=name, StateValue=state, StateReason="a test says so")

    def create_queue(self, name):
        return _plain(self._client("sqs").create_queue(QueueName=name))

    def create_topic(self, name):
        return _plain(self._client("sns").create_topic(Name=name))

    def create_bucket(self, name):
        region = self._session.region_name
        place = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        return _plain(self._client("s3").create_bucket(Bucket=name, **place))

    def create_log_group(self, name):
        return _plain(self._client("logs").create_log_group(logGroupName=name))

    def create_user(self, name, policy):
        """A user with this inline policy, and a key to sign with."""
        iam = self._client("iam")
        iam.create_user(UserName=name)
        iam.put_user_policy(UserName=name, PolicyName="test", PolicyDocument=policy)
        return _plain(iam.create_access_key(UserName=name)["AccessKey"])

    def set_user_policy(self, name, policy):
        return _plain(self._client("iam").put_user_policy(UserName=name, PolicyName="test", PolicyDocument=policy))

    def create_role(self, name):
        """A role that Lambda may assume, made by someone else."""
        trust = {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
            ],
        }
        created = self._client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))
        return _plain(created["Role"])

    def create_function(self, name, source="def handler(event, context):\n    return event\n"):
        """A Python function with a role of its own, made by someone else."""
        role = self.create_role(f"{name}-foreign-role")["Arn"]
        client = self._client("lambda")
        client.create_function(
            FunctionName=name,
            Runtime="python3.13",
            Handler="app.handler",
            Role=role,
            Code={"ZipFile": _archive({"app.py": source})},
        )
        client.get_waiter("function_active_v2").wait(FunctionName=name, WaiterConfig={"Delay": 1})
        return self.function(name)

    def publish_layer(self, name):
        layer = self._client("lambda").publish_layer_version(
            LayerName=name, Content={"ZipFile": _archive({f"python/{name}.py": ""})}
        )
        return _plain(layer)

    def publish_version(self, name):
        return _plain(self._client("lambda").publish_version(FunctionName=name))

    def update_code(self, name, source):
        """Someone else changes the code behind lfn's back."""
        client = self._client("lambda")
        client.update_function_code(FunctionName=name, ZipFile=_archive({"app.py": source}))
        client.get_waiter("function_updated_v2").wait(FunctionName=name, WaiterConfig={"Delay": 1})
        return self.function(name)

    def invoke(self, name, qualifier=None, payload="{}"):
        answer = self._client("lambda").invoke(FunctionName=name, Payload=payload, LogType="Tail", **_qualified(qualifier))
        body = answer["Payload"].read().decode()
        return {
            "FunctionError": answer.get("FunctionError"),
            "ExecutedVersion": answer.get("ExecutedVersion"),
            "Payload": json.loads(body) if body else None,
        }

    def delete_function(self, name):
        return _plain(self._client("lambda").delete_function(FunctionName=name))

    def delete_role(self, name):
        iam = self._client("iam")
        for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
            iam.delete_role_policy(RoleName=name, PolicyName=policy)
        for policy in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]:
            iam.detach_role_policy(RoleName=name, PolicyArn=policy["PolicyArn"])
        return _plain(iam.delete_role(RoleName=name))

    def delete_log_group(self, name):
        return _plain(self._client("logs").delete_log_group(logGroupName=name))

    def delete_bucket(self, name):
        s3 = self._client("s3")
        for key in self.objects(name):
            s3.delete_object(Bucket=name, Key=key)
        return _plain(s3.delete_bucket(Bucket=name))

    def call(self, service, operation, arguments="{}"):
        """Any operation by its boto3 name, for what has no command of its own."""
        return _plain(getattr(self._client(service), operation)(**json.loads(arguments)))

    def _client(self, service):
        if service not in self._clients:
            # One attempt: a retry would hide what a test broke on purpose.
            config = Config(retries={"total_max_attempts": 1}, read_timeout=30, s3={"addressing_style": "path"})
            self._clients[service] = self._session.client(service, endpoint_url=self._endpoint, config=config)
        return self._clients[service]

    def _look(self, service, operation, **arguments):
        try:
            return _plain(getattr(self._client(service), operation)(**arguments))
        except ClientError as error:
            if error.response["Error"]["Code"] in ABSENT:
                return None
            raise

    def _pages(self, service, operation, field, **arguments):
        pages = self._client(service).get_paginator(operation).paginate(**arguments)
        try:
            return [_plain(item) for page in pages for item in page.get(field, [])]
        except ClientError as error:
            if error.response["Error"]["Code"] in ABSENT:
                return []
            raise


def _qualified(qualifier):
    return {"Qualifier": qualifier} if qualifier else {}


def _settled(configuration):
    return {key: value for key, value in configuration.items() if key not in ("LastModified", "RevisionId")}


def _archive(files):
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return memory.getvalue()


def _plain(value):
    """The same value in JSON's types, without boto3's metadata."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items() if key != "ResponseMetadata"}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    if hasattr(value, "read"):
        value = value.read()
    if isinstance(value, bytes):
        return value.decode("utf8", "replace")
    return value if value is None or isinstance(value, (bool, int, float, str)) else str(value)


def answer(witnesses, variables, arguments):
    command, *rest = arguments
    key = variables["AWS_ENDPOINT_URL"], variables["AWS_REGION"]
    if key not in witnesses:
        witnesses[key] = Witness(variables)
    witnesses[key]._sign_as(variables)
    method = getattr(witnesses[key], command.replace("-", "_"), None)
    if command.startswith("_") or not inspect.ismethod(method):
        return {"error": {"Code": "UnknownCommand", "Message": f"there is no command `{command}`", "Status": None}}
    try:
        return {"answer": method(*rest)}
    except ClientError as error:
        return {
            "error": {
                **{name: error.response["Error"].get(name) for name in ("Code", "Message")},
                "Status": error.response["ResponseMetadata"]["HTTPStatusCode"],
            }
        }
    except (BotoCoreError, OSError) as error:
        return {"error": {"Code": type(error).__name__, "Message": str(error), "Status": None}}


def serve():
    witnesses = {}
    for line in sys.stdin:
        request = json.loads(line)
        print(json.dumps(answer(witnesses, request["variables"], request["arguments"])), flush=True)


def main():
    if sys.argv[1:] == ["--serve"]:
        return serve()
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    outcome = answer({}, dict(os.environ), sys.argv[1:])
    if "error" in outcome:
        sys.exit(json.dumps(outcome["error"]))
    print(json.dumps(outcome["answer"], indent=2))


if __name__ == "__main__":
    main()
