//! The answer to a call that is refused, as the service itself writes it, so that SDKs raise the same exception.
//!
//! Sources: the error shapes of each protocol in Smithy's documents, "AWS protocols"; IAM user guide, "Troubleshoot
//! access denied error messages"; what services were seen to answer where no document says (SQS writes actions in
//! small letters, SNS its prefix in capitals, S3 quotes the resource).

use super::{Need, Protocol, Service};
use crate::domain::policy::denial::Keeper;

/// An answer that is an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// What an error says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub status: u16,
    /// As SDKs name it: `AccessDenied`.
    pub code: String,
    pub message: String,
}

/// Why a right is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reason {
    pub keeper: Keeper,
    /// A policy denies it, rather than none allowing it.
    pub explicit: bool,
}

impl Fault {
    /// A right that the principal has not got.
    pub fn denied(service: &Service, protocol: Protocol, principal: &str, need: &Need, reason: Reason) -> Self {
        let (status, code) = denial(service, protocol);
        Self {
            status,
            code: code.to_owned(),
            message: sentence(service, principal, need, reason),
        }
    }

    /// The answer in the words of a protocol. `id` is that of the request; the answer to `HEAD` has no body.
    pub fn answer(&self, service: &Service, protocol: Protocol, id: &str, is_head: bool) -> Refusal {
        let Self { status, code, message } = self;
        let mut headers: Vec<(String, String)> = Vec::new();
        let mut header = |name: &str, value: &str| headers.push((name.to_owned(), value.to_owned()));
        let body = match protocol {
            Protocol::RestXml => {
                header("x-amz-request-id", id);
                header("x-amz-id-2", id);
                header("content-type", "application/xml");
                s3_xml(code, message, id).into_bytes()
            }
            Protocol::Query => {
                header("x-amzn-requestid", id);
                header("content-type", "text/xml");
                query_xml(service, code, message, id).into_bytes()
            }
            Protocol::RestJson => {
                header("x-amzn-requestid", id);
                header("x-amzn-errortype", code);
                header("content-type", "application/json");
                serde_json::json!({ "Message": message }).to_string().into_bytes()
            }
            Protocol::Json => {
                header("x-amzn-requestid", id);
                header("content-type", "application/x-amz-json-1.0");
                if spoke_query(service) {
                    header("x-amzn-query-error", &format!("{code};Sender"));
                }
                json(service, code, message).into_bytes()
            }
            Protocol::Cbor => {
                header("x-amzn-requestid", id);
                header("smithy-protocol", "rpc-v2-cbor");
                header("content-type", "application/cbor");
                header("x-amzn-query-error", &format!("{code};Sender"));
                cbor(&[("__type", code), ("message", message)])
            }
        };
        Refusal {
            status: *status,
            headers,
            body: if is_head { Vec::new() } else { body },
        }
    }
}

/// The status and the code with which a service refuses.
fn denial(service: &Service, protocol: Protocol) -> (u16, &'static str) {
    match (service, protocol) {
        (Service::Sns, _) => (403, "AuthorizationError"),
        (Service::Sqs | Service::CloudWatch, _) | (_, Protocol::RestXml | Protocol::Query | Protocol::Cbor) => {
            (403, "AccessDenied")
        }
        (_, Protocol::RestJson) => (403, "AccessDeniedException"),
        (_, Protocol::Json) => (400, "AccessDeniedException"),
    }
}

/// Whether a service keeps the codes that it had in the query protocol, in a header.
/// Source: Smithy's documents, "awsQueryCompatible trait".
fn spoke_query(service: &Service) -> bool {
    matches!(service, Service::Sqs | Service::CloudWatch)
}

fn sentence(service: &Service, principal: &str, need: &Need, Reason { keeper, explicit }: Reason) -> String {
    let action = match service {
        Service::Sqs => need.action.to_ascii_lowercase(),
        Service::Sns => need.action.replacen("sns:", "SNS:", 1),
        _ => need.action.clone(),
    };
    let on = match (service, need.resource.as_str()) {
        (_, "*") => String::new(),
        (Service::S3, resource) => format!(" on resource: \"{resource}\""),
        (_, resource) => format!(" on resource: {resource}"),
    };
    let text = format!("User: {principal} is not authorized to perform: {action}{on}");
    let policy = keeper.policy();
    match (service, explicit) {
        (_, true) => format!("{text} with an explicit deny in {} {policy}", article(policy)),
        // STS gives no reason.
        (Service::Sts, false) => text,
        (_, false) => format!("{text} because no {policy} allows the {action} action"),
    }
}

fn article(word: &str) -> &'static str {
    if word.starts_with(['a', 'e', 'i', 'o', 'u']) {
        "an"
    } else {
        "a"
    }
}

fn s3_xml(code: &str, message: &str, id: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{}</Code><Message>{}</Message><RequestId>{id}</RequestId>\
         <HostId>{id}</HostId></Error>",
        escaped(code),
        escaped(message),
    )
}

fn query_xml(service: &Service, code: &str, message: &str, id: &str) -> String {
    let namespace = match service {
        Service::Sns => "http://sns.amazonaws.com/doc/2010-03-31/",
        Service::Sqs => "http://queue.amazonaws.com/doc/2012-11-05/",
        Service::CloudWatch => "http://monitoring.amazonaws.com/doc/2010-08-01/",
        _ => "https://sts.amazonaws.com/doc/2011-06-15/",
    };
    format!(
        "<ErrorResponse xmlns=\"{namespace}\"><Error><Type>Sender</Type><Code>{}</Code><Message>{}</Message></Error>\
         <RequestId>{id}</RequestId></ErrorResponse>",
        escaped(code),
        escaped(message),
    )
}

fn json(service: &Service, code: &str, message: &str) -> String {
    match service {
        Service::DynamoDb => serde_json::json!({
            "__type": format!("com.amazon.coral.service#{code}"),
            "Message": message,
        }),
        // The code of the query protocol is in a header; here is the name of the shape.
        service if spoke_query(service) && code == "AccessDenied" => serde_json::json!({
            "__type": "com.amazon.coral.service#AccessDeniedException",
            "message": message,
        }),
        service if spoke_query(service) => serde_json::json!({ "__type": code, "message": message }),
        _ => serde_json::json!({ "__type": code, "Message": message }),
    }
    .to_string()
}

/// A map of texts. Source: RFC 8949, section 3.
fn cbor(entries: &[(&str, &str)]) -> Vec<u8> {
    let head = |kind: u8, length: usize| match u8::try_from(length) {
        Ok(short) if short < 24 => vec![kind << 5 | short],
        Ok(short) => vec![kind << 5 | 0x18, short],
        Err(_) => {
            let mut bytes = vec![kind << 5 | 0x1a];
            bytes.extend(u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes());
            bytes
        }
    };
    let mut bytes = head(5, entries.len());
    for text in entries.iter().flat_map(|(name, value)| [name, value]) {
        bytes.extend(head(3, text.len()));
        bytes.extend(text.as_bytes());
    }
    bytes
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::domain::policy::denial::Denial;

    const WHO: &str = "arn:aws:sts::123456789012:assumed-role/shop-eu-west-1/shop";
    const NOT_ALLOWED: Reason = Reason {
        keeper: Keeper::Identity,
        explicit: false,
    };

    fn need(action: &str, resource: &str) -> Need {
        Need {
            action: action.into(),
            resource: resource.into(),
            context: BTreeMap::new(),
            untold: Vec::new(),
        }
    }

    fn denied(service: &Service, protocol: Protocol, need: &Need) -> (Fault, String) {
        let fault = Fault::denied(service, protocol, WHO, need, NOT_ALLOWED);
        let answer = fault.answer(service, protocol, "id", false);
        (fault, String::from_utf8_lossy(&answer.body).into_owned())
    }

    /// Action, resource, status, code, and the sentence from the action on.
    type Said<'a> = (&'a str, &'a str, u16, &'a str, &'a str);

    #[track_caller]
    fn check(service: &Service, protocol: Protocol, (action, resource, status, code, said): Said<'_>) {
        let (fault, body) = denied(service, protocol, &need(action, resource));
        assert_eq!((fault.status, fault.code.as_str()), (status, code), "{action}");
        assert_eq!(
            fault.message,
            format!("User: {WHO} is not authorized to perform: {said}")
        );
        assert!(body.contains("is not authorized to perform: "), "{body}");
    }

    #[test]
    fn services_of_xml_refuse_in_their_own_words() {
        let put = "s3:PutObject on resource: \"arn:aws:s3:::b/k\" because no identity-based policy allows the s3:PutObject action";
        let put = ("s3:PutObject", "arn:aws:s3:::b/k", 403, "AccessDenied", put);
        check(&Service::S3, Protocol::RestXml, put);
        let list = "s3:ListAllMyBuckets because no identity-based policy allows the s3:ListAllMyBuckets action";
        let list = ("s3:ListAllMyBuckets", "*", 403, "AccessDenied", list);
        check(&Service::S3, Protocol::RestXml, list);
        let publish = "SNS:Publish on resource: arn:t because no identity-based policy allows the SNS:Publish action";
        let publish = ("sns:Publish", "arn:t", 403, "AuthorizationError", publish);
        check(&Service::Sns, Protocol::Query, publish);
        let assume = (
            "sts:AssumeRole",
            "arn:r",
            403,
            "AccessDenied",
            "sts:AssumeRole on resource: arn:r",
        );
        check(&Service::Sts, Protocol::Query, assume);
    }

    #[test]
    fn services_of_json_and_cbor_refuse_in_their_own_words() {
        let get =
            "dynamodb:GetItem on resource: arn:t because no identity-based policy allows the dynamodb:GetItem action";
        let get = ("dynamodb:GetItem", "arn:t", 400, "AccessDeniedException", get);
        check(&Service::DynamoDb, Protocol::Json, get);
        let send =
            "sqs:sendmessage on resource: arn:q because no identity-based policy allows the sqs:sendmessage action";
        check(
            &Service::Sqs,
            Protocol::Json,
            ("sqs:SendMessage", "arn:q", 403, "AccessDenied", send),
        );
        let invoke = "lambda:InvokeFunction on resource: arn:f because no identity-based policy allows the lambda:InvokeFunction action";
        let invoke = ("lambda:InvokeFunction", "arn:f", 403, "AccessDeniedException", invoke);
        check(&Service::Lambda, Protocol::RestJson, invoke);
        let put =
            "cloudwatch:PutMetricData because no identity-based policy allows the cloudwatch:PutMetricData action";
        for protocol in [Protocol::Cbor, Protocol::Json, Protocol::Query] {
            let put = ("cloudwatch:PutMetricData", "*", 403, "AccessDenied", put);
            check(&Service::CloudWatch, protocol, put);
        }
    }

    /// What lfn explains of AWS's refusals, it explains of these.
    #[test]
    fn a_refusal_is_understood_again() {
        for keeper in [Keeper::Identity, Keeper::Boundary] {
            for explicit in [false, true] {
                let need = need(
                    "dynamodb:PutItem",
                    "arn:aws:dynamodb:eu-west-1:123456789012:table/orders",
                );
                let reason = Reason { keeper, explicit };
                let fault = Fault::denied(&Service::DynamoDb, Protocol::Json, WHO, &need, reason);
                let expected = Denial {
                    caller: Some(WHO.into()),
                    action: Some(need.action.clone()),
                    resource: Some(need.resource.clone()),
                    keeper,
                    explicit,
                    encoded: false,
                };
                assert_eq!(Denial::read(&fault.message), expected, "{}", fault.message);
            }
        }
    }

    #[test]
    fn texts_are_escaped_and_heads_have_no_body() {
        let need = need("s3:GetObject", "arn:aws:s3:::b/<a&b>");
        let (fault, body) = denied(&Service::S3, Protocol::RestXml, &need);
        assert!(body.contains("b/&lt;a&amp;b&gt;&quot;"), "{body}");
        let head = fault.answer(&Service::S3, Protocol::RestXml, "id", true);
        assert_eq!((head.status, head.body.len()), (403, 0));
    }

    #[test]
    fn cbor_has_lengths_of_every_size() {
        assert_eq!(cbor(&[("a", "bc")]), [0xa1, 0x61, b'a', 0x62, b'b', b'c']);
        assert_eq!(cbor(&[("a", &"b".repeat(200))])[3..5], [0x78, 200]);
        assert_eq!(cbor(&[("a", &"b".repeat(300))])[3..8], [0x7a, 0, 0, 1, 44]);
    }
}
