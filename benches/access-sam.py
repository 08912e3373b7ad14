"""Prints the role that SAM makes for a function with these properties. Run by access.py, with SAM's own translator."""

import json
import os
import sys

os.environ.setdefault("AWS_DEFAULT_REGION", "eu-west-1")

from samtranslator.translator.transform import transform  # noqa: E402  (it reads the region when imported)

AWS = "arn:aws:iam::aws:policy/service-role"


class ManagedPolicies:
    """SAM asks IAM for the ARNs of managed policies; these are all that an event source makes it attach."""

    def load(self):
        names = ["AWSLambdaBasicExecutionRole", "AWSLambdaSQSQueueExecutionRole", "AWSLambdaDynamoDBExecutionRole"]
        return {name: f"{AWS}/{name}" for name in names}


with open(sys.argv[1]) as file:
    asked = json.load(file)
function = {"Handler": "app.handler", "Runtime": "python3.13", "InlineCode": "def handler(event, context): pass", **asked}
template = {
    "Transform": "AWS::Serverless-2016-10-31",
    "Resources": {"Function": {"Type": "AWS::Serverless::Function", "Properties": function}},
}
made = transform(template, {}, ManagedPolicies())
json.dump(made["Resources"]["FunctionRole"]["Properties"], sys.stdout)
