//! Shifting traffic in stages: the spread of calls over weights, and what remains when a write fails anywhere.

use std::time::Duration;

use lfn::domain::names::{AliasName, FunctionName, Qualifier, Version};
use lfn::ports::{AliasUpdate, Cloud, ErrorKind, Invocation, InvocationType, PortError};

use crate::faulty::{Fault, Faulty, Landed};
use crate::in_process::{Project, Run, observe};

const FILE: &str = "name: thumbs\nruntime: python3.13\nhandler: app.handler\nrelease: { alias: staging }\n";
const CODE: &str = "def handler(event, context):\n    return 1\n";
const SHIFT: [&str; 12] = [
    "alias",
    "promote",
    "live",
    "--to",
    "2",
    "--steps",
    "10%:1s,50%:1s",
    "--check-every",
    "1s",
    "--yes",
    "--alarm",
    "orders",
];

/// `live` at version 1; version 2 is published, and the alarm `orders` is OK.
async fn released() -> Project {
    let project = Project::new(FILE, CODE);
    for line in [
        &["deploy", "--yes", "--allow-widening"][..],
        &["alias", "promote", "live", "--yes"],
    ] {
        let run = project.lfn(line, project.local()).await;
        assert_eq!(run.code, 0, "{run}");
    }
    project.write("app.py", "def handler(event, context):\n    return 2\n");
    let run = project
        .lfn(&["deploy", "--yes", "--allow-widening"], project.local())
        .await;
    assert_eq!(run.code, 0, "{run}");
    alarm(&project, "OK");
    project
}

fn alarm(project: &Project, state: &str) {
    project.write(".lfn/local/alarms.json", &format!("{{\"orders\": \"{state}\"}}"));
}

/// Where `live` points, as the ledger writes it.
async fn live(project: &Project) -> String {
    let (name, live) = (FunctionName::new("thumbs").unwrap(), AliasName::new("live").unwrap());
    let alias = project.local().functions.alias(&name, &live).await.unwrap().unwrap();
    lfn::engine::release::point(&alias).to_string()
}

async fn shift(project: &Project, cloud: Cloud) -> Run {
    project.lfn(&SHIFT, cloud).await
}

/// The most that the number of hits among independent calls is away from its mean, but for a chance of
/// one in a thousand million. Source: Bernstein's inequality.
fn tolerance(calls: f64, share: f64) -> f64 {
    let (variance, goal) = (calls * share * (1.0 - share), (2e9_f64).ln());
    let half = goal / 3.0;
    half + (half * half + 2.0 * goal * variance).sqrt()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_spread_over_an_alias_by_its_weights() {
    const CALLS: u32 = 8_000;
    let project = released().await;
    let cloud = project.local();
    let (name, live) = (FunctionName::new("thumbs").unwrap(), AliasName::new("live").unwrap());
    for share in [0.1, 0.5, 0.0] {
        let found = cloud.functions.alias(&name, &live).await.unwrap().unwrap();
        let update = AliasUpdate {
            name: live.clone(),
            version: Version(1),
            weights: [(Version(2), share)].into(),
            description: String::new(),
        };
        cloud
            .functions
            .update_alias(&name, &update, &found.revision)
            .await
            .unwrap();
        // A dry run goes all the way but for the handler.
        let call = Invocation {
            name: name.clone(),
            qualifier: Qualifier::Alias(live.clone()),
            kind: InvocationType::DryRun,
            payload: Vec::new(),
            client_context: None,
        };
        let mut hits = 0_u32;
        for _ in 0..CALLS {
            let version = cloud.functions.invoke(&call).await.unwrap().executed_version;
            hits += u32::from(version == Some(Qualifier::Version(Version(2))));
        }
        let (expected, most) = (f64::from(CALLS) * share, tolerance(f64::from(CALLS), share));
        let off = (f64::from(hits) - expected).abs();
        assert!(
            off <= most && (share > 0.0 || hits == 0),
            "{hits} of {CALLS} at {share}"
        );
    }
}

/// One canary for each of its writes, failing there before or after landing; then the same command again.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_shift_recovers_from_any_fault() {
    let calm = released().await;
    let counting = Faulty::new(calm.local(), None);
    let run = shift(&calm, counting.cloud()).await;
    assert_eq!(run.code, 0, "{run}");
    let writes = counting.calls().writes;
    assert_eq!(
        writes,
        [
            "update_alias",
            "change_tags",
            "update_alias",
            "update_alias",
            "change_tags"
        ]
    );
    let expected = observe(&calm.local()).await;
    let together = tokio::task::LocalSet::new();
    let mut tasks = Vec::new();
    for (write, name) in writes.into_iter().enumerate() {
        for landed in [Landed::No, Landed::Yes] {
            tasks.push(together.spawn_local(one_fault(write, name, landed)));
        }
    }
    together.await;
    for task in tasks {
        let (what, after) = task.await.unwrap();
        assert_eq!(after.settings, expected.settings, "{what}");
        assert_eq!(after.tags, expected.tags, "{what}");
    }
}

async fn one_fault(write: usize, name: &'static str, landed: Landed) -> (String, crate::in_process::State) {
    let what = format!("write {write} ({name}) fails, landed: {landed:?}");
    let project = released().await;
    let faulty = Faulty::new(project.local(), Some(Fault { write, landed }));
    let broken = shift(&project, faulty.cloud()).await;
    if name == "change_tags" {
        assert_eq!(broken.code, 0, "{what}\n{broken}");
        assert!(broken.stderr.contains("not kept in its history"), "{what}\n{broken}");
    } else if landed == Landed::Yes {
        // It is seen to have landed, and goes on.
        assert_eq!(broken.code, 0, "{what}\n{broken}");
    } else {
        let (code, said) = if write == 0 {
            (1, "nothing was changed: `live` serves version 1")
        } else {
            (4, "`live` serves version 1 again")
        };
        assert_eq!(broken.code, code, "{what}\n{broken}");
        assert!(broken.stderr.contains(said), "{what}\n{broken}");
        assert_eq!(live(&project).await, "1", "{what}");
    }
    let again = shift(&project, project.local()).await;
    assert_eq!(again.code, 0, "{what}\n{again}");
    assert_eq!(live(&project).await, "2", "{what}");
    let third = Faulty::new(project.local(), None);
    let idle = shift(&project, third.cloud()).await;
    assert_eq!(idle.code, 0, "{what}\n{idle}");
    assert_eq!(third.calls().writes, [""; 0], "{what}");
    let back = project
        .lfn(&["alias", "rollback", "live", "--yes"], project.local())
        .await;
    assert_eq!(back.code, 0, "{what}\n{back}");
    assert_eq!(live(&project).await, "1", "{what}");
    (what, observe(&project.local()).await)
}

/// A shift that is stopped by an alarm in its first stage, over a target that fails then.
async fn stopped(project: &Project, faulty: &std::sync::Arc<Faulty>) -> Run {
    let turning = async {
        let moved = || faulty.calls().writes.len() >= 2;
        while !moved() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        alarm(project, "ALARM");
    };
    let line = [
        "alias",
        "promote",
        "live",
        "--to",
        "2",
        "--canary",
        "10%",
        "--for",
        "1h",
        "--check-every",
        "1s",
        "--yes",
        "--alarm",
        "orders",
    ];
    let (run, ()) = tokio::join!(project.lfn(&line, faulty.cloud()), turning);
    run
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn taking_back_is_tried_again_and_a_refusal_is_said_loudly() {
    // The third write is the one that takes back.
    let fault = |landed| Some(Fault { write: 2, landed });
    let project = released().await;
    let run = stopped(&project, &Faulty::new(project.local(), fault(Landed::Yes))).await;
    assert_eq!(run.code, 4, "{run}");
    assert!(run.stderr.contains("`live` serves version 1 again"), "{run}");
    assert_eq!(live(&project).await, "1");

    let project = released().await;
    let faulty = Faulty::new(project.local(), None);
    let turning = async {
        while faulty.calls().writes.len() < 2 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let gone = PortError::new(
            ErrorKind::Unreachable,
            "lambda:UpdateAlias",
            "live",
            "the network is down",
        );
        faulty.refuse("update_alias", 2, gone);
    };
    let (run, ()) = tokio::join!(stopped(&project, &faulty), turning);
    assert_eq!(run.code, 4, "{run}");
    assert!(run.stderr.contains("`live` serves version 1 again"), "{run}");
    assert_eq!(live(&project).await, "1");

    let project = released().await;
    let run = stopped(&project, &Faulty::new(project.local(), fault(Landed::No))).await;
    assert_eq!(run.code, 4, "{run}");
    for said in [
        "`live` could not be taken back",
        "IT WAS NOT TAKEN BACK: `live` serves version 1 (10% on 2) most likely",
        "`lfn alias rollback live`",
    ] {
        assert!(run.stderr.contains(said), "{said}\n{run}");
    }
    assert_eq!(live(&project).await, "1+2:10");
    let back = project
        .lfn(&["alias", "rollback", "live", "--yes"], project.local())
        .await;
    assert_eq!(back.code, 0, "{back}");
    assert_eq!(live(&project).await, "1");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shift_that_cannot_see_is_given_up() {
    let project = released().await;
    let faulty = Faulty::new(project.local(), None);
    let denied = || {
        PortError::new(
            ErrorKind::Denied,
            "cloudwatch:GetMetricData",
            "thumbs:live",
            "not allowed",
        )
    };
    // Before anything moves it is refused at once.
    faulty.refuse("traffic", 1, denied());
    let run = shift(&project, faulty.cloud()).await;
    assert_eq!(run.code, 1, "{run}");
    assert!(run.stderr.contains("allow `cloudwatch:GetMetricData`"), "{run}");
    assert_eq!(faulty.calls().writes, [""; 0]);

    let blinding = async {
        while faulty.calls().writes.len() < 2 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        faulty.refuse("traffic", 1000, denied());
    };
    let line = [
        "alias",
        "promote",
        "live",
        "--to",
        "2",
        "--canary",
        "10%",
        "--for",
        "1h",
        "--check-every",
        "1s",
        "--yes",
    ];
    let (run, ()) = tokio::join!(project.lfn(&line, faulty.cloud()), blinding);
    assert_eq!(run.code, 4, "{run}");
    assert!(
        run.stderr
            .contains("the metrics could not be read, and will be tried again"),
        "{run}"
    );
    assert!(
        run.stderr.contains("the metrics could not be read 3 times in a row"),
        "{run}"
    );
    assert_eq!(live(&project).await, "1");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn provisioned_concurrency_is_not_divided_without_being_asked() {
    let project = released().await;
    let cloud = project.local();
    let (name, live) = (FunctionName::new("thumbs").unwrap(), AliasName::new("live").unwrap());
    cloud.functions.set_provisioned(&name, &live, Some(2)).await.unwrap();
    let run = shift(&project, cloud.clone()).await;
    assert_eq!(run.code, 1, "{run}");
    assert!(run.stderr.contains("`live` has provisioned concurrency (2)"), "{run}");
    let line = [&SHIFT[..], &["--allow-provisioned"]].concat();
    let run = project.lfn(&line, cloud).await;
    assert_eq!(run.code, 0, "{run}");
}
