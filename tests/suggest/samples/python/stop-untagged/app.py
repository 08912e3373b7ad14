"""Stops EC2 instances that have no `owner` tag, and says so."""

import os

import boto3

REQUIRED = "owner"


def handler(event, context):
    ec2 = boto3.resource("ec2")
    running = [{"Name": "instance-state-name", "Values": ["running"]}]
    stopped = []
    for instance in ec2.instances.filter(Filters=running):
        tags = {tag["Key"]: tag["Value"] for tag in instance.tags or []}
        if REQUIRED not in tags:
            instance.stop()
            instance.create_tags(Tags=[{"Key": "stopped-by", "Value": context.function_name}])
            stopped.append(instance.id)
    if stopped:
        ec2.meta.client.get_waiter("instance_stopped").wait(InstanceIds=stopped)
        tell(stopped)
    return {"stopped": stopped}


def tell(stopped):
    topic = boto3.resource("sns").Topic(os.environ["TOPIC_ARN"])
    topic.publish(Subject="Instances stopped", Message="\n".join(stopped))
