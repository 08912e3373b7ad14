//! Rights gained and lost: actions on the same resource under the same condition share a line.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::style;
use crate::domain::policy::{AccessChange, AccessLine};

/// Lines such as `+ allow logs:CreateLogStream, logs:PutLogEvents on arn:…`, losses first.
pub fn lines(change: &AccessChange) -> Vec<String> {
    let removed = grouped(&change.removed)
        .into_iter()
        .map(|line| style::removed(format_args!("- {line}")));
    let added = grouped(&change.added)
        .into_iter()
        .map(|line| style::added(format_args!("+ {line}")));
    removed.chain(added).collect()
}

fn grouped(lines: &[AccessLine]) -> Vec<String> {
    let mut groups: BTreeMap<(&str, &str, &str, &str), Vec<&str>> = BTreeMap::new();
    for line in lines {
        let AccessLine {
            effect,
            principal,
            action,
            resource,
            condition,
        } = line;
        groups
            .entry((effect, principal, resource, condition))
            .or_default()
            .push(action);
    }
    groups
        .into_iter()
        .map(|((effect, principal, resource, condition), actions)| {
            let mut text = effect.to_owned();
            let mut add =
                |part: std::fmt::Arguments<'_>| text.write_fmt(part).expect("writing to a String cannot fail");
            if !principal.is_empty() {
                add(format_args!(" {principal}:"));
            }
            add(format_args!(" {}", actions.join(", ")));
            if !resource.is_empty() {
                add(format_args!(" on {resource}"));
            }
            if !condition.is_empty() {
                add(format_args!(" {condition}"));
            }
            text
        })
        .collect()
}
