//! A deploy that is stopped anywhere and run again ends where an undisturbed one does.

use crate::faulty::{Break, Calls, Fault, Faulty, How, Landed};
use crate::in_process::{Project, State, observe};
use lfn::domain::policy::AccessChange;

const FIRST: &str = "\
name: thumbs
runtime: python3.13
handler: app.handler
logs: { retention: 14d }
env: { COLOR: green }
allow: [get s3://photos/in/*, read dynamodb:orders]
callers: ['444455556666:role/reader', { service: s3, source: 'arn:aws:s3:::photos' }]
retries: 0
concurrency: { reserved: 5 }
";

const SECOND: &str = "\
name: thumbs
runtime: python3.13
handler: app.handler
memory: 256MB
env: { COLOR: blue, SIZE: large }
allow: [get s3://photos/in/*, put s3://photos/out/*]
callers: ['444455556666:role/reader', '777788889999', o-a1b2c3d4e5]
tags: { team: shop }
";

const CODE: &str = "def handler(event, context):\n    return 1\n";

/// A command in a project, and what was deployed before.
struct Scenario {
    before: &'static [&'static str],
    /// The lambda.yaml that the command finds.
    yaml: &'static str,
    command: &'static [&'static str],
    /// Whether the command, when it has told that it is done, does something else the next time.
    goes_further: bool,
}

impl Scenario {
    async fn project(&self) -> Project {
        let project = Project::new(self.yaml, CODE);
        for yaml in self.before {
            project.write("lambda.yaml", yaml);
            let run = project.lfn(DEPLOY, project.local()).await;
            assert_eq!(run.code, 0, "{run}");
        }
        project.write("lambda.yaml", self.yaml);
        project
    }

    /// Fails each call in turn in each way, and runs the command again.
    async fn every_fault(&self) {
        let calm = self.project().await;
        let before = observe(&calm.local()).await;
        let counting = Faulty::new(calm.local(), None);
        let run = calm.lfn(self.command, counting.cloud()).await;
        assert_eq!(run.code, 0, "{run}");
        let Calls { all, writes, .. } = counting.calls();
        assert!(!writes.is_empty());
        let expected = observe(&calm.local()).await;
        for (index, &name) in all.iter().enumerate() {
            let nth = all[..index].iter().filter(|other| **other == name).count();
            let ways: &[How] = if writes.contains(&name) {
                &[How::Denied, How::Silent, How::Lost, How::LandedAndFailed]
            } else {
                &[How::Denied, How::Failed]
            };
            for &how in ways {
                self.fault(Break { name, nth, how }, &before, &expected).await;
            }
        }
    }

    async fn fault(&self, broken: Break, before: &State, expected: &State) {
        let project = self.project().await;
        let faulty = Faulty::new(project.local(), None).breaking(broken);
        let run = project.lfn(self.command, faulty.cloud()).await;
        let what = format!("{broken:?}\n{run}");
        let calls = faulty.calls();
        let after = observe(&project.local()).await;
        assert!([0, 1, 4].contains(&run.code), "{what}");
        // One look is enough to know: what could not be asked is said to be unknown, and here one can ask.
        assert!(!run.stderr.contains("is unknown"), "{what}");
        if run.code == 1 {
            assert_eq!(after, *before, "nothing was changed: {what}");
        } else if run.code == 4 {
            assert!(run.stderr.contains(" again"), "the next command: {what}");
        }
        if run.code == 0 {
            assert_eq!(after, *expected, "it is done: {what}");
        } else {
            assert!(run.stderr.contains("error: ") && run.stdout.is_empty(), "{what}");
        }
        if is_copy_of_the_ledger(&calls.writes, broken.name) {
            assert_eq!(run.code, 0, "{what}");
            assert!(run.stderr.contains("not kept in its history"), "{what}");
        }
        if run.code == 4 && self.command == DEPLOY {
            let known = ["as before", "the new one", "nothing serves traffic"];
            assert!(known.iter().any(|said| run.stderr.contains(said)), "{what}");
        }
        if run.code != 0 && after.live.is_some() && after.live == before.live {
            let rights = AccessChange::between(before.policy.as_ref(), after.policy.as_ref());
            assert_eq!(rights.removed, [], "the live version keeps its rights: {what}");
        }
        if run.code != 0 {
            let again = project.lfn(self.command, project.local()).await;
            assert_eq!(again.code, 0, "{what}\n{again}");
            assert_eq!(observe(&project.local()).await, *expected, "{what}\n{again}");
        }
        if self.goes_further {
            if broken.name == "change_tags" && broken.how == How::Denied {
                let next = project.lfn(self.command, project.local()).await;
                assert!(next.code == 0 && next.stdout.contains("cut off"), "{what}\n{next}");
                assert_eq!(observe(&project.local()).await, *expected, "{what}\n{next}");
            }
            return;
        }
        let idle = Faulty::new(project.local(), None);
        let third = project.lfn(self.command, idle.cloud()).await;
        assert_eq!(third.code, 0, "{what}\n{third}");
        assert_eq!(idle.calls().writes, [""; 0], "{what}\n{third}");
    }
}

const DEPLOY: &[&str] = &["deploy", "--yes", "--allow-widening"];
const CREATE: Scenario = Scenario {
    before: &[],
    yaml: FIRST,
    command: DEPLOY,
    goes_further: false,
};
const UPDATE: Scenario = Scenario {
    before: &[FIRST],
    yaml: SECOND,
    ..CREATE
};
const PROMOTE: Scenario = Scenario {
    before: &[FIRST, SECOND],
    yaml: SECOND,
    command: &["alias", "promote", "live", "--to", "1", "--yes"],
    goes_further: false,
};
const ROLLBACK: Scenario = Scenario {
    command: &["alias", "rollback", "--yes"],
    goes_further: true,
    // A rollback that goes too far has a place to go to.
    before: &[FIRST, SECOND, FIRST],
    yaml: FIRST,
};
const DESTROY: Scenario = Scenario {
    before: &[FIRST],
    command: &["destroy", "--yes"],
    ..CREATE
};

/// Whether the call was the tag that follows the move of an alias, and was broken.
fn is_copy_of_the_ledger(writes: &[&str], broken: &str) -> bool {
    let follows = |pair: &[&str]| pair[0].ends_with("_alias") && pair[1] == broken;
    broken == "change_tags"
        && writes.iter().filter(|name| **name == broken).count() == 1
        && writes.windows(2).any(follows)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_first_deploy_recovers_from_any_fault() {
    CREATE.every_fault().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_deploy_recovers_from_any_fault() {
    UPDATE.every_fault().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_promote_recovers_from_any_fault() {
    PROMOTE.every_fault().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rollback_recovers_from_any_fault() {
    ROLLBACK.every_fault().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_destroy_recovers_from_any_fault() {
    DESTROY.every_fault().await;
    let project = DESTROY.project().await;
    project.lfn(DESTROY.command, project.local()).await;
    assert_eq!(observe(&project.local()).await, State::default(), "nothing is left");
}

/// The move and the look after it both go unanswered: whoever reads the end knows where to look.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_move_that_nobody_can_look_at_is_unknown() {
    for (scenario, next) in [
        (UPDATE, "run `lfn deploy` again"),
        (PROMOTE, "a move that is done is not made twice"),
        (ROLLBACK, "a move that is done is not made twice"),
    ] {
        let counting = scenario.project().await;
        let counted = Faulty::new(counting.local(), None);
        counting.lfn(scenario.command, counted.cloud()).await;
        let looks = counted.calls().reads.iter().filter(|name| **name == "alias").count();
        for how in [How::Silent, How::Lost] {
            let project = scenario.project().await;
            let failing = |name, nth| Break {
                name,
                nth,
                how: How::Failed,
            };
            let faulty = Faulty::new(project.local(), None)
                .breaking(Break {
                    name: "update_alias",
                    nth: 0,
                    how,
                })
                .breaking(failing("alias", looks))
                .breaking(failing("alias", looks + 1));
            let run = project.lfn(scenario.command, faulty.cloud()).await;
            assert_eq!(run.code, 4, "{run}");
            let unknown = "whether `live` has moved is unknown: `lfn alias list` shows what it serves";
            assert!(run.stderr.contains(unknown) && run.stderr.contains(next), "{run}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_move_that_did_not_happen_says_so_and_what_serves_traffic() {
    for (scenario, how, code, said) in [
        (
            PROMOTE,
            How::Silent,
            1,
            "`live` serves version 2, as before\nhint: run the command again",
        ),
        (PROMOTE, How::Denied, 1, "`live` serves version 2, as before"),
        (
            ROLLBACK,
            How::Failed,
            1,
            "`live` serves version 3, as before\nhint: run the command again",
        ),
        (UPDATE, How::Silent, 4, "`live` serves version 1, as before"),
    ] {
        let project = scenario.project().await;
        let broken = Break {
            name: "update_alias",
            nth: 0,
            how,
        };
        let faulty = Faulty::new(project.local(), None).breaking(broken);
        let run = project.lfn(scenario.command, faulty.cloud()).await;
        assert_eq!(run.code, code, "{run}");
        assert!(run.stderr.contains(said), "{run}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unchanged_project_is_read_and_never_written() {
    let project = Project::new(FIRST, CODE);
    project.start(Some(FIRST)).await;
    let counting = Faulty::new(project.local(), None);
    let run = project
        .lfn(&["deploy", "--yes", "--allow-widening"], counting.cloud())
        .await;
    assert_eq!(run.code, 0, "{run}");
    let calls = counting.calls();
    assert_eq!(calls.writes, [""; 0]);
    let mut reads = calls.reads;
    reads.sort_unstable();
    let expected = [
        "alias",
        "all_provisioned",
        "async_invoke",
        "attached_policies",
        "caller",
        "code_signing",
        "function",
        "log_group",
        "permissions",
        "policies",
        "policy",
        "role",
        "snapshot",
    ];
    assert_eq!(reads, expected, "as few reads as there can be");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_version_that_failed_to_start_is_not_released_by_the_next_deploy() {
    let project = Project::new(SECOND, CODE);
    project.start(Some(FIRST)).await;
    let calm = Project::new(SECOND, CODE);
    calm.start(Some(FIRST)).await;
    let counting = Faulty::new(calm.local(), None);
    calm.lfn(&["deploy", "--yes", "--allow-widening"], counting.cloud())
        .await;
    let write = counting
        .calls()
        .writes
        .iter()
        .position(|name| *name == "update_alias")
        .unwrap();
    // The alias is refused, so version 2 is published and not released.
    let landed = Landed::No;
    let faulty = Faulty::new(project.local(), Some(Fault { write, landed }));
    project
        .lfn(&["deploy", "--yes", "--allow-widening"], faulty.cloud())
        .await;
    let state = project.read(".lfn/local/functions/thumbs.json");
    let mut state: serde_json::Value = serde_json::from_str(&state).unwrap();
    state["versions"]["2"]["lifecycle"] =
        serde_json::json!({ "state": "Failed", "update": "Successful", "reason": "SnapStart: init timed out" });
    project.write(".lfn/local/functions/thumbs.json", &state.to_string());

    let again = project
        .lfn(&["deploy", "--yes", "--allow-widening"], project.local())
        .await;
    assert_eq!(again.code, 1, "{again}");
    assert!(again.stderr.contains("SnapStart: init timed out"), "{again}");
    assert_eq!(
        observe(&project.local()).await.live.map(|version| version.0),
        Some(1),
        "{again}"
    );
}

#[tokio::test]
async fn the_deployed_files_are_read_only_when_the_code_differs() {
    let project = Project::new(FIRST, CODE);
    let reads = async |args: &[&str]| {
        let counting = Faulty::new(project.local(), None);
        let run = project.lfn(args, counting.cloud()).await;
        assert_eq!(run.code, 0, "{run}");
        let reads = counting.calls().reads;
        reads.iter().filter(|name| **name == "contents").count()
    };
    assert_eq!(
        reads(&["deploy", "--yes", "--allow-widening"]).await,
        0,
        "there is nothing to compare with"
    );
    assert_eq!(
        reads(&["deploy", "--yes", "--allow-widening"]).await,
        0,
        "nothing changed"
    );
    project.write("app.py", "def handler(event, context):\n    return 2\n");
    assert_eq!(reads(&["plan"]).await, 1);
    project.write("app.py", CODE);
    project.write("lambda.yaml", SECOND);
    assert_eq!(reads(&["plan"]).await, 0, "settings alone changed");
}
