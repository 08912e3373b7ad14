//! The way back through the catalogue: from an action and a resource to the line of `allow` for them.

use std::collections::{BTreeMap, BTreeSet};

use super::catalog::{Service, Values, Verb, Way, catalog, fill, ways_to};
use super::grants::Grant;
use super::lint::Severity;
use super::raw::RawStatement;
use super::why::covers;
use super::{Statement, index};
use crate::domain::arn::{Arn, Place};
use crate::domain::printable::{is_unprintable, quoted};

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

/// The conditions by which lines of the catalogue narrow an action further: operators and keys.
pub fn narrowings(action: &str) -> BTreeSet<(&'static str, &'static str)> {
    let stated = ways_to(action).iter().flat_map(|way| way.rights.statements());
    let about = stated.filter(|rights| rights.actions.iter().any(|known| known.eq_ignore_ascii_case(action)));
    let conditions = about.flat_map(|rights| rights.condition);
    conditions
        .flat_map(|(operator, keys)| keys.keys().map(move |key| (operator.as_str(), key.as_str())))
        .collect()
}

/// The smallest line of `allow` that allows `action` on `resource`: a verb where one fits, else a
/// statement written out. Without a resource, or where the file would refuse the resource, names stand
/// in capitals.
pub fn line_for(action: &str, resource: Option<&str>, place: &Place) -> String {
    let allowed = resource.filter(|resource| !is_refused(action, resource));
    let short = resource.and_then(|resource| {
        by_verb(action, resource, place)
            .or_else(|| by_alias(action, resource, place))
            .or_else(|| allowed.is_none().then(|| by_role(action, resource))?)
    });
    let short = short.or_else(|| allowed.is_none().then(|| outline_by_verb(action))?);
    // What is text of the line is no variable of the file.
    let short = short.map(|line| escaped(&line));
    short.unwrap_or_else(|| {
        let outline = resource_outline(action);
        // Where nothing is known that it acts on, what was asked about says more.
        let open = if outline == "*" { resource } else { None };
        written_out(action, allowed.or(open), place)
    })
}

/// Whether a statement with these two, written out, is one that the file refuses.
fn is_refused(action: &str, resource: &str) -> bool {
    let statement = RawStatement {
        actions: vec![action.to_owned()],
        resources: vec![known_to_iam(resource)],
        when: BTreeMap::new(),
        because: None,
        accept: Vec::new(),
    };
    let mut found = statement.findings().into_iter();
    found.any(|(_, finding)| finding.severity == Severity::Error)
}

/// The line for the alias of a key, which is no resource of its own but a condition.
fn by_alias(action: &str, resource: &str, place: &Place) -> Option<String> {
    let arn = resource.parse::<Arn>().ok()?;
    if arn.service != "kms" || !arn.resource.starts_with("alias/") {
        return None;
    }
    let is_here = arn.region == place.region.as_str() && arn.account == place.account.as_str();
    let lines = ways_to(action).iter().filter_map(|way| {
        let short = is_here.then(|| way.service.written(way.name, &arn.resource));
        let mut targets = short.into_iter().chain([resource.to_owned()]);
        targets.find_map(|target| {
            let line = format!("{} {target}", way.verb);
            let statements = Grant::parse(&line).ok()?.statements(place);
            let names = statements.iter().any(|statement| statement.names_action(action));
            names.then(|| (width(&statements), line.len(), line))
        })
    });
    lines.min().map(|(.., line)| line)
}

/// The outline for passing a role, with its name; the service is for the reader to say.
fn by_role(action: &str, resource: &str) -> Option<String> {
    let arn = resource.parse::<Arn>().ok()?;
    let name = arn.resource.strip_prefix("role/")?;
    let is_passing = action.eq_ignore_ascii_case("iam:PassRole") && !name.contains(['*', '?']);
    is_passing.then(|| format!("pass role:{name}:SERVICE"))
}

/// IAM takes no characters above U+00FF, and a line none that end it or move the cursor; a `?` stands for any one
/// of them.
pub fn known_to_iam(resource: &str) -> String {
    let is_foreign = |c: char| c > '\u{ff}' || is_unprintable(c);
    resource.chars().map(|c| if is_foreign(c) { '?' } else { c }).collect()
}

/// `${` as the file writes it where it means the text itself.
fn escaped(text: &str) -> String {
    text.replace("${", "$${")
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
    let known = exact.or(fitting.first()).map(|(_, resource)| resource.clone());
    known.or_else(|| object(target, prefix, place))
}

/// An object whose key has characters that no line of the catalogue takes, such as spaces.
fn object(target: &str, service: &str, place: &Place) -> Option<String> {
    let (bucket, key) = target.strip_prefix("s3://")?.split_once('/')?;
    let is_object = service.eq_ignore_ascii_case("s3") && !bucket.is_empty() && !key.is_empty();
    let partition = &place.partition;
    is_object.then(|| format!("arn:{partition}:s3:::{bucket}/{key}"))
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
    let resource = quoted(&known_to_iam(&resource));
    format!("{{ actions: [\"{action}\"], resources: [{resource}] }}")
}

/// An ARN as the file writes it, with `${region}` and `${account}` where it has those of this place;
/// variables of IAM's own are text to the file.
pub fn with_variables(resource: &str, place: &Place) -> String {
    let resource = escaped(resource);
    let Ok(mut arn) = resource.parse::<Arn>() else {
        return resource;
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
    use crate::domain::config::{Inputs, load};
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
    fn what_is_said_can_be_pasted() {
        let key = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
        for (action, resource, said) in [
            (
                "iam:PassRole",
                "arn:aws:iam::123456789012:role/jobs/run",
                "pass role:jobs/run:SERVICE",
            ),
            (
                "kms:Decrypt",
                "arn:aws:kms:eu-west-1:123456789012:alias/x",
                "decrypt kms:alias/x",
            ),
            (
                "kms:Decrypt",
                "arn:aws:kms:us-east-1:123456789012:alias/x",
                "decrypt arn:aws:kms:us-east-1:123456789012:alias/x",
            ),
            ("kms:Decrypt", key, "decrypt kms:1234abcd-12ab-34cd-56ef-1234567890ab"),
            ("secretsmanager:GetSecretValue", "*", "get secret:SECRET"),
            (
                "s3:GetObject",
                "arn:aws:s3:::shop/${aws:username}/a",
                "$${aws:username}",
            ),
            ("s3:GetObject", "arn:aws:s3:::shop/ünï code", "shop/ünï code"),
            ("s3:GetObject", "arn:aws:s3:::shop/漢 \"a\\b\"", "shop/? "),
            (
                "sqs:PurgeQueue",
                "arn:aws:sqs:eu-west-1:123456789012:fulfil",
                "sqs:${region}:${account}:fulfil",
            ),
            ("s3:GetObject", "arn:aws:s3:::shop/in/a.jpg", "get s3://shop/in/a.jpg"),
        ] {
            let line = line_for(action, Some(resource), &ireland());
            assert!(line.contains(said), "{action} on {resource}: {line}");
            // A name in capitals is for the reader to fill in.
            let line = line.replace("SERVICE", "scheduler").replace("SECRET", "prod/stripe");
            let text = format!("name: shop\nruntime: python3.13\nhandler: app.handler\nallow:\n  - {line}\n");
            let inputs = Inputs {
                stage: None,
                place: Some(&ireland()),
                env: &|_| None,
            };
            let loaded = load(&text, &inputs);
            assert!(loaded.config.is_some(), "{line}: {:?}", loaded.findings);
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
            ("s3://shop/ünï code", "s3:GetObject", Some("arn:aws:s3:::shop/ünï code")),
            ("sqs:fulfil", "sns:Publish", None),
            ("fulfil", "sqs:SendMessage", None),
        ] {
            assert_eq!(resource_of(target, action, &ireland()).as_deref(), resource, "{target}");
        }
    }
}
