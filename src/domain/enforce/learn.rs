//! From what was seen to lines of `allow`: keys that look alike become one pattern, which is a guess, and the
//! catalogue of grants does the rest, as for code that is read.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{Seen, Standing};
use crate::domain::arn::Place;
use crate::domain::calls::Need;
use crate::domain::policy::{self, narrowings};
use crate::domain::printable::{is_unprintable, quoted};
use crate::domain::suggest::{self, Condition, Resource};

/// So many names under one prefix are taken for examples of all of them.
const ALIKE: usize = 3;
/// Examples that are told of a guess.
const EXAMPLES: usize = 3;

/// A line for what was seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Learned {
    /// As it stands in `allow`, without the `- `.
    pub line: String,
    pub actions: Vec<String>,
    /// Some of the resources behind a pattern that is a guess; empty when the line names what was seen.
    pub guessed_from: Vec<String>,
}

/// Lines for everything that was let through and is missing from the file.
pub fn lines(seen: &Seen, place: &Place) -> Vec<Learned> {
    let of = |wanted: fn(Standing) -> bool| {
        let needs = seen.needs.keys();
        let needs = needs.filter(|(need, standing)| wanted(*standing) && !is_untold(need));
        needs.map(|(need, _)| need).collect::<Vec<&Need>>()
    };
    let missing = alike(&of(|standing| standing == Standing::Missing));
    let met = of(|standing| matches!(standing, Standing::Allowed | Standing::Depends));
    let wanted: Vec<suggest::Need> = missing.keys().cloned().collect();
    let all: Vec<suggest::Need> = wanted
        .iter()
        .cloned()
        .chain(met.iter().map(|need| known(need)))
        .collect();
    // They have to be of the same list.
    let missing_of_all: Vec<&suggest::Need> = all[..wanted.len()].iter().collect();
    let proposals = suggest::propose(&missing_of_all, &all, place);
    let learned = proposals.into_iter().map(|proposal| {
        let examples = proposal.needs.iter().filter_map(|need| missing.get(need)).flatten();
        let examples: BTreeSet<&String> = examples.collect();
        Learned {
            guessed_from: examples.into_iter().take(EXAMPLES).cloned().collect(),
            line: item(&proposal.line),
            actions: proposal.actions,
        }
    });
    learned.collect()
}

/// Whether a request did not tell its operation, so that a line for it would be one for the whole service.
pub(super) fn is_untold(need: &Need) -> bool {
    need.action.ends_with(":*")
}

/// The line for one need, exactly as it was.
pub fn line_for(need: &Need, place: &Place) -> String {
    let all = [known(need)];
    let proposals = suggest::propose(&[&all[0]], &all, place);
    let line = proposals.into_iter().next().map(|proposal| item(&proposal.line));
    line.unwrap_or_else(|| policy::line_for(&need.action, Some(&need.resource), place))
}

/// A line as an item of a list in YAML.
fn item(line: &str) -> String {
    if line.starts_with('{') {
        return line.to_owned();
    }
    // What is text of the line is no variable of the file.
    let text = line.replace("${", "$${");
    let is_plain = !text.contains(|c: char| is_unprintable(c) || "\"\\".contains(c))
        && !text.contains(": ")
        && !text.contains(" #")
        && !text.ends_with(':');
    if is_plain { text } else { quoted(&text) }
}

/// Whether a line for a resource allows more than the resource: what a request names `*` is any name in a policy.
pub fn is_open(resource: &str) -> bool {
    // Secrets Manager's own six characters.
    let named = resource.strip_suffix("-??????").unwrap_or(resource);
    named != "*" && named.contains(['*', '?'])
}

/// A need in the words of proposals.
fn known(need: &Need) -> suggest::Need {
    let when = narrowings(&need.action).into_iter().filter_map(|(operator, key)| {
        let mut carried = need.context.iter();
        let (_, values) = carried.find(|(known, _)| known.eq_ignore_ascii_case(key))?;
        let [value] = &values[..] else { return None };
        (!value.is_empty()).then(|| Condition {
            operator: operator.to_owned(),
            key: key.to_owned(),
            value: Resource::text(value),
        })
    });
    suggest::Need {
        action: need.action.clone(),
        resource: Resource::text(&need.resource),
        when: when.collect(),
        from: Vec::new(),
    }
}

/// The needs with patterns in place of names that look alike, and the resources behind each pattern.
fn alike(needs: &[&Need]) -> BTreeMap<suggest::Need, BTreeSet<String>> {
    let mut folders: BTreeMap<(String, String), BTreeSet<&Need>> = BTreeMap::new();
    let mut found: BTreeMap<suggest::Need, BTreeSet<String>> = BTreeMap::new();
    let mut guess = |need: &Need, pattern: String| {
        let mut known = known(need);
        known.resource = Resource::text(pattern);
        found.entry(known).or_default().insert(need.resource.clone());
    };
    let mut exact: Vec<&Need> = Vec::new();
    for need in needs {
        let Some(path) = path(&need.resource) else {
            exact.push(need);
            continue;
        };
        let begin = need.resource.len() - path.len();
        if let Some(at) = made_up(path) {
            guess(need, format!("{}*", &need.resource[..begin + at]));
        } else {
            let name = path.rfind('/').map_or(0, |slash| slash + 1);
            let folder = need.resource[..begin + name].to_owned();
            folders.entry((need.action.clone(), folder)).or_default().insert(need);
        }
    }
    for ((_, folder), needs) in folders {
        let names: BTreeSet<&str> = needs.iter().map(|need| need.resource.as_str()).collect();
        if names.len() < ALIKE {
            exact.extend(needs);
            continue;
        }
        for need in needs {
            guess(need, format!("{folder}*"));
        }
    }
    for need in exact {
        let examples = found.entry(known(need)).or_default();
        if is_open(&need.resource) {
            examples.insert(need.resource.clone());
        }
    }
    found
}

/// The part of a resource that is a path of a tree which a function may fill with names: the key of an object, the
/// name of a parameter.
fn path(resource: &str) -> Option<&str> {
    let mut parts = resource.splitn(6, ':');
    let service = parts.nth(2)?;
    let name = parts.nth(2)?;
    match service {
        "s3" => name.split_once('/').map(|(_, key)| key),
        "ssm" => name.strip_prefix("parameter/"),
        _ => None,
    }
    .filter(|path| !path.is_empty() && !path.contains('*'))
}

/// Where the first segment begins that a program made up: a date, a number, an identifier.
fn made_up(path: &str) -> Option<usize> {
    let mut at = 0;
    for segment in path.split('/') {
        if is_made_up(segment) {
            return Some(at);
        }
        at += segment.len() + 1;
    }
    None
}

fn is_made_up(segment: &str) -> bool {
    let name = segment.split('.').next().unwrap_or_default();
    let digits = name.chars().filter(char::is_ascii_digit).count();
    let is_number = digits > 0 && digits == name.len();
    let longest = name.split(|c: char| !c.is_ascii_hexdigit()).map(str::len).max();
    let is_code = digits > 0 && longest.is_some_and(|length| length >= 8);
    is_number || digits >= 6 || is_code
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::calls::refusal::Reason;
    use crate::domain::enforce::{Ruled, Ruling};
    use crate::domain::policy::denial::Keeper;
    use crate::domain::policy::samples::ireland;

    fn need(action: &str, resource: &str, context: &[(&str, &str)]) -> Need {
        Need {
            action: action.into(),
            resource: resource.into(),
            context: context
                .iter()
                .map(|(key, value)| ((*key).into(), vec![(*value).into()]))
                .collect(),
            untold: Vec::new(),
        }
    }

    /// `LINE`, or `LINE <- EXAMPLE, …` for a guess.
    fn learned(needs: &[Need]) -> Vec<String> {
        let mut seen = Seen::default();
        let denied = Ruling::Denied(Reason {
            keeper: Keeper::Identity,
            explicit: false,
        });
        for need in needs {
            seen.let_through(&[Ruled {
                need: need.clone(),
                ruling: denied.clone(),
                grounds: BTreeSet::new(),
            }]);
        }
        let shown = lines(&seen, &ireland())
            .into_iter()
            .map(|learned| match &learned.guessed_from[..] {
                [] => learned.line,
                examples => format!(
                    "{} <- {}",
                    learned.line,
                    examples.join(", ").replace("arn:aws:s3:::", "")
                ),
            });
        shown.collect()
    }

    fn objects(action: &str, keys: &[&str]) -> Vec<Need> {
        keys.iter()
            .map(|key| need(action, &format!("arn:aws:s3:::shop/{key}"), &[]))
            .collect()
    }

    #[test]
    fn what_was_seen_becomes_lines() {
        let here = |service: &str, rest: &str| format!("arn:aws:{service}:eu-west-1:123456789012:{rest}");
        for (action, resource, context, line) in [
            (
                "s3:GetObject",
                "arn:aws:s3:::shop/in/a.jpg".to_owned(),
                None,
                "get s3://shop/in/a.jpg",
            ),
            (
                "s3:ListBucket",
                "arn:aws:s3:::shop".to_owned(),
                Some(("s3:prefix", "in/")),
                "list s3://shop/in/",
            ),
            (
                "s3:ListBucket",
                "arn:aws:s3:::shop".to_owned(),
                Some(("s3:prefix", "")),
                "list s3://shop",
            ),
            (
                "dynamodb:GetItem",
                here("dynamodb", "table/orders"),
                None,
                "get dynamodb:orders",
            ),
            ("sqs:SendMessage", here("sqs", "fulfil"), None, "send sqs:fulfil"),
            ("sns:Publish", here("sns", "alerts"), None, "publish sns:alerts"),
            (
                "secretsmanager:GetSecretValue",
                here("secretsmanager", "secret:prod/stripe-??????"),
                None,
                "get secret:prod/stripe",
            ),
            (
                "ssm:GetParameter",
                here("ssm", "parameter/shop/key"),
                None,
                "get param:shop/key",
            ),
            (
                "lambda:InvokeFunction",
                here("lambda", "function:resize"),
                None,
                "invoke lambda:resize",
            ),
            (
                "states:StartExecution",
                here("states", "stateMachine:rollup"),
                None,
                "start states:rollup",
            ),
            (
                "cloudwatch:PutMetricData",
                "*".to_owned(),
                Some(("cloudwatch:namespace", "Shop")),
                "put metrics:Shop",
            ),
            (
                "sqs:PurgeQueue",
                here("sqs", "fulfil"),
                None,
                "{ actions: [\"sqs:PurgeQueue\"], resources: [\"arn:aws:sqs:${region}:${account}:fulfil\"] }",
            ),
        ] {
            let need = need(action, &resource, context.as_slice());
            assert_eq!(learned(std::slice::from_ref(&need)), [line], "{action}");
            assert_eq!(line_for(&need, &ireland()), line, "{action}");
        }
    }

    #[test]
    fn names_that_look_alike_become_a_pattern() {
        for (keys, expected) in [
            (
                &["in/a.jpg", "in/b.jpg"][..],
                &["get s3://shop/in/a.jpg", "get s3://shop/in/b.jpg"][..],
            ),
            (
                &["in/a.jpg", "in/b.jpg", "in/c.jpg", "in/d.jpg", "x"],
                &[
                    "get s3://shop/in/* <- shop/in/a.jpg, shop/in/b.jpg, shop/in/c.jpg",
                    "get s3://shop/x",
                ],
            ),
            (
                &["orders/2026/11/30/9.json"],
                &["get s3://shop/orders/* <- shop/orders/2026/11/30/9.json"],
            ),
            (
                &["up/3f2c9a1b-77aa-4c0e-8d11-0a1b2c3d4e5f/v1.png"],
                &["get s3://shop/up/* <- shop/up/3f2c9a1b-77aa-4c0e-8d11-0a1b2c3d4e5f/v1.png"],
            ),
            (&["conf/v1/app-2026.json"], &["get s3://shop/conf/v1/app-2026.json"]),
        ] {
            assert_eq!(learned(&objects("s3:GetObject", keys)), expected, "{keys:?}");
        }
    }

    /// Keys are made by whoever sends the function its events.
    #[test]
    fn a_name_breaks_out_of_no_line() {
        for (key, line) in [
            (
                "p/x\n  - delete s3://*",
                "{ actions: [\"s3:GetObject\"], resources: [\"arn:aws:s3:::shop/p/x?  - delete s3://*\"] }",
            ),
            (
                "a\"b",
                "{ actions: [\"s3:GetObject\"], resources: [\"arn:aws:s3:::shop/a\\\"b\"] }",
            ),
            (
                "a\u{1b}[2Jb",
                "{ actions: [\"s3:GetObject\"], resources: [\"arn:aws:s3:::shop/a?[2Jb\"] }",
            ),
            (
                "a b: c #d",
                "{ actions: [\"s3:GetObject\"], resources: [\"arn:aws:s3:::shop/a b: c #d\"] }",
            ),
            ("a:", "\"get s3://shop/a:\""),
            ("a:b#c", "get s3://shop/a:b#c"),
            (
                "${account}",
                "{ actions: [\"s3:GetObject\"], resources: [\"arn:aws:s3:::shop/$${account}\"] }",
            ),
        ] {
            let need = need("s3:GetObject", &format!("arn:aws:s3:::shop/{key}"), &[]);
            assert_eq!(line_for(&need, &ireland()), line, "{key}");
            let shown = learned(&[need]).join("\n");
            assert_eq!(shown.split(" <- ").next(), Some(line), "{key}");
            let read = serde_yaml::from_str::<serde_json::Value>(&format!("- {line}\n")).unwrap();
            assert_eq!(read.as_array().map(Vec::len), Some(1), "{key}");
        }
    }

    #[test]
    fn a_name_that_is_a_pattern_is_a_guess() {
        assert_eq!(
            learned(&objects("s3:PutObject", &["up/*"])),
            ["put s3://shop/up/* <- shop/up/*"]
        );
        assert!(is_open("arn:aws:s3:::shop/a?"));
        assert!(!is_open("*"));
        assert!(!is_open(
            "arn:aws:secretsmanager:eu-west-1:123456789012:secret:a-??????"
        ));
    }

    #[test]
    fn a_verb_for_several_actions_is_used_when_all_were_seen() {
        let table = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders";
        let write = ["PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem"];
        let needs: Vec<Need> = write
            .iter()
            .map(|name| need(&format!("dynamodb:{name}"), table, &[]))
            .collect();
        assert_eq!(learned(&needs), ["write dynamodb:orders"]);
        assert_eq!(learned(&needs[..1]), ["put dynamodb:orders"]);
    }
}
