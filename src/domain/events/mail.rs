//! Email: SES receipt rules, WorkMail.
//!
//! Source: SES developer guide, "Lambda function event and response examples"; WorkMail administrator
//! guide, "Configuring AWS Lambda for Amazon WorkMail".

use serde_json::{Value, json};

use super::values::{Values, records};
use super::{Kind, Parameter, Service};

const VERDICTS: &[&str] = &["PASS", "FAIL", "GRAY", "PROCESSING_FAILED"];

/// Receipt rules of SES.
pub const SES: Service = Service {
    name: "ses",
    title: "Amazon SES",
    kinds: &[Kind::new(
        "receipt",
        "an email was received",
        &[
            Parameter::text("from", &["ada@example.com"], "The sender"),
            Parameter::texts("to", &["support@example.org"], "A recipient"),
            Parameter::text("subject", &["Order 42"], "The subject"),
            Parameter::choice("spam", VERDICTS, &["PASS"], "What SES thinks about spam"),
            Parameter::choice("virus", VERDICTS, &["PASS"], "What SES thinks about viruses"),
            Parameter::text("function", &["example-function"], "The function of the rule"),
            Parameter::choice(
                "invocation",
                &["Event", "RequestResponse"],
                &["Event"],
                "How the rule calls the function",
            ),
        ],
        |values| records(1, |_| receipt(values)),
    )],
};

fn receipt(values: &Values<'_>) -> Value {
    let id = values.hex("message", 0, 40);
    let (from, to, subject) = (values.text("from"), values.texts("to"), values.text("subject"));
    let message_id = format!("<{}@example.com>", values.hex("message id", 0, 24));
    let date = values.formatted("%a, %d %b %Y %H:%M:%S +0000");
    let received = format!(
        "from mail.example.com (mail.example.com [203.0.113.12]) by inbound-smtp.{}.{} with SMTP id {id} for {}; {date} (UTC)",
        values.region(),
        values.domain(),
        values.text("to"),
    );
    let headers: Vec<Value> = [
        ("Return-Path", format!("<{from}>")),
        ("Received", received),
        ("MIME-Version", "1.0".into()),
        ("From", from.to_owned()),
        ("Date", date.clone()),
        ("Message-ID", message_id.clone()),
        ("Subject", subject.to_owned()),
        ("To", to.join(", ")),
        ("Content-Type", "text/plain; charset=UTF-8".into()),
    ]
    .into_iter()
    .map(|(name, value)| json!({ "name": name, "value": value }))
    .collect();
    let status = |verdict: &str| json!({ "status": verdict });
    json!({
        "eventSource": "aws:ses",
        "eventVersion": "1.0",
        "ses": {
            "mail": {
                "timestamp": values.iso(),
                "source": from,
                "messageId": id,
                "destination": to,
                "headersTruncated": false,
                "headers": headers,
                "commonHeaders": {
                    "returnPath": from,
                    "from": [from],
                    "date": date,
                    "to": to,
                    "messageId": message_id,
                    "subject": subject,
                },
            },
            "receipt": {
                "timestamp": values.iso(),
                "processingTimeMillis": 574,
                "recipients": to,
                "spamVerdict": status(values.text("spam")),
                "virusVerdict": status(values.text("virus")),
                "spfVerdict": status("PASS"),
                "dkimVerdict": status("PASS"),
                "dmarcVerdict": status("PASS"),
                "action": {
                    "type": "Lambda",
                    "functionArn": values.arn("lambda", format_args!("function:{}", values.text("function"))),
                    "invocationType": values.text("invocation"),
                },
            },
        },
    })
}

/// Email flows of WorkMail.
pub const WORKMAIL: Service = Service {
    name: "workmail",
    title: "Amazon WorkMail",
    kinds: &[Kind::new(
        "message",
        "a message passes a rule",
        &[
            Parameter::text("from", &["ada@example.com"], "The sender"),
            Parameter::texts("to", &["support@example.org"], "A recipient"),
            Parameter::text("subject", &["Order 42"], "The subject"),
            Parameter::choice("direction", &["INBOUND", "OUTBOUND"], &["INBOUND"], "Which way it goes"),
        ],
        |values| {
            let recipients: Vec<Value> = values.texts("to").iter().map(|to| json!({ "address": to })).collect();
            json!({
                "summaryVersion": "2019-07-28",
                "envelope": { "mailFrom": { "address": values.text("from") }, "recipients": recipients },
                "sender": { "address": values.text("from") },
                "subject": values.text("subject"),
                "messageId": values.uuid("message"),
                "invocationId": values.hex("invocation", 0, 40),
                "flowDirection": values.text("direction"),
                "truncated": false,
            })
        },
    )],
};
