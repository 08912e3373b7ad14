"""Checks the signature of a payment provider's call and tells whoever listens."""
import hashlib
import hmac

import boto3

secrets = boto3.client("secretsmanager")
sns = boto3.client("sns")


def handler(event, context):
    key = secrets.get_secret_value(SecretId="prod/stripe")["SecretString"]
    expected = hmac.new(key.encode(), event["body"].encode(), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected, event["headers"]["stripe-signature"]):
        return {"statusCode": 401}
    sns.publish(TopicArn="arn:aws:sns:eu-west-1:123456789012:payments", Message=event["body"])
    return {"statusCode": 204}
