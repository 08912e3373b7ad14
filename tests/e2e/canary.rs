//! Traffic in stages on servers that speak AWS's protocols: weights as boto3 sees them, alarms and metrics.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::shop::{at, deploy, describe, handler, live, run, shop};
use crate::support::command::{Project, Running};
use crate::support::proxy::FaultProxy;
use crate::support::proxy::rule::{Fault, on};
use crate::support::servers::{Account, LocalEmu, MiniStack, Server};
use crate::support::witness;

/// `live` at version 1; version 2 is what `staging` points at.
fn released(account: &Account) -> Project {
    let project = shop("timeout: 10s\n");
    deploy(account, &project).success();
    describe(
        &project,
        "timeout: 10s\nrelease: { alias: staging, alarms: [orders] }\n",
    );
    project.write("app.py", handler("second"));
    deploy(account, &project).success();
    project
}

fn set_alarm(account: &Account, state: &str) {
    witness(account, &["alarm", "orders", state]);
}

fn weights(account: &Account) -> Value {
    witness(account, &["aliases", "shop"])["live"]["Weights"].clone()
}

/// Waits until boto3 sees this share of version 2.
#[track_caller]
fn wait_for(account: &Account, share: f64) {
    let started = Instant::now();
    while weights(account) != json!({ "2": share }) {
        assert!(started.elapsed() < Duration::from_mins(1), "{}", weights(account));
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn start(account: &Account, project: &Project, steps: &str) -> Running {
    let line = [
        "alias",
        "promote",
        "live",
        "--from",
        "staging",
        "--steps",
        steps,
        "--check-every",
        "1s",
        "--yes",
    ];
    at(account, project, &line).start()
}

#[test]
fn an_alarm_takes_the_weights_back() {
    let account = MiniStack::shared().account();
    let project = released(&account);
    let line = [
        "alias", "promote", "live", "--from", "staging", "--canary", "10%", "--for", "1s", "--yes",
    ];
    let missing = run(&account, &project, &line).exits_with(1);
    assert!(missing.stderr.contains("there is no alarm `orders`"), "{missing}");
    set_alarm(&account, "OK");

    // One weight is throttled on its way, and waited out.
    let proxy = FaultProxy::start(&account);
    let throttled = Fault::refuse(429, "TooManyRequestsException", "Rate exceeded");
    proxy.inject(on("lambda:UpdateAlias").after(1).times(4), throttled);
    let running = start(&account.through(&proxy.endpoint()), &project, "10%:2s,50%:1h");
    wait_for(&account, 0.1);
    wait_for(&account, 0.5);
    set_alarm(&account, "ALARM");
    let finished = running.wait().exits_with(4);
    assert!(finished.stderr.contains("the alarm `orders` went off"), "{finished}");
    assert_eq!(
        (live(&account), weights(&account)),
        (json!("1"), json!({})),
        "{finished}"
    );
    let names = proxy.names();
    for call in ["monitoring:DescribeAlarms", "monitoring:GetMetricData"] {
        assert!(names.iter().any(|name| name == call), "{call}: {names:?}");
    }

    // Red from the start it stops nothing.
    let finished = start(&account, &project, "10%:1s").wait().success();
    assert!(
        finished.stderr.contains("the alarm `orders` is red already"),
        "{finished}"
    );
    assert_eq!((live(&account), weights(&account)), (json!("2"), json!({})));
    run(&account, &project, &["alias", "rollback", "live", "--yes"]).success();
    assert_eq!(live(&account), json!("1"));
}

#[test]
fn composite_alarms_are_watched_as_well() {
    let account = MiniStack::shared().account();
    let project = released(&account);
    set_alarm(&account, "OK");
    let composite = json!({ "AlarmName": "shop", "AlarmRule": "ALARM(orders)" });
    witness(
        &account,
        &["call", "cloudwatch", "put_composite_alarm", &composite.to_string()],
    );
    let line = [
        "alias",
        "promote",
        "live",
        "--from",
        "staging",
        "--canary",
        "10%",
        "--for",
        "1s",
        "--yes",
        "--alarm",
        "shop",
        "--check-every",
        "1s",
    ];
    let finished = run(&account, &project, &line).success();
    assert!(finished.stderr.contains("goes off: orders, shop"), "{finished}");
}

#[test]
fn failed_calls_that_cloudwatch_tells_of_take_it_back() {
    let account = MiniStack::shared().account();
    let project = released(&account);
    set_alarm(&account, "OK");
    let running = start(&account, &project, "25%:1h");
    wait_for(&account, 0.25);
    let dimensions = |version: &str| {
        json!([
            { "Name": "FunctionName", "Value": "shop" },
            { "Name": "Resource", "Value": "shop:live" },
            { "Name": "ExecutedVersion", "Value": version },
        ])
    };
    let datum = |name: &str, version: &str, value: f64| json!({ "MetricName": name, "Dimensions": dimensions(version), "Value": value, "Unit": "Count" });
    let put = |data: Value| {
        let data = json!({ "Namespace": "AWS/Lambda", "MetricData": data });
        witness(&account, &["call", "cloudwatch", "put_metric_data", &data.to_string()]);
    };
    put(json!([
        datum("Invocations", "1", 90.0),
        datum("Invocations", "2", 30.0)
    ]));
    put(json!([datum("Errors", "2", 5.0)]));
    let finished = running.wait().exits_with(5);
    assert!(
        finished.stderr.contains("5 of 30 calls of version 2 failed in"),
        "{finished}"
    );
    assert!(finished.stderr.contains("of version 1, 0 of 90"), "{finished}");
    assert_eq!((live(&account), weights(&account)), (json!("1"), json!({})));
}

/// LocalEmu sends calls by weight, as Lambda does. The bound is Bernstein's, for a chance of one in a
/// thousand million to be wrong.
#[test]
fn real_calls_spread_by_weight() {
    const CALLS: u32 = 200;
    let account = LocalEmu::shared().account();
    let project = released(&account);
    // Its alarms begin in another state than AWS's, which a test sets anyway.
    set_alarm(&account, "OK");
    let running = start(&account, &project, "50%:1h");
    wait_for(&account, 0.5);
    let mut hits = 0_u32;
    for _ in 0..CALLS {
        hits += u32::from(witness(&account, &["invoke", "shop", "live"])["ExecutedVersion"] == "2");
    }
    let (variance, goal) = (f64::from(CALLS) * 0.25, (2e9_f64).ln());
    let most = goal / 3.0 + (goal * goal / 9.0 + 2.0 * goal * variance).sqrt();
    assert!((f64::from(hits) - 100.0).abs() <= most, "{hits} of {CALLS}");
    running.interrupt();
    running.wait().exits_with(130);
    assert_eq!((live(&account), weights(&account)), (json!("1"), json!({})));
}

#[test]
fn a_second_ctrl_c_says_what_may_serve_and_how_it_is_taken_back() {
    let account = LocalEmu::shared().account();
    let project = released(&account);
    set_alarm(&account, "OK");
    let proxy = FaultProxy::start(&account);
    let running = start(&account.through(&proxy.endpoint()), &project, "50%:1h");
    wait_for(&account, 0.5);
    proxy.inject(on("lambda:UpdateAlias"), Fault::HangBefore);
    running.interrupt();
    std::thread::sleep(Duration::from_secs(2));
    running.interrupt();
    let finished = running.wait().exits_with(130);
    for said in [
        "`live` may still give 50% of its traffic to version 2",
        "`lfn alias rollback live` takes it back",
    ] {
        assert!(finished.stderr.contains(said), "{said}: {finished}");
    }
}
