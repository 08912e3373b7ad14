//! Where credentials and endpoints come from, and what is said when they do not come.

use std::fs;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::shop::{at, deploy, live, run, shop, versions};
use crate::support::command::{Finished, Lfn, Project};
use crate::support::guard::free_port;
use crate::support::proxy::FaultProxy;
use crate::support::proxy::rule::{Fault, on};
use crate::support::servers::{Account, MiniStack, Server as _};
use crate::support::tls::Tls;
use crate::support::{allow, lfn, user, witness};

/// Fails within three seconds, with this in the error and the hint that helps.
#[track_caller]
fn fails_fast(run: Lfn<'_>, sentence: &str) -> Finished {
    let started = Instant::now();
    let failed = run.run().exits_with(1);
    assert!(
        started.elapsed() < Duration::from_secs(3),
        "{:?}: {failed}",
        started.elapsed()
    );
    assert!(failed.stderr.contains(sentence), "{failed}");
    assert!(failed.stderr.contains("hint: sign in"), "{failed}");
    failed
}

/// `lfn deploy` with nothing but a region.
fn bare(project: &Project) -> Lfn<'_> {
    lfn(project).args(["deploy", "--yes"]).env("AWS_REGION", "us-east-1")
}

fn write_config(project: &Project, text: &str) {
    let folder = project.home().join(".aws");
    fs::create_dir_all(&folder).expect("the home folder is ours");
    fs::write(folder.join("config"), text).expect("the home folder is ours");
}

fn profile(name: &str, account: &Account) -> String {
    format!(
        "[profile {name}]\nregion = us-east-1\nendpoint_url = {}\naws_access_key_id = {}\naws_secret_access_key = {}\n",
        account.endpoint, account.access_key, account.secret_key
    )
}

#[test]
fn missing_credentials_are_said_at_once() {
    let project = shop("");
    let proxy = FaultProxy::start(&MiniStack::shared().account());
    let failed = fails_fast(
        bare(&project).env("AWS_ENDPOINT_URL", &proxy.endpoint()),
        "no AWS credentials were found",
    );
    assert!(
        failed.stderr.contains("`AWS_ACCESS_KEY_ID`"),
        "where it looked: {failed}"
    );
    assert!(proxy.calls().is_empty(), "{:?}", proxy.names());

    // A metadata service that does not answer costs no minute.
    let nobody = format!("http://127.0.0.1:{}", free_port());
    let started = Instant::now();
    let failed = bare(&project)
        .env("AWS_ENDPOINT_URL", &proxy.endpoint())
        .env("AWS_EC2_METADATA_DISABLED", "false")
        .env("AWS_EC2_METADATA_SERVICE_ENDPOINT", &nobody)
        .run()
        .exits_with(1);
    assert!(
        started.elapsed() < Duration::from_secs(5),
        "{:?}: {failed}",
        started.elapsed()
    );
    assert!(failed.stderr.contains("credentials"), "{failed}");
}

#[test]
fn credentials_with_a_line_break_are_said_at_once() {
    let account = MiniStack::shared().account();
    let project = shop("");
    for (name, part) in [
        ("AWS_ACCESS_KEY_ID", "access key id"),
        ("AWS_SECRET_ACCESS_KEY", "secret access key"),
        ("AWS_SESSION_TOKEN", "session token"),
    ] {
        let list = at(&account, &project, &["list"]).env(name, "one\ntwo");
        let failed = fails_fast(list, &format!("the {part} holds a line break"));
        assert!(!failed.stderr.contains("two"), "{failed}");
    }
}

#[test]
fn a_missing_region_is_said_at_once() {
    let project = shop("");
    let account = MiniStack::shared().account();
    let failed = lfn(&project)
        .args(["deploy", "--yes"])
        .env("AWS_ACCESS_KEY_ID", &account.access_key)
        .env("AWS_SECRET_ACCESS_KEY", &account.secret_key)
        .run()
        .exits_with(1);
    assert!(failed.stderr.contains("no region is set: pass `--region`"), "{failed}");
}

#[test]
fn expired_credentials_are_said_and_stop_a_deploy_where_it_is() {
    let account = MiniStack::shared().account();
    let proxy = FaultProxy::start(&account);
    let through = account.through(&proxy.endpoint());
    let expired = || {
        Fault::refuse(
            403,
            "ExpiredTokenException",
            "The security token included in the request is expired",
        )
    };
    proxy.inject(on("sts:GetCallerIdentity"), expired());
    let project = shop("");
    fails_fast(
        at(&through, &project, &["deploy", "--yes"]),
        "the credentials have expired",
    );
    assert_eq!(proxy.names(), ["sts:GetCallerIdentity"], "no retry helps");

    proxy.inject(on("lambda:PublishVersion"), expired());
    let stopped = deploy(&through, &project).exits_with(4);
    assert!(stopped.stderr.contains("the credentials have expired"), "{stopped}");
    assert!(stopped.stderr.contains("hint: sign in"), "{stopped}");
    deploy(&through, &project).success();
    assert_eq!((versions(&account), live(&account)), (vec!["1".into()], json!("1")));
}

#[test]
fn a_profile_that_does_not_exist_is_named_before_any_call() {
    let account = MiniStack::shared().account();
    let proxy = FaultProxy::start(&account);
    let through = account.through(&proxy.endpoint());
    let project = shop("");
    let sentence = "the profile `absent` does not exist";
    fails_fast(
        at(&through, &project, &["deploy", "--yes"]).env("AWS_PROFILE", "absent"),
        sentence,
    );
    write_config(&project, &profile("stack", &account));
    let asked = at(&through, &project, &["deploy", "--yes", "--profile", "absent"]);
    let failed = fails_fast(asked, sentence);
    assert!(failed.stderr.contains("there are `stack`"), "{failed}");
    assert!(proxy.calls().is_empty(), "{:?}", proxy.names());
}

#[test]
fn a_profile_brings_endpoint_region_and_keys() {
    let server = MiniStack::shared();
    let (account, other) = (server.account(), server.account());
    let project = shop("");
    write_config(&project, &(profile("stack", &account) + &profile("other", &other)));
    let deploy = || lfn(&project).args(["deploy", "--yes"]);
    deploy().env("AWS_PROFILE", "stack").run().success();
    assert_eq!(live(&account), "1");
    // The flag wins over the variable, and over keys in the environment.
    deploy()
        .env("AWS_PROFILE", "stack")
        .env("AWS_ACCESS_KEY_ID", &account.access_key)
        .env("AWS_SECRET_ACCESS_KEY", &account.secret_key)
        .args(["--profile", "other"])
        .run()
        .success();
    assert_eq!(live(&other), "1");

    // Files elsewhere, keys and settings apart.
    let elsewhere = server.account();
    let (config, keys) = (project.home().join("settings"), project.home().join("keys"));
    let endpoint = &elsewhere.endpoint;
    fs::write(
        &config,
        format!("[default]\nregion = us-east-1\nendpoint_url = {endpoint}\n"),
    )
    .unwrap();
    let pair = (&elsewhere.access_key, &elsewhere.secret_key);
    fs::write(
        &keys,
        format!(
            "[default]\naws_access_key_id = {}\naws_secret_access_key = {}\n",
            pair.0, pair.1
        ),
    )
    .unwrap();
    deploy()
        .env("AWS_CONFIG_FILE", &config.display().to_string())
        .env("AWS_SHARED_CREDENTIALS_FILE", &keys.display().to_string())
        .run()
        .success();
    assert_eq!(live(&elsewhere), "1");
}

#[test]
fn one_service_can_have_an_endpoint_of_its_own() {
    let account = MiniStack::shared().account();
    let (all, lambda) = (FaultProxy::start(&account), FaultProxy::start(&account));
    at(&account.through(&all.endpoint()), &shop(""), &["deploy", "--yes"])
        .env("AWS_ENDPOINT_URL_LAMBDA", &lambda.endpoint())
        .run()
        .success();
    assert!(
        lambda.calls().iter().all(|call| call.service == "lambda"),
        "{:?}",
        lambda.names()
    );
    assert!(
        all.calls().iter().all(|call| call.service != "lambda"),
        "{:?}",
        all.names()
    );
    assert!(lambda.names().contains(&"lambda:CreateFunction".to_owned()));
    assert!(all.names().contains(&"iam:CreateRole".to_owned()));

    // The same in a profile.
    let account = MiniStack::shared().account();
    let (all, lambda) = (FaultProxy::start(&account), FaultProxy::start(&account));
    let project = shop("");
    let text = profile("stack", &account.through(&all.endpoint()));
    let own = lambda.endpoint();
    write_config(
        &project,
        &format!("{text}services = own\n[services own]\nlambda =\n  endpoint_url = {own}\n"),
    );
    lfn(&project)
        .args(["deploy", "--yes", "--profile", "stack"])
        .run()
        .success();
    assert!(lambda.names().contains(&"lambda:CreateFunction".to_owned()));
    assert!(
        all.calls().iter().all(|call| call.service != "lambda"),
        "{:?}",
        all.names()
    );
}

#[test]
fn an_endpoint_that_is_none_is_refused_in_words() {
    let account = MiniStack::shared().account();
    let project = shop("");
    for name in ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_LAMBDA"] {
        let failed = at(&account, &project, &["list"]).env(name, "").run().exits_with(1);
        assert!(
            failed.stderr.contains(&format!("`{name}` is set and empty")),
            "{failed}"
        );
    }
    let nowhere = account.through("");
    write_config(&project, &profile("stack", &nowhere));
    let failed = lfn(&project).args(["list", "--profile", "stack"]).run().exits_with(1);
    assert!(
        failed
            .stderr
            .contains("`endpoint_url` of the profile `stack` is set and empty"),
        "{failed}"
    );
    let no_scheme = account.endpoint.replace("http://", "");
    let failed = run(&account.through(&no_scheme), &project, &["list"]).exits_with(1);
    assert!(failed.stderr.contains("`AWS_ENDPOINT_URL`"), "{failed}");
    // A slash at the end is nothing wrong.
    run(&account.through(&format!("{}/", account.endpoint)), &project, &["list"]).success();
    let failed = at(&account, &project, &["list"])
        .env("AWS_PROFILE", "")
        .run()
        .exits_with(1);
    assert!(failed.stderr.contains("empty `AWS_PROFILE`"), "{failed}");
    // Other variables that are set and empty count as unset.
    let listed = at(&account, &project, &["list"]);
    let empty = [
        "AWS_CA_BUNDLE",
        "AWS_SESSION_TOKEN",
        "AWS_CONFIG_FILE",
        "AWS_DEFAULT_REGION",
    ];
    empty
        .iter()
        .fold(listed, |listed, name| listed.env(name, ""))
        .run()
        .success();
}

#[test]
fn a_profile_that_assumes_a_role_and_one_that_runs_a_process() {
    let account = MiniStack::shared_with_auth().account();
    let source = user(&account, "deployer", &allow(&["sts:AssumeRole"]));
    let trust = json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Principal": { "AWS": account.id }, "Action": "sts:AssumeRole" }] });
    let role = json!({ "RoleName": "releaser", "AssumeRolePolicyDocument": trust.to_string() });
    let role = witness(&account, &["call", "iam", "create_role", &role.to_string()])["Role"]["Arn"].clone();
    let rights = json!({ "RoleName": "releaser", "PolicyName": "all", "PolicyDocument": allow(&["*"]).to_string() });
    witness(&account, &["call", "iam", "put_role_policy", &rights.to_string()]);

    let project = shop("");
    let pair = json!({ "Version": 1, "AccessKeyId": source.access_key, "SecretAccessKey": source.secret_key });
    let script = project.home().join("keys");
    fs::write(&script, pair.to_string()).expect("the home folder is ours");
    let (endpoint, role) = (&account.endpoint, role.as_str().expect("a role has an ARN"));
    let text = format!(
        "[profile process]\nregion = us-east-1\nendpoint_url = {endpoint}\ncredential_process = cat {}\n\
         [profile assumed]\nregion = us-east-1\nendpoint_url = {endpoint}\nrole_arn = {role}\nsource_profile = process\n",
        script.display()
    );
    write_config(&project, &text);
    // The user may assume the role, and nothing else.
    let denied = lfn(&project)
        .args(["deploy", "--yes", "--profile", "process"])
        .run()
        .exits_with(1);
    assert!(denied.stderr.contains("not authorized"), "{denied}");
    lfn(&project)
        .args(["deploy", "--yes", "--profile", "assumed"])
        .run()
        .success();
    assert_eq!(live(&account), "1");
}

#[test]
fn https_with_a_ca_of_ones_own() {
    let server = MiniStack::shared_with_auth();
    let account = server.account();
    let deployer = user(&account, "deployer", &allow(&["*"]));
    let tls = Tls::start(server);
    let through = deployer.through(&tls.endpoint());
    let project = shop("");

    let refused = deploy(&through, &project).exits_with(1);
    assert!(refused.stderr.contains("TLS certificate is not trusted"), "{refused}");
    assert!(refused.stderr.contains("`AWS_CA_BUNDLE`"), "{refused}");
    let absent = at(&through, &project, &["deploy", "--yes"]).env("AWS_CA_BUNDLE", "/nowhere/ca.pem");
    let absent = absent.run().exits_with(1);
    assert!(absent.stderr.contains("the CA bundle `/nowhere/ca.pem`"), "{absent}");

    let bundle = tls.ca_bundle().display().to_string();
    at(&through, &project, &["deploy", "--yes"])
        .env("AWS_CA_BUNDLE", &bundle)
        .run()
        .success();
    assert_eq!(live(&account), "1");
    // The bundle of a profile counts as well.
    let deployer = profile("stack", &through);
    write_config(&project, &format!("{deployer}ca_bundle = {bundle}\n"));
    let again = lfn(&project)
        .args(["deploy", "--yes", "--profile", "stack"])
        .run()
        .success();
    assert!(again.stderr.contains("nothing to do"), "{again}");
}

#[test]
fn another_account_or_region_is_refused_before_anything_is_touched() {
    let account = MiniStack::shared().account();
    let proxy = FaultProxy::start(&account);
    let through = account.through(&proxy.endpoint());
    let right = format!("account: \"{}\"\nregion: us-east-1\n", account.id);
    for (settings, sentence, hint) in [
        (
            "account: \"999988887777\"\n",
            "lambda.yaml is for account 999988887777",
            "--profile",
        ),
        (
            "region: eu-west-1\n",
            "lambda.yaml is for region eu-west-1",
            "--region eu-west-1",
        ),
    ] {
        let project = shop(settings);
        for arguments in [
            &["deploy", "--yes"][..],
            &["plan"],
            &["destroy", "--yes"],
            &["alias", "promote", "live", "--to", "1", "--yes"],
        ] {
            let refused = run(&through, &project, arguments).exits_with(1);
            assert!(
                refused.stderr.contains(sentence) && refused.stderr.contains(hint),
                "{refused}"
            );
        }
    }
    assert!(
        proxy.names().iter().all(|name| name == "sts:GetCallerIdentity"),
        "{:?}",
        proxy.names()
    );
    deploy(&through, &shop(&right)).success();
    assert_eq!(live(&account), "1");
}

#[test]
fn secrets_are_deployed_and_never_printed() {
    let account = MiniStack::shared().account();
    let proxy = FaultProxy::start(&account);
    let through = account.through(&proxy.endpoint());
    let values = ["s3cr3t-of-monday", "s3cr3t-of-tuesday", "plain-but-private"];
    let silent = |arguments: &[&str], project: &Project| {
        let ran = run(&through, project, arguments);
        for value in values {
            assert!(!ran.stdout.contains(value) && !ran.stderr.contains(value), "{ran}");
        }
        ran
    };
    let project =
        shop("env: { KEY: \"${ssm:/shop/key}\", URL: \"db://u:${ssm:/shop/key}@h\", OWN: plain-but-private }\n");
    let missing = silent(&["deploy", "--yes", "-vv"], &project).exits_with(1);
    assert!(missing.stderr.contains("/shop/key"), "{missing}");
    assert_eq!(witness(&account, &["roles"]), json!([]));

    for (value, edition) in [(values[0], "1"), (values[1], "2")] {
        witness(&account, &["put-parameter", "/shop/key", value]);
        silent(&["plan"], &project).success();
        silent(&["plan", "--format", "json"], &project).success();
        // AWS repeats what it refuses.
        let said = format!("1 validation error detected: Value '{{KEY={value}}}' at 'environment.variables' is bad");
        let write = on("lambda:*Function*").containing(value);
        proxy.inject(write, Fault::refuse(400, "ValidationException", &said));
        let refused = silent(&["deploy", "--yes", "-vv"], &project);
        assert_ne!(refused.code, Some(0), "{refused}");
        silent(&["deploy", "--yes", "-vv", "--format", "json"], &project).success();
        let function = witness(&account, &["function", "shop", edition]);
        assert_eq!(
            function["Configuration"]["Environment"]["Variables"],
            json!({ "KEY": value, "URL": format!("db://u:{value}@h"), "OWN": "plain-but-private" })
        );
    }
    for arguments in [
        &["deploy", "--yes", "-vv"][..],
        &["status"],
        &["status", "--format", "json"],
        &["list", "--format", "json"],
        &["versions", "list", "--format", "json"],
        &["validate"],
        &["destroy", "--yes", "-vv"],
    ] {
        silent(arguments, &project).success();
    }
}
