"""Imports files that are named in a queue."""

import json
import os
from functools import lru_cache

import boto3 as aws

from . import settings
from .settings import FUNCTION, PREFIX

QUEUE_URL = os.environ["QUEUE_URL"]


@lru_cache(maxsize=None)
def client(name):
    return aws.client(name)


@lru_cache(maxsize=1)
def get_s3():
    session = aws.session.Session()
    return session.client("s3", region_name=os.environ["AWS_REGION"])


def handler(event, context):
    s3 = get_s3()
    sqs = aws.client("sqs")
    found = list(new_objects(s3))
    s3.get_waiter("object_exists").wait(Bucket=settings.BUCKET, Key=settings.MARKER)
    results = sqs.get_queue_url(QueueName=os.environ["RESULTS_QUEUE"])["QueueUrl"]
    while True:
        batch = receive(sqs)
        if not batch:
            break
        entries = [work(s3, message) for message in batch]
        sqs.send_message_batch(QueueUrl=results, Entries=entries)
        done = [{"Id": m["MessageId"], "ReceiptHandle": m["ReceiptHandle"]} for m in batch]
        sqs.delete_message_batch(QueueUrl=QUEUE_URL, Entries=done)
    client("lambda").invoke(FunctionName=FUNCTION, InvocationType="Event", Payload=json.dumps({"found": len(found)}))


def new_objects(s3):
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=settings.BUCKET, Prefix=PREFIX)
    for page in pages:
        yield from page.get("Contents", [])


def receive(queue):
    answer = queue.receive_message(QueueUrl=QUEUE_URL, MaxNumberOfMessages=10, WaitTimeSeconds=1)
    return answer.get("Messages", [])


def work(store, message):
    task = json.loads(message["Body"])
    local = f"/tmp/{task['id']}"
    store.download_file(settings.BUCKET, PREFIX + task["file"], local)
    read = getattr(store, "get_object_tagging")
    tags = read(Bucket=settings.BUCKET, Key=PREFIX + task["file"])
    return {"Id": message["MessageId"], "MessageBody": json.dumps({"tags": tags["TagSet"]})}
