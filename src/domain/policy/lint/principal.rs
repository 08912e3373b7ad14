//! Rules about who: services that anyone could send, everybody, and trust without a condition.

use super::{Kind, Notes, Severity, allows};
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

pub(super) fn check(statement: &Statement, kind: Kind, notes: &mut Notes) {
    let Some(principal) = statement.principal.as_ref().filter(|_| allows(statement)) else {
        return;
    };
    let keys: Vec<String> = statement
        .conditions
        .values()
        .flat_map(|keys| keys.keys())
        .map(|key| key.to_lowercase())
        .collect();
    let has = |key: &str| keys.iter().any(|known| known == key);
    if names(principal, "AWS").any(|name| name == "*") && !LIMITS.iter().any(|key| has(key)) {
        notes.add(
            "P32",
            Severity::Error,
            "Principal",
            "`*` is everybody, in every account",
        );
        notes.hint("name the account, or add a condition on `aws:PrincipalOrgID`");
    }
    let (arn, account) = (has("aws:sourcearn"), has("aws:sourceaccount"));
    for service in names(principal, "Service") {
        match kind {
            Kind::Trust if service == "lambda.amazonaws.com" && !account && !arn => {
                let message = "Lambda may assume the role for functions of any account that can pass it";
                notes.add("P34", Severity::Warning, "Principal", message);
                notes.word(service);
                notes.hint("add a condition on `aws:SourceAccount`");
            }
            // Services say much about what they do in other keys, such as a key's encryption context.
            Kind::Resource if keys.len() > usize::from(arn) + usize::from(account) => {}
            Kind::Function | Kind::Resource => check_source(service, arn, account, notes),
            Kind::Trust | Kind::Identity => {}
        }
    }
}

/// Statements are alternatives: what one of them lets in without a condition, no other keeps out.
pub(super) fn check_trust(document: &PolicyDocument, notes: &mut Notes) {
    let admits = |statement: &Statement, service: &str| {
        let principal = statement.principal.as_ref().filter(|_| allows(statement));
        principal.is_some_and(|principal| names(principal, "Service").any(|name| name == service))
    };
    for (index, statement) in document.statements.iter().enumerate() {
        let Some(principal) = statement
            .principal
            .as_ref()
            .filter(|_| !statement.conditions.is_empty())
        else {
            continue;
        };
        for service in names(principal, "Service").filter(|service| admits(statement, service)) {
            let open = document.statements.iter().position(|other| {
                other.conditions.is_empty() && other.actions.is_superset(&statement.actions) && admits(other, service)
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

/// Which conditions services send: Lambda developer guide, "Viewing resource-based IAM policies in Lambda".
fn check_source(service: &str, arn: bool, account: bool, notes: &mut Notes) {
    let is_sns = service == "sns.amazonaws.com" || (service.starts_with("sns.") && service.ends_with(".amazonaws.com"));
    if service == "s3.amazonaws.com" && !account {
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
    } else if !arn && !account {
        let message = format!("`{service}` may come on behalf of anybody, in every account");
        notes.add("P31", Severity::Error, "Principal", message);
        notes.word(service);
        notes.hint("add a condition on `aws:SourceArn` or `aws:SourceAccount`");
    }
}

fn names<'a>(principal: &'a Principal, kind: &str) -> impl Iterator<Item = &'a str> {
    principal.get(kind).into_iter().flatten().map(String::as_str)
}
