//! Environments that are kept: reuse, rest, recovery, and that none of them outlives lfn.

use std::time::{Duration, Instant};

use serde_json::json;

use super::bench::{call, json, pool, settings};

const APP: &str = "
import os, time
calls = 0
def handler(event, context):
    global calls
    calls += 1
    if event == 'sleep': time.sleep(60)
    if event == 'die': os._exit(1)
    if event == 'wait': time.sleep(0.3)
    if event == 'grow': hog.append(bytearray(900_000_000)); time.sleep(10)
    kept = os.path.join(os.environ['TMPDIR'], 'kept')
    with open(kept, 'a') as file: file.write('x')
    return [os.getpid(), calls, os.path.getsize(kept)]
hog = []
";

fn started(timeout: u32) -> std::sync::Arc<lfn::runner::Pool> {
    let mut settings = settings("python3.12", "app.handler");
    settings.timeout = timeout;
    pool(settings, &[("app.py", APP)], &[])
}

#[tokio::test]
async fn calls_one_after_another_share_an_environment() {
    let pool = started(10);
    let first = call(&pool, "1").await;
    let second = call(&pool, "1").await;
    assert_eq!(json(&first)[0], json(&second)[0], "one process");
    assert_eq!(
        (&json(&second)[1], first.init.is_some(), second.init),
        (&json!(2), true, None)
    );
}

#[tokio::test]
async fn calls_at_the_same_time_have_one_each() {
    let pool = started(10);
    let (one, two, three) = tokio::join!(
        call(&pool, "\"wait\""),
        call(&pool, "\"wait\""),
        call(&pool, "\"wait\"")
    );
    let processes = [json(&one)[0].clone(), json(&two)[0].clone(), json(&three)[0].clone()];
    assert!(processes[0] != processes[1] && processes[1] != processes[2] && processes[0] != processes[2]);
    let again = call(&pool, "1").await;
    assert!(
        processes.contains(&json(&again)[0]) && again.init.is_none(),
        "one of them takes the next"
    );
}

#[tokio::test]
async fn a_crash_and_a_timeout_start_the_runtime_again_in_the_same_environment() {
    let pool = started(1);
    let first = call(&pool, "1").await;
    for (kept, event, kind) in [
        (2, "\"die\"", "Runtime.ExitError"),
        (3, "\"sleep\"", "Sandbox.Timedout"),
    ] {
        assert_eq!(json(&call(&pool, event).await)["errorType"], kind);
        let next = call(&pool, "1").await;
        assert_ne!(json(&next)[0], json(&first)[0], "another process");
        assert_eq!(
            (&json(&next)[1], &json(&next)[2]),
            (&json!(1), &json!(kept)),
            "`/tmp` is kept"
        );
        // Lambda says nothing of an init that it repeats inside a call.
        assert_eq!(next.init, None);
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_function_has_the_memory_it_asks_for_and_no_more() {
    let pool = started(10);
    let grown = call(&pool, "\"grow\"").await;
    assert_eq!(json(&grown)["errorType"], "Runtime.ExitError");
    assert_eq!(
        json(&grown)["errorMessage"],
        format!(
            "RequestId: {} Error: Runtime exited with error: signal: killed",
            grown.request_id
        )
    );
    let report = grown.log.lines().last().unwrap();
    assert!(
        report.contains("Memory Size: 512 MB\tMax Memory Used: 512 MB")
            && report.contains("Error Type: Runtime.OutOfMemory"),
        "{report}"
    );
    assert_eq!(json(&call(&pool, "1").await)[1], 1);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn between_calls_the_processes_rest_and_with_the_pool_they_go() {
    let state = |process: &str| {
        let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
        let state = status.lines().find_map(|line| line.strip_prefix("State:\t"));
        state.and_then(|state| state.chars().next())
    };
    let until = async |expected: &[Option<char>], process: &str| {
        let began = Instant::now();
        while !expected.contains(&state(process)) {
            assert!(
                began.elapsed() < Duration::from_secs(10),
                "{process} is {:?}",
                state(process)
            );
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let pool = started(10);
    let process = json(&call(&pool, "1").await)[0].to_string();
    until(&[Some('T')], &process).await;
    assert_eq!(json(&call(&pool, "1").await)[1], 2, "it wakes for the next call");
    drop(pool);
    until(&[None, Some('Z')], &process).await;
}
