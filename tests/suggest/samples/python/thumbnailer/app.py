"""Makes a thumbnail of every uploaded image."""

import io
import json
import logging
import os
from urllib.parse import unquote_plus

from PIL import Image

import storage
from clients import cloudwatch, sns

logger = logging.getLogger()
logger.setLevel(os.environ.get("LOG_LEVEL", "INFO"))

SIZES = (128, 512)
NAMESPACE = os.environ["METRICS_NAMESPACE"]


def handler(event, context):
    made = 0
    for record in event["Records"]:
        key = unquote_plus(record["s3"]["object"]["key"])
        name = key.rsplit("/", 1)[-1]
        if storage.exists(f"thumbs/{name}"):
            logger.info("%s is done", name)
            continue
        image = Image.open(io.BytesIO(storage.load("in/" + name)))
        for size in SIZES:
            copy = image.copy()
            copy.thumbnail((size, size))
            out = io.BytesIO()
            copy.save(out, format="JPEG")
            out.seek(0)
            storage.save(name, size, out)
            made += 1
        storage.archive(name)
    report(made)
    return {"made": made}


def report(made):
    cloudwatch.put_metric_data(
        Namespace=NAMESPACE,
        MetricData=[{"MetricName": "Thumbnails", "Value": made, "Unit": "Count"}],
    )
    if made == 0:
        sns.publish(TopicArn=os.environ["TOPIC_ARN"], Message=json.dumps({"made": made}))
