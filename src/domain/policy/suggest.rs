//! The way back through the catalogue: from an action and a resource to the line of `allow` for them.

use std::collections::BTreeSet;

use super::catalog::{Form, Service, Values, Verb, catalog, fill};
use super::grants::Grant;
use super::index;
use super::why::covers;
use crate::domain::arn::{Arn, Place};

/// A right that a line is sought for.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    pub action: &'a str,
    pub resource: &'a str,
    /// Condition key → the value that the call carries.
    pub when: &'a [(String, String)],
}

/// Every short line of the catalogue that names this action and this resource.
pub fn lines_allowing(wanted: Wanted<'_>, place: &Place) -> Vec<String> {
    let lines = every_line(wanted, place);
    lines.into_iter().map(|(_, line)| line).collect()
}

/// The smallest line of `allow` that allows `action` on `resource`: a verb where one fits, else a
/// statement written out. Without a resource, names stand in capitals.
pub fn line_for(action: &str, resource: Option<&str>, place: &Place) -> String {
    let short = match resource {
        Some(resource) => by_verb(action, resource, place),
        None => outline_by_verb(action),
    };
    short.unwrap_or_else(|| written_out(action, resource, place))
}

/// What a target such as `s3://shop/in/a.jpg` or `sqs:fulfil` stands for, as a resource of this action.
pub fn resource_of(target: &str, action: &str, place: &Place) -> Option<String> {
    let (prefix, _) = action.split_once(':')?;
    let lines = catalog().iter().flat_map(|(name, service)| {
        let speaks = target.starts_with(&service.scheme(name));
        let verbs = if speaks { service.verbs() } else { Vec::new() };
        verbs.into_iter().map(move |verb| format!("{verb} {target}"))
    });
    let grants: Vec<Grant> = lines.filter_map(|line| Grant::parse(&line).ok()).collect();
    let statements = grants.iter().flat_map(|grant| grant.statements(place));
    let fitting: Vec<(bool, String)> = statements
        .flat_map(|statement| {
            let is_it = statement.actions.iter().any(|known| known.eq_ignore_ascii_case(action));
            let of_service = statement
                .actions
                .iter()
                .any(|known| known.split(':').next() == Some(prefix));
            let resources = if is_it || of_service {
                statement.resources
            } else {
                BTreeSet::default()
            };
            resources.into_iter().map(move |resource| (is_it, resource))
        })
        .collect();
    let exact = fitting.iter().find(|(is_it, _)| *is_it);
    exact.or(fitting.first()).map(|(_, resource)| resource.clone())
}

fn by_verb(action: &str, resource: &str, place: &Place) -> Option<String> {
    let wanted = Wanted {
        action,
        resource,
        when: &[],
    };
    let allowing = every_line(wanted, place).into_iter().filter(|(_, line)| {
        let statements = Grant::parse(line)
            .map(|grant| grant.statements(place))
            .unwrap_or_default();
        statements.iter().any(|statement| covers(statement, action, resource))
    });
    let smallest = allowing.min_by_key(|(rights, line)| (*rights, line.len()));
    smallest.map(|(_, line)| line)
}

/// The lines that could allow it, with the number of actions that each allows.
fn every_line(wanted: Wanted<'_>, place: &Place) -> Vec<(usize, String)> {
    let lines = catalog().iter().flat_map(|(name, service)| {
        let forms = service.forms.iter();
        forms.flat_map(move |form| lines(name, service, form, wanted, place))
    });
    lines.collect()
}

fn lines(name: &str, service: &Service, form: &Form, wanted: Wanted<'_>, place: &Place) -> Vec<(usize, String)> {
    let mut lines = Vec::new();
    for (verb, rights) in &form.verbs {
        if !rights
            .actions
            .iter()
            .any(|known| known.eq_ignore_ascii_case(wanted.action))
        {
            continue;
        }
        let Some(carried) = carried(service, rights, wanted) else {
            continue;
        };
        let patterns = rights.resources.as_deref().unwrap_or_default().iter().chain(&form.arn);
        for pattern in patterns {
            // What this place gives is no part of the target.
            let here = fill(
                pattern,
                [
                    ("p", place.partition.as_str()),
                    ("r", place.region.as_str()),
                    ("a", place.account.as_str()),
                ],
            );
            let short = form.target.as_ref().and_then(|target| {
                let mut values = service.read(&here, wanted.resource)?;
                values.extend(carried.clone());
                Some(format!("{}{}", service.scheme(name), filled(target, &values)?))
            });
            let is_arn = form.arn.is_some() && service.read(pattern, wanted.resource).is_some();
            let long = is_arn.then(|| wanted.resource.to_owned());
            let targets = [short, long].into_iter().flatten();
            lines.extend(targets.map(|target| (rights.actions.len(), format!("{verb} {target}"))));
        }
    }
    lines
}

/// What the conditions of a verb say about the target, or `None` when the call does not carry their keys.
fn carried(service: &Service, rights: &Verb, wanted: Wanted<'_>) -> Option<Values> {
    let mut values = Values::new();
    for (key, pattern) in rights.condition.values().flatten() {
        let (_, value) = wanted.when.iter().find(|(known, _)| known.eq_ignore_ascii_case(key))?;
        values.extend(service.read(pattern, value)?);
    }
    Some(values)
}

/// The target with these values, if they are all that it needs.
fn filled(target: &str, values: &Values) -> Option<String> {
    let text = fill(
        target,
        values.iter().map(|(part, value)| (part.as_str(), value.as_str())),
    );
    (!text.contains('{')).then_some(text)
}

fn outline_by_verb(action: &str) -> Option<String> {
    let lines = catalog().iter().flat_map(|(name, service)| {
        service.forms.iter().flat_map(move |form| {
            let target = form.target.as_deref();
            let verbs = form.verbs.iter().filter(|(_, rights)| {
                rights.condition.is_empty() && rights.actions.iter().any(|known| known.eq_ignore_ascii_case(action))
            });
            verbs.filter_map(move |(verb, rights)| {
                let target = super::grants::outline(target?);
                Some((rights.actions.len(), format!("{verb} {}{target}", service.scheme(name))))
            })
        })
    });
    lines.min_by_key(|(rights, _)| *rights).map(|(_, line)| line)
}

/// `{ actions: [ACTION], resources: [ARN] }`; what the file's variables give is written with them.
fn written_out(action: &str, resource: Option<&str>, place: &Place) -> String {
    let resource = resource.map_or_else(|| resource_outline(action), str::to_owned);
    let resource = with_variables(&resource, place);
    format!("{{ actions: [\"{action}\"], resources: [\"{resource}\"] }}")
}

/// An ARN as the file writes it, with `${region}` and `${account}` where it has those of this place.
pub fn with_variables(resource: &str, place: &Place) -> String {
    let Ok(mut arn) = resource.parse::<Arn>() else {
        return resource.to_owned();
    };
    for (part, here, variable) in [
        (&mut arn.region, place.region.as_str(), "${region}"),
        (&mut arn.account, place.account.as_str(), "${account}"),
    ] {
        if part == here || part.starts_with('{') {
            variable.clone_into(part);
        }
    }
    if arn.partition.starts_with('{') {
        place.partition.clone_into(&mut arn.partition);
    }
    arn.to_string()
}

/// The ARN of what an action acts on, with `NAME` where the name goes; `*` when it takes no resource.
fn resource_outline(action: &str) -> String {
    let known = action.split_once(':').and_then(|(prefix, name)| {
        let service = index::service(prefix)?;
        let found = service.action(name)?;
        service
            .resources_of(found)
            .next()
            .map(|kind| kind.arn.replace('*', "NAME"))
    });
    known.unwrap_or_else(|| "*".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::policy::samples::ireland;

    #[test]
    fn the_catalogue_is_read_backwards() {
        for (action, resource, line) in [
            (
                "s3:GetObject",
                Some("arn:aws:s3:::shop/in/a.jpg"),
                "get s3://shop/in/a.jpg",
            ),
            ("s3:ListBucket", Some("arn:aws:s3:::shop"), "list s3://shop"),
            (
                "sqs:SendMessage",
                Some("arn:aws:sqs:eu-west-1:123456789012:fulfil"),
                "send sqs:fulfil",
            ),
            (
                "sqs:SendMessage",
                Some("arn:aws:sqs:us-east-1:210987654321:fulfil"),
                "send arn:aws:sqs:us-east-1:210987654321:fulfil",
            ),
            (
                "dynamodb:Query",
                Some("arn:aws:dynamodb:eu-west-1:123456789012:table/orders/index/*"),
                "read dynamodb:orders",
            ),
            (
                "secretsmanager:GetSecretValue",
                Some("arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/stripe-??????"),
                "get secret:prod/stripe",
            ),
            (
                "sqs:PurgeQueue",
                Some("arn:aws:sqs:eu-west-1:123456789012:fulfil"),
                "{ actions: [\"sqs:PurgeQueue\"], resources: [\"arn:aws:sqs:${region}:${account}:fulfil\"] }",
            ),
            (
                "textract:DetectDocumentText",
                None,
                "{ actions: [\"textract:DetectDocumentText\"], resources: [\"*\"] }",
            ),
            (
                "sqs:PurgeQueue",
                None,
                "{ actions: [\"sqs:PurgeQueue\"], resources: [\"arn:aws:sqs:${region}:${account}:NAME\"] }",
            ),
            ("sqs:SendMessage", None, "send sqs:QUEUE"),
        ] {
            assert_eq!(line_for(action, resource, &ireland()), line, "{action} on {resource:?}");
        }
    }

    #[test]
    fn what_every_verb_allows_is_suggested_with_a_line_that_allows_it() {
        let mut seen = 0;
        for (name, service) in catalog() {
            for verb in service.verbs() {
                let Ok(grant) = Grant::parse(&format!("{verb} {}", service.example)) else {
                    continue;
                };
                for statement in grant.statements(&ireland()).iter().filter(|s| s.conditions.is_empty()) {
                    for action in &statement.actions {
                        for resource in &statement.resources {
                            let line = line_for(action, Some(resource), &ireland());
                            let suggested = Grant::parse(&line).unwrap_or_else(|why| panic!("{name}: `{line}`: {why}"));
                            let allows = |s: &super::super::Statement| covers(s, action, resource);
                            assert!(suggested.statements(&ireland()).iter().any(allows), "{line}");
                            seen += 1;
                        }
                    }
                }
            }
        }
        assert!(seen > 20, "only {seen} pairs were tried");
    }

    #[test]
    fn short_targets_become_resources_of_the_action() {
        for (target, action, resource) in [
            ("s3://shop/in/a.jpg", "s3:GetObject", Some("arn:aws:s3:::shop/in/a.jpg")),
            ("s3://shop", "s3:ListBucket", Some("arn:aws:s3:::shop")),
            (
                "sqs:fulfil",
                "sqs:PurgeQueue",
                Some("arn:aws:sqs:eu-west-1:123456789012:fulfil"),
            ),
            ("sqs:fulfil", "sns:Publish", None),
            ("fulfil", "sqs:SendMessage", None),
        ] {
            assert_eq!(resource_of(target, action, &ireland()).as_deref(), resource, "{target}");
        }
    }
}
