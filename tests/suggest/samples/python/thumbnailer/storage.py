"""The bucket that images and thumbnails live in."""

import os

from botocore.exceptions import ClientError

from clients import s3

BUCKET = os.environ["BUCKET"]
DONE = "done"


def load(key: str) -> bytes:
    return s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()


def exists(key: str) -> bool:
    try:
        s3.head_object(Bucket=BUCKET, Key=key)
    except ClientError as error:
        if error.response["Error"]["Code"] in ("404", "NoSuchKey"):
            return False
        raise
    return True


def save(name: str, size: int, body) -> None:
    s3.upload_fileobj(
        body,
        BUCKET,
        f"thumbs/{size}/{name}",
        ExtraArgs={"ContentType": "image/jpeg"},
    )


def archive(name: str) -> None:
    source = {"Bucket": BUCKET, "Key": f"in/{name}"}
    s3.copy_object(Bucket=BUCKET, Key="%s/%s" % (DONE, name), CopySource=source)
    s3.delete_object(Bucket=BUCKET, Key="in/{}".format(name))
