use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

fn request(values: &[(&str, &[&str])]) -> Request {
    let values = values.iter().map(|(name, values)| {
        let values = values.iter().map(ToString::to_string).collect();
        ((*name).to_owned(), values)
    });
    Request {
        values: values.collect(),
        ..Request::usual()
    }
}

fn made(service_name: &str, kind: &str, values: &[(&str, &[&str])]) -> Value {
    let service = service(service_name).expect("a service");
    event(service, service.kind(kind).expect("a kind"), &request(values)).expect("an event")
}

fn all() -> impl Iterator<Item = (&'static Service, &'static Kind)> {
    SERVICES
        .iter()
        .flat_map(|service| service.kinds.iter().map(move |kind| (service, kind)))
}

#[test]
fn every_kind_makes_an_event_from_its_defaults() {
    for (service, kind) in all() {
        let name = format!("{} {}", service.name, kind.name);
        let made = event(service, kind, &Request::usual()).expect(&name);
        assert_eq!(
            made,
            event(service, kind, &Request::usual()).expect(&name),
            "{name} differs"
        );
        assert!(!kind.about.ends_with('.'), "{name}: a line of a table is no sentence");
    }
    assert!(all().count() > 100, "there are {}", all().count());
}

#[test]
fn names_are_unique_and_defaults_fit_their_form() {
    let services: BTreeSet<&str> = SERVICES.iter().map(|service| service.name).collect();
    assert_eq!(services.len(), SERVICES.len());
    assert!(SERVICES.is_sorted_by_key(|service| service.name), "{services:?}");
    // Taken by flags that all commands have, or all events.
    let taken = [
        "stage",
        "profile",
        "region",
        "local",
        "format",
        "yes",
        "verbose",
        "color",
        "cache-dir",
        "cache-limit",
        "dir",
        "help",
        "version",
        "account",
        "time",
        "count",
        "set",
        "output",
    ];
    for (service, kind) in all() {
        let names: BTreeSet<&str> = kind.parameters.iter().map(|parameter| parameter.name).collect();
        assert_eq!(names.len(), kind.parameters.len(), "{} {}", service.name, kind.name);
        for parameter in kind.parameters {
            assert!(
                !taken.contains(&parameter.name),
                "{} {}: {}",
                service.name,
                kind.name,
                parameter.name
            );
            for default in parameter.defaults.iter().filter(|default| !default.is_empty()) {
                assert_eq!(parameter.check(default), Ok(()), "{}", parameter.name);
            }
        }
    }
}

#[test]
fn everything_is_where_the_request_says() {
    let mut request = Request::in_place(
        Region::new("cn-north-1").expect("valid"),
        AccountId::new("111122223333").expect("valid"),
    );
    request.time = "2030-02-03T04:05:06.007Z".parse().expect("valid");
    for (service, kind) in all() {
        let text = event(service, kind, &request).expect("an event").to_string();
        // Principals of services, and the endpoint that Alexa has everywhere, have one name in all partitions.
        for stranger in [
            "us-east-1",
            "123456789012",
            "arn:aws:",
            "2026-",
            "us-east-1.amazonaws.com",
        ] {
            assert!(
                !text.contains(stranger),
                "{} {}: {stranger} in {text}",
                service.name,
                kind.name
            );
        }
    }
}

#[test]
fn wrong_values_are_refused() {
    let sqs = service("sqs").expect("a service");
    let ask = |kind: &str, request: &Request| event(sqs, sqs.kind(kind).expect("a kind"), request).map(drop);
    let unknown = ask("message", &request(&[("bodi", &["x"])]));
    assert_eq!(
        unknown.unwrap_err().to_string(),
        "`sqs message` has no parameter `bodi`"
    );
    let wrong = ask("message", &request(&[("attribute", &["no pair"])]));
    assert_eq!(
        wrong.unwrap_err().to_string(),
        "`no pair` is no value for `attribute`: write NAME=VALUE"
    );
    let nowhere = Request {
        set: vec![("/Records/7/body".into(), Value::Null)],
        ..Request::usual()
    };
    assert_eq!(
        ask("message", &nowhere),
        Err(Refused::Pointer("/Records/7/body".into()))
    );
    let many = Request {
        count: 10_001,
        ..Request::usual()
    };
    assert_eq!(ask("message", &many), Err(Refused::TooMany));
}

#[test]
fn any_place_can_be_set() {
    let sqs = service("sqs").expect("a service");
    let request = Request {
        set: vec![
            ("/Records/0/awsRegion".into(), json!("mars-1")),
            ("/Records/0/new~1field".into(), json!([1])),
            ("/Records/-".into(), json!({ "body": "second" })),
        ],
        ..Request::usual()
    };
    let made = event(sqs, &sqs.kinds[0], &request).expect("an event");
    assert_eq!(made["Records"][0]["awsRegion"], "mars-1");
    assert_eq!(made["Records"][0]["new/field"], json!([1]));
    assert_eq!(made["Records"][1]["body"], "second");
}

#[test]
fn batches_have_as_many_records_as_asked_for() {
    for (service, kind) in all().filter(|(_, kind)| kind.batch) {
        let made = |count| {
            let request = Request {
                count,
                ..Request::usual()
            };
            event(service, kind, &request).expect("an event")
        };
        // Those of CloudWatch Logs are compressed.
        if service.name != "cloudwatch-logs" {
            assert_eq!(lists_of(&made(3), 3), 1, "{} {}", service.name, kind.name);
        }
        assert_ne!(made(1), made(2), "{} {}", service.name, kind.name);
    }
    let two = made("sqs", "message", &[("body", &["a", "b"])]);
    assert_eq!(two["Records"][0]["body"], "a");
    assert_eq!(two["Records"][1]["body"], "b");
    assert_ne!(two["Records"][0]["messageId"], two["Records"][1]["messageId"]);
}

/// How many lists of objects of this length there are.
fn lists_of(value: &Value, length: usize) -> usize {
    match value {
        Value::Array(items) => {
            usize::from(items.len() == length && items.iter().all(Value::is_object))
                + items.iter().map(|item| lists_of(item, length)).sum::<usize>()
        }
        Value::Object(fields) => fields.values().map(|field| lists_of(field, length)).sum(),
        _ => 0,
    }
}

#[test]
fn what_follows_from_values_is_worked_out() {
    let sqs = made(
        "sqs",
        "message",
        &[("body", &[r#"{"a":1}"#]), ("attribute", &["kind=order"])],
    );
    assert_eq!(sqs["Records"][0]["body"], r#"{"a":1}"#);
    assert_eq!(sqs["Records"][0]["md5OfBody"], "bb6cb5c68df4652941caf652a366f2d8");
    // 1 stands between the type and the value of a text.
    assert_eq!(
        sqs["Records"][0]["md5OfMessageAttributes"],
        "8cc3ab13200b21b0d17b28c4d98ec74a"
    );
    let s3 = made("s3", "put", &[("key", &["a b/ü+c.jpg"]), ("content", &["hello"])]);
    let object = &s3["Records"][0]["s3"]["object"];
    assert_eq!(object["key"], "a+b/%C3%BC%2Bc.jpg");
    assert_eq!(object["size"], 5);
    assert_eq!(object["eTag"], "5d41402abc4b2a76b9719d911017c592");
    let kinesis = made("kinesis", "record", &[("data", &["hello"])]);
    assert_eq!(kinesis["Records"][0]["kinesis"]["data"], "aGVsbG8=");
    assert_eq!(
        kinesis["Records"][0]["kinesis"]["sequenceNumber"]
            .as_str()
            .map(str::len),
        Some(56)
    );
    assert_eq!(
        made("dynamodb", "insert", &[("new", &[r#"{"n":1,"l":[true,null,"x"]}"#])])["Records"][0]["dynamodb"]["NewImage"],
        json!({ "id": { "S": "42" }, "n": { "N": "1" }, "l": { "L": [{ "BOOL": true }, { "NULL": true }, { "S": "x" }] } })
    );
}

#[test]
fn log_events_are_compressed_json() {
    let event = made("cloudwatch-logs", "data", &[("message", &["one", "two"])]);
    let data = STANDARD
        .decode(event["awslogs"]["data"].as_str().expect("text"))
        .expect("base64");
    let mut text = vec![0; 1 << 16];
    let length = libdeflater::Decompressor::new()
        .gzip_decompress(&data, &mut text)
        .expect("gzip");
    let data: Value = serde_json::from_slice(&text[..length]).expect("JSON");
    assert_eq!(data["logEvents"][1]["message"], "two");
    assert_eq!(data["owner"], ACCOUNT);
}

#[test]
fn requests_of_the_web_agree_with_themselves() {
    let query: &[&str] = &["q=a b", "tag=x", "tag=y&z"];
    let values: &[(&str, &[&str])] = &[
        ("query", query),
        ("cookie", &["session=1", "theme=dark"]),
        ("header", &["X-One=1", "host=example.org"]),
        ("body", &[r#"{"a":1}"#]),
        ("path", &["/orders/42"]),
    ];
    let http = made(
        "apigateway",
        "http",
        &[values, &[("route", &["POST /orders/{id}"])]].concat(),
    );
    assert_eq!(http["rawQueryString"], "q=a%20b&tag=x&tag=y%26z");
    assert_eq!(http["queryStringParameters"], json!({ "q": "a b", "tag": "x,y&z" }));
    assert_eq!(http["cookies"], json!(["session=1", "theme=dark"]));
    assert_eq!(http["headers"]["x-one"], "1");
    assert_eq!(http["headers"]["host"], "example.org");
    assert_eq!(http["headers"]["content-type"], "application/json");
    assert_eq!(http["headers"].get("cookie"), None);
    assert_eq!(http["requestContext"]["http"]["method"], "POST");
    assert_eq!(http["pathParameters"], json!({ "id": "42" }));
    assert_eq!(http["body"], r#"{"a":1}"#);
    let rest = made("apigateway", "rest", values);
    assert_eq!(rest["queryStringParameters"], json!({ "q": "a b", "tag": "y&z" }));
    assert_eq!(rest["multiValueQueryStringParameters"]["tag"], json!(["x", "y&z"]));
    assert_eq!(rest["multiValueHeaders"]["Cookie"], json!(["session=1; theme=dark"]));
    assert_eq!(rest["pathParameters"], json!({ "proxy": "orders/42" }));
    assert_eq!(rest["requestContext"]["path"], "/prod/orders/42");
    let alb = made("alb", "multi-value", values);
    assert_eq!(alb["multiValueQueryStringParameters"]["tag"], json!(["x", "y%26z"]));
    assert_eq!(alb.get("headers"), None);
    let url = made("url", "request", &[values, &[("encoding", &["base64"])]].concat());
    assert_eq!(url["body"], "eyJhIjoxfQ==");
    assert_eq!(url["isBase64Encoded"], true);
    assert_eq!(made("url", "request", &[]).get("body"), None);
    assert_eq!(made("apigateway", "rest", &[])["body"], Value::Null);
}

/// All texts in a value, those in JSON that is a text too.
fn texts(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => {
            found.push(text.clone());
            if let Ok(inner) = serde_json::from_str::<Value>(text)
                && (inner.is_object() || inner.is_array())
            {
                texts(&inner, found);
            }
            let decoded = STANDARD
                .decode(text)
                .ok()
                .and_then(|bytes| String::from_utf8(bytes).ok());
            found.extend(decoded);
        }
        Value::Array(items) => items.iter().for_each(|item| texts(item, found)),
        Value::Object(fields) => fields.iter().for_each(|(name, value)| {
            found.push(name.clone());
            texts(value, found);
        }),
        _ => {}
    }
}

const HOSTILE: &[&str] = &[
    r#"{"a":1}"#,
    "quote \" and \\ backslash",
    "two\nlines\r\n\tand a tab",
    "grüße 🦀 \u{0}",
    "{{x}} {{{body}}} ${y} %s",
    "'; drop table orders; --",
    "</script>",
];

#[test]
fn hostile_values_stay_data() {
    let mut idle = Vec::new();
    for (service, kind) in all() {
        for parameter in kind.parameters {
            for hostile in HOSTILE {
                let given = match parameter.form {
                    Form::Text | Form::Texts => (*hostile).to_owned(),
                    Form::Json => json!({ "given": hostile }).to_string(),
                    Form::Pairs => format!("given={hostile}"),
                    Form::Number | Form::Choice { .. } => continue,
                };
                let name = format!("{} {} --{}", service.name, kind.name, parameter.name);
                let request = request(&[(parameter.name, &[&given])]);
                let made = event(service, kind, &request).expect(&name);
                let text = made.to_string();
                assert_eq!(serde_json::from_str::<Value>(&text).expect(&name), made, "{name}");
                let usual = event(service, kind, &Request::usual()).expect(&name);
                if made == usual {
                    idle.push(name);
                }
            }
        }
    }
    assert!(idle.is_empty(), "these change nothing: {idle:?}");
}

#[test]
fn texts_land_whole_where_services_send_them_whole() {
    for hostile in HOSTILE {
        for (name, kind, parameter) in [
            ("sqs", "message", "body"),
            ("sqs", "fifo", "group"),
            ("sns", "message", "message"),
            ("sns", "message", "subject"),
            ("kinesis", "record", "data"),
            ("kafka", "msk", "value"),
            ("mq", "activemq", "body"),
            ("mq", "rabbitmq", "body"),
            ("firehose", "transform", "data"),
            ("apigateway", "rest", "body"),
            ("apigateway", "http", "body"),
            ("url", "request", "body"),
            ("alb", "request", "body"),
            ("websocket", "message", "body"),
            ("ses", "receipt", "subject"),
            ("codepipeline", "job", "user-parameters"),
            ("eventbridge", "s3-created", "key"),
            ("lex", "fulfillment", "text"),
            ("authorizer", "token", "token"),
            ("cloudfront", "viewer-request", "body"),
        ] {
            let mut found = Vec::new();
            texts(&made(name, kind, &[(parameter, &[hostile])]), &mut found);
            assert!(
                found.iter().any(|text| text == hostile),
                "{name} {kind}: {hostile:?} in {found:?}"
            );
        }
    }
}

proptest! {
    #[test]
    fn any_text_makes_valid_json(text in any::<String>(), index in 0_usize..1_000) {
        let (service, kind) = all().nth(index % all().count()).expect("there are kinds");
        for parameter in kind.parameters.iter().filter(|parameter| matches!(parameter.form, Form::Text | Form::Texts)) {
            let made = event(service, kind, &request(&[(parameter.name, &[&text])])).expect("an event");
            let again: Value = serde_json::from_str(&serde_json::to_string(&made).expect("JSON")).expect("JSON");
            prop_assert_eq!(again, made);
        }
    }

    #[test]
    fn bodies_come_back_as_they_were_given(body in "(?s).{1,64}") {
        let sqs = made("sqs", "message", &[("body", &[&body])]);
        prop_assert_eq!(&sqs["Records"][0]["body"], &Value::from(body.as_str()));
        let kinesis = made("kinesis", "record", &[("data", &[&body])]);
        let data = kinesis["Records"][0]["kinesis"]["data"].as_str().expect("text");
        prop_assert_eq!(STANDARD.decode(data).expect("base64"), body.as_bytes());
    }
}

#[test]
fn pipes_hand_records_over_bare_and_those_of_kinesis_flat() {
    let messages = made("pipes", "sqs", &[("body", &["one", "two"])]);
    assert_eq!(
        (&messages[0]["body"], &messages[1]["body"]),
        (&json!("one"), &json!("two"))
    );
    let records = made("pipes", "kinesis", &[("data", &["hello"])]);
    assert_eq!(records[0]["data"], "aGVsbG8=");
    assert_eq!(records[0]["eventSource"], "aws:kinesis");
    assert_eq!(records[0].get("kinesis"), None);
    assert_eq!(made("pipes", "dynamodb", &[])[0]["eventName"], "MODIFY");
}

#[test]
fn an_alarm_that_is_off_has_not_crossed_its_threshold() {
    for (word, now, before) in [
        ("ALARM", "was greater", "was not greater"),
        ("OK", "was not greater", "was greater"),
    ] {
        let data = &made("cloudwatch-alarm", "metric", &[("state", &[word])])["alarmData"];
        for (state, said) in [("state", now), ("previousState", before)] {
            let reason = data[state]["reason"].as_str().expect("a reason");
            assert!(reason.contains(said), "{word} {state}: {reason}");
        }
    }
}
