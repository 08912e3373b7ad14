//! Calls of handlers that really run: logs, environment, versions, timeouts, refusals.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use lfn::domain::function::{Environment, FunctionSettings, LogFormat};
use lfn::domain::names::{LogGroupName, Qualifier, Version};
use lfn::ports::{ErrorKind, Invocation, InvocationType};
use serde_json::{Value, json};

use super::bench::{Bench, PYTHON, alias, expect, json, name, settings};

#[tokio::test]
async fn the_log_is_what_cloudwatch_would_have() {
    let bench = Bench::new();
    let group = LogGroupName::new("/aws/lambda/thumbs").unwrap();
    bench
        .cloud
        .logs
        .create_log_group(&group, &BTreeMap::new())
        .await
        .unwrap();
    let app = "import logging\nprint('loading')\ndef handler(event, context):\n    print('no newline', end='')\n    logging.warning('careful')\n    logging.info('quiet')\n";
    bench.create(settings(PYTHON, "app.handler"), &[("app.py", app)]).await;
    let invoked = bench.invoke("$LATEST", "{}").await;
    let id = invoked.request_id.unwrap();
    let log = invoked.log_tail.unwrap();
    let lines: Vec<&str> = log.lines().collect();
    assert_eq!(lines.len(), 5, "{log}");
    assert_eq!(lines[0], "loading");
    assert_eq!(lines[1], format!("START RequestId: {id} Version: $LATEST"));
    assert!(
        lines[2].starts_with("no newline[WARNING]\t20") && lines[2].ends_with(&format!("Z\t{id}\tcareful")),
        "{log}"
    );
    assert_eq!(lines[3], format!("END RequestId: {id}"));
    let fields: Vec<&str> = lines[4]
        .split('\t')
        .map(|field| field.split(": ").next().unwrap())
        .collect();
    let mut expected = vec![
        "REPORT RequestId",
        "Duration",
        "Billed Duration",
        "Memory Size",
        "Init Duration",
        "",
    ];
    if cfg!(target_os = "linux") {
        expected.insert(4, "Max Memory Used");
    }
    assert_eq!(fields, expected, "{log}");
    assert!(lines[4].contains("\tMemory Size: 256 MB\t"));

    let stored = bench.cloud.logs.log_group(&group).await.unwrap().unwrap().stored_bytes;
    assert!(stored > log.len() as u64, "the log group has the lines too");

    let mut structured = settings("nodejs24.x", "index.handler");
    structured.logging.format = LogFormat::Json;
    let bench = Bench::new();
    bench
        .create(
            structured,
            &[(
                "index.mjs",
                "export const handler = async () => { console.debug('no'); console.log({ a: 1 }); };",
            )],
        )
        .await;
    let log = bench.invoke("$LATEST", "{}").await.log_tail.unwrap();
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 3, "{log}");
    assert_eq!(
        (&lines[0]["type"], &lines[2]["type"]),
        (&json!("platform.start"), &json!("platform.report"))
    );
    assert_eq!(
        (&lines[1]["level"], &lines[1]["message"]),
        (&json!("INFO"), &json!({"a": 1}))
    );
}

#[tokio::test]
async fn a_handler_has_lambdas_environment_and_none_of_ours() {
    let shown = "import os\ndef handler(event, context):
    return {'env': dict(os.environ), 'cwd': os.getcwd(), 'left': context.get_remaining_time_in_millis(),
        'context': [context.function_name, context.function_version, context.memory_limit_in_mb, context.invoked_function_arn,
            context.log_group_name, context.aws_request_id], 'custom': context.client_context.custom, 'identity': context.identity.cognito_identity_id}\n";
    let bench = Bench::new();
    let mut wanted = settings(PYTHON, "app.handler");
    wanted.environment = Environment(BTreeMap::from([
        ("TABLE".into(), "orders".into()),
        ("LANG".into(), "C.UTF-8".into()),
    ]));
    bench.create(wanted, &[("app.py", shown)]).await;
    bench.publish().await;
    bench
        .cloud
        .functions
        .create_alias(&name("thumbs"), &alias("live", 1, &[]))
        .await
        .unwrap();
    let invocation = Invocation {
        name: name("thumbs"),
        qualifier: "live".parse().unwrap(),
        kind: InvocationType::RequestResponse,
        payload: Vec::new(),
        client_context: Some("{\n \"custom\": {\"k\": \"ü\"}}".into()),
    };
    let invoked = bench.cloud.functions.invoke(&invocation).await.unwrap();
    assert_eq!(invoked.executed_version, Some(Qualifier::Version(Version(1))));
    let payload = json(&invoked);
    let env = payload["env"].as_object().unwrap();
    for (variable, value) in [
        ("TABLE", "orders"),
        ("LANG", "C.UTF-8"),
        ("TZ", ":UTC"),
        ("_HANDLER", "app.handler"),
        ("AWS_REGION", "eu-west-1"),
        ("AWS_DEFAULT_REGION", "eu-west-1"),
        ("AWS_EXECUTION_ENV", "AWS_Lambda_python3.12"),
        ("AWS_LAMBDA_FUNCTION_NAME", "thumbs"),
        ("AWS_LAMBDA_FUNCTION_VERSION", "1"),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
        ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"),
        ("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/thumbs"),
        ("AWS_ACCESS_KEY_ID", "LFNLOCALACCESSKEYID"),
    ] {
        assert_eq!(env[variable], value, "{variable}");
    }
    assert!(env["AWS_LAMBDA_LOG_STREAM_NAME"].as_str().unwrap().contains("/[1]"));
    assert_eq!(env["LAMBDA_TASK_ROOT"], payload["cwd"]);
    // Cargo sets this for the test; a function must not see it, nor our home.
    assert!(std::env::var_os("CARGO_MANIFEST_DIR").is_some() && !env.contains_key("CARGO_MANIFEST_DIR"));
    assert_ne!(env["HOME"].as_str(), std::env::var("HOME").ok().as_deref());
    let context = &payload["context"];
    assert_eq!(context[3], "arn:aws:lambda:eu-west-1:000000000000:function:thumbs:live");
    assert_eq!(
        (&context[0], &context[1], &context[2]),
        (&json!("thumbs"), &json!("1"), &json!("256"))
    );
    assert_eq!(context[5], invoked.request_id.as_deref().unwrap());
    assert_eq!(
        (&payload["custom"], &payload["identity"]),
        (&json!({"k": "ü"}), &Value::Null)
    );
    assert!((10_000..=20_000).contains(&payload["left"].as_i64().unwrap()));
}

#[tokio::test]
async fn versions_run_their_own_code_and_weights_split_calls() {
    let bench = Bench::new();
    let code = |n: u32| format!("def handler(event, context): return {n}\n");
    bench
        .create(settings(PYTHON, "app.handler"), &[("app.py", &code(1))])
        .await;
    bench.publish().await;
    bench.update(&[("app.py", &code(2))]).await;
    bench.publish().await;
    bench.update(&[("app.py", &code(3))]).await;
    for (qualifier, expected) in [("1", 1), ("2", 2), ("$LATEST", 3)] {
        let invoked = bench.invoke(qualifier, "{}").await;
        assert_eq!(json(&invoked), json!(expected));
        assert_eq!(invoked.executed_version.unwrap().to_string(), qualifier);
    }
    let functions = &bench.cloud.functions;
    let live = functions
        .create_alias(&name("thumbs"), &alias("live", 1, &[(2, 0.5)]))
        .await
        .unwrap();
    let mut counts = BTreeMap::new();
    // The chance that forty throws all fall on one side is one in 10^12. Dry runs choose as well.
    for _ in 0..40 {
        let invoked = bench.call(InvocationType::DryRun, "live", "{}").await.unwrap();
        *counts.entry(invoked.executed_version.unwrap().to_string()).or_insert(0) += 1;
    }
    assert_eq!(counts.keys().collect::<Vec<_>>(), ["1", "2"], "{counts:?}");
    for (weight, expected) in [(1.0, 2), (0.0, 1)] {
        let revision = functions
            .alias(&name("thumbs"), &live.name)
            .await
            .unwrap()
            .unwrap()
            .revision;
        functions
            .update_alias(&name("thumbs"), &alias("live", 1, &[(2, weight)]), &revision)
            .await
            .unwrap();
        assert_eq!(json(&bench.invoke("live", "{}").await), json!(expected));
    }
}

#[tokio::test]
async fn the_timeout_ends_the_call_and_everything_it_started() {
    let bench = Bench::new();
    let pid = bench.folder.path().join("pid");
    let text = format!(
        "import subprocess, time\ndef handler(event, context):\n    child = subprocess.Popen(['sleep', '600'])\n    open({pid:?}, 'w').write(str(child.pid))\n    print('sleeping')\n    time.sleep(600)\n"
    );
    let wanted = FunctionSettings {
        timeout: 1,
        ..settings(PYTHON, "app.handler")
    };
    bench.create(wanted, &[("app.py", &text)]).await;
    let began = Instant::now();
    let invoked = bench.invoke("$LATEST", "{}").await;
    assert!(began.elapsed() < Duration::from_secs(15));
    let id = invoked.request_id.clone().unwrap();
    assert_eq!(invoked.function_error.as_deref(), Some("Unhandled"));
    assert_eq!(
        json(&invoked),
        json!({"errorType": "Sandbox.Timedout", "errorMessage": format!("RequestId: {id} Error: Task timed out after 1.00 seconds")})
    );
    let log = invoked.log_tail.unwrap();
    assert!(log.contains("sleeping\n"), "{log}");
    assert!(
        log.contains(&format!("Z {id} Task timed out after 1.00 seconds\n")),
        "{log}"
    );
    assert!(log.ends_with("\tStatus: timeout\t\n"), "{log}");
    #[cfg(target_os = "linux")]
    {
        let child = std::fs::read_to_string(pid).unwrap();
        // Gone, or killed and not yet collected by whoever inherited it. A signal takes its time to arrive.
        let status = || std::fs::read_to_string(format!("/proc/{child}/status")).unwrap_or_default();
        let began = Instant::now();
        while !status().is_empty() && !status().contains("State:\tZ") {
            assert!(began.elapsed() < Duration::from_secs(10), "{}", status());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_bootstrap_is_run_as_it_is() {
    // Speaks the Runtime API with nothing but a shell and Python, as a compiled runtime would.
    let bootstrap = r#"#!/bin/sh
echo "handler $_HANDLER"
exec python3 - <<'END'
import http.client, os
api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
while True:
    api.request("GET", "/2018-06-01/runtime/invocation/next")
    event = api.getresponse()
    body, id = event.read(), event.headers["Lambda-Runtime-Aws-Request-Id"]
    api.request("POST", "/2018-06-01/runtime/invocation/not-" + id + "/response", b"1")
    refused = api.getresponse()
    refused.read()
    answer = b'{"refused": %d, "event": %s, "named": %d}' % (refused.status, body, "AWS_EXECUTION_ENV" in os.environ)
    api.request("POST", "/2018-06-01/runtime/invocation/" + id + "/response", answer)
    api.getresponse().read()
END
"#;
    let expected = json!({"refused": 400, "event": {"n": 20}, "named": 0});
    let ran = expect("provided.al2023", "anything", &[("bootstrap", bootstrap)], Ok(expected)).await;
    assert!(ran.log_tail.unwrap().starts_with("handler anything\nSTART "));
    let entrypoint = "Runtime.InvalidEntrypoint";
    for (files, kind, message) in [
        (
            [("main", "")],
            entrypoint,
            "Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]",
        ),
        ([("bootstrap/main", "")], entrypoint, "permission denied"),
        (
            [("bootstrap", "\u{7f}no program")],
            entrypoint,
            "fork/exec /var/task/bootstrap: ",
        ),
        (
            [("bootstrap", "#!/bin/sh\nexit 3\n")],
            "Runtime.ExitError",
            "exit status 3",
        ),
    ] {
        let failed = expect("provided.al2023", "x", &files, Err((kind, message))).await;
        let log = failed.log_tail.unwrap();
        assert!(
            log.contains(&format!("\n{kind}\nEND "))
                && log.contains(&format!("\tStatus: error\tError Type: {kind}\t\n")),
            "{log}"
        );
    }
}

#[tokio::test]
async fn kinds_of_call_differ_in_what_comes_back() {
    let bench = Bench::new();
    let ran = bench.folder.path().join("ran");
    let text = format!("def handler(event, context):\n    open({ran:?}, 'w').write('x')\n    return 1\n");
    bench
        .create(settings(PYTHON, "app.handler"), &[("app.py", &text)])
        .await;
    let dry = bench.call(InvocationType::DryRun, "$LATEST", "{}").await.unwrap();
    assert_eq!((dry.status, dry.payload.len(), ran.exists()), (204, 0, false));
    let event = bench.call(InvocationType::Event, "$LATEST", "{}").await.unwrap();
    assert_eq!(
        (event.status, event.payload.len(), event.log_tail, ran.exists()),
        (202, 0, None, true)
    );

    let large = format!("\"{}\"", "x".repeat(1_048_576));
    for (kind, qualifier, payload, expected, sentence) in [
        (
            InvocationType::RequestResponse,
            "9",
            "{}",
            ErrorKind::NotFound,
            "Function not found: arn:aws:lambda:eu-west-1:000000000000:function:thumbs:9",
        ),
        (
            InvocationType::DryRun,
            "live",
            "{}",
            ErrorKind::NotFound,
            "function:thumbs:live",
        ),
        (
            InvocationType::RequestResponse,
            "$LATEST",
            "{",
            ErrorKind::Invalid,
            "Could not parse request body into json",
        ),
        (
            InvocationType::Event,
            "$LATEST",
            large.as_str(),
            ErrorKind::Invalid,
            "Request must be smaller than 1048576 bytes",
        ),
        (
            InvocationType::RequestResponse,
            "$LATEST",
            &large.repeat(7),
            ErrorKind::Invalid,
            "Request must be smaller than 6291456 bytes",
        ),
    ] {
        let error = bench.call(kind, qualifier, payload).await.unwrap_err();
        assert_eq!(error.kind, expected, "{error}");
        assert!(error.message.contains(sentence), "{error}");
    }
    bench
        .cloud
        .functions
        .set_reserved_concurrency(&name("thumbs"), Some(0))
        .await
        .unwrap();
    let throttled = bench
        .call(InvocationType::RequestResponse, "$LATEST", "{}")
        .await
        .unwrap_err();
    assert_eq!(
        (throttled.kind, throttled.code.as_deref()),
        (ErrorKind::Throttled, Some("TooManyRequestsException"))
    );
}

#[tokio::test]
async fn what_cannot_run_here_says_why_and_what_to_do() {
    let bench = Bench::new();
    let nowhere = lfn::runner::Host::new(bench.folder.path());
    let region = lfn::domain::names::Region::new("eu-west-1").unwrap();
    let cloud = lfn::local::open_with(bench.folder.path().join("local"), region, nowhere).unwrap();
    let files = [("index.js", "")];
    for (runtime, sentence) in [
        (
            "nodejs24.x",
            "the runtime `nodejs24.x` needs `node`, and none was found on PATH; install Node.js 24 (https://nodejs.org) and try again",
        ),
        (
            "python3.13",
            "needs `python3`, and none was found on PATH; install Python 3.13",
        ),
        (
            "java21",
            "the runtime `java21` needs `java`, and none was found on PATH; install Java 21",
        ),
        ("python2.7", "the runtime `python2.7` is not supported by --local;"),
    ] {
        bench.create(settings(runtime, "index.handler"), &files).await;
        let invocation = Invocation {
            name: name("thumbs"),
            qualifier: Qualifier::Latest,
            kind: InvocationType::RequestResponse,
            payload: Vec::new(),
            client_context: None,
        };
        let error = cloud.functions.invoke(&invocation).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Invalid);
        assert!(error.message.contains(sentence), "{error}");
        bench.cloud.functions.delete_function(&name("thumbs")).await.unwrap();
    }
}

/// The project's own packages and settings are not Lambda's: nothing above the code is found.
#[tokio::test]
async fn a_package_of_the_project_that_is_not_in_the_archive_is_missing() {
    let bench = Bench::new();
    let package = bench.folder.path().join("node_modules/left-pad");
    std::fs::create_dir_all(&package).unwrap();
    std::fs::write(package.join("index.js"), "").unwrap();
    let wanted = settings("nodejs24.x", "index.handler");
    bench.create(wanted, &[("index.js", "require('left-pad');")]).await;
    assert_eq!(
        json(&bench.invoke("$LATEST", "{}").await)["errorType"],
        "Runtime.ImportModuleError"
    );
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_call_that_is_given_up_leaves_no_process_behind() {
    let bench = Bench::new();
    let pid = bench.folder.path().join("pid");
    let text = format!(
        "import os, time\ndef handler(e, c):\n    open({pid:?}, 'w').write(str(os.getpid()) + '.')\n    time.sleep(600)\n"
    );
    bench
        .create(settings(PYTHON, "app.handler"), &[("app.py", &text)])
        .await;
    let started = async {
        loop {
            match std::fs::read_to_string(&pid) {
                Ok(text) if text.ends_with('.') => return text.trim_end_matches('.').to_owned(),
                Ok(_) | Err(_) => tokio::time::sleep(Duration::from_millis(5)).await,
            }
        }
    };
    let process = tokio::select! {
        invoked = bench.invoke("$LATEST", "{}") => panic!("{invoked:?}"),
        process = started => process,
    };
    let gone = || {
        let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
        status.is_empty() || status.contains("State:\tZ")
    };
    let began = Instant::now();
    while !gone() {
        assert!(
            began.elapsed() < Duration::from_secs(10),
            "process {process} is still there"
        );
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn an_environment_can_be_called_again_and_recovers_from_a_crash() {
    use lfn::runner::{Environment, Event, Files, Function, Host};
    let code = tempfile::tempdir().unwrap();
    let app = "import os\ncalls = 0\ndef handler(event, context):\n    global calls\n    calls += 1\n    print('call', calls)\n    if event == 'die': os._exit(1)\n    return calls\n";
    std::fs::write(code.path().join("app.py"), app).unwrap();
    let function = Function {
        name: name("thumbs"),
        version: Qualifier::Latest,
        region: lfn::domain::names::Region::new("eu-west-1").unwrap(),
        settings: settings(PYTHON, "app.handler"),
        log_stream: "stream".into(),
        door: None,
    };
    let files = Files {
        code: code.path(),
        layers: None,
    };
    let mut environment = Environment::start(&Host::current(), files, function).await.unwrap();
    for (payload, expected, first) in [
        ("1", Some("1"), true),
        ("1", Some("2"), false),
        ("\"die\"", None, false),
        ("1", Some("1"), false),
    ] {
        let event = Event {
            payload: payload.into(),
            invoked_arn: "arn".into(),
            ..Event::default()
        };
        let outcome = environment.invoke(&event).await.unwrap();
        assert_eq!(outcome.init.is_some(), first, "init is reported once");
        assert_eq!(
            outcome.log.matches("call ").count(),
            1,
            "each call has its own log: {}",
            outcome.log
        );
        assert_eq!(outcome.function_error.is_none(), expected.is_some());
        if let Some(expected) = expected {
            assert_eq!(String::from_utf8(outcome.payload).unwrap(), expected);
        }
    }
}
