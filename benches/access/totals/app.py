"""Keeps the totals of every customer up to date from the stream of orders."""
import os

import boto3

totals = boto3.resource("dynamodb").Table(os.environ["TOTALS"])
cloudwatch = boto3.client("cloudwatch")


def handler(event, context):
    for record in event["Records"]:
        order = record["dynamodb"]["NewImage"]
        totals.update_item(
            Key={"customer": order["customer"]["S"]},
            UpdateExpression="ADD orders :one",
            ExpressionAttributeValues={":one": 1},
        )
    cloudwatch.put_metric_data(Namespace="Shop", MetricData=[{"MetricName": "Orders", "Value": len(event["Records"])}])
