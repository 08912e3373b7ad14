//! Rights gained and lost, one line for each action and resource.

use super::style;
use crate::domain::policy::AccessChange;

/// Lines such as `+ may logs:PutLogEvents on arn:…`, losses first.
pub fn lines(change: &AccessChange) -> Vec<String> {
    let removed = change
        .removed
        .iter()
        .map(|line| style::removed(format_args!("- {line}")));
    let added = change.added.iter().map(|line| style::added(format_args!("+ {line}")));
    removed.chain(added).collect()
}
