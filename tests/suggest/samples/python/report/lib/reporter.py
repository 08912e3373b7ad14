from boto3.session import Session

from .queries import Warehouse


class Reporter:
    expires = 3600

    def __init__(self, session: Session, bucket: str) -> None:
        self.s3 = session.client("s3")
        self.bucket = bucket
        self.notifier = self.topic = session.resource("sns").Topic("arn:aws:sns:eu-west-1:123456789012:reports")
        self.warehouse = Warehouse(session.client("athena"), session.client("glue"))
        self.audit = session.client("cloudtrail-data")

    def write(self, day, password, flags):
        rows = self.warehouse.rows(day)
        key = f"weekly/{day}.csv"
        store = self.s3
        store.put_object(Bucket=self.bucket, Key=key, Body="\n".join(rows).encode())
        self.notifier.publish(Message=key)
        return self.link(key)

    def link(self, key):
        return self.s3.generate_presigned_url(
            "get_object",
            Params={"Bucket": self.bucket, "Key": key},
            ExpiresIn=self.expires,
        )

    def forget(self):
        bucket = "shop-reports"
        self.s3.delete_object(Bucket=bucket, Key="weekly/latest.csv")
        self.s3.forget_everything(Bucket=bucket)
