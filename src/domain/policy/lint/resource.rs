//! Rules about resources: that they are no wider than they must be, and that actions reach them.

use super::action::known;
use super::{Known, Notes, Severity, allows, guard, index};
use crate::domain::policy::glob::Pattern;
use crate::domain::policy::grants::outline;
use crate::domain::policy::index::{Level, ResourceType, Service};
use crate::domain::policy::{Conditions, Statement};

/// Actions that AWS documents with `*`, although the index lists resource types for them.
/// Source: Lambda developer guide, "Giving Lambda functions access to resources in an Amazon VPC".
const NETWORK: [&str; 5] = [
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
    "ec2:DetachNetworkInterface",
];

/// Actions that read secrets.
const SECRETS: [&str; 6] = [
    "secretsmanager:GetSecretValue",
    "ssm:GetParameter",
    "ssm:GetParameters",
    "ssm:GetParameterHistory",
    "ssm:GetParametersByPath",
    "kms:Decrypt",
];

pub(super) fn check(statement: &Statement, found: &[(String, Service, String)], notes: &mut Notes) {
    let is_about_nothing = statement.resources.is_empty() && statement.not_resources.is_empty();
    if is_about_nothing && statement.principal.is_none() && statement.not_principal.is_none() {
        let message = "a statement without `Resource` is refused by IAM in the policy of an identity";
        notes.add("P14", Severity::Error, "Action", message);
        notes.hint("add the `Resource` that it is about");
    }
    if !allows(statement) || statement.resources.is_empty() {
        return;
    }
    check_secrets_behind_wildcards(statement, notes);
    let everything = statement.resources.contains("*");
    let narrowed = is_narrowed(&statement.conditions);
    // An inference profile goes to its model in several regions; through the profile alone, all is well.
    // Source: Bedrock user guide, "Prerequisites for inference profiles".
    let through_profile = guards(&statement.conditions, "bedrock:InferenceProfileArn");
    let arns = statement.resources.iter().filter(|resource| *resource != "*");
    for resource in arns.filter(|_| !through_profile) {
        let before = notes.found.len();
        check_arn(resource, narrowed, notes);
        if notes.found.len() > before {
            notes.word(resource);
        }
    }
    let given: Vec<(&str, Pattern)> = statement
        .resources
        .iter()
        .map(|resource| (resource.as_str(), Pattern::resource(resource)))
        .collect();
    for known in known(found) {
        let types: Vec<&ResourceType> = known.service.resources_of(known.action).collect();
        let unnamed = statement.resources.iter().find(|resource| is_unnamed(resource));
        if everything {
            check_everything(statement, &known, types.is_empty(), notes);
        } else if types.is_empty() {
            let message = format!(
                "`{}` takes no resource but `*`, so that these never match",
                known.written
            );
            notes.add("P15", Severity::Warning, "Resource", message);
            if let Some(resource) = statement.resources.first() {
                notes.word(resource);
            }
        } else if !given.iter().any(|given| types.iter().any(|kind| can_be(given, kind))) {
            let arns: Vec<String> = types.iter().map(|kind| outline(&kind.arn)).collect();
            let message = format!(
                "`{}` acts on none of these resources, so that it is not allowed",
                known.written
            );
            notes.add("P14", Severity::Error, "Resource", message);
            if let Some(resource) = statement.resources.first() {
                notes.word(resource);
            }
            notes.hint(format!("it acts on `{}`", arns.join("`, `")));
        } else if let Some(resource) = unnamed.filter(|_| is(&SECRETS, &known) && !narrowed) {
            note_secrets(&known, resource, notes);
        }
        check_pass_role(statement, &known, everything || unnamed.is_some(), notes);
    }
}

fn is(list: &[&str], known: &Known<'_>) -> bool {
    list.iter().any(|action| action.eq_ignore_ascii_case(known.written))
}

/// Whether an ARN leaves the whole name open: `…:secret:*`, `…:role/*`.
fn is_unnamed(resource: &str) -> bool {
    let last = resource.splitn(6, ':').nth(5).and_then(|last| last.strip_suffix('*'));
    last.is_some_and(|kind| match kind.strip_suffix(['/', ':']) {
        Some(kind) => !kind.contains(['/', ':']),
        None => kind.is_empty(),
    })
}

fn note_secrets(known: &Known<'_>, resource: &str, notes: &mut Notes) {
    notes.add(
        "P24",
        Severity::Error,
        "Resource",
        format!("`{}` on `{resource}` opens every secret of the account", known.written),
    );
    notes.word(resource);
    notes.hint("name the ones that are needed");
}

/// Patterns are not looked at action by action: of those, only what gives secrets away.
fn check_secrets_behind_wildcards(statement: &Statement, notes: &mut Notes) {
    let narrowed = is_narrowed(&statement.conditions);
    let open = |resource: &&String| *resource == "*" || (is_unnamed(resource) && !narrowed);
    for written in statement.actions.iter().filter(|action| action.contains(['*', '?'])) {
        let Some((prefix, name)) = written.split_once(':') else {
            continue;
        };
        let Some(service) = index::service(prefix) else {
            continue;
        };
        let read = service.expand(name).into_iter().find(|action| {
            let full = format!("{}:{}", service.prefix, action.name);
            SECRETS.iter().any(|secret| secret.eq_ignore_ascii_case(&full))
        });
        let Some(action) = read else { continue };
        let holds_secrets = |resource: &&String| {
            let given = (resource.as_str(), Pattern::resource(resource));
            service.resources_of(action).any(|kind| can_be(&given, kind))
        };
        if let Some(resource) = statement.resources.iter().filter(open).find(holds_secrets) {
            let known = Known {
                written,
                service: &service,
                action,
            };
            note_secrets(&known, resource, notes);
        }
    }
}

/// Whether some resource of this type matches what was given.
fn can_be((written, pattern): &(&str, Pattern), kind: &ResourceType) -> bool {
    // The name of a bucket has no slash, which its ARN in the index does not say.
    let is_object = written.contains('/') && kind.arn == "arn:{p}:s3:::*";
    !is_object && kind.pattern().overlaps(pattern)
}

fn check_arn(resource: &str, narrowed: bool, notes: &mut Notes) {
    let segments: Vec<&str> = resource.splitn(6, ':').collect();
    let name = segments.get(5).copied().unwrap_or_default();
    let mut wide = |message: String| notes.add("P13", Severity::Warning, "Resource", message);
    if segments[0] != "arn" {
        notes.add(
            "P14",
            Severity::Error,
            "Resource",
            format!("`{resource}` is not an ARN, so that it never matches"),
        );
    } else if segments[1..segments.len().min(5)]
        .iter()
        .any(|segment| segment.contains('*'))
    {
        wide(format!(
            "`{resource}` has a wildcard in its partition, service, region or account"
        ));
    } else if segments.get(2) == Some(&"s3") && name.split('/').next().is_some_and(|bucket| bucket.contains(['*', '?']))
    {
        // A condition on the owner keeps strangers' buckets out.
        if !narrowed {
            wide(format!(
                "`{resource}` has a wildcard in its bucket, which may be anybody's"
            ));
        }
    } else if let Some(before) = runs_on(name) {
        wide(format!(
            "`{resource}` matches every name that begins with `{before}`, `{before}-other` too"
        ));
        notes.hint("put the wildcard behind a separator, such as `/`");
    }
}

/// What stands before a `*` that goes on in the middle of a word.
fn runs_on(name: &str) -> Option<&str> {
    let at = name.match_indices('*').map(|(at, _)| at).find(|at| {
        let before = name[..*at].chars().next_back();
        before.is_some_and(char::is_alphanumeric)
    })?;
    let before = &name[..at];
    Some(before.rsplit(['/', ':']).next().unwrap_or(before))
}

fn check_everything(statement: &Statement, known: &Known<'_>, takes_no_resource: bool, notes: &mut Notes) {
    let written = known.written;
    if is(&SECRETS, known) {
        note_secrets(known, "*", notes);
    } else if takes_no_resource || is_narrowed(&statement.conditions) {
        // Nothing narrower can be written, or a condition does it.
    } else if is(&NETWORK, known) {
        let message = format!("`{written}` on `*` is what AWS documents for functions in a VPC");
        notes.add("P12", Severity::Info, "Resource", message);
        notes.word("*");
        notes.hint("deny it to the function's own code, under `lambda:SourceFunctionArn`");
    } else {
        let severity = match known.action.level {
            Level::List | Level::Read => Severity::Warning,
            Level::Tagging | Level::Write | Level::PermissionsManagement => Severity::Error,
        };
        notes.add(
            "P12",
            severity,
            "Resource",
            format!("`{written}` is allowed on `*` and could be on single resources"),
        );
        notes.word("*");
        let arns: Vec<String> = known
            .service
            .resources_of(known.action)
            .map(|kind| outline(&kind.arn))
            .collect();
        notes.hint(format!("name them: `{}`", arns.join("`, `")));
    }
}

/// A condition on what is acted on, rather than on who asks or how.
fn is_narrowed(conditions: &Conditions) -> bool {
    let keys = guard::keys(conditions);
    keys.iter()
        .any(|key| !key.starts_with("aws:") || key.starts_with("aws:resource"))
}

fn guards(conditions: &Conditions, key: &str) -> bool {
    guard::keys(conditions).contains(&key.to_ascii_lowercase())
}

fn check_pass_role(statement: &Statement, known: &Known<'_>, everything: bool, notes: &mut Notes) {
    if !known.written.eq_ignore_ascii_case("iam:PassRole") {
        return;
    }
    let to_whom = guards(&statement.conditions, "iam:PassedToService");
    if everything || !to_whom {
        let what = if everything {
            "any role"
        } else {
            "a role to any service"
        };
        notes.add(
            "P21",
            Severity::Error,
            "Resource",
            format!("`iam:PassRole` hands over {what}"),
        );
        let resource = statement.resources.iter().find(|resource| is_unnamed(resource));
        notes.word(resource.map_or("*", String::as_str));
        notes.hint("name the role, and the service under `iam:PassedToService`");
    }
}
