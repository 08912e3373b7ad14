"""Takes an order, and lists those of a customer."""
import json
import os
import uuid

import boto3
from boto3.dynamodb.conditions import Key

table = boto3.resource("dynamodb").Table(os.environ["TABLE"])


def handler(event, context):
    if event["requestContext"]["http"]["method"] == "POST":
        order = {"id": str(uuid.uuid4()), **json.loads(event["body"])}
        table.put_item(Item=order)
        return {"statusCode": 201, "body": json.dumps(order)}
    customer = event["queryStringParameters"].get("customer")
    if customer:
        found = table.query(IndexName="by-customer", KeyConditionExpression=Key("customer").eq(customer))
        return {"statusCode": 200, "body": json.dumps(found["Items"], default=str)}
    order = table.get_item(Key={"id": event["pathParameters"]["id"]}).get("Item")
    return {"statusCode": 200 if order else 404, "body": json.dumps(order, default=str)}
