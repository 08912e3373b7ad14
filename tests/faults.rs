//! The test support itself: servers that start and end as promised, a witness that sees what
//! stands in an account, and a proxy that breaks exactly the calls it was told to break.

mod support;

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::json;

use support::proxy::FaultProxy;
use support::proxy::rule::{Fault, on};
use support::servers::{LocalEmu, MiniStack, Server as _};
use support::{allow, try_witness, user, witness};

#[test]
fn a_server_listens_on_loopback_and_ends_with_its_handle() {
    let server = MiniStack::start();
    let port = server.process().port();
    assert!(TcpStream::connect(("127.0.0.1", port)).is_ok());
    drop(server);
    assert!(
        TcpStream::connect(("127.0.0.1", port)).is_err(),
        "the server outlived its handle"
    );
}

#[test]
fn accounts_do_not_see_each_other() {
    let server = MiniStack::shared();
    let (mine, yours) = (server.account(), server.account());
    witness(&mine, &["create-role", "deployer"]);
    witness(&mine, &["put-parameter", "/shop/key", "hidden"]);
    assert_eq!(witness(&mine, &["account"])["Account"], mine.id.as_str());
    assert_eq!(witness(&mine, &["roles"]), json!(["deployer"]));
    assert_eq!(witness(&yours, &["roles"]), json!([]));
    assert_eq!(witness(&mine, &["parameter", "/shop/key"])["Value"], "hidden");
    assert!(witness(&yours, &["parameter", "/shop/key"]).is_null());
}

#[test]
fn signatures_and_policies_are_checked_on_request() {
    let account = MiniStack::shared_with_auth().account();
    let deployer = user(&account, "deployer", &allow(&["iam:GetRole", "lambda:ListFunctions"]));
    assert_eq!(witness(&deployer, &["functions"]), json!([]));

    let denied = try_witness(&deployer, &["create-role", "shop"]).unwrap_err();
    assert_eq!((denied.code.as_str(), denied.status), ("AccessDenied", Some(403)));
    let forged = deployer.with_key(&deployer.access_key, "wrong");
    let refused = try_witness(&forged, &["functions"]).unwrap_err();
    assert_eq!(refused.status, Some(403), "{refused}");
}

#[test]
fn the_witness_sees_what_stands_in_an_account() {
    let account = MiniStack::shared().account();
    witness(&account, &["create-function", "shop"]);
    witness(&account, &["publish-version", "shop"]);
    let alias = json!({ "FunctionName": "shop", "Name": "live", "FunctionVersion": "1" });
    witness(&account, &["call", "lambda", "create_alias", &alias.to_string()]);
    witness(&account, &["create-bucket", "shop-artifacts"]);
    let object = json!({ "Bucket": "shop-artifacts", "Key": "shop.zip", "Body": "1234" });
    witness(&account, &["call", "s3", "put_object", &object.to_string()]);
    witness(&account, &["create-log-group", "/aws/lambda/shop"]);

    let function = witness(&account, &["function", "shop", "live"]);
    assert_eq!(function["Configuration"]["Version"], "1");
    assert_eq!(function["ReservedConcurrentExecutions"], json!(null));
    assert!(witness(&account, &["code", "shop"])["app.py"]["Size"].as_u64() > Some(0));
    assert_eq!(witness(&account, &["aliases", "shop"])["live"]["FunctionVersion"], "1");
    assert_eq!(witness(&account, &["versions", "shop"])[0]["Version"], "1");
    let role = witness(&account, &["role", "shop-foreign-role"]);
    assert_eq!(
        role["Trust"]["Statement"][0]["Principal"]["Service"],
        "lambda.amazonaws.com"
    );
    assert_eq!(role["Boundary"], json!(null));
    assert_eq!(
        witness(&account, &["objects", "shop-artifacts"]),
        json!({ "shop.zip": 4 })
    );
    assert!(witness(&account, &["bucket", "shop-artifacts"]).is_object());
    assert_eq!(
        witness(&account, &["log-group", "/aws/lambda/shop"])["RetentionInDays"],
        json!(null)
    );
    assert_eq!(
        witness(&account, &["invoke", "shop", "live", r#"{"n":1}"#])["Payload"],
        json!({ "n": 1 })
    );

    witness(&account, &["delete-function", "shop"]);
    witness(&account, &["delete-role", "shop-foreign-role"]);
    witness(&account, &["delete-bucket", "shop-artifacts"]);
    for absent in [
        &["function", "shop"][..],
        &["role", "shop-foreign-role"],
        &["bucket", "shop-artifacts"],
        &["log-group", "/aws/lambda/other"],
        &["event-invoke-config", "shop"],
        &["provisioned", "shop", "live"],
    ] {
        assert!(witness(&account, absent).is_null(), "{absent:?}");
    }
    assert_eq!(witness(&account, &["versions", "shop"]), json!([]));
}

#[test]
fn localemu_runs_python_handlers_without_a_container() {
    let account = LocalEmu::shared().account();
    let source = "def handler(event, context):\n    print('seen')\n    return {'name': context.function_name}\n";
    witness(&account, &["create-function", "shop", source]);
    let invoked = witness(&account, &["invoke", "shop"]);
    assert_eq!(invoked["Payload"], json!({ "name": "shop" }));
    let other = LocalEmu::shared().account();
    assert_eq!(witness(&other, &["functions"]), json!([]));
}

#[test]
fn the_proxy_names_every_call_and_leaves_signatures_whole() {
    let account = MiniStack::shared_with_auth().account();
    let deployer = user(&account, "deployer", &allow(&["*"]));
    let proxy = FaultProxy::start(&deployer);
    let through = deployer.through(&proxy.endpoint());
    witness(&through, &["create-function", "shop"]);
    witness(&through, &["create-bucket", "shop-artifacts"]);
    // Longer than a socket's buffer, and sent after `Expect: 100-continue`.
    let object = json!({ "Bucket": "shop-artifacts", "Key": "a/b.zip", "Body": "x".repeat(2_000_000) });
    witness(&through, &["call", "s3", "put_object", &object.to_string()]);
    witness(&through, &["bucket", "shop-artifacts"]);
    witness(&through, &["put-parameter", "/shop/key", "hidden"]);
    witness(&through, &["log-group", "/aws/lambda/shop"]);

    let mut names = proxy.names();
    // The waiter asks as often as the server makes it wait.
    names.dedup();
    assert_eq!(
        names,
        [
            "iam:CreateRole",
            "lambda:CreateFunction",
            "lambda:GetFunction",
            "lambda:GetFunctionConcurrency",
            "s3:CreateBucket",
            "s3:PutObject",
            "s3:HeadBucket",
            "s3:GetBucketEncryption",
            "s3:GetPublicAccessBlock",
            "s3:GetBucketTagging",
            "ssm:PutParameter",
            "logs:DescribeLogGroups",
        ]
    );
    assert_eq!(
        proxy.writes(),
        [
            "iam:CreateRole",
            "lambda:CreateFunction",
            "s3:CreateBucket",
            "s3:PutObject",
            "ssm:PutParameter"
        ]
    );
    let calls = proxy.calls();
    let created = calls.iter().find(|call| call.operation == "CreateFunction").unwrap();
    assert_eq!(created.status, Some(201));
    assert_eq!(created.json()["FunctionName"], "shop");
    assert!(created.bytes > 0);
    let put = calls.iter().find(|call| call.operation == "PutObject").unwrap();
    assert!(
        put.bytes >= 2_000_000 && put.json().is_null(),
        "an archive's bytes are counted, not kept"
    );
    proxy.reset();
    assert!(proxy.calls().is_empty());
}

#[test]
fn a_refusal_speaks_each_service_s_language_and_ends_after_its_times() {
    let account = MiniStack::shared().account();
    let proxy = FaultProxy::start(&account);
    let through = account.through(&proxy.endpoint());
    for (name, arguments) in [
        ("lambda:ListFunctions", &["functions"][..]),
        ("iam:CreateRole", &["create-role", "shop"]),
        ("s3:CreateBucket", &["create-bucket", "refused-at-first"]),
        ("ssm:PutParameter", &["put-parameter", "/shop", "x"]),
        ("sts:GetCallerIdentity", &["account"]),
    ] {
        let words = "an update is <in progress> & more";
        proxy.inject(
            on(name).times(2),
            Fault::refuse(409, "ResourceConflictException", words),
        );
        for _ in 0..2 {
            let refused = try_witness(&through, arguments).unwrap_err();
            assert_eq!(
                (refused.code.as_str(), refused.status),
                ("ResourceConflictException", Some(409)),
                "{name}"
            );
            assert_eq!(refused.message, words, "{name}");
        }
        assert!(
            try_witness(&through, arguments).is_ok(),
            "{name}: the third call goes through"
        );
    }
}

#[test]
fn rules_pick_their_calls_by_name_count_and_content() {
    let account = MiniStack::shared().account();
    let proxy = FaultProxy::start(&account);
    let through = account.through(&proxy.endpoint());
    let create = |name: &str| try_witness(&through, &["create-role", name]).is_ok();

    proxy.inject(
        on("iam:*Role").after(1),
        Fault::refuse(400, "Throttling", "rate exceeded"),
    );
    assert_eq!(["first", "second", "third"].map(create), [true, false, true]);
    let named = on("iam:CreateRole").containing("RoleName=unlucky").always();
    proxy.inject(named, Fault::refuse(400, "Throttling", "rate exceeded"));
    assert_eq!(["unlucky", "lucky", "unlucky"].map(create), [false, true, false]);
}

#[test]
fn a_dropped_connection_loses_the_call_or_only_its_answer() {
    let account = MiniStack::shared().account();
    let proxy = FaultProxy::start(&account);
    let through = account.through(&proxy.endpoint());
    for (fault, landed) in [(Fault::DropBefore, json!([])), (Fault::DropAfter, json!(["shop"]))] {
        proxy.inject(on("iam:CreateRole"), fault);
        let refused = try_witness(&through, &["create-role", "shop"]).unwrap_err();
        assert_eq!(refused.status, None, "{refused}");
        assert_eq!(witness(&account, &["roles"]), landed);
    }
    assert!(proxy.calls().iter().all(|call| call.status.is_none()));
}

#[test]
fn a_hanging_call_is_seen_at_once_and_never_answered() {
    let account = MiniStack::shared().account();
    let proxy = FaultProxy::start(&account);
    proxy.inject(on("unsigned:*"), Fault::HangBefore);
    let address = proxy.endpoint().replace("http://", "");
    let mut client = TcpStream::connect(&address).unwrap();
    write!(client, "GET /_ministack/health HTTP/1.1\r\nHost: {address}\r\n\r\n").unwrap();
    proxy.wait_for("unsigned:GET /_ministack/health", Duration::from_secs(10));
    assert_eq!(proxy.calls()[0].status, None);
    drop(proxy);
    let mut answer = String::new();
    client.read_to_string(&mut answer).unwrap();
    assert_eq!(answer, "");
}

#[test]
fn a_delayed_call_arrives_late() {
    let account = MiniStack::shared().account();
    let proxy = FaultProxy::start(&account);
    let delay = Duration::from_millis(50);
    proxy.inject(on("lambda:*"), Fault::Delay(delay));
    let through = account.through(&proxy.endpoint());
    assert_eq!(witness(&through, &["functions"]), json!([]));
    assert!(proxy.calls()[0].took >= delay);
}
