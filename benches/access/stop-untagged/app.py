"""Stops running instances that nobody has tagged with an owner."""
import boto3

ec2 = boto3.client("ec2")


def handler(event, context):
    untagged = []
    pages = ec2.get_paginator("describe_instances").paginate(
        Filters=[{"Name": "instance-state-name", "Values": ["running"]}]
    )
    for page in pages:
        for reservation in page["Reservations"]:
            for instance in reservation["Instances"]:
                tags = {tag["Key"] for tag in instance.get("Tags", [])}
                if "Owner" not in tags:
                    untagged.append(instance["InstanceId"])
    if untagged:
        ec2.stop_instances(InstanceIds=untagged)
    return untagged
