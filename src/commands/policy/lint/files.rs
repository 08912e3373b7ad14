//! Policy files: documents, lists of them, and what the AWS CLI prints.

use std::io::Read as _;
use std::path::Path;

use super::Row;
use crate::ctx::Ctx;
use crate::domain::policy::file::{self, Unreadable};
use crate::domain::policy::lint::lint;
use crate::error::Problem;

/// Stands for standard input on the command line.
const STDIN: &str = "-";

/// The findings about a file.
pub fn rows(ctx: &Ctx, path: &Path) -> anyhow::Result<Vec<Row>> {
    let is_stdin = path == Path::new(STDIN);
    let shown = if is_stdin {
        "stdin".to_owned()
    } else {
        path.display().to_string()
    };
    let text = if is_stdin {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).map(|_| text)
    } else {
        std::fs::read_to_string(ctx.at(path))
    };
    let text = text.map_err(|error| {
        let problem = Problem::failed(format!("could not read `{shown}`")).caused_by(error);
        problem.hint("name a JSON file with a policy, or `-` for standard input")
    })?;
    let found = file::documents(&text).map_err(|Unreadable { message, hint, mark }| {
        let at = mark.map(|mark| format!("{shown}:{mark}")).unwrap_or(shown.clone());
        Problem::failed(format!("`{at}` is no policy: {message}")).hint(hint)
    })?;
    let rows = found.iter().flat_map(|document| {
        let findings = lint(&document.document, document.kind).into_iter();
        let row = |finding| Row {
            mark: Some(document.mark(&finding, &text)),
            ..Row::new(&shown, document.name.clone(), finding)
        };
        findings.map(row).collect::<Vec<_>>()
    });
    Ok(rows.collect())
}
