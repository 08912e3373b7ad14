//! Archives that are too large to be sent with the call.

use std::time::Duration;

use base64::Engine as _;
use serde_json::json;

use crate::shop::{answer, at, deploy, describe, live, noise, run, shop, versions};
use crate::support::proxy::FaultProxy;
use crate::support::proxy::rule::{Fault, on};
use crate::support::servers::{MiniStack, Server as _};
use crate::support::witness;

const HANDLER: &str = "\
import os

def handler(event, context):
    return os.path.getsize(os.path.join(os.path.dirname(__file__), 'model.bin'))
";

#[test]
fn a_large_archive_goes_through_a_private_bucket_once() {
    const SIZE: usize = 60_000_000;
    let account = MiniStack::shared().account();
    let proxy = FaultProxy::start(&account);
    let through = account.through(&proxy.endpoint());
    let project = shop("timeout: 10s\n");
    project.write("app.py", HANDLER);
    project.write("model.bin", noise(SIZE));
    let bucket = format!("lfn-artifacts-{}-us-east-1", account.id);

    let deployed = deploy(&through, &project).success();
    let sent: usize = proxy
        .calls()
        .iter()
        .filter(|call| call.service == "s3")
        .map(|call| call.bytes)
        .sum();
    assert!(
        (SIZE..SIZE + SIZE / 20).contains(&sent),
        "{sent} bytes went to S3: {deployed}"
    );
    let bare: usize = proxy
        .calls()
        .iter()
        .filter(|call| call.service == "lambda")
        .map(|call| call.bytes)
        .sum();
    assert!(bare < 100_000, "{bare} bytes went to Lambda");

    let found = witness(&account, &["bucket", &bucket]);
    let rule = &found["Encryption"]["Rules"][0]["ApplyServerSideEncryptionByDefault"];
    assert_eq!(rule["SSEAlgorithm"], "AES256", "{found}");
    assert_eq!(
        found["PublicAccessBlock"],
        json!({ "BlockPublicAcls": true, "IgnorePublicAcls": true, "BlockPublicPolicy": true, "RestrictPublicBuckets": true })
    );
    let digest = witness(&account, &["function", "shop"])["Configuration"]["CodeSha256"].clone();
    let digest = base64::engine::general_purpose::STANDARD
        .decode(digest.as_str().expect("a digest is a text"))
        .expect("a digest is base64");
    let hex = digest
        .iter()
        .fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
    let objects = witness(&account, &["objects", &bucket]);
    let keys: Vec<_> = objects.as_object().expect("sizes by key").keys().collect();
    assert_eq!(keys, [&format!("lfn/shop/{hex}.zip")], "the key says what is inside");
    assert_eq!(answer(&account), json!(SIZE));

    proxy.reset();
    let again = deploy(&through, &project).success();
    assert!(again.stderr.contains("nothing to do"), "{again}");
    assert_eq!(proxy.writes(), [""; 0]);
    // The archive is made anew from the same files, and is there already.
    describe(&project, "timeout: 10s\nmemory: 256MB\n");
    deploy(&through, &project).success();
    assert!(
        !proxy
            .names()
            .iter()
            .any(|name| name.contains("Upload") || name.contains("PutObject"))
    );
    assert_eq!(live(&account), "2");

    // The bucket serves every function of the account, so it stays.
    run(&account, &project, &["destroy", "--yes"]).success();
    assert_eq!(witness(&account, &["objects", &bucket]), json!({}));
    assert!(witness(&account, &["bucket", &bucket]).is_object());
}

#[test]
fn somebody_elses_bucket_is_left_alone() {
    let server = MiniStack::shared();
    let (account, other) = (server.account(), server.account());
    // Bucket names are one space for all accounts.
    let bucket = format!("taken-{}", account.id);
    witness(&other, &["create-bucket", &bucket]);
    let project = shop(&format!("package: {{ bucket: {bucket} }}\n"));
    project.write("model.bin", noise(51 * 1024 * 1024));
    let refused = deploy(&account, &project).exits_with(1);
    assert!(
        refused
            .stderr
            .contains(&format!("`{bucket}` belongs to another account")),
        "{refused}"
    );
    assert!(
        refused.stderr.contains("hint: name a bucket of this account"),
        "{refused}"
    );
    assert_eq!(witness(&other, &["objects", &bucket]), json!({}), "{refused}");
    assert_eq!(witness(&account, &["roles"]), json!([]), "{refused}");
}

#[test]
fn an_upload_that_is_cut_is_finished() {
    let account = MiniStack::shared().account();
    let proxy = FaultProxy::start(&account);
    let through = account.through(&proxy.endpoint());
    let bucket = format!("artifacts-of-{}", account.id);
    witness(&account, &["create-bucket", &bucket]);
    // A bucket of the account's own is used as it is.
    let project = shop(&format!("timeout: 10s\npackage: {{ bucket: {bucket} }}\n"));
    project.write("app.py", HANDLER);
    project.write("model.bin", noise(51 * 1024 * 1024));

    // Killed in the middle of the upload.
    proxy.inject(on("s3:UploadPart").after(1).always(), Fault::HangBefore);
    let running = at(&through, &project, &["deploy", "--yes"]).start();
    proxy.wait_for("s3:UploadPart", Duration::from_secs(25));
    running.kill();
    assert_eq!(running.wait().code, None);
    assert_eq!(witness(&account, &["objects", &bucket]), json!({}));
    assert_eq!(witness(&account, &["functions"]), json!([]));

    // Parts and answers get lost.
    proxy.reset();
    proxy.inject(on("s3:UploadPart"), Fault::DropBefore);
    proxy.inject(on("s3:UploadPart"), Fault::DropAfter);
    proxy.inject(
        on("s3:UploadPart"),
        Fault::refuse(503, "SlowDown", "Please reduce your request rate."),
    );
    proxy.inject(on("s3:CompleteMultipartUpload"), Fault::DropAfter);
    deploy(&through, &project).success();
    assert!(!proxy.names().contains(&"s3:CreateBucket".to_owned()));
    let objects = witness(&account, &["objects", &bucket]);
    assert_eq!(objects.as_object().map(serde_json::Map::len), Some(1), "{objects}");
    assert_eq!(answer(&account), json!(51 * 1024 * 1024));
    assert_eq!(versions(&account), ["1"]);
}
