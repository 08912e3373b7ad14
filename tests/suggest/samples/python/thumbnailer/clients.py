"""Clients are made once, outside the handler."""

import boto3
from botocore.config import Config

_config = Config(retries={"mode": "standard", "max_attempts": 5})

s3 = boto3.client("s3", config=_config)
cloudwatch = boto3.client("cloudwatch")
sns = boto3.client("sns")
