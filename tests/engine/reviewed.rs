//! Plan files: an unchanged world takes the plan without a question, a moved one stops it and is named, and
//! one that was stopped on its way is finished.

use std::pin::Pin;
use std::sync::Arc;

use crate::faulty::{Fault, Faulty, Landed};
use crate::in_process::{Project, Run, observe};
use lfn::domain::function::{AsyncInvoke, TagChange};
use lfn::domain::names::{AliasName, FunctionName, LogGroupName, Qualifier, Region, RoleName, Version};
use lfn::domain::policy::{INLINE_POLICY, PolicyDocument};
use lfn::ports::{AliasUpdate, Cloud, CodeSource, CodeUpdate};

const FIRST: &str = "\
name: thumbs
runtime: python3.13
handler: app.handler
logs: { retention: 14d }
env: { COLOR: green-4711, KEY: '${ssm:/shop/key}' }
allow: [get s3://photos/in/*, read dynamodb:orders]
callers: ['444455556666:role/reader', { service: s3, source: 'arn:aws:s3:::photos' }]
retries: 0
concurrency: { reserved: 5 }
tags: { team: shop, old: one }
";

const SECOND: &str = "\
name: thumbs
runtime: python3.13
handler: app.handler
memory: 256MB
env: { COLOR: blue-0815, SIZE: large, KEY: '${ssm:/shop/key}' }
allow: [get s3://photos/in/*, put s3://photos/out/*]
callers: ['444455556666:role/reader', '777788889999', o-a1b2c3d4e5]
tags: { team: shop, new: one }
";

const CODE: &str = "def handler(event, context):\n    return 1\n";
const NEXT: &str = "def handler(event, context):\n    return 2\n";
const SECRET: &str = "4823-of-ssm";

/// FIRST is deployed, if it is told; the folder has SECOND and other code, and a plan file of both.
async fn planned(start: Option<&str>) -> Project {
    let project = Project::new(SECOND, CODE);
    std::fs::create_dir_all(project.path().join(".lfn/local")).unwrap();
    project.write(".lfn/local/parameters.json", &format!(r#"{{"/shop/key":"{SECRET}"}}"#));
    project.start(start).await;
    project.write("app.py", NEXT);
    let run = project.lfn(&["plan", "--out", "plan.lfn"], project.local()).await;
    assert_eq!(run.code, 0, "{run}");
    assert!(run.stderr.contains("`lfn deploy --plan"), "{run}");
    project
}

/// The same again, as long as it was not touched.
fn copy_of(project: &Project) -> Project {
    let copy = Project::new(SECOND, NEXT);
    std::fs::create_dir(copy.path().join(".lfn")).unwrap();
    for part in [".lfn/local", "plan.lfn"] {
        let (from, to) = (project.path().join(part), copy.path().join(part));
        let status = std::process::Command::new("cp").arg("-R").args([from, to]).status();
        assert!(status.unwrap().success());
    }
    copy
}

async fn apply(project: &Project, cloud: Cloud) -> Run {
    project.lfn(&["deploy", "--plan", "plan.lfn"], cloud).await
}

fn thumbs() -> FunctionName {
    FunctionName::new("thumbs").unwrap()
}

fn live() -> AliasName {
    AliasName::new("live").unwrap()
}

fn role() -> RoleName {
    lfn::domain::policy::role_name(&thumbs(), None, &Region::new("eu-west-1").unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reviewed_plan_is_applied_without_a_question_and_once() {
    for start in [None, Some(FIRST)] {
        let project = planned(start).await;
        // Neither `--yes` nor `--allow-widening`, and nobody who could be asked.
        let run = apply(&project, project.local()).await;
        assert_eq!(run.code, 0, "{run}");
        assert!(run.stderr.contains("deployed:"), "{run}");
        assert!(!run.stderr.contains("needs `--allow-widening`"), "{run}");
        if start.is_some() {
            assert!(run.stderr.contains("widens access, as reviewed"), "{run}");
        }
        let state = observe(&project.local()).await;
        let idle = Faulty::new(project.local(), None);
        let again = apply(&project, idle.cloud()).await;
        assert_eq!(again.code, 0, "{again}");
        assert!(again.stderr.contains("applied already"), "{again}");
        assert!(again.stderr.contains("nothing to do"), "{again}");
        assert_eq!(idle.calls().writes, [""; 0]);
        assert_eq!(observe(&project.local()).await, state);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plan_file_holds_no_value_of_the_environment_and_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let project = planned(Some(FIRST)).await;
    let text = project.read("plan.lfn");
    for value in ["green-4711", "blue-0815", "large", SECRET] {
        assert!(!text.contains(value), "`{value}` is in the file");
    }
    assert!(text.contains("COLOR") && text.contains("fingerprint"), "{text}");
    let mode = std::fs::metadata(project.path().join("plan.lfn"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    // The same plan has another fingerprint the next time: nothing can be looked up in a table.
    let prints = |text: &str| -> Vec<String> {
        let lines = text.lines().filter(|line| line.contains("\"fingerprint\""));
        lines.map(str::to_owned).collect()
    };
    let before = prints(&text);
    assert_eq!(before.len(), 2, "what is wanted and what was found: {before:?}");
    project.lfn(&["plan", "--out", "plan.lfn"], project.local()).await;
    assert!(
        prints(&project.read("plan.lfn"))
            .iter()
            .all(|print| !before.contains(print))
    );
}

/// Something that happens between the plan and its deploy, and the words that name it.
struct Move {
    what: &'static str,
    said: &'static [&'static str],
    happens: for<'a> fn(&'a Project) -> Pin<Box<dyn Future<Output = ()> + 'a>>,
}

fn moves_of_the_project() -> Vec<Move> {
    vec![
        Move {
            what: "a file",
            said: &["~ code", "~ app.py", "+ other.py", "not what was reviewed"],
            happens: |project| {
                Box::pin(async move {
                    project.write("app.py", CODE);
                    project.write("other.py", "X = 1\n");
                })
            },
        },
        Move {
            what: "lambda.yaml",
            said: &[
                "memory",
                "256 MB → 512 MB",
                "s3:DeleteObject",
                "+ tag more = yes",
                "+ env EXTRA",
            ],
            happens: |project| {
                Box::pin(async move {
                    let text = SECOND.replace("memory: 256MB", "memory: 512MB");
                    let text = text.replace("allow: [", "allow: [delete s3://photos/in/*, ");
                    let text = text.replace("team: shop", "team: shop, more: yes");
                    let text = text.replace("SIZE: large", "SIZE: large, EXTRA: x");
                    project.write("lambda.yaml", &text);
                })
            },
        },
        Move {
            what: "a parameter",
            said: &["environment", "a value is another"],
            happens: |project| {
                Box::pin(async move {
                    project.write(".lfn/local/parameters.json", r#"{"/shop/key":"other"}"#);
                })
            },
        },
        Move {
            what: "the released alias",
            said: &["alias", "live → next"],
            happens: |project| {
                Box::pin(async move {
                    project.write("lambda.yaml", &format!("{SECOND}release: {{ alias: next }}\n"));
                })
            },
        },
    ]
}

#[expect(clippy::too_many_lines, reason = "a table of moves")]
fn moves_of_the_function() -> Vec<Move> {
    vec![
        Move {
            what: "the alias, by another lfn",
            said: &["alias", "version 1 → version 2", "promote by"],
            happens: |project| {
                Box::pin(async move {
                    let cloud = project.local();
                    let digest = latest(&cloud).await.digest;
                    // Another version of the same code needs another configuration first.
                    let mut settings = latest(&cloud).await.settings;
                    settings.memory = 1024;
                    let revision = latest(&cloud).await.revision;
                    cloud
                        .functions
                        .update_settings(&thumbs(), &settings, &revision)
                        .await
                        .unwrap();
                    cloud.functions.publish(&thumbs(), &digest, "").await.unwrap();
                    let run = project
                        .lfn(&["alias", "promote", "live", "--to", "2", "--yes"], cloud)
                        .await;
                    assert_eq!(run.code, 0, "{run}");
                })
            },
        },
        Move {
            what: "the alias, by another tool",
            said: &["alias", "version 1 → version 1+2:10", "someone else than lfn"],
            happens: |project| {
                Box::pin(async move {
                    let cloud = project.local();
                    let before = latest(&cloud).await;
                    let mut settings = before.settings.clone();
                    settings.memory = 1024;
                    cloud
                        .functions
                        .update_settings(&thumbs(), &settings, &before.revision)
                        .await
                        .unwrap();
                    cloud.functions.publish(&thumbs(), &before.digest, "").await.unwrap();
                    let alias = cloud.functions.alias(&thumbs(), &live()).await.unwrap().unwrap();
                    let update = AliasUpdate {
                        name: live(),
                        version: Version(1),
                        weights: [(Version(2), 0.1)].into(),
                        description: alias.description.clone(),
                    };
                    cloud
                        .functions
                        .update_alias(&thumbs(), &update, &alias.revision)
                        .await
                        .unwrap();
                })
            },
        },
        Move {
            what: "the configuration",
            said: &["configuration", "timeout", "→ 77 s", "changed by someone else"],
            happens: |project| {
                Box::pin(async move {
                    let cloud = project.local();
                    let mut found = latest(&cloud).await;
                    found.settings.timeout = 77;
                    cloud
                        .functions
                        .update_settings(&thumbs(), &found.settings, &found.revision)
                        .await
                        .unwrap();
                })
            },
        },
        Move {
            what: "a value of the environment",
            said: &["environment", "a value is another"],
            happens: |project| {
                Box::pin(async move {
                    let cloud = project.local();
                    let mut found = latest(&cloud).await;
                    found.settings.environment.0.insert("COLOR".into(), "red".into());
                    cloud
                        .functions
                        .update_settings(&thumbs(), &found.settings, &found.revision)
                        .await
                        .unwrap();
                })
            },
        },
        Move {
            what: "there and back",
            said: &["function", "changed and changed back"],
            happens: |project| {
                Box::pin(async move {
                    let cloud = project.local();
                    let found = latest(&cloud).await;
                    let mut other = found.settings.clone();
                    other.timeout = 77;
                    let between = cloud
                        .functions
                        .update_settings(&thumbs(), &other, &found.revision)
                        .await
                        .unwrap();
                    cloud
                        .functions
                        .update_settings(&thumbs(), &found.settings, &between.revision)
                        .await
                        .unwrap();
                })
            },
        },
        Move {
            what: "the code",
            said: &["~ code", "changed by someone else"],
            happens: |project| {
                Box::pin(async move {
                    let cloud = project.local();
                    project.write("app.py", "def handler(event, context):\n    return 3\n");
                    let archive = project.path().join(".lfn/other.zip");
                    let run = project.lfn(&["package", "-o", ".lfn/other.zip"], cloud.clone()).await;
                    assert_eq!(run.code, 0, "{run}");
                    project.write("app.py", NEXT);
                    let found = latest(&cloud).await;
                    let update = CodeUpdate {
                        code: CodeSource::Direct(archive),
                        architecture: found.architecture,
                        revision: found.revision,
                    };
                    cloud.functions.update_code(&thumbs(), &update).await.unwrap();
                })
            },
        },
        Move {
            what: "the function is gone",
            said: &["function thumbs", "it is gone", "changed by someone else"],
            happens: |project| {
                Box::pin(async move {
                    project.local().functions.delete_function(&thumbs()).await.unwrap();
                })
            },
        },
    ]
}

fn moves_beside_the_function() -> Vec<Move> {
    vec![
        Move {
            what: "the role's policy",
            said: &["role policy", "s3:DeleteObject"],
            happens: |project| {
                Box::pin(async move {
                    let statement = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:DeleteObject","Resource":"arn:aws:s3:::photos/*"}]}"#;
                    let document = PolicyDocument::parse(statement).unwrap();
                    project
                        .local()
                        .roles
                        .put_policy(&role(), INLINE_POLICY, &document)
                        .await
                        .unwrap();
                })
            },
        },
        Move {
            what: "another policy of the role",
            said: &["other policies", "s3:DeleteObject"],
            happens: |project| {
                Box::pin(async move {
                    let statement = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:DeleteObject","Resource":"arn:aws:s3:::photos/*"}]}"#;
                    let document = PolicyDocument::parse(statement).unwrap();
                    project
                        .local()
                        .roles
                        .put_policy(&role(), "more", &document)
                        .await
                        .unwrap();
                })
            },
        },
        Move {
            what: "the role's trust",
            said: &["role trust", "sts:AssumeRole"],
            happens: |project| {
                Box::pin(async move {
                    let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}"#;
                    let trust = PolicyDocument::parse(trust).unwrap();
                    project.local().roles.set_trust(&role(), &trust).await.unwrap();
                })
            },
        },
        Move {
            what: "the role's boundary",
            said: &["role boundary", "none → "],
            happens: |project| {
                Box::pin(async move {
                    let arn = "arn:aws:iam::000000000000:policy/edge".parse().unwrap();
                    project.local().roles.set_boundary(&role(), Some(&arn)).await.unwrap();
                })
            },
        },
        Move {
            what: "a caller",
            said: &["callers live", "lambda:InvokeFunction"],
            happens: |project| {
                Box::pin(async move {
                    let cloud = project.local();
                    let policy = cloud.functions.permissions(&thumbs(), &live()).await.unwrap().unwrap();
                    let sid = policy.document.statements[0].sid.clone().unwrap();
                    cloud
                        .functions
                        .remove_permission(&thumbs(), &live(), &sid, Some(&policy.revision))
                        .await
                        .unwrap();
                })
            },
        },
        Move {
            what: "the log group",
            said: &["log group /aws/lambda/thumbs", "14 days → 3 days"],
            happens: |project| {
                Box::pin(async move {
                    let group = LogGroupName::new("/aws/lambda/thumbs").unwrap();
                    project.local().logs.set_retention(&group, Some(3)).await.unwrap();
                })
            },
        },
        Move {
            what: "the asynchronous settings",
            said: &["async invocation live", "retries  0 → 1"],
            happens: |project| {
                Box::pin(async move {
                    let settings = AsyncInvoke {
                        retries: 1,
                        ..AsyncInvoke::default()
                    };
                    let functions = project.local().functions;
                    functions
                        .set_async_invoke(&thumbs(), &live(), Some(&settings))
                        .await
                        .unwrap();
                })
            },
        },
        Move {
            what: "the reserve",
            said: &["concurrency thumbs", "5 → 9"],
            happens: |project| {
                Box::pin(async move {
                    project
                        .local()
                        .functions
                        .set_reserved_concurrency(&thumbs(), Some(9))
                        .await
                        .unwrap();
                })
            },
        },
        Move {
            what: "a tag",
            said: &["tags thumbs", "+ tag who = me"],
            happens: |project| {
                Box::pin(async move {
                    let change = TagChange {
                        set: [("who".to_owned(), "me".to_owned())].into(),
                        ..TagChange::default()
                    };
                    project.local().functions.change_tags(&thumbs(), &change).await.unwrap();
                })
            },
        },
    ]
}

async fn latest(cloud: &Cloud) -> lfn::ports::Snapshot {
    cloud
        .functions
        .snapshot(&thumbs(), &Qualifier::Latest)
        .await
        .unwrap()
        .unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_move_of_the_world_is_found_and_named_and_nothing_is_written() {
    let original = planned(Some(FIRST)).await;
    for Move { what, said, happens } in moves_of_the_project()
        .into_iter()
        .chain(moves_of_the_function())
        .chain(moves_beside_the_function())
    {
        let project = copy_of(&original);
        happens(&project).await;
        let idle = Faulty::new(project.local(), None);
        let run = apply(&project, idle.cloud()).await;
        assert_eq!(run.code, 1, "{what}: {run}");
        assert_eq!(idle.calls().writes, [""; 0], "{what}: {run}");
        assert!(
            run.stderr.contains("does not hold any more; nothing was changed"),
            "{what}: {run}"
        );
        let told: String = run.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
        for word in said {
            let word = word.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(told.contains(&word), "{what} does not say `{word}`: {run}");
        }
        for value in ["green-4711", "blue-0815", SECRET] {
            assert!(!run.stderr.contains(value), "{what}: {run}");
        }
        assert!(
            run.stderr.contains("hint: look at it again: `lfn plan --out"),
            "{what}: {run}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_region_is_another_plan() {
    let project = planned(Some(FIRST)).await;
    let root = project.path().join(".lfn/local");
    let elsewhere = lfn::local::open(root, Region::new("us-east-1").unwrap()).unwrap();
    let idle = Faulty::new(elsewhere, None);
    let run = apply(&project, idle.cloud()).await;
    assert_eq!(run.code, 1, "{run}");
    assert!(
        run.stderr.contains("region") && run.stderr.contains("eu-west-1 → us-east-1"),
        "{run}"
    );
    assert!(run.stderr.contains("hint: pass `--region eu-west-1`"), "{run}");
    assert!(!run.stderr.contains("role policy"), "the rest follows from it: {run}");
    assert_eq!(idle.calls().writes, [""; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_changed_while_the_plan_is_applied_stops_it() {
    let project = planned(Some(FIRST)).await;
    let faulty = Faulty::new(project.local(), None);
    // Right before the first write about the function, after everything was compared.
    let other = project.local();
    faulty.before(
        "update_code",
        0,
        Box::new(move || {
            let other = other.clone();
            Box::pin(async move {
                let mut found = latest(&other).await;
                found.settings.timeout = 77;
                other
                    .functions
                    .update_settings(&thumbs(), &found.settings, &found.revision)
                    .await
                    .unwrap();
            })
        }),
    );
    let run = apply(&project, faulty.cloud()).await;
    assert_eq!(run.code, 4, "the role was changed: {run}");
    assert!(run.stderr.contains("changed by someone else since lfn looked"), "{run}");
    assert!(run.stderr.contains("`live` serves version 1, as before"), "{run}");
    let again = apply(&project, project.local()).await;
    assert_eq!(again.code, 1, "{again}");
    assert!(again.stderr.contains("→ 77 s"), "{again}");
}

/// Somebody moves the alias back with the console, which knows nothing of the ledger.
async fn point_at(cloud: &Cloud, version: u64) {
    let alias = cloud.functions.alias(&thumbs(), &live()).await.unwrap().unwrap();
    let update = AliasUpdate {
        name: live(),
        version: Version(version),
        weights: [].into(),
        description: alias.description.clone(),
    };
    cloud
        .functions
        .update_alias(&thumbs(), &update, &alias.revision)
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_release_that_was_taken_back_is_not_made_again_by_its_plan() {
    // Another version is to be published, or one that is there already is to be released again.
    for (published, by_lfn) in [(false, true), (false, false), (true, true)] {
        let what = format!("published: {published}, by lfn: {by_lfn}");
        let project = planned(Some(FIRST)).await;
        if published {
            // `$LATEST` has the released code, and the alias was moved off it.
            project.write("lambda.yaml", SECOND);
            let args = ["deploy", "--yes", "--allow-widening"];
            assert_eq!(project.lfn(&args, project.local()).await.code, 0);
            point_at(&project.local(), 1).await;
            let run = project.lfn(&["plan", "--out", "plan.lfn"], project.local()).await;
            assert_eq!(run.code, 0, "{what}: {run}");
        }
        let run = apply(&project, project.local()).await;
        assert_eq!(run.code, 0, "{what}: {run}");
        let before = observe(&project.local()).await;
        if by_lfn {
            let run = project.lfn(&["alias", "rollback", "--yes"], project.local()).await;
            assert_eq!(run.code, 0, "{what}: {run}");
        } else {
            point_at(&project.local(), 1).await;
        }
        let back = observe(&project.local()).await;
        assert_ne!(back.live, before.live, "{what}");
        let idle = Faulty::new(project.local(), None);
        let run = apply(&project, idle.cloud()).await;
        assert_eq!(run.code, 1, "{what}: {run}");
        assert_eq!(idle.calls().writes, [""; 0], "{what}: {run}");
        let by = if by_lfn {
            "rollback by "
        } else {
            "by someone else than lfn"
        };
        assert!(
            run.stderr.contains(&format!("again, moved and taken back, {by}")),
            "{what}: {run}"
        );
        assert!(
            run.stderr.contains("hint: look at it again: `lfn plan --out"),
            "{what}: {run}"
        );
        assert_eq!(observe(&project.local()).await, back, "{what}");
    }
}

/// Stops the plan at each of its writes in turn, and applies it again.
async fn finished_after_every_fault(start: Option<&str>) {
    let original = planned(start).await;
    let calm = copy_of(&original);
    let counting = Faulty::new(calm.local(), None);
    let run = apply(&calm, counting.cloud()).await;
    assert_eq!(run.code, 0, "{run}");
    let writes = counting.calls().writes;
    let expected = observe(&calm.local()).await;
    let mut continued = 0;
    for write in 0..writes.len() {
        for landed in [Landed::No, Landed::Yes] {
            let what = format!("write {write} ({}) fails, landed: {landed:?}", writes[write]);
            let project = copy_of(&original);
            let faulty = Faulty::new(project.local(), Some(Fault { write, landed }));
            let broken = apply(&project, faulty.cloud()).await;
            if broken.code != 0 {
                assert!(
                    broken.stderr.contains("run `lfn deploy --plan plan.lfn` again"),
                    "{what}\n{broken}"
                );
            }
            let again = apply(&project, project.local()).await;
            assert_eq!(again.code, 0, "{what}\n{again}");
            assert_eq!(observe(&project.local()).await, expected, "{what}\n{again}");
            continued += usize::from(again.stderr.contains("done already; this is the rest"));
            if landed == Landed::Yes && write + 1 < writes.len() {
                continue;
            }
            let idle = Faulty::new(project.local(), None);
            let third = apply(&project, idle.cloud()).await;
            assert!(
                third.code == 0 && third.stderr.contains("applied already"),
                "{what}\n{third}"
            );
            assert_eq!(idle.calls().writes, [""; 0], "{what}");
        }
    }
    assert!(continued >= writes.len(), "{continued} of {}", writes.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_first_deploy_that_was_stopped_anywhere_is_finished_by_the_same_plan() {
    finished_after_every_fault(None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_next_deploy_that_was_stopped_anywhere_is_finished_by_the_same_plan() {
    finished_after_every_fault(Some(FIRST)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stopped_plan_is_not_finished_when_somebody_changed_something_meanwhile() {
    let original = planned(Some(FIRST)).await;
    let calm = copy_of(&original);
    let counting = Faulty::new(calm.local(), None);
    apply(&calm, counting.cloud()).await;
    let writes = counting.calls().writes;
    let write = writes.iter().position(|name| *name == "publish").unwrap();
    let moves = moves_of_the_project()
        .into_iter()
        .chain(moves_of_the_function())
        .chain(moves_beside_the_function());
    for Move { what, happens, .. } in moves {
        // These have been changed by the plan's own steps, so that others cannot change them the same way.
        let project = copy_of(&original);
        let landed = Landed::No;
        let faulty = Faulty::new(project.local(), Some(Fault { write, landed }));
        let broken = apply(&project, faulty.cloud()).await;
        assert_eq!(broken.code, 4, "{broken}");
        happens(&project).await;
        let idle = Faulty::new(project.local(), None);
        let run = apply(&project, idle.cloud()).await;
        if what == "there and back" {
            // What is there is just what the plan put there.
            assert_eq!(run.code, 0, "{what}: {run}");
            continue;
        }
        assert_eq!(run.code, 1, "{what}: {run}");
        assert_eq!(idle.calls().writes, [""; 0], "{what}: {run}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_that_are_no_plans_are_refused_with_their_fault() {
    let project = planned(None).await;
    let plan = project.read("plan.lfn");
    for (name, text, said) in [
        ("other.lfn", "name: thumbs\n".to_owned(), "is not a plan of lfn's"),
        ("json.lfn", "{ \"steps\": [] }".to_owned(), "is not a plan of lfn's"),
        ("list.lfn", "[1]".to_owned(), "is not a plan of lfn's"),
        ("empty.lfn", String::new(), "is not a plan of lfn's"),
        (
            "cut.lfn",
            plan[..plan.len() / 2].to_owned(),
            "is not whole: it ends at line",
        ),
        (
            "torn.lfn",
            plan.replacen("\"found\":", "\"found\"", 1),
            "is damaged at line",
        ),
        (
            "edited.lfn",
            plan.replace("256 MB", "512 MB"),
            "was changed after lfn wrote it",
        ),
        (
            "newer.lfn",
            plan.replace("\"lfn_plan\": 1", "\"lfn_plan\": 2"),
            "in format 2",
        ),
        (
            "zero.lfn",
            plan.replace("\"lfn_plan\": 1", "\"lfn_plan\": 0"),
            "is not a plan of lfn's",
        ),
    ] {
        project.write(name, &text);
        let idle = Faulty::new(project.local(), None);
        let run = project.lfn(&["deploy", "--plan", name], idle.cloud()).await;
        assert_eq!(run.code, 1, "{name}: {run}");
        assert!(run.stderr.contains(said), "{name}: {run}");
        assert!(run.stderr.contains("hint: "), "{name}: {run}");
        assert_eq!(idle.calls().reads, [""; 0], "nobody is asked about it: {name}");
    }
    for (name, said) in [("missing.lfn", "could not read"), (".lfn", "is not a file")] {
        let run = project.lfn(&["deploy", "--plan", name], project.local()).await;
        assert_eq!(run.code, 1, "{name}: {run}");
        assert!(run.stderr.contains(said), "{name}: {run}");
    }
    // White space is nobody's change.
    let value: serde_json::Value = serde_json::from_str(&plan).unwrap();
    project.write("plan.lfn", &value.to_string());
    assert_eq!(apply(&project, project.local()).await.code, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plan_never_replaces_a_file_of_another_kind() {
    let project = planned(None).await;
    project.write("notes.lfn", "do not lose this");
    let run = project.lfn(&["plan", "--out", "notes.lfn"], project.local()).await;
    assert_eq!(run.code, 1, "{run}");
    assert!(run.stderr.contains("is not a plan of lfn's"), "{run}");
    assert_eq!(project.read("notes.lfn"), "do not lose this");
    let before = project.read("plan.lfn");
    assert_eq!(
        project.lfn(&["plan", "--out", "plan.lfn"], project.local()).await.code,
        0
    );
    assert_ne!(project.read("plan.lfn"), before, "an older plan is replaced");
    // Where the next archive would have it, that is said.
    let run = project.lfn(&["plan", "--out", "plan.json"], project.local()).await;
    assert!(run.stderr.contains("the next archive would contain it"), "{run}");
    let run = project.lfn(&["plan", "--out", "plans/plan.lfn"], project.local()).await;
    assert!(run.code == 0 && !run.stderr.contains("warning"), "{run}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn flags_that_would_make_another_plan_of_it_are_refused() {
    let yaml =
        format!("{FIRST}stages: {{ dev: {{}}, prod: {{ memory: 512MB }} }}\n").replace("thumbs", "thumbs-${stage}");
    let project = Project::new(&yaml, CODE);
    std::fs::create_dir_all(project.path().join(".lfn/local")).unwrap();
    project.write(".lfn/local/parameters.json", r#"{"/shop/key":"x"}"#);
    let run = project
        .lfn(&["plan", "--stage", "prod", "--out", "plan.lfn"], project.local())
        .await;
    assert_eq!(run.code, 0, "{run}");
    for (flags, said) in [
        (
            vec!["--stage", "dev"],
            "the plan is for stage `prod`, and the command for stage `dev`",
        ),
        (vec!["--adopt"], "`--adopt` cannot be added"),
        (
            vec!["--local"],
            "the plan is for AWS, and the command for the embedded Lambda",
        ),
    ] {
        let idle = Faulty::new(project.local(), None);
        let args: Vec<&str> = ["deploy", "--plan", "plan.lfn"].into_iter().chain(flags).collect();
        let run = project.lfn(&args, idle.cloud()).await;
        assert_eq!(run.code, if args.contains(&"--local") { 1 } else { 2 }, "{run}");
        assert!(run.stderr.contains(said), "{run}");
        assert_eq!(idle.calls().reads, [""; 0]);
    }
    // The plan has the stage, so that nobody needs to say it again.
    let run = apply(&project, project.local()).await;
    assert_eq!(run.code, 0, "{run}");
    assert!(run.stdout.contains("thumbs-prod"), "{run}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plan_that_adopts_keeps_its_word() {
    let project = planned(Some(FIRST)).await;
    let tags = TagChange {
        remove: ["lfn:function".to_owned()].into(),
        ..TagChange::default()
    };
    project.local().functions.change_tags(&thumbs(), &tags).await.unwrap();
    let refused = project.lfn(&["plan", "--out", "refused.lfn"], project.local()).await;
    assert_eq!(refused.code, 1, "{refused}");
    assert!(
        !project.path().join("refused.lfn").exists(),
        "a refused plan is not written"
    );
    let run = project
        .lfn(&["plan", "--adopt", "--out", "plan.lfn"], project.local())
        .await;
    assert_eq!(run.code, 0, "{run}");
    let run = apply(&project, project.local()).await;
    assert_eq!(run.code, 0, "{run}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn programs_read_what_moved_from_a_line_of_json() {
    let project = planned(Some(FIRST)).await;
    project.write("app.py", CODE);
    project
        .local()
        .functions
        .set_reserved_concurrency(&thumbs(), Some(9))
        .await
        .unwrap();
    let cloud: Arc<Faulty> = Faulty::new(project.local(), None);
    let args = ["deploy", "--plan", "plan.lfn", "--format", "json"];
    let run = project.lfn(&args, cloud.cloud()).await;
    assert_eq!(run.code, 1, "{run}");
    let lines: Vec<serde_json::Value> = run
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let events: Vec<_> = lines.iter().map(|line| line["event"].as_str().unwrap()).collect();
    assert_eq!(events, ["plan", "moved", "failed"], "{run}");
    let moved = lines[1]["differences"].as_array().unwrap();
    let told: Vec<_> = moved
        .iter()
        .map(|one| (one["side"].as_str().unwrap(), one["kind"].as_str().unwrap()))
        .collect();
    assert_eq!(told, [("wanted", "code"), ("found", "concurrency")]);
    assert_eq!(moved[0]["files"]["changed"][0]["name"], "app.py");
}
