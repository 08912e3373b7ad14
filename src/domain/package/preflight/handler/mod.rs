//! Whether the archive holds what `handler` names: the file, and the symbol in it.
//!
//! Each family of runtimes has its own way from the text to the code; unknown ones are left alone.

mod mask;
mod node;
mod other;
mod python;

use super::{Finding, Subject};
use crate::domain::config::nearest;
use crate::domain::package::Selection;

/// Returns what is wrong with the handler.
pub fn check(selection: &Selection, subject: &Subject<'_>) -> Vec<Finding> {
    let runtime = subject.runtime.as_str();
    let family = runtime
        .find(|c: char| !c.is_ascii_alphabetic())
        .map_or(runtime, |end| &runtime[..end]);
    let finding = match family {
        "nodejs" => node::check(selection, subject),
        "python" => python::check(selection, subject),
        "provided" => other::bootstrap(selection, subject),
        "ruby" => other::ruby(selection, subject),
        "java" => other::java(selection, subject),
        "dotnet" => other::dotnet(selection, subject),
        _ => None,
    };
    finding.into_iter().collect()
}

/// The finding about a handler whose file is not in the archive. `expected` are the names it could have;
/// `handler_of` writes a handler for another file.
fn no_file(
    selection: &Selection,
    subject: &Subject<'_>,
    expected: &[String],
    handler_of: impl Fn(&str) -> String,
) -> Option<Finding> {
    // A layer may bring the file, and an absolute path names one.
    if subject.layered || subject.handler.starts_with('/') {
        return None;
    }
    let first = expected.first()?;
    let handler = subject.handler;
    let message = match expected {
        [only] => format!("the handler `{handler}` needs `{only}`, which is not in the archive"),
        _ => format!("the handler `{handler}` needs `{first}` or the like, which is not in the archive"),
    };
    let base = |name: &str| name.rsplit('/').next().unwrap_or_default().to_owned();
    let own = |name: &str| !name.contains("node_modules/") && !name.contains("site-packages/");
    let elsewhere = selection.files.iter().map(|file| file.name.as_str()).find(|name| {
        let wanted = |expected: &String| base(expected) == base(name);
        own(name) && expected.iter().any(wanted)
    });
    let suffixes: Vec<&str> = expected
        .iter()
        .filter_map(|name| name.rsplit_once('.'))
        .map(|(_, end)| end)
        .collect();
    let candidates = || {
        let names = selection.files.iter().map(|file| file.name.as_str());
        names.filter(|name| own(name) && name.rsplit_once('.').is_some_and(|(_, end)| suffixes.contains(&end)))
    };
    let hint = match (elsewhere, nearest(first, candidates())) {
        (Some(name), _) => format!(
            "it is at `{name}`: write `handler: {}`, or set `package.source`",
            handler_of(name)
        ),
        (None, Some(name)) => format!("did you mean `handler: {}`?", handler_of(name)),
        (None, None) => {
            "check `handler`, `package.source` and `package.exclude`; `lfn package` lists what goes in".into()
        }
    };
    Some(Finding::missing(first, message, hint))
}

/// The finding about a symbol that its file does not have.
fn no_symbol(file: &str, verb: &str, wanted: &str, there: &[&str], handler_of: impl Fn(&str) -> String) -> Finding {
    let hint = match (nearest(wanted, there.iter().copied()), there) {
        (Some(near), _) => format!("did you mean `handler: {}`?", handler_of(near)),
        (None, [only]) => format!("it {verb} `{only}`: write `handler: {}`", handler_of(only)),
        (None, []) => format!("add `{wanted}` to it, or name another file in `handler`"),
        (None, several) => {
            let shown: Vec<String> = several.iter().take(5).map(|name| format!("`{name}`")).collect();
            format!("it {verb} {}", shown.join(", "))
        }
    };
    let verb = verb.trim_end_matches('s');
    Finding::missing(
        file,
        format!("`{file}` does not {verb} `{wanted}`, which `handler` names"),
        hint,
    )
}
