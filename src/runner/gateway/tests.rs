//! What an endpoint answers to requests that no SDK writes, and what of them goes on.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::answer::{Answer, answer};
use super::sent::Sent;
use super::*;
use crate::domain::config::Allow;
use crate::domain::policy::samples::{config, ireland};
use crate::domain::policy::{Grant, role_spec, sources};
use crate::domain::signature::{Scope, sign};
use crate::ports::{Incoming, Outgoing, Pieces, PortResult};

/// Keeps what it should send, and answers 200.
#[derive(Default)]
struct Noted(Mutex<Vec<Outgoing>>);

struct Nothing;

#[async_trait::async_trait]
impl Pieces for Nothing {
    async fn next(&mut self) -> PortResult<Option<Vec<u8>>> {
        Ok(None)
    }
}

#[async_trait::async_trait]
impl Relay for Noted {
    fn destination(&self) -> String {
        "here".into()
    }

    async fn send(&self, request: Outgoing) -> PortResult<Incoming> {
        self.0.lock().unwrap().push(request);
        Ok(Incoming {
            status: 200,
            headers: Vec::new(),
            body: Box::new(Nothing),
        })
    }
}

struct Endpoint {
    shared: Shared,
    noted: Arc<Noted>,
}

impl Endpoint {
    fn new(mode: Mode, lines: &[&str]) -> Self {
        let (mut config, place) = (config(), ireland());
        let grants = lines.iter().map(|line| Allow::Grant(Grant::parse(line).unwrap()));
        config.allow = grants.collect();
        let noted = Arc::new(Noted::default());
        Self {
            shared: Shared {
                judge: Judge {
                    role: role_spec(&config, &place).unwrap(),
                    sources: sources(&config, &place),
                    boundary: None,
                    function: place.function_arn(&config.name),
                    place,
                },
                relay: Some(noted.clone()),
                mode,
                keys: made_up_keys().unwrap(),
                borrowed: Borrowed::default(),
                queues: Queues::new("http://127.0.0.1:1".into()),
                seen: Mutex::default(),
            },
            noted,
        }
    }

    fn enforcing(lines: &[&str]) -> Self {
        Self::new(Mode::Enforce, lines)
    }

    /// Signs `METHOD ADDRESS` with the function's keys, and has it answered: `None` when it went on.
    async fn ask(&self, service: &str, request: &str, headers: &[(&str, &str)], body: &str) -> Option<String> {
        let (method, address) = request.split_once(' ').unwrap();
        let (path, query) = address.split_once('?').unwrap_or((address, ""));
        let headers = headers.iter().map(|(name, value)| ((*name).into(), (*value).into()));
        let mut sent = Sent {
            method: method.into(),
            path: path.into(),
            query: query.into(),
            headers: headers.collect(),
            body: body.into(),
        };
        if sent.header("host").is_none() {
            sent.headers.push(("host".into(), "127.0.0.1:1".into()));
        }
        let scope = Scope {
            service: service.into(),
            region: "eu-west-1".into(),
        };
        let signed = sign(&sent.request(), &self.shared.keys, &scope, jiff::Timestamp::now());
        sent.headers.extend(signed);
        match answer(&self.shared, sent).await {
            Answer::Passed(_) => None,
            Answer::Refused(refusal) => Some(String::from_utf8_lossy(&refusal.body).into_owned()),
        }
    }

    /// The target of the only request that went on.
    fn onward(&self) -> String {
        let mut all = self.noted.0.lock().unwrap();
        let [only] = &all[..] else {
            panic!("{} went on", all.len())
        };
        let mark = if only.query.is_empty() { "" } else { "?" };
        let target = format!("{} {}{mark}{}", only.method, only.path, only.query);
        all.clear();
        target
    }

    fn nothing_went_on(&self) -> bool {
        self.noted.0.lock().unwrap().is_empty()
    }
}

const GET_ITEM: (&str, &str) = ("x-amz-target", "DynamoDB_20120810.GetItem");
const ORDERS: &str = r#"{"TableName": "orders", "Key": {"id": {"S": "1"}}}"#;

#[tokio::test]
async fn a_target_is_no_part_of_the_host() {
    for mode in [Mode::Enforce, Mode::Learn] {
        let endpoint = Endpoint::new(mode, &["get dynamodb:orders"]);
        assert_eq!(endpoint.ask("dynamodb", "POST /", &[GET_ITEM], ORDERS).await, None);
        assert_eq!(endpoint.onward(), "POST /");
        for target in ["@127.0.0.1:47999/", ".evil.example/", "/a#b", "http://127.0.0.1:1/"] {
            let said = endpoint
                .ask("dynamodb", &format!("POST {target}"), &[GET_ITEM], ORDERS)
                .await;
            assert!(said.is_some_and(|said| said.contains("read in one way")), "{target}");
            assert!(endpoint.nothing_went_on(), "{target}");
        }
    }
}

#[tokio::test]
async fn nobody_gets_keys_of_the_caller() {
    for mode in [Mode::Enforce, Mode::Learn] {
        let endpoint = Endpoint::new(mode, &[]);
        for operation in ["GetSessionToken", "GetFederationToken&Name=a", "getsessiontoken"] {
            let body = format!("Action={operation}&Version=2011-06-15");
            let said = endpoint.ask("sts", "POST /", &[], &body).await;
            assert!(
                said.is_some_and(|said| said.contains("session credentials")),
                "{operation}"
            );
            assert!(endpoint.nothing_went_on(), "{operation}");
        }
        let seen = endpoint.shared.seen().clone();
        let access = Access::of(&endpoint.shared.judge, &seen, None, false, Vec::new());
        assert!(
            access.others.iter().any(|other| other.what == "sts:GetSessionToken"),
            "{access:?}"
        );
    }
}

#[tokio::test]
async fn what_needs_nothing_goes_on_for_open_calls_only() {
    let batch = ("x-amz-target", "DynamoDB_20120810.BatchGetItem");
    let strict = Endpoint::enforcing(&["get dynamodb:orders"]);
    assert!(strict.ask("dynamodb", "POST /", &[batch], "{}").await.is_some());
    assert!(strict.nothing_went_on());
    let learning = Endpoint::new(Mode::Learn, &[]);
    assert_eq!(learning.ask("dynamodb", "POST /", &[batch], "{}").await, None);
    let body = "Action=AssumeRoleWithWebIdentity&Version=2011-06-15";
    assert_eq!(strict.ask("sts", "POST /", &[], body).await, None);
    for (endpoint, what) in [
        (&learning, "dynamodb:BatchGetItem"),
        (&strict, "sts:AssumeRoleWithWebIdentity"),
    ] {
        let seen = endpoint.shared.seen().clone();
        let access = Access::of(&endpoint.shared.judge, &seen, None, false, Vec::new());
        assert!(access.others.iter().any(|other| other.what == what), "{access:?}");
    }
}

#[tokio::test]
async fn the_bucket_that_was_judged_is_the_one_that_is_asked() {
    let endpoint = Endpoint::enforcing(&["get s3://shop-photos/*"]);
    let host = [("host", "shop-photos.s3.amazonaws.com")];
    assert_eq!(endpoint.ask("s3", "GET /secret-bucket/s.txt", &host, "").await, None);
    assert_eq!(endpoint.onward(), "GET /shop-photos/secret-bucket/s.txt");
    assert!(endpoint.ask("s3", "GET /secret-bucket/s.txt", &[], "").await.is_some());
    for host in ["a?b.localhost", "a#b.localhost", "..localhost"] {
        assert!(
            endpoint.ask("s3", "GET /s.txt", &[("host", host)], "").await.is_some(),
            "{host}"
        );
    }
    assert!(endpoint.nothing_went_on());
}

#[tokio::test]
async fn a_source_to_copy_from_is_judged_wherever_it_stands() {
    let endpoint = Endpoint::enforcing(&["put s3://shop-photos/*"]);
    let put = "PUT /shop-photos/a?x-amz-copy-source=secret%2Fs.txt";
    let said = endpoint.ask("s3", put, &[], "").await.unwrap_or_default();
    assert!(said.contains("arn:aws:s3:::secret/s.txt"), "{said}");
    assert_eq!(endpoint.ask("s3", "PUT /shop-photos/a", &[], "").await, None);
    assert_eq!(endpoint.onward(), "PUT /shop-photos/a");
}

#[tokio::test]
async fn strangers_are_answered_before_their_bodies_are_read() {
    let endpoint = Arc::new(Endpoint::enforcing(&[]).shared);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let mut task = JoinSet::new();
    task.spawn(listen(listener, endpoint.clone()));
    for length in ["content-length: 200000000", "transfer-encoding: chunked"] {
        let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
        let head = format!("PUT /shop/a HTTP/1.1\r\nhost: a\r\n{length}\r\n\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        // Nothing more is sent, and the answer and the end come all the same.
        let mut said = String::new();
        let read = stream.read_to_string(&mut said);
        tokio::time::timeout(std::time::Duration::from_mins(1), read)
            .await
            .unwrap()
            .unwrap();
        assert!(said.contains("MissingAuthenticationToken"), "{said}");
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn the_function_cannot_look_into_this_process() {
    use rustix::process::{DumpableBehavior, dumpable_behavior};

    let Shared { judge, .. } = Endpoint::enforcing(&[]).shared;
    let _gateway = Gateway::start(judge, None, Mode::Enforce).await.unwrap();
    assert_eq!(dumpable_behavior().unwrap(), DumpableBehavior::NotDumpable);
}
