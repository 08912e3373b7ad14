//! `connect` and its first call, against listeners on loopback: what fails, how soon, and in which words.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::sync::Mutex;
use std::time::Instant;

use super::*;
use crate::domain::policy::tighten::{History, ServiceUse};
use crate::ports::Report;

/// A configuration file with one profile, as `~/.aws/config` would be.
fn config(settings: &[(&str, &str)]) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().expect("the temporary folder is writable");
    writeln!(file, "[profile test]").expect("writable");
    for (key, value) in settings {
        writeln!(file, "{key} = {value}").expect("writable");
    }
    file
}

fn options(file: &tempfile::NamedTempFile) -> ConnectOptions {
    ConnectOptions {
        profile: Some("test".into()),
        config_file: Some(file.path().to_owned()),
        ..ConnectOptions::default()
    }
}

const KEYS: [(&str, &str); 3] = [
    ("region", "eu-west-1"),
    ("aws_access_key_id", "123456789012"),
    ("aws_secret_access_key", "secret"),
];

fn at(endpoint: &str) -> tempfile::NamedTempFile {
    let mut settings = KEYS.to_vec();
    settings.push(("endpoint_url", endpoint));
    config(&settings)
}

async fn caller_error(options: ConnectOptions) -> PortError {
    let cloud = connect(options).await.expect("connecting sends nothing");
    cloud.identity.caller().await.expect_err("the call cannot succeed")
}

/// Answers every request with this status and body, and keeps count.
fn answering(status: &'static str, body: &'static str) -> (String, Arc<Mutex<Vec<String>>>) {
    answering_each(move |_| (status, body))
}

/// Says who is calling, and answers everything else with this status and body.
fn answering_somebody(status: &'static str, body: &'static str) -> String {
    let somebody = "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/dev</Arn>\
                    <UserId>dev</UserId><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>";
    let answer = move |request: &str| {
        if request.starts_with("POST / ") {
            ("200 OK", somebody)
        } else {
            (status, body)
        }
    };
    answering_each(answer).0
}

fn answering_each(
    answer: impl Fn(&str) -> (&'static str, &'static str) + Send + 'static,
) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    let endpoint = format!("http://{}", listener.local_addr().expect("bound"));
    let seen = Arc::new(Mutex::new(Vec::new()));
    let requests = seen.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { continue };
            let request = read_request(&mut stream);
            let (status, body) = answer(&request);
            requests.lock().unwrap().push(request);
            let answer = format!(
                "HTTP/1.1 {status}\r\ncontent-length: {}\r\nx-amzn-requestid: r-1\r\nconnection: close\r\n\r\n{body}",
                body.len()
            );
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    (endpoint, seen)
}

/// A request with its body, which may come in several pieces.
fn read_request(stream: &mut std::net::TcpStream) -> String {
    let mut request = String::new();
    let mut buffer = [0; 8192];
    loop {
        let length = stream.read(&mut buffer).unwrap_or(0);
        request.push_str(&String::from_utf8_lossy(&buffer[..length]));
        let (head, body) = request.split_once("\r\n\r\n").unwrap_or((&request, ""));
        let promised = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
        let is_head = !request.contains("\r\n\r\n");
        if length == 0 || !is_head && body.len() >= promised.unwrap_or(0) {
            return request;
        }
    }
}

/// A report of two pages, in the shape that the IAM API reference shows.
#[tokio::test]
async fn a_history_is_waited_for_and_read_to_its_end() {
    const PROGRESS: &str = "<GetServiceLastAccessedDetailsResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">\
        <GetServiceLastAccessedDetailsResult><JobStatus>IN_PROGRESS</JobStatus>\
        <JobCreationDate>2026-11-22T10:00:00Z</JobCreationDate><IsTruncated>false</IsTruncated>\
        </GetServiceLastAccessedDetailsResult></GetServiceLastAccessedDetailsResponse>";
    const FIRST: &str = "<GetServiceLastAccessedDetailsResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">\
        <GetServiceLastAccessedDetailsResult><JobStatus>COMPLETED</JobStatus>\
        <JobCreationDate>2026-11-22T10:00:00Z</JobCreationDate><JobCompletionDate>2026-11-22T10:00:03Z</JobCompletionDate>\
        <ServicesLastAccessed><member><ServiceName>Amazon DynamoDB</ServiceName>\
        <ServiceNamespace>dynamodb</ServiceNamespace><TotalAuthenticatedEntities>0</TotalAuthenticatedEntities></member>\
        </ServicesLastAccessed><IsTruncated>true</IsTruncated><Marker>page-2</Marker>\
        </GetServiceLastAccessedDetailsResult></GetServiceLastAccessedDetailsResponse>";
    const SECOND: &str = "<GetServiceLastAccessedDetailsResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">\
        <GetServiceLastAccessedDetailsResult><JobStatus>COMPLETED</JobStatus>\
        <JobCreationDate>2026-11-22T10:00:00Z</JobCreationDate><JobCompletionDate>2026-11-22T10:00:03Z</JobCompletionDate>\
        <ServicesLastAccessed><member><ServiceName>AWS Secrets Manager</ServiceName>\
        <LastAuthenticated>2026-11-21T09:00:00Z</LastAuthenticated><ServiceNamespace>secretsmanager</ServiceNamespace>\
        <LastAuthenticatedEntity>arn:aws:iam::123456789012:role/lfn/thumbs</LastAuthenticatedEntity>\
        <LastAuthenticatedRegion>eu-west-1</LastAuthenticatedRegion><TotalAuthenticatedEntities>1</TotalAuthenticatedEntities>\
        <TrackedActionsLastAccessed><member><ActionName>GetSecretValue</ActionName>\
        <LastAccessedEntity>arn:aws:iam::123456789012:role/lfn/thumbs</LastAccessedEntity>\
        <LastAccessedTime>2026-11-21T09:00:00Z</LastAccessedTime><LastAccessedRegion>eu-west-1</LastAccessedRegion></member>\
        <member><ActionName>PutSecretValue</ActionName></member></TrackedActionsLastAccessed></member>\
        </ServicesLastAccessed><IsTruncated>false</IsTruncated>\
        </GetServiceLastAccessedDetailsResult></GetServiceLastAccessedDetailsResponse>";
    let looks = Mutex::new(0);
    let (endpoint, seen) = answering_each(move |request| {
        if request.contains("Action=GenerateServiceLastAccessedDetails") {
            let made = "<GenerateServiceLastAccessedDetailsResponse><GenerateServiceLastAccessedDetailsResult>\
                        <JobId>2eb6c2b8-7b4c-3xmp-3c13-03b72c8cdfdc</JobId></GenerateServiceLastAccessedDetailsResult>\
                        </GenerateServiceLastAccessedDetailsResponse>";
            return ("200 OK", made);
        }
        let mut looks = looks.lock().unwrap();
        *looks += 1;
        match *looks {
            1 => ("200 OK", PROGRESS),
            _ if request.contains("Marker=page-2") => ("200 OK", SECOND),
            _ => ("200 OK", FIRST),
        }
    });
    let file = at(&endpoint);
    let cloud = connect(options(&file)).await.expect("connecting sends nothing");
    let role = "arn:aws:iam::123456789012:role/lfn/thumbs".parse().expect("an ARN");
    let report = cloud.roles.order_history(&role).await.expect("ordered");
    assert_eq!(report, "2eb6c2b8-7b4c-3xmp-3c13-03b72c8cdfdc");
    assert!(seen.lock().unwrap()[0].contains("Granularity=ACTION_LEVEL"));
    assert_eq!(cloud.roles.history(&report).await, Ok(Report::InProgress));
    let time = |text: &str| text.parse().expect("a time");
    let used = time("2026-11-21T09:00:00Z");
    let secrets = ServiceUse {
        last: Some(used),
        actions: [
            ("GetSecretValue".to_owned(), Some(used)),
            ("PutSecretValue".to_owned(), None),
        ]
        .into(),
    };
    let services = [
        ("dynamodb".to_owned(), ServiceUse::default()),
        ("secretsmanager".to_owned(), secrets),
    ];
    let history = History {
        as_of: time("2026-11-22T10:00:03Z"),
        services: services.into(),
    };
    assert_eq!(cloud.roles.history(&report).await, Ok(Report::Completed(history)));
    assert_eq!(seen.lock().unwrap().len(), 4);
}

#[tokio::test]
async fn a_history_that_iam_could_not_make_says_why() {
    let (endpoint, _) = answering(
        "200 OK",
        "<GetServiceLastAccessedDetailsResponse><GetServiceLastAccessedDetailsResult><JobStatus>FAILED</JobStatus>\
         <JobCreationDate>2026-11-22T10:00:00Z</JobCreationDate><JobCompletionDate>2026-11-22T10:00:03Z</JobCompletionDate>\
         <ServicesLastAccessed/><Error><Message>An internal error occurred</Message><Code>InternalServiceError</Code></Error>\
         </GetServiceLastAccessedDetailsResult></GetServiceLastAccessedDetailsResponse>",
    );
    let file = at(&endpoint);
    let cloud = connect(options(&file)).await.expect("connecting sends nothing");
    let failed = Report::Failed("An internal error occurred".into());
    assert_eq!(cloud.roles.history("job").await, Ok(failed));
}

#[tokio::test]
async fn a_profile_that_does_not_exist_is_an_error_at_once() {
    let file = config(&KEYS);
    let error = connect(ConnectOptions {
        profile: Some("nope".into()),
        ..options(&file)
    })
    .await
    .err()
    .expect("there is no such profile");
    assert_eq!(error.kind, ErrorKind::Credentials);
    assert_eq!(error.message, "the profile `nope` does not exist; there are `test`");
}

#[tokio::test]
async fn a_profile_without_keys_says_where_was_looked() {
    let file = config(&[("region", "eu-west-1")]);
    let start = Instant::now();
    let error = caller_error(options(&file)).await;
    assert_eq!(error.kind, ErrorKind::Credentials);
    assert_eq!(error.message, "no AWS credentials were found in the profile `test`");
    assert!(start.elapsed() < Duration::from_secs(2));
}

#[tokio::test]
async fn a_session_that_did_not_begin_names_the_command() {
    for (settings, says) in [
        (
            vec![
                ("region", "eu-west-1"),
                ("sso_start_url", "https://example.com/start"),
                ("sso_region", "eu-west-1"),
                ("sso_account_id", "123456789012"),
                ("sso_role_name", "deployer"),
            ],
            "nobody is signed in with `aws sso login`",
        ),
        (
            vec![
                ("region", "eu-west-1"),
                ("login_session", "arn:aws:iam::123456789012:user/nobody"),
            ],
            "nobody is signed in with `aws login`",
        ),
    ] {
        let file = config(&settings);
        let error = caller_error(options(&file)).await;
        assert_eq!(error.kind, ErrorKind::Credentials);
        assert!(error.message.contains(says), "{error}");
    }
}

#[tokio::test]
async fn a_port_where_nobody_listens_is_unreachable_soon() {
    let free = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    let endpoint = format!("http://{}", free.local_addr().expect("bound"));
    drop(free);
    let calls = Arc::new(Mutex::new(Vec::new()));
    let seen = calls.clone();
    let file = at(&endpoint);
    let start = Instant::now();
    let error = caller_error(ConnectOptions {
        observer: Some(Arc::new(move |call: &Call| seen.lock().unwrap().push(call.clone()))),
        ..options(&file)
    })
    .await;
    assert_eq!(error.kind, ErrorKind::Unreachable);
    assert_eq!(error.message, format!("cannot reach {endpoint}: connection refused"));
    assert!(start.elapsed() < Duration::from_secs(5));
    let calls = calls.lock().unwrap();
    let seen: Vec<_> = calls
        .iter()
        .map(|call| (call.operation.as_str(), call.status, call.attempt))
        .collect();
    assert_eq!(seen, [("GetCallerIdentity", None, 1), ("GetCallerIdentity", None, 2)]);
}

#[tokio::test]
async fn a_server_that_never_answers_is_given_up_in_time() {
    // The listener takes connections into its backlog and never reads.
    let silent = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    let endpoint = format!("http://{}", silent.local_addr().expect("bound"));
    let file = at(&endpoint);
    let error = caller_error(ConnectOptions {
        timeout: Duration::from_millis(300),
        ..options(&file)
    })
    .await;
    assert_eq!(error.kind, ErrorKind::Unreachable);
    assert_eq!(
        error.message,
        format!("cannot reach {endpoint}: it did not answer in time")
    );
}

#[tokio::test]
async fn lambda_that_never_answers_is_asked_once() {
    let silent = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    let endpoint = format!("http://{}", silent.local_addr().expect("bound"));
    let file = at(&endpoint);
    let asked = Arc::new(Mutex::new(0));
    let count = asked.clone();
    let cloud = connect(ConnectOptions {
        timeout: Duration::from_millis(300),
        observer: Some(Arc::new(move |_| *count.lock().unwrap() += 1)),
        ..options(&file)
    })
    .await
    .expect("connecting sends nothing");
    let error = cloud.functions.functions().await.expect_err("nobody answers");
    assert_eq!(error.kind, ErrorKind::Unreachable);
    assert_eq!(
        error.message,
        format!("cannot reach {endpoint}: it did not answer in time")
    );
    assert_eq!(*asked.lock().unwrap(), 1);
}

const NO_FUNCTIONS: &str = r#"{"Functions": []}"#;

#[tokio::test]
async fn a_wait_for_a_turn_counts_against_no_limit() {
    let (endpoint, seen) = answering("200 OK", NO_FUNCTIONS);
    let file = at(&endpoint);
    let cloud = connect(ConnectOptions {
        region: Some(Region::new("eu-turns-1").expect("a region")),
        timeout: Duration::from_millis(700),
        rate: Some(1),
        ..options(&file)
    })
    .await
    .expect("connecting sends nothing");
    let functions = &cloud.functions;
    let began = Instant::now();
    let answers = tokio::join!(functions.functions(), functions.functions(), functions.functions());
    assert_eq!(answers, (Ok(Vec::new()), Ok(Vec::new()), Ok(Vec::new())));
    assert!(began.elapsed() >= Duration::from_secs(2), "{:?}", began.elapsed());
    assert_eq!(seen.lock().unwrap().len(), 3);
}

#[tokio::test]
async fn every_attempt_takes_a_turn_and_throttling_is_no_failure() {
    let count = Mutex::new(0);
    let (endpoint, seen) = answering_each(move |_| {
        let mut count = count.lock().unwrap();
        *count += 1;
        match *count {
            1 => ("500 Internal Server Error", "{}"),
            // More often than the SDK tries.
            2..=8 => ("429 Too Many Requests", r#"{"message": "Rate exceeded"}"#),
            _ => ("200 OK", NO_FUNCTIONS),
        }
    });
    let file = at(&endpoint);
    let cloud = connect(ConnectOptions {
        region: Some(Region::new("eu-turns-2").expect("a region")),
        rate: Some(20),
        ..options(&file)
    })
    .await
    .expect("connecting sends nothing");
    let began = Instant::now();
    assert_eq!(cloud.functions.functions().await, Ok(Vec::new()));
    assert_eq!(seen.lock().unwrap().len(), 9);
    // From twenty a second to less than one.
    assert!(began.elapsed() >= Duration::from_secs(2), "{:?}", began.elapsed());
}

#[tokio::test]
async fn what_iam_and_logs_write_of_throttling_is_waited_out() {
    let count = Mutex::new(0);
    let (endpoint, seen) = answering_each(move |_| {
        let mut count = count.lock().unwrap();
        *count += 1;
        match *count {
            1..=3 => (
                "400 Bad Request",
                "<ErrorResponse><Error><Type>Sender</Type><Code>Throttling</Code><Message>Rate exceeded</Message></Error></ErrorResponse>",
            ),
            _ => (
                "404 Not Found",
                "<ErrorResponse><Error><Type>Sender</Type><Code>NoSuchEntity</Code><Message>none</Message></Error></ErrorResponse>",
            ),
        }
    });
    let file = at(&endpoint);
    let cloud = connect(options(&file)).await.expect("connecting sends nothing");
    let role = "nobody".parse().expect("a role name");
    assert_eq!(cloud.roles.role(&role).await, Ok(None));
    assert_eq!(seen.lock().unwrap().len(), 4);
}

#[tokio::test]
async fn connections_of_a_run_are_one_a_region() {
    let (endpoint, seen) = answering(
        "200 OK",
        "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/dev</Arn>\
         <UserId>dev</UserId><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>",
    );
    let file = at(&endpoint);
    let connections = Connections::default();
    for (region, calls) in [("eu-west-1", 1), ("eu-west-1", 1), ("eu-west-3", 2), ("eu-west-1", 2)] {
        let cloud = connections
            .connect(ConnectOptions {
                region: Some(Region::new(region).expect("a region")),
                ..options(&file)
            })
            .await
            .expect("connecting sends nothing");
        let caller = cloud.identity.caller().await.expect("it answers");
        assert_eq!(caller.place.region.as_str(), region);
        assert_eq!(seen.lock().unwrap().len(), calls, "{region}");
    }
}

#[tokio::test]
async fn refused_credentials_are_named_with_the_request_id() {
    let (endpoint, seen) = answering(
        "403 Forbidden",
        "<ErrorResponse><Error><Type>Sender</Type><Code>ExpiredToken</Code><Message>The security token included in the request is expired</Message></Error></ErrorResponse>",
    );
    let file = at(&endpoint);
    let error = caller_error(options(&file)).await;
    assert_eq!(error.kind, ErrorKind::Credentials);
    assert_eq!(error.code.as_deref(), Some("ExpiredToken"));
    assert_eq!(error.action, "sts:GetCallerIdentity");
    assert!(error.message.starts_with("the credentials have expired"), "{error}");
    assert_eq!(error.request_id.as_deref(), Some("r-1"));
    assert_eq!(seen.lock().unwrap().len(), 1, "expired credentials stay expired");
    assert!(
        seen.lock().unwrap()[0].contains("app/lfn"),
        "CloudTrail shows who called"
    );
}

#[tokio::test]
async fn an_answer_that_is_no_answer_is_told() {
    let (endpoint, _) = answering("200 OK", "<html>Please log in to the network</html>");
    let file = at(&endpoint);
    let error = caller_error(options(&file)).await;
    assert_eq!(error.kind, ErrorKind::Internal);
    assert!(error.message.contains("the answer could not be read"), "{error}");
}

#[tokio::test]
async fn keys_that_lfn_may_not_list_are_not_no_keys() {
    for (status, body, wanted) in [
        (
            "403 Forbidden",
            "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>",
            Err(ErrorKind::Denied),
        ),
        (
            "404 Not Found",
            "<Error><Code>NoSuchBucket</Code><Message>The specified bucket does not exist</Message></Error>",
            Ok(Vec::new()),
        ),
    ] {
        let file = at(&answering_somebody(status, body));
        let cloud = connect(options(&file)).await.expect("connecting sends nothing");
        let bucket = crate::domain::names::BucketName::new("shop-artifacts").expect("valid");
        let keys = cloud.artifacts.keys(&bucket, "lfn/").await;
        assert_eq!(keys.map_err(|error| error.kind), wanted, "{status}");
    }
}

/// Four refusals are waited for alike; which of them it is, only AWS's sentence tells.
#[tokio::test]
async fn a_refusal_that_is_waited_for_keeps_its_sentence() {
    for (body, sentence) in [
        (
            r#"{"__type": "InvalidParameterValueException", "message": "The role defined for the function cannot be assumed by Lambda."}"#,
            "The role defined for the function cannot be assumed by Lambda",
        ),
        (
            r#"{"__type": "InvalidParameterValueException", "message": "The provided execution role does not have permissions to call ReceiveMessage on SQS"}"#,
            "The provided execution role does not have permissions to call ReceiveMessage on SQS",
        ),
        (
            r#"{"__type": "InvalidParameterValueException", "message": "Your request has been throttled by EC2, please make sure you have enough API rate limit."}"#,
            "Your request has been throttled by EC2, please make sure you have enough API rate limit",
        ),
        (
            r#"{"__type": "InvalidParameterValueException", "message": "Lambda was unable to configure access to your environment variables because the KMS key is invalid for CreateGrant."}"#,
            "Lambda was unable to configure access to your environment variables because the KMS key is invalid for CreateGrant",
        ),
    ] {
        let file = at(&answering_somebody("400 Bad Request", body));
        let cloud = connect(options(&file)).await.expect("connecting sends nothing");
        let name = crate::domain::names::FunctionName::new("thumbs").expect("valid");
        let refused = cloud.functions.set_reserved_concurrency(&name, Some(1)).await;
        let refused = refused.expect_err("refused");
        assert_eq!(refused.kind, ErrorKind::Propagating);
        assert!(refused.to_string().contains(sentence), "{refused}");
    }
}

#[test]
fn a_ca_bundle_is_looked_at_before_the_first_call() {
    let file = |text: &str| {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        file
    };
    let garbage = file("not a certificate");
    let broken = file("-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n");
    for (path, says) in [
        (Path::new("/nonexistent/ca.pem"), "No such file"),
        (garbage.path(), "no certificate in PEM form"),
        (broken.path(), "no usable certificate"),
    ] {
        let why = transport::client(Some(path)).expect_err("unusable bundle");
        assert!(why.contains(path.to_str().unwrap()) && why.contains(says), "{why}");
    }
}

async fn pick(profile: &Profile, options: &ConnectOptions) -> PortResult<Region> {
    profile
        .region(options.region.as_ref(), options.fallback_region.as_ref(), None)
        .await
}

#[tokio::test]
async fn a_region_comes_from_the_caller_or_the_profile() {
    let region = |name: &str| Region::new(name).expect("valid");
    let file = config(&KEYS);
    let chosen = ConnectOptions {
        region: Some(region("ap-northeast-2")),
        fallback_region: Some(region("us-west-2")),
        ..options(&file)
    };
    let profile = Profile::load(&chosen).await.expect("it exists");
    assert_eq!(pick(&profile, &chosen).await, Ok(region("ap-northeast-2")));
    if variable("AWS_REGION").is_none() && variable("AWS_DEFAULT_REGION").is_none() {
        let fallen_back = ConnectOptions { region: None, ..chosen };
        assert_eq!(
            pick(&profile, &fallen_back).await,
            Ok(region("eu-west-1")),
            "the profile goes before the file"
        );
    }
}

#[test]
fn loopback_endpoints_are_on_this_machine() {
    for here in ["http://127.0.0.1:4566", "http://localhost", "http://[::1]:1/x"] {
        assert!(on_this_machine(here), "{here}");
    }
    for away in [
        "https://lambda.eu-west-1.amazonaws.com",
        "http://localhost.example.com",
        "http://127.0.0.10",
    ] {
        assert!(!on_this_machine(away), "{away}");
    }
}
