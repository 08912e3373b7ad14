"""The weekly report: reads the warehouse, writes a file, mails a link."""

import datetime
import os

from boto3 import Session, client

from lib.reporter import Reporter

STAGE = os.environ["STAGE"]
session = Session()
secrets = session.client(service_name="secretsmanager")
mail = client("sesv2")
parameters = client("ssm")


def handler(event, context):
    secret = secrets.get_secret_value(SecretId=f"{STAGE}/warehouse")
    names = [f"/report/{STAGE}/recipients", f"/report/{STAGE}/sender"]
    answer = parameters.get_parameters(Names=names, WithDecryption=True)
    values = {p["Name"]: p["Value"] for p in answer["Parameters"]}
    flags = parameters.get_parameters_by_path(Path="/report/flags", Recursive=True)
    reporter = Reporter(session, os.environ["REPORT_BUCKET"])
    day = datetime.date.today().isoformat()
    link = reporter.write(day, secret["SecretString"], flags["Parameters"])
    mail.send_email(
        FromEmailAddress="reports@shop.example",
        Destination={"ToAddresses": values[names[0]].split(",")},
        Content={"Simple": {"Subject": {"Data": "Report"}, "Body": {"Text": {"Data": link}}}},
    )
    events = session.client("events")
    events.put_events(Entries=[{"Source": "shop.report", "DetailType": "Written", "Detail": day}])
