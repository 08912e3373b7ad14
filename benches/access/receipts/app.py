"""Reads the total off a scanned receipt and keeps it."""
import boto3

textract = boto3.client("textract")
s3 = boto3.client("s3")
dynamodb = boto3.client("dynamodb")


def handler(event, context):
    name = event["Records"][0]["s3"]["object"]["key"].removeprefix("scans/")
    scan = s3.get_object(Bucket="shop-receipts", Key=f"scans/{name}")["Body"].read()
    found = textract.analyze_expense(Document={"Bytes": scan})
    fields = found["ExpenseDocuments"][0]["SummaryFields"]
    total = next(field["ValueDetection"]["Text"] for field in fields if field["Type"]["Text"] == "TOTAL")
    dynamodb.put_item(TableName="receipts", Item={"name": {"S": name}, "total": {"S": total}})
