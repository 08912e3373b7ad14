use super::*;

/// The keys of the examples in AWS's documentation.
fn keys() -> Keys {
    Keys {
        id: "AKIAIOSFODNN7EXAMPLE".into(),
        secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".into(),
        token: None,
    }
}

fn headers(all: &[(&str, &str)]) -> Vec<(String, String)> {
    all.iter()
        .map(|(name, value)| ((*name).into(), (*value).into()))
        .collect()
}

/// Source: S3 API reference, "Signature Calculations for the Authorization Header", "GET Object".
#[test]
fn the_documented_header_holds_and_is_made() {
    let signature = "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41";
    let authorization = format!(
        "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,\
         SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,Signature={signature}"
    );
    let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    let all = headers(&[
        ("host", "examplebucket.s3.amazonaws.com"),
        ("range", "bytes=0-9"),
        ("x-amz-content-sha256", empty),
        ("x-amz-date", "20130524T000000Z"),
        ("authorization", &authorization),
    ]);
    let request = Request {
        method: "GET",
        path: "/test.txt",
        query: "",
        headers: &all,
        body: b"",
    };
    let read = Signature::read(&request, "").unwrap();
    assert_eq!(read.key, "AKIAIOSFODNN7EXAMPLE");
    assert_eq!((&*read.scope.service, &*read.scope.region), ("s3", "us-east-1"));
    assert!(read.holds(&request, &keys()));
    assert!(!read.holds(
        &Request {
            path: "/test.tx",
            ..request
        },
        &keys()
    ));
    assert!(!read.holds(
        &Request {
            query: "acl",
            ..request
        },
        &keys()
    ));
    let mut other = keys();
    other.secret.push('x');
    assert!(!read.holds(&request, &other));
    assert!(!read.is_over(&request, Timestamp::MAX), "only addresses are for a time");
}

#[test]
fn what_is_signed_holds() {
    let keys = Keys {
        token: Some("token".into()),
        ..keys()
    };
    for (service, path, query) in [
        ("s3", "/bucket/in/a%20b%2Bc.jpg", "versionId=1&tagging"),
        (
            "lambda",
            "/2015-03-31/functions/arn%3Aaws%3Alambda/invocations",
            "Qualifier=live",
        ),
        ("sqs", "/", ""),
    ] {
        let scope = Scope {
            service: service.into(),
            region: "eu-west-1".into(),
        };
        let sent = headers(&[
            ("host", "127.0.0.1:1"),
            ("content-type", "a  b"),
            ("x-amz-target", "A.B"),
        ]);
        let request = Request {
            method: "POST",
            path,
            query,
            headers: &sent,
            body: b"{}",
        };
        let added = sign(&request, &keys, &scope, Timestamp::UNIX_EPOCH);
        let all: Vec<(String, String)> = sent.iter().cloned().chain(added).collect();
        let request = Request {
            headers: &all,
            ..request
        };
        let read = Signature::read(&request, "").unwrap();
        assert_eq!((read.key.as_str(), &read.scope), (keys.id.as_str(), &scope));
        assert!(read.holds(&request, &keys), "{service}");
        let other = Request {
            body: b"{} ",
            ..request
        };
        assert!(!read.holds(&other, &keys), "{service}");
        let more = headers(&[("x-amz-copy-source", "a/b")]);
        let more = [&all[..], &more].concat();
        let other = Request {
            headers: &more,
            ..request
        };
        assert!(!read.holds(&other, &keys), "{service}: a header that is not signed");
        assert!(
            !read.holds(
                &Request {
                    method: "PUT",
                    ..request
                },
                &keys
            ),
            "{service}"
        );
    }
}

/// Source: S3 API reference, "Authenticating Requests: Using Query Parameters".
#[test]
fn the_documented_address_holds_for_a_day() {
    let query = "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2F\
                 aws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=\
                 aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404";
    let all = headers(&[("host", "examplebucket.s3.amazonaws.com")]);
    let request = Request {
        method: "GET",
        path: "/test.txt",
        query,
        headers: &all,
        body: b"",
    };
    let read = Signature::read(&request, "").unwrap();
    assert!(read.holds(&request, &keys()));
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    assert!(!read.is_over(&request, at("2013-05-25T00:00:00Z")));
    assert!(read.is_over(&request, at("2013-05-25T00:00:01Z")));
    assert_eq!(without_signature(query), "");
    assert_eq!(
        without_signature(&format!("versionId=a%2Fb&acl&{query}")),
        "versionId=a%2Fb&acl"
    );
}

/// Source: S3 user guide, "Signing and authenticating REST requests", "Query string request authentication
/// alternative example".
#[test]
fn the_documented_address_of_version_2_holds() {
    let query = "AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=NpgCjnDzrM%2BWFzoENXmpNDUsSn8%3D&Expires=1175139620";
    let request = Request {
        method: "GET",
        path: "/johnsmith/photos/puppy.jpg",
        query,
        headers: &[],
        body: b"",
    };
    let read = Signature::read(&request, "us-east-1").unwrap();
    assert_eq!((&*read.scope.service, &*read.scope.region), ("s3", "us-east-1"));
    assert!(read.holds(&request, &keys()));
    assert!(!read.holds(
        &Request {
            method: "PUT",
            ..request
        },
        &keys()
    ));
    assert!(read.is_over(&request, Timestamp::now()));
    assert!(!read.is_over(&request, Timestamp::UNIX_EPOCH));
    assert_eq!(without_signature(&format!("{query}&acl")), "acl");
}

#[test]
fn what_is_no_signature_is_said() {
    let flaw = |all: &[(&str, &str)], query: &str| {
        let all = headers(all);
        let request = Request {
            method: "GET",
            path: "/",
            query,
            headers: &all,
            body: b"",
        };
        Signature::read(&request, "us-east-1").unwrap_err()
    };
    assert_eq!(flaw(&[], "list-type=2"), Flaw::Unsigned);
    let bearer = flaw(&[("authorization", "Bearer x")], "");
    assert_eq!(bearer, Flaw::Algorithm("Bearer".into()));
    let half = flaw(&[("authorization", "AWS4-HMAC-SHA256 SignedHeaders=host")], "");
    assert_eq!(half, Flaw::Incomplete("Credential"));
    let date = flaw(
        &[(
            "authorization",
            "AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=c",
        )],
        "",
    );
    assert_eq!(date, Flaw::Incomplete("x-amz-date"));
    let short = flaw(
        &[
            (
                "authorization",
                "AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=c",
            ),
            ("x-amz-date", "20130524T000000Z"),
        ],
        "",
    );
    assert_eq!(short, Flaw::Incomplete("credential scope"));
    let other_end = flaw(
        &[
            (
                "authorization",
                "AWS4-HMAC-SHA256 Credential=a/20130524/us-east-1/s3/aws5, SignedHeaders=host, Signature=c",
            ),
            ("x-amz-date", "20130524T000000Z"),
        ],
        "",
    );
    assert_eq!(other_end, Flaw::Incomplete("credential scope"));
}

#[test]
fn keys_are_not_shown() {
    let shown = format!(
        "{:?}",
        Keys {
            token: Some("t0ken".into()),
            ..keys()
        }
    );
    assert!(!shown.contains("wJalr") && !shown.contains("t0ken"), "{shown}");
}
