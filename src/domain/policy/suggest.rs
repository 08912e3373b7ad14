//! The way back through the catalogue: from an action and a resource to the line of `allow` for them.

use std::collections::BTreeSet;

use super::catalog::{Service, Values, Verb, Way, catalog, fill, ways_to};
use super::grants::Grant;
use super::why::covers;
use super::{Statement, index};
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
    every_line(wanted, place).map(|(_, line)| line).collect()
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
    let allowing = every_line(wanted, place).filter_map(|(way, line)| {
        let statements = Grant::parse(&line).ok()?.statements(place);
        let mut covering = statements.iter();
        covering
            .any(|statement| covers(statement, action, resource))
            .then(|| (way.rights.level, width(&statements), line.len(), line))
    });
    allowing.min().map(|(.., line)| line)
}

/// The lines that could allow it, each with the verb that it is of.
fn every_line<'a>(wanted: Wanted<'a>, place: &'a Place) -> impl Iterator<Item = (&'static Way, String)> + 'a {
    let lines = move |way: &'static Way| {
        targets(way, wanted, place)
            .into_iter()
            .map(move |target| (way, format!("{} {target}", way.verb)))
    };
    ways_to(wanted.action).iter().flat_map(lines)
}

/// How much statements allow, to choose the least.
fn width(statements: &[Statement]) -> (usize, usize) {
    let actions = statements.iter().map(|statement| statement.actions.len());
    let resources = statements.iter().map(|statement| statement.resources.len());
    (actions.sum(), resources.sum())
}

/// The targets of one form that could stand for a resource.
fn targets(way: &Way, wanted: Wanted<'_>, place: &Place) -> Vec<String> {
    let resource = wanted.resource;
    let Way {
        name,
        service,
        form,
        rights,
        ..
    } = *way;
    let Some(carried) = carried(service, rights, wanted) else {
        return Vec::new();
    };
    let patterns = rights
        .resources
        .as_deref()
        .unwrap_or_default()
        .iter()
        .map(String::as_str);
    let patterns = patterns.chain(form.resource()).chain(form.arn.as_deref());
    let here = [
        ("p", place.partition.as_str()),
        ("r", place.region.as_str()),
        ("a", place.account.as_str()),
    ];
    let short = patterns.filter_map(|pattern| {
        // What this place gives is no part of the target.
        let mut values = read(service, &fill(pattern, here), resource)?;
        values.extend(carried.clone());
        let target = filled(form.target.as_ref()?, &values)?;
        Some(service.written(name, &target))
    });
    let whole = form
        .arn
        .as_deref()
        .is_some_and(|pattern| service.read(pattern, resource).is_some());
    short.chain(whole.then(|| resource.to_owned())).collect()
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

/// Reads a resource as a pattern, of which it may be one of those that the last `*` stands for.
fn read(service: &Service, pattern: &str, resource: &str) -> Option<Values> {
    let open = |stem: &str| {
        let end = stem.chars().next_back()?;
        let mut stems = resource.match_indices(end).map(|(at, _)| &resource[..=at]);
        stems.find_map(|start| service.read(stem, start))
    };
    let exact = service.read(pattern, resource);
    exact.or_else(|| open(pattern.strip_suffix('*').filter(|stem| !stem.is_empty())?))
}

/// The target with these values, if they are all that it needs.
fn filled(target: &str, values: &Values) -> Option<String> {
    let text = fill(
        target,
        values.iter().map(|(part, value)| (part.as_str(), value.as_str())),
    );
    (!text.contains('{')).then_some(text)
}

/// The least that a verb allows, those without a condition first.
fn outline_by_verb(action: &str) -> Option<String> {
    let lines = ways_to(action).iter().filter_map(|way| {
        let Way { service, rights, .. } = way;
        let target = super::grants::outline(way.form.target.as_deref()?);
        let line = format!("{} {}", way.verb, service.written(way.name, &target));
        let conditions: usize = rights.statements().map(|stated| stated.condition.len()).sum();
        let actions: usize = rights.statements().map(|stated| stated.actions.len()).sum();
        Some((conditions, actions, line))
    });
    lines.min().map(|(.., line)| line)
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
                "query dynamodb:orders",
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
            ("textract:DetectDocumentText", None, "detect textract"),
            (
                "sqs:PurgeQueue",
                None,
                "{ actions: [\"sqs:PurgeQueue\"], resources: [\"arn:aws:sqs:${region}:${account}:NAME\"] }",
            ),
            ("sqs:SendMessage", None, "send sqs:QUEUE"),
            (
                "dynamodb:Query",
                Some("arn:aws:dynamodb:eu-west-1:123456789012:table/orders/index/by-date"),
                "query dynamodb:orders/by-date",
            ),
            ("S3:getobject", None, "get s3://BUCKET/KEY"),
            (
                "states:StopExecution",
                Some("arn:aws:states:eu-west-1:123456789012:execution:rollup:4f2a"),
                "stop states:rollup",
            ),
            (
                "logs:FilterLogEvents",
                Some("arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/a:log-stream:b"),
                "filter logs:/aws/lambda/a",
            ),
            ("cloudwatch:PutMetricData", None, "put metrics:NAMESPACE"),
            ("iam:PassRole", None, "pass role:ROLE:SERVICE"),
            (
                "bedrock:InvokeModel",
                Some("arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.amazon.nova-lite-v1:0"),
                "invoke bedrock:eu.amazon.nova-lite-v1:0",
            ),
        ] {
            assert_eq!(line_for(action, resource, &ireland()), line, "{action} on {resource:?}");
        }
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
