//! Rules about who: services that anyone could send, everybody, and trust without a condition.

use std::collections::BTreeSet;

use super::{Kind, Notes, Severity, allows, guard};
use crate::domain::policy::{PolicyDocument, Principal, Statement};

/// Keys that keep `*` to an organisation, to a function URL or to a source.
const LIMITS: [&str; 8] = [
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:principalaccount",
    "aws:principalarn",
    "aws:sourcearn",
    "aws:sourceaccount",
    "lambda:functionurlauthtype",
    "lambda:invokedviafunctionurl",
];

/// Keys that keep a service to those it comes on behalf of.
const SOURCES: [&str; 4] = [
    "aws:sourcearn",
    "aws:sourceaccount",
    "aws:sourceorgid",
    "aws:sourceorgpaths",
];

/// Issuers whose audience is one application or identity pool.
/// Source: IAM user guide, "Create a role for OIDC federation".
const APPLICATIONS: [&str; 4] = [
    "cognito-identity.amazonaws.com",
    "accounts.google.com",
    "graph.facebook.com",
    "www.amazon.com",
];

/// Claims that strangers' tokens have with the same values.
const SHARED_CLAIMS: [&str; 6] = [
    "aud",
    "environment",
    "event_name",
    "ref",
    "runner_environment",
    "workflow",
];

pub(super) fn check(statement: &Statement, kind: Kind, notes: &mut Notes) {
    let Some(principal) = statement.principal.as_ref().filter(|_| allows(statement)) else {
        return;
    };
    let keys = guard::keys(&statement.conditions);
    let has = |key: &str| keys.contains(key);
    if names(principal, "AWS").any(|name| name == "*") && !LIMITS.iter().any(|key| has(key)) {
        notes.add(
            "P32",
            Severity::Error,
            "Principal",
            "`*` is everybody, in every account",
        );
        notes.hint("name the account, or add a condition on `aws:PrincipalOrgID`");
        note_void(statement, &LIMITS, &keys, notes);
    }
    let (arn, account) = (has("aws:sourcearn"), has("aws:sourceaccount"));
    let org = has("aws:sourceorgid") || has("aws:sourceorgpaths");
    for service in names(principal, "Service") {
        match kind {
            Kind::Trust if service == "lambda.amazonaws.com" && !account && !arn && !org => {
                let message = "Lambda may assume the role for functions of any account that can pass it";
                notes.add("P34", Severity::Warning, "Principal", message);
                notes.word(service);
                notes.hint("add a condition on `aws:SourceAccount`");
                note_void(statement, &SOURCES, &keys, notes);
            }
            // Services say much about what they do in other keys, such as a key's encryption context.
            Kind::Resource if keys.iter().any(|key| !SOURCES.contains(&key.as_str())) => {}
            Kind::Function | Kind::Resource => {
                let before = notes.found.len();
                check_source(service, [arn, account, org], notes);
                if notes.found.len() > before {
                    note_void(statement, &SOURCES, &keys, notes);
                }
            }
            Kind::Trust | Kind::Identity => {}
        }
    }
    if kind == Kind::Trust && statement.names_action("sts:AssumeRoleWithWebIdentity") {
        for provider in names(principal, "Federated") {
            check_provider(provider, &keys, notes);
        }
    }
}

/// Says of a condition that is there why it does not count.
fn note_void(statement: &Statement, wanted: &[&str], counting: &BTreeSet<String>, notes: &mut Notes) {
    let mut void = statement.conditions.iter().flat_map(|(operator, keys)| {
        let void = keys.keys().filter(|key| {
            let key = key.to_lowercase();
            wanted.contains(&key.as_str()) && !counting.contains(&key)
        });
        void.map(move |key| format!("; `{operator}` on `{key}` as it is keeps nobody out"))
    });
    if let (Some(void), Some(last)) = (void.next(), notes.found.last_mut()) {
        last.message += &void;
    }
}

/// Issuers of tokens give them to everybody who has an account there; the audience is what the bearer asks for.
/// Source: IAM user guide, "Create a role for OIDC federation".
fn check_provider(provider: &str, keys: &BTreeSet<String>, notes: &mut Notes) {
    // Sign-ins by SAML are to an identity provider of one's own; applications have an audience of their own.
    if provider.contains(":saml-provider/") || APPLICATIONS.contains(&provider) {
        return;
    }
    let host = provider
        .split_once(":oidc-provider/")
        .map_or(provider, |(_, host)| host);
    let prefix = format!("{}:", host.to_lowercase());
    let mut claims = keys.iter().filter_map(|key| key.strip_prefix(&prefix));
    if !claims.any(|claim| !SHARED_CLAIMS.contains(&claim)) {
        let message = format!("whoever gets a token from `{host}` may assume the role, strangers too");
        notes.add("P34", Severity::Error, "Principal", message);
        notes.word(provider);
        notes.hint(format!("add a condition on `{host}:sub` that says whose tokens count"));
    }
}

/// Statements are alternatives: what one of them lets in without a condition, no other keeps out.
pub(super) fn check_trust(document: &PolicyDocument, notes: &mut Notes) {
    let admits = |statement: &Statement, service: &str| {
        let principal = statement.principal.as_ref().filter(|_| allows(statement));
        principal.is_some_and(|principal| names(principal, "Service").any(|name| name == service))
    };
    for (index, statement) in document.statements.iter().enumerate() {
        let Some(principal) = statement.principal.as_ref().filter(|_| is_guarded(statement)) else {
            continue;
        };
        for service in names(principal, "Service").filter(|service| admits(statement, service)) {
            let open = document.statements.iter().position(|other| {
                !is_guarded(other) && other.actions.is_superset(&statement.actions) && admits(other, service)
            });
            if let Some(open) = open {
                notes.statement = Some(index);
                let message = format!("statement {open} lets `{service}` in without this condition");
                notes.add("P34", Severity::Error, "Condition", message);
                notes.hint(format!(
                    "put the condition on statement {open} too, or take that one out"
                ));
            }
        }
    }
    notes.statement = None;
}

fn is_guarded(statement: &Statement) -> bool {
    !guard::keys(&statement.conditions).is_empty()
}

/// Which conditions services send: Lambda developer guide, "Viewing resource-based IAM policies in Lambda".
fn check_source(service: &str, [arn, account, org]: [bool; 3], notes: &mut Notes) {
    let is_sns = service == "sns.amazonaws.com" || (service.starts_with("sns.") && service.ends_with(".amazonaws.com"));
    if service == "s3.amazonaws.com" && !account && !org {
        let message = "the ARN of a bucket has no account: whoever owns the name after you comes in";
        notes.add("P31", Severity::Error, "Principal", message);
        notes.word(service);
        notes.hint("add a condition on `aws:SourceAccount`");
    } else if is_sns && account {
        notes.add(
            "P31",
            Severity::Error,
            "Condition",
            "SNS sends no `aws:SourceAccount`, so that this never holds",
        );
        notes.hint("use `aws:SourceArn`");
    } else if !arn && !account && !org {
        let message = format!("`{service}` may come on behalf of anybody, in every account");
        notes.add("P31", Severity::Error, "Principal", message);
        notes.word(service);
        notes.hint("add a condition on `aws:SourceArn` or `aws:SourceAccount`");
    }
}

fn names<'a>(principal: &'a Principal, kind: &str) -> impl Iterator<Item = &'a str> {
    principal.get(kind).into_iter().flatten().map(String::as_str)
}
