//! What a change of lambda.yaml does, as the plan says it: two files in, a rendered plan out.
//!
//! The state that is observed is the one the first file asks for, so nothing is asked of a target.
#![expect(clippy::unwrap_used, reason = "what is missing ends the test")]

use std::collections::BTreeMap;
use std::path::PathBuf;

use lfn::domain::arn::{Place, partition_of};
use lfn::domain::config::{self, Inputs};
use lfn::domain::function::TAG_FUNCTION;
use lfn::domain::names::{AccountId, CodeDigest, Qualifier, Region, Version};
use lfn::domain::package::{Artifact, Entry};
use lfn::domain::policy::PolicyDocument;
use lfn::domain::policy::callers::{Invoker, Permission};
use lfn::engine::beside::Beside;
use lfn::engine::check::check;
use lfn::engine::desired::{Desired, ReleaseCheck, Retention, desired, parameter_names};
use lfn::engine::observe::{ArchiveState, Contents, Observed};
use lfn::engine::planner::plan;
use lfn::engine::widening::widening;
use lfn::ports::{
    AliasState, FunctionState, Lifecycle, LogGroupState, ProvisionedState, ResourcePolicy, RoleState, Snapshot, State,
    UpdateStatus,
};
use lfn::ui::plan::PlanView;

const BASE: &str = "name: thumbs\nruntime: python3.13\nhandler: app.handler\n";

fn place() -> Place {
    let region = Region::new("eu-west-1").unwrap();
    Place {
        partition: partition_of(&region).into(),
        region,
        account: AccountId::new("123456789012").unwrap(),
    }
}

fn archive(digest: &str, size: u64) -> Artifact {
    let entry = Entry {
        name: "app.py".into(),
        size,
        compressed: size,
        executable: false,
    };
    Artifact {
        path: PathBuf::from("code.zip"),
        digest: CodeDigest::from_sha256(digest.as_bytes()),
        size,
        unzipped: size,
        entries: vec![entry],
    }
}

fn wants(yaml: &str, artifact: Artifact) -> Desired {
    let place = place();
    let inputs = Inputs {
        stage: None,
        place: Some(&place),
        env: &|_| None,
    };
    let loaded = config::load(yaml, &inputs);
    let config = loaded.config.unwrap_or_else(|| panic!("{yaml}\n{:?}", loaded.findings));
    let parameters = parameter_names(&config)
        .into_iter()
        .map(|name| (name, "hush".to_owned()))
        .collect();
    desired(&config, &place, &parameters, artifact)
}

/// The state in which there is nothing left to do for this file.
fn settled(desired: &Desired) -> Observed {
    let lifecycle = Lifecycle {
        state: State::Active,
        update: UpdateStatus::Successful,
        reason: None,
    };
    let latest = Snapshot {
        name: desired.name.clone(),
        qualifier: Qualifier::Latest,
        settings: desired.settings.clone(),
        architecture: desired.architecture,
        digest: desired.artifact.digest.clone(),
        code_size: desired.artifact.size,
        revision: "revision".into(),
        lifecycle,
        modified: "2026-01-01T00:00:00Z".into(),
        snap_started: false,
    };
    let live = Snapshot {
        qualifier: Qualifier::Version(Version(3)),
        ..latest.clone()
    };
    let role = desired.role.as_ref().map(|spec| RoleState {
        arn: spec.arn.clone(),
        trust: spec.trust.clone(),
        boundary: spec.boundary.clone(),
        description: spec.description.clone(),
        tags: spec.tags.clone(),
    });
    let retention = match desired.retention {
        Retention::Set(days) => days,
        Retention::Unmanaged => None,
    };
    let provisioned = desired.provisioned_concurrency.iter().map(|(alias, &requested)| {
        let state = ProvisionedState {
            requested,
            ready: true,
            failure: None,
        };
        (alias.clone(), state)
    });
    Observed {
        function: Some(FunctionState {
            latest,
            tags: desired.tags.clone(),
            reserved_concurrency: desired.reserved_concurrency,
        }),
        alias: Some(AliasState {
            name: desired.alias.clone(),
            version: Some(Version(3)),
            weights: BTreeMap::new(),
            description: String::new(),
            revision: "revision".into(),
        }),
        handed: None,
        live: Some(live),
        permissions: resource_policy(desired),
        role,
        policy: desired.role.as_ref().map(|spec| spec.policy.clone()),
        beside: Beside::default(),
        log_group: Some(LogGroupState {
            retention,
            stored_bytes: 0,
        }),
        async_invoke: Some(desired.async_invoke.clone()),
        provisioned: provisioned.collect(),
        missing_aliases: Vec::new(),
        code_signing: desired.code_signing.clone(),
        newest: None,
        archive: ArchiveState::Unneeded,
        contents: Contents::Unneeded,
        stock: None,
        archives: None,
        versions: Vec::new(),
    }
}

/// What Lambda makes of the permissions that a file asks for.
fn resource_policy(desired: &Desired) -> Option<ResourcePolicy> {
    let alias = Qualifier::Alias(desired.alias.clone());
    let function = desired.place.qualified_arn(&desired.name, &alias);
    let statements: Vec<_> = desired.permissions.iter().map(|one| one.statement(&function)).collect();
    (!statements.is_empty()).then(|| ResourcePolicy {
        document: PolicyDocument::new(statements),
        revision: "revision".into(),
    })
}

fn render(desired: &Desired, observed: &Observed) -> String {
    let plan = plan(desired, observed);
    let verdict = check(&plan, desired, observed, false);
    let text = PlanView::new(&plan, &verdict.warnings, false).render(false);
    let refusals = verdict
        .refusals
        .iter()
        .map(|refusal| format!("\nrefused: {}\n   hint: {}", refusal.message, refusal.hint));
    let warnings = verdict.warnings.iter().map(|warning| format!("\nwarning: {warning}"));
    let text = text + &refusals.chain(warnings).collect::<String>();
    anstream::adapter::strip_str(&text).to_string()
}

/// The plan from one file's state to another file, the code being the same.
fn change(from: &str, to: &str) -> String {
    let code = || archive("one", 2048);
    let from = wants(&format!("{BASE}{from}"), code());
    render(&wants(&format!("{BASE}{to}"), code()), &settled(&from))
}

const EVERYTHING: &str = r#"
description: Makes thumbnails
architecture: arm64
memory: 512MB
timeout: 30s
ephemeral_storage: 1GB
env: { TABLE: orders, KEY: "${ssm:/shop/key}" }
kms_key: arn:aws:kms:eu-west-1:123456789012:key/0d1e2f3a-0000-4000-8000-000000000000
layers: [arn:aws:lambda:eu-west-1:123456789012:layer:sharp:4]
vpc: { subnets: [subnet-1, subnet-2], security_groups: [sg-1] }
files: { access_point: "arn:aws:elasticfilesystem:eu-west-1:123456789012:access-point/fsap-0123456789abcdef0", mount: /mnt/data }
dead_letter: sqs:dead
on_failure: sqs:failed
on_success: lambda:next
retries: 1
max_age: 1h
tracing: true
concurrency: { reserved: 50, provisioned: { live: 2 } }
logs: { retention: 14d, format: json, level: debug, system_level: warn }
tags: { team: shop }
code_signing: arn:aws:lambda:eu-west-1:123456789012:code-signing-config:csc-0123456789abcdef0
allow: [get s3://photos/in/*]
role: { boundary: "arn:aws:iam::123456789012:policy/boundary" }
"#;

#[test]
fn a_first_deploy_makes_everything() {
    insta::assert_snapshot!(render(&wants(BASE, archive("one", 2048)), &Observed::default()));
}

#[test]
fn a_first_deploy_tells_every_setting() {
    let everything = wants(&format!("{BASE}{EVERYTHING}"), archive("one", 2048));
    insta::assert_snapshot!(render(&everything, &Observed::default()));
}

#[test]
fn what_is_settled_stays() {
    for yaml in ["", EVERYTHING] {
        let text = change(yaml, yaml);
        assert!(text.contains("nothing to do"), "{text}");
    }
}

#[test]
fn every_setting_can_be_set() {
    insta::assert_snapshot!(change("", EVERYTHING));
}

#[test]
fn removing_every_key_returns_every_setting_to_its_default() {
    insta::assert_snapshot!(change(EVERYTHING, ""));
}

#[test]
fn environment_values_are_never_shown() {
    let text = change(
        "env: { TOKEN: first-secret, OLD: third-secret }",
        "env: { TOKEN: second-secret, NEW: fourth-secret }",
    );
    assert!(!text.contains("secret"), "{text}");
    for line in ["~ env TOKEN  (value changed)", "- env OLD", "+ env NEW"] {
        assert!(text.contains(line), "{line}\n{text}");
    }
}

#[test]
fn a_change_of_rights_alone_makes_no_version() {
    insta::assert_snapshot!(change(
        "allow: [get s3://photos/in/*, read dynamodb:orders]",
        "allow: [get s3://photos/in/*, put s3://photos/out/*]"
    ));
}

#[test]
fn changed_code_is_uploaded_published_and_released() {
    let from = settled(&wants(BASE, archive("one", 2048)));
    insta::assert_snapshot!(render(&wants(BASE, archive("two", 3_500_000)), &from));
}

#[test]
fn a_large_archive_goes_through_a_bucket_and_only_once() {
    let large = || wants(BASE, archive("two", 60_000_000));
    let mut from = settled(&wants(BASE, archive("one", 2048)));
    from.archive = ArchiveState::BucketMissing;
    insta::assert_snapshot!(render(&large(), &from));
    from.archive = ArchiveState::Uploaded;
    let text = render(&large(), &from);
    assert!(!text.contains("bucket") && !text.contains("s3://"), "{text}");
    from.archive = ArchiveState::BucketForeign;
    let text = render(&large(), &from);
    assert!(
        text.contains("refused: the bucket `lfn-artifacts-123456789012-eu-west-1` belongs to another account"),
        "{text}"
    );
}

#[test]
fn a_version_that_an_interrupted_deploy_published_is_reused() {
    let desired = wants(BASE, archive("two", 2048));
    let mut observed = settled(&desired);
    let published = observed.live.take().unwrap();
    observed.live = Some(Snapshot {
        qualifier: Qualifier::Version(Version(2)),
        digest: CodeDigest::from_sha256(b"one"),
        ..published.clone()
    });
    observed.alias.as_mut().unwrap().version = Some(Version(2));
    observed.newest = Some(published);
    insta::assert_snapshot!(render(&desired, &observed));
}

#[test]
fn rights_are_lost_only_after_the_alias_has_left_the_version_that_needs_them() {
    let from = "allow: [get s3://photos/in/*, send sqs:orders]\n";
    let to = "memory: 256MB\nallow: [get s3://photos/in/*, publish sns:alerts]\n";
    insta::assert_snapshot!(change(from, to));
}

#[test]
fn provisioned_concurrency_of_an_alias_that_left_the_file_ends() {
    let text = change(
        "concurrency: { provisioned: { live: 2, canary: 3 } }",
        "concurrency: { provisioned: { live: 2 } }",
    );
    assert!(
        text.contains("- concurrency        canary  provisioned 3 → none"),
        "{text}"
    );
    assert!(text.contains("1 step\n") || text.ends_with("1 step"), "{text}");
}

#[test]
fn provisioned_concurrency_of_an_alias_that_is_not_there_is_refused() {
    let desired = wants(
        &format!("{BASE}concurrency: {{ provisioned: {{ canary: 3 }} }}\n"),
        archive("one", 2048),
    );
    let mut observed = settled(&wants(BASE, archive("one", 2048)));
    observed.missing_aliases = desired.provisioned_concurrency.keys().cloned().collect();
    let text = render(&desired, &observed);
    assert!(
        text.contains("refused: `concurrency.provisioned` names the alias `canary`"),
        "{text}"
    );
}

#[test]
fn a_failed_update_is_repeated() {
    let desired = wants(BASE, archive("one", 2048));
    let mut observed = settled(&desired);
    observed.function.as_mut().unwrap().latest.lifecycle.update = UpdateStatus::Failed;
    let text = render(&desired, &observed);
    assert!(
        text.contains("~ code") && text.contains("~ configuration") && !text.contains("publish"),
        "{text}"
    );
}

#[test]
fn a_description_given_when_publishing_is_no_change() {
    let desired = wants(BASE, archive("one", 2048));
    let mut observed = settled(&desired);
    observed.live.as_mut().unwrap().settings.description = "by hand".into();
    assert!(render(&desired, &observed).contains("nothing to do"));
}

#[test]
fn an_environment_that_parameters_make_too_large_is_refused() {
    let place = place();
    let inputs = Inputs {
        stage: None,
        place: Some(&place),
        env: &|_| None,
    };
    let yaml = format!("{BASE}env: {{ KEY: \"${{ssm:/shop/key}}\" }}\n");
    let config = config::load(&yaml, &inputs).config.unwrap();
    let values = BTreeMap::from([("/shop/key".to_owned(), "x".repeat(5000))]);
    let desired = desired(&config, &place, &values, archive("one", 2048));
    let text = render(&desired, &Observed::default());
    assert!(
        text.contains("refused: the environment variables have 5003 bytes"),
        "{text}"
    );
}

#[test]
fn a_split_alias_is_made_whole_and_said_so() {
    let desired = wants(BASE, archive("one", 2048));
    let mut observed = settled(&desired);
    observed.alias.as_mut().unwrap().weights = BTreeMap::from([(Version(4), 0.1)]);
    insta::assert_snapshot!(render(&desired, &observed));
}

#[test]
fn what_lfn_did_not_make_is_refused() {
    let desired = wants(&format!("{BASE}memory: 256MB\n"), archive("one", 2048));
    let mut observed = settled(&wants(BASE, archive("one", 2048)));
    observed.function.as_mut().unwrap().tags.remove(TAG_FUNCTION);
    observed.role.as_mut().unwrap().tags.clear();
    let text = render(&desired, &observed);
    assert!(
        text.contains("refused: `thumbs` exists in eu-west-1 and was not made by lfn"),
        "{text}"
    );
    assert!(
        text.contains("refused: the role `thumbs-eu-west-1` exists and was not made by lfn"),
        "{text}"
    );
    let plan = plan(&desired, &observed);
    let adopted = check(&plan, &desired, &observed, true);
    assert_eq!(
        adopted.refusals.len(),
        1,
        "a function can be taken over, a role cannot: {adopted:?}"
    );
}

#[test]
fn another_stages_function_is_refused() {
    let desired = wants(BASE, archive("two", 2048));
    let mut observed = settled(&wants(BASE, archive("one", 2048)));
    observed
        .function
        .as_mut()
        .unwrap()
        .tags
        .insert("lfn:stage".into(), "prod".into());
    let text = render(&desired, &observed);
    assert!(
        text.contains("refused: `thumbs` belongs to stage `prod`, and this deploy is for no stage"),
        "{text}"
    );
}

#[test]
fn an_existing_role_is_used_and_never_touched() {
    let yaml = "role: arn:aws:iam::123456789012:role/shared\n";
    let desired = wants(&format!("{BASE}{yaml}"), archive("one", 2048));
    assert!(desired.role.is_none());
    assert_eq!(
        desired.settings.role.to_string(),
        "arn:aws:iam::123456789012:role/shared"
    );
    let text = change("", yaml);
    assert!(
        !text.contains("role policy") && text.contains("role  iam:role/lfn/thumbs-eu-west-1 → iam:role/shared"),
        "{text}"
    );
}

const READER: &str = "callers: ['444455556666:role/reader']\n";
const AUDIT: &str = "memory: 256MB\ncallers: ['777788889999:role/audit']\n";

#[test]
fn callers_come_before_the_alias_moves_and_go_after() {
    insta::assert_snapshot!(change(READER, AUDIT));
}

#[test]
fn a_first_deploy_makes_the_alias_before_its_callers() {
    let text = render(
        &wants(&format!("{BASE}{READER}"), archive("one", 2048)),
        &Observed::default(),
    );
    let alias = text.find("+ alias").unwrap();
    let callers = text.find("+ callers").unwrap();
    assert!(alias < callers, "{text}");
}

#[test]
fn a_caller_alone_changes_nothing_else() {
    let text = change("", READER);
    assert!(text.contains("+ callers") && text.contains("\n1 step "), "{text}");
    let text = change(READER, "");
    assert!(text.contains("- callers") && text.contains("\n1 step "), "{text}");
    assert!(!text.contains("widens access"), "{text}");
}

/// The state of a file with this statement in the policy besides.
fn with_statement(desired: &Desired, sid: &str, principal: &str) -> Observed {
    let mut observed = settled(desired);
    let invoker = Permission::new("caller", Invoker::new(principal)).invoker;
    let statement = Permission {
        sid: sid.into(),
        invoker,
        at: None,
    };
    let alias = Qualifier::Alias(desired.alias.clone());
    let function = desired.place.qualified_arn(&desired.name, &alias);
    let own = observed
        .permissions
        .map_or_else(Vec::new, |found| found.document.statements);
    let kept = own.into_iter().filter(|one| one.sid.as_deref() != Some(sid));
    observed.permissions = Some(ResourcePolicy {
        document: PolicyDocument::new(kept.chain([statement.statement(&function)])),
        revision: "revision".into(),
    });
    observed
}

#[test]
fn what_others_let_in_stays_and_is_said() {
    let desired = wants(&format!("{BASE}{READER}"), archive("one", 2048));
    let text = render(
        &desired,
        &with_statement(&desired, "by-hand", "arn:aws:iam::777788889999:role/x"),
    );
    assert!(text.contains("nothing to do"), "{text}");
    let said = "also, not made by lfn: allow arn:aws:iam::777788889999:role/x: lambda:InvokeFunction";
    assert!(text.contains(said), "{text}");
}

#[test]
fn a_statement_that_somebody_changed_is_made_again() {
    let desired = wants(&format!("{BASE}{READER}"), archive("one", 2048));
    let sid = desired.permissions[0].sid.clone();
    let text = render(&desired, &with_statement(&desired, &sid, "999900001111"));
    assert!(text.contains("~ callers") && text.contains("\n1 step "), "{text}");
    assert!(
        text.contains("- arn:aws:iam::999900001111:root: lambda:InvokeFunction"),
        "{text}"
    );
    assert!(
        text.contains("+ arn:aws:iam::444455556666:role/reader: lambda:InvokeFunction"),
        "{text}"
    );
}

/// Callers whose names fill a policy.
fn crowd(account: &str, count: usize) -> String {
    let lines = (0..count).map(|number| format!("  - {account}:role/reader-{number:060}\n"));
    format!(
        "callers:\n{}",
        lines
            .map(|line| line.replacen("reader-0000", "reader-", 1))
            .collect::<String>()
    )
}

#[test]
fn where_a_policy_cannot_hold_both_those_who_go_make_room() {
    let text = change(&crowd("444455556666", 50), &crowd("777788889999", 50));
    let (close, open) = (text.find("- callers").unwrap(), text.find("+ callers").unwrap());
    assert!(close < open && !text.contains("refused"), "{text}");
    let text = change("", &crowd("444455556666", 100));
    assert!(
        text.contains("refused: with these `callers` the resource policy of `live` has"),
        "{text}"
    );
}

#[test]
fn a_trust_policy_that_is_too_long_is_refused() {
    let trusting = |count: usize| {
        let roles = (0..count).map(|number| format!("'444455556666:role/ci-{number:050}'"));
        format!(
            "role: {{ trust: {{ roles: [{}] }} }}\n",
            roles.collect::<Vec<_>>().join(", ")
        )
    };
    assert!(!change("", &trusting(10)).contains("the role's trust policy"));
    assert!(change("", &trusting(25)).contains("warning: the role's trust policy has"));
    assert!(change("", &trusting(50)).contains("refused: the role's trust policy has"));
    let text = change(
        "",
        "role: { trust: { external: [{ account: '777788889999', external_id: shop-42 }] } }\n",
    );
    assert!(text.contains("~ role trust"), "{text}");
    for line in [
        "+ arn:aws:iam::777788889999:root: sts:AssumeRole",
        "when sts:ExternalId is shop-42",
    ] {
        assert!(text.contains(line), "{text}");
    }
}

#[test]
fn what_cannot_be_compared_counts_as_wider() {
    let bounded = |name: &str| format!("{BASE}role: {{ boundary: 'arn:aws:iam::123456789012:policy/{name}' }}\n");
    let own = BASE.to_owned();
    let mine = format!("{BASE}role: arn:aws:iam::123456789012:role/mine\n");
    let wider = |from: &str, to: &str| {
        let code = || archive("code", 100);
        let plan = plan(&wants(to, code()), &settled(&wants(from, code())));
        assert!(!plan.steps.is_empty(), "{from} {to}");
        let found = widening(&plan);
        assert_eq!(found.rights, [], "{from} {to}");
        found.others.concat()
    };
    let edge = bounded("edge");
    assert_eq!(wider(&own, &edge), "", "a boundary where there was none");
    assert!(wider(&edge, &own).contains("no longer holds"));
    assert!(wider(&edge, &bounded("other")).contains("may allow more"));
    assert!(wider(&own, &mine).contains("role/mine` takes the place"));
}

#[test]
fn a_release_is_checked_before_the_alias_moves_and_not_without_a_move() {
    let checked = |digest| Desired {
        check: Some(ReleaseCheck {
            file: "events/smoke.json".into(),
            event: b"{}".to_vec(),
            expected: None,
        }),
        ..wants(BASE, archive(digest, 2048))
    };
    let from = settled(&wants(BASE, archive("one", 2048)));
    let moved = render(&checked("two"), &from);
    let at = |what: &str| moved.find(what).unwrap_or_else(|| panic!("no `{what}`:\n{moved}"));
    assert!(
        at("+ publish") < at("> check") && at("> check") < at("~ alias"),
        "{moved}"
    );
    assert!(render(&checked("one"), &from).contains("nothing to do"));
    // Callers are kept out only once the version has passed.
    let guarded = Desired {
        check: checked("two").check,
        ..wants(&format!("{BASE}callers: []\n"), archive("two", 2048))
    };
    let mut open = settled(&wants(
        &format!("{BASE}callers: ['444455556666:role/reader']\n"),
        archive("one", 2048),
    ));
    open.function = from.function;
    let closed = render(&guarded, &open);
    assert!(
        closed.find("> check").unwrap() < closed.find("callers").unwrap(),
        "{closed}"
    );
}
