//! What is special about S3: addresses that are signed, uploads in parts, objects that are not there.

use serde_json::json;

use super::{enforced, invoke, python, stage};
use crate::support::servers::{Account, MiniStack, Server as _};
use crate::support::witness;

/// An account with a bucket, whose name is nobody else's.
fn bucket(name: &str) -> Account {
    let account = MiniStack::shared().account();
    stage(&account, "s3", "create_bucket", &json!({ "Bucket": name }));
    stage(
        &account,
        "s3",
        "put_object",
        &json!({ "Bucket": name, "Key": "in/a b+c", "Body": "hello" }),
    );
    account
}

/// Opens what it has signed, as a browser would; with both versions of signatures.
const ADDRESSES: &str = r#"
import json
import urllib.request
from urllib.error import HTTPError
import boto3
from botocore.config import Config

def fetch(url, method="GET", body=None):
    headers = {"Content-Type": "text/plain"} if body else {}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, headers, method=method)) as answer:
            return [answer.status, answer.read().decode()]
    except HTTPError as error:
        return [error.code, error.read().decode()]

def handler(event, context):
    said = {}
    for version in ["s3", "s3v4"]:
        s3 = boto3.client("s3", config=Config(signature_version=version))
        def sign(operation, key, seconds=60, **more):
            parameters = {"Bucket": "shop-signed", "Key": key, **more}
            return s3.generate_presigned_url(operation, Params=parameters, ExpiresIn=seconds)
        said[version] = {
            "get": fetch(sign("get_object", "in/a b+c")),
            "forbidden": fetch(sign("get_object", "out/b")),
            "put": fetch(sign("put_object", "new/" + version, ContentType="text/plain"), "PUT", b"new"),
            "forged": fetch(sign("get_object", "in/a b+c").replace("in/", "other/")),
            "over": fetch(sign("get_object", "in/a b+c", seconds=-1)),
        }
    return said
"#;

#[test]
fn signed_addresses_are_held_against_the_role_too() {
    let account = bucket("shop-signed");
    let project = python(&[
        "get s3://shop-signed/in/*",
        "get s3://shop-signed/other/*",
        "put s3://shop-signed/new/*",
    ]);
    project.write("app.py", ADDRESSES);
    let finished = invoke(&account, &project, &["--enforce"], &json!({})).success();
    let said = finished.json();
    for version in ["s3", "s3v4"] {
        let said = &said[version];
        assert_eq!(said["get"], json!([200, "hello"]), "{version}: {said}");
        assert_eq!(said["put"][0], 200, "{version}: {said}");
        for (what, code) in [
            ("forbidden", "AccessDenied"),
            ("forged", "SignatureDoesNotMatch"),
            ("over", "expired"),
        ] {
            let text = said[what][1].as_str().unwrap_or_default();
            assert_eq!(said[what][0], 403, "{version}: {what}: {said}");
            assert!(text.contains(code), "{version}: {what}: {text}");
        }
    }
    assert_eq!(
        witness(&account, &["objects", "shop-signed"]),
        json!({ "in/a b+c": 5, "new/s3": 3, "new/s3v4": 3 })
    );
}

/// Twelve megabytes in parts, and the same back.
const PARTS: &str = r#"
import hashlib
import io
import boto3

def handler(event, context):
    s3 = boto3.client("s3")
    body = bytes(range(256)) * 4096 * 12
    s3.upload_fileobj(io.BytesIO(body), "shop-parts", "large/a")
    back = io.BytesIO()
    s3.download_fileobj("shop-parts", "large/a", back)
    head = s3.head_object(Bucket="shop-parts", Key="large/a")
    part = s3.get_object(Bucket="shop-parts", Key="large/a", Range="bytes=256-511")["Body"].read()
    return {"same": back.getvalue() == body, "length": head["ContentLength"], "part": part == bytes(range(256))}
"#;

#[test]
fn large_objects_go_up_in_parts_and_come_back() {
    let account = bucket("shop-parts");
    let project = python(&["upload s3://shop-parts/large/*", "get s3://shop-parts/large/*"]);
    project.write("app.py", PARTS);
    let finished = invoke(&account, &project, &["--enforce", "--format", "json"], &json!({})).success();
    let said = finished.json();
    assert_eq!(
        said["payload"],
        json!({ "same": true, "length": 12 * 1024 * 1024, "part": true }),
        "{finished}"
    );
    let rows = said["access"]["calls"].as_array().expect("rows");
    assert!(rows.iter().all(|row| row["verdict"] == "allowed"), "{finished}");
    // Beginning, two parts and the end are one right.
    let puts = rows.iter().find(|row| row["action"] == "s3:PutObject").expect("a row");
    assert!(puts["count"].as_u64() >= Some(4), "{finished}");
}

#[test]
fn an_object_that_is_not_there_is_denied_to_who_may_not_list() {
    let account = bucket("shop-absent");
    let calls = json!([
        ["s3", "get_object", { "Bucket": "shop-absent", "Key": "in/none" }],
        ["s3", "head_object", { "Bucket": "shop-absent", "Key": "in/none" }],
    ]);
    let said = enforced(&account, &python(&["get s3://shop-absent/in/*"]), &calls);
    assert_eq!(
        (&said[0]["code"], &said[0]["status"]),
        (&json!("AccessDenied"), &json!(403)),
        "{said:?}"
    );
    assert!(
        said[0]["message"]
            .as_str()
            .is_some_and(|said| said.contains("s3:ListBucket")),
        "{said:?}"
    );
    assert_eq!(
        (&said[1]["code"], &said[1]["status"]),
        (&json!("403"), &json!(403)),
        "{said:?}"
    );
    let said = enforced(
        &account,
        &python(&["get s3://shop-absent/in/*", "list s3://shop-absent"]),
        &calls,
    );
    assert_eq!(
        (&said[0]["code"], &said[1]["code"]),
        (&json!("NoSuchKey"), &json!("404")),
        "{said:?}"
    );
}

/// A bucket that is not there is told to everybody.
#[test]
fn a_bucket_that_is_not_there_is_no_missing_right() {
    let account = bucket("shop-there");
    let calls = json!([["s3", "get_object", { "Bucket": "shop-missing", "Key": "in/none" }]]);
    let said = enforced(&account, &python(&["get s3://shop-missing/in/*"]), &calls);
    assert_eq!(said[0]["code"], "NoSuchBucket", "{said:?}");
}

/// Without an SDK: no signature, then one more request on the same connection; and a body that never comes.
const BARE: &str = r#"
import http.client
import os

def handler(event, context):
    host = os.environ["AWS_ENDPOINT_URL"].removeprefix("http://")
    connection = http.client.HTTPConnection(host)
    def said():
        answer = connection.getresponse()
        return [answer.status, answer.read().decode()]
    unsigned = []
    for _ in range(2):
        connection.request("GET", "/shop/a?secret=1")
        unsigned.append(said())
    connection.putrequest("PUT", "/shop/a")
    connection.putheader("Content-Length", str(300 << 20))
    connection.endheaders()
    return {"unsigned": unsigned, "large": said()}
"#;

#[test]
fn what_is_not_signed_or_too_large_goes_nowhere() {
    let account = MiniStack::shared().account();
    let project = python(&["get s3://shop/*"]);
    project.write("app.py", BARE);
    let finished = invoke(&account, &project, &["--enforce"], &json!({})).success();
    let said = finished.json();
    for unsigned in said["unsigned"].as_array().expect("a list") {
        assert_eq!(unsigned[0], 403, "{finished}");
        assert!(
            unsigned[1]
                .as_str()
                .is_some_and(|text| text.contains("MissingAuthenticationToken")),
            "{finished}"
        );
    }
    assert_eq!(said["large"][0], 400, "{finished}");
    assert!(
        said["large"][1]
            .as_str()
            .is_some_and(|text| text.contains("EntityTooLarge")),
        "{finished}"
    );
    assert!(
        finished
            .stderr
            .contains("refused  GET /shop/a (the request is not signed), 2 times"),
        "{finished}"
    );
    assert!(!finished.stderr.contains("secret=1"), "{finished}");
}
