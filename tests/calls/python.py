"""Every operation of twelve services, as botocore sends it; nothing leaves the machine.

One line of JSON for each: {"service", "style", "operation", "method", "url", "headers", "body"}, the body in base64.
Parameters are the required ones, made up from the models.
"""

import base64
import json

import boto3
import botocore.model
from botocore.config import Config

SERVICES = [
    "s3", "dynamodb", "dynamodbstreams", "sqs", "sns", "secretsmanager", "ssm", "events", "lambda", "stepfunctions",
    "sts", "logs", "cloudwatch",
]

NAMES = {"Bucket": "shop-photos", "Key": "in/cat 1.jpg", "CopySource": "shop-raw/a", "RequestRoute": "route",
         "Statement": "SELECT * FROM orders"}

ARN = "arn:aws:states:eu-west-1:123456789012:stateMachine:rollup"


class Captured(Exception):
    """Thrown in place of sending."""


def made_up(shape, name="", depth=0):
    kind = shape.type_name
    if kind == "structure":
        members = list(shape.required_members)
        if getattr(shape, "is_tagged_union", False):
            members = list(shape.members)[:1]
        # Parts of a request that may be empty say nothing when they are.
        if not members and 0 < depth < 6:
            members = list(shape.members)[:1]
        return {member: made_up(shape.members[member], member, depth + 1) for member in members}
    if kind == "list":
        least = max(shape.metadata.get("min", 1), 1)
        return [made_up(shape.member, name, depth + 1) for _ in range(least)]
    if kind == "map":
        return {made_up(shape.key, "key"): made_up(shape.value, "value", depth + 1)}
    if kind in ("integer", "long"):
        return max(shape.metadata.get("min", 1), 1)
    if kind in ("float", "double"):
        return 1.0
    if kind == "boolean":
        return True
    if kind == "timestamp":
        return 1700000000
    if kind == "blob":
        return b"{}"
    if shape.enum:
        return shape.enum[0]
    if name in NAMES:
        return NAMES[name]
    if name.lower().endswith("arn"):
        return ARN
    return "text" + "0" * max(shape.metadata.get("min", 0) - 4, 0)


def clients(service):
    def client(endpoint=None, **options):
        return boto3.client(
            service,
            region_name="eu-west-1",
            endpoint_url=endpoint,
            aws_access_key_id="AKIAEXAMPLE",
            aws_secret_access_key="secret",
            config=Config(retries={"total_max_attempts": 1}, **options),
        )

    preferred = botocore.model.PRIORITY_ORDERED_SUPPORTED_PROTOCOLS
    if service == "s3":
        yield "virtual", client()
        yield "path", client("http://127.0.0.1:4566")
        yield "localhost", client("http://localhost:4566", s3={"addressing_style": "virtual"})
    else:
        yield "aws", client()
    # SDKs differ in which of its protocols they speak.
    if service == "cloudwatch":
        for protocol in ["smithy-rpc-v2-cbor", "query"]:
            botocore.model.PRIORITY_ORDERED_SUPPORTED_PROTOCOLS = [protocol]
            yield protocol, client()
        botocore.model.PRIORITY_ORDERED_SUPPORTED_PROTOCOLS = preferred


def main():
    for service in SERVICES:
        for style, client in clients(service):
            last = []

            def capture(request, **_):
                last.append(request)
                raise Captured

            client.meta.events.register("before-send", capture)
            for method, operation in sorted(client.meta.method_to_api_mapping.items()):
                shape = client.meta.service_model.operation_model(operation).input_shape
                parameters = made_up(shape) if shape else {}
                last.clear()
                try:
                    getattr(client, method)(**parameters)
                except Captured:
                    pass
                (request,) = last
                body = request.body or b""
                if hasattr(body, "read"):
                    body = body.read()
                if isinstance(body, str):
                    body = body.encode()
                headers = {
                    name: value.decode() if isinstance(value, bytes) else str(value)
                    for name, value in request.headers.items()
                }
                line = {
                    "service": service,
                    "style": style,
                    "operation": operation,
                    "method": request.method,
                    "url": request.url,
                    "headers": headers,
                    "body": base64.b64encode(bytes(body)).decode(),
                }
                print(json.dumps(line))


main()
