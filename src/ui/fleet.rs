//! Many functions at once, as people read them: their plans in short, and how it went with each.

use std::fmt::Write as _;
use std::time::Duration;

use serde::Serialize;

use super::github::cell;
use super::plan::{Op, PlanView};
use super::style;
use super::table::Table;

/// So many names are told of those with nothing to do.
const NAMED: usize = 5;

/// The plans of several functions; `whole` shows each as the plan of one is shown.
pub fn plans(views: &[&PlanView], whole: bool) -> String {
    let (changing, still): (Vec<&PlanView>, Vec<&PlanView>) = views.iter().partition(|view| view.changes);
    let mut parts: Vec<String> = Vec::new();
    if whole {
        parts.extend(changing.iter().map(|view| view.render(true)));
    } else if !changing.is_empty() {
        parts.push(brief(&changing));
    }
    if !still.is_empty() {
        let names: Vec<&str> = still.iter().map(|view| view.function.as_str()).collect();
        parts.push(format!("{} {}", style::dim("nothing to do:"), named(&names)));
    }
    let foreign: Vec<String> = views
        .iter()
        .filter(|view| !view.foreign_callers.is_empty())
        .map(|view| view.function.clone())
        .collect();
    if !whole && !foreign.is_empty() {
        let names = foreign.join(", ");
        parts.push(style::dim(format_args!(
            "invoked by others too, not made by lfn: {names} (`-v` shows whom)"
        )));
    }
    if !changing.is_empty() {
        parts.push(total(&changing));
    }
    parts.join("\n\n")
}

/// The first of these names, and how many more there are.
fn named(names: &[&str]) -> String {
    if names.len() <= NAMED + 1 {
        return names.join(", ");
    }
    format!("{} and {} more", names[..NAMED].join(", "), names.len() - NAMED)
}

fn total(changing: &[&PlanView]) -> String {
    let steps: usize = changing.iter().map(|view| view.steps.len()).sum();
    let widening: Vec<&str> = changing
        .iter()
        .filter(|view| view.widens)
        .map(|view| view.function.as_str())
        .collect();
    let mut text = format!(
        "{}, {}",
        style::count(changing.len(), "function"),
        style::count(steps, "step")
    );
    if !widening.is_empty() {
        let needs = style::changed("widens access: needs `--allow-widening`");
        write!(text, "\n{needs}  ({})", named(&widening)).expect("writing to a String cannot fail");
    }
    text
}

fn brief(views: &[&PlanView]) -> String {
    let mut table = Table::new(&["function", "in", "plan", "access"]);
    for view in views {
        let stage = view
            .stage
            .as_ref()
            .map(|stage| format!(", {stage}"))
            .unwrap_or_default();
        table.row(vec![
            view.function.clone(),
            format!("{}{stage}", view.region),
            kinds(view),
            view.access_summary().unwrap_or_default(),
        ]);
    }
    table.render()
}

/// What kinds of things change: `+ role, log group  ~ alias`.
fn kinds(view: &PlanView) -> String {
    let of = |op: Op, sign: &str| {
        let mut kinds: Vec<&str> = Vec::new();
        for step in view.steps.iter().filter(|step| step.op == op) {
            if !kinds.contains(&step.kind) {
                kinds.push(step.kind);
            }
        }
        (!kinds.is_empty()).then(|| format!("{sign} {}", kinds.join(", ")))
    };
    let parts = [of(Op::Create, "+"), of(Op::Update, "~"), of(Op::Delete, "-")];
    parts.into_iter().flatten().collect::<Vec<_>>().join("  ")
}

/// How it went with a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    Deployed,
    /// There was nothing to do.
    Unchanged,
    /// There is something to do, and only a plan was asked for.
    Planned,
    Failed,
    /// Ctrl-C came while it was worked on.
    Stopped,
    /// Ctrl-C came before its turn, or somebody said no.
    NotStarted,
}

impl Fate {
    /// When no more is done than planned.
    pub fn planned(changes: bool) -> Self {
        if changes { Self::Planned } else { Self::Unchanged }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Deployed => "deployed",
            Self::Unchanged => "unchanged",
            Self::Planned => "planned",
            Self::Failed => "failed",
            Self::Stopped => "stopped",
            Self::NotStarted => "not started",
        }
    }
}

/// A function at the end of a run.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    pub function: String,
    /// Its folder.
    pub path: String,
    pub result: Fate,
    /// What the alias points at, as far as it is known.
    pub version: Option<u64>,
    pub alias: Option<String>,
    pub region: Option<String>,
    /// Bytes of the archive.
    pub size: Option<u64>,
    pub milliseconds: u128,
    /// Why it failed or stopped, in one line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

impl Row {
    fn cells(&self) -> [String; 6] {
        let or_dash = |text: Option<String>| text.unwrap_or_else(|| "-".into());
        let spent = Duration::from_millis(u64::try_from(self.milliseconds).unwrap_or(u64::MAX));
        [
            self.function.clone(),
            self.result.words().to_owned(),
            or_dash(self.version.map(|version| version.to_string())),
            or_dash(self.alias.clone()),
            or_dash(self.size.map(style::bytes)),
            format!("{:.1} s", spent.as_secs_f64()),
        ]
    }
}

/// The functions and how it went, as a table.
pub fn results(rows: &[Row]) -> String {
    let mut table = Table::new(&["function", "result", "version", "alias", "size", "time"]);
    for row in rows {
        table.row(row.cells().to_vec());
    }
    table.render()
}

/// The same for the summary of a step in GitHub Actions.
pub fn markdown(title: &str, rows: &[Row]) -> String {
    let mut text =
        format!("### {title}\n\n| Function | Result | Version | Alias | Size | Time |\n|---|---|--:|---|--:|--:|\n");
    for row in rows {
        let cells = row.cells().map(|text| cell(&text));
        writeln!(text, "| {} |", cells.join(" | ")).expect("writing to a String cannot fail");
    }
    for row in rows {
        if let Some(error) = &row.error {
            write!(text, "\n- **{}**: {}", cell(&row.function), cell(error)).expect("writing to a String cannot fail");
        }
    }
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(function: &str, result: Fate, error: Option<&str>) -> Row {
        Row {
            function: function.into(),
            path: format!("functions/{function}"),
            result,
            version: (result == Fate::Deployed).then_some(3),
            alias: Some("live".into()),
            region: Some("eu-west-1".into()),
            size: Some(2048),
            milliseconds: 1234,
            error: error.map(str::to_owned),
        }
    }

    #[test]
    fn results_line_up() {
        let rows = [row("shop", Fate::Deployed, None), row("mailer", Fate::NotStarted, None)];
        let text = anstream::adapter::strip_str(&results(&rows)).to_string();
        assert_eq!(
            text,
            "FUNCTION  RESULT       VERSION  ALIAS  SIZE    TIME\n\
             shop      deployed     3        live   2.0 KB  1.2 s\n\
             mailer    not started  -        live   2.0 KB  1.2 s"
        );
    }

    #[test]
    fn a_summary_is_a_table_and_a_list_of_failures() {
        let text = markdown("lfn deploy", &[row("a", Fate::Failed, Some("no | such\nrole"))]);
        assert_eq!(
            text,
            "### lfn deploy\n\n| Function | Result | Version | Alias | Size | Time |\n|---|---|--:|---|--:|--:|\n\
             | a | failed | - | live | 2.0 KB | 1.2 s |\n\n- **a**: no \\| such role\n"
        );
    }

    #[test]
    fn many_names_are_cut_short() {
        let names = ["a", "b", "c", "d", "e", "f", "g"];
        assert_eq!(named(&names[..6]), "a, b, c, d, e, f");
        assert_eq!(named(&names), "a, b, c, d, e and 2 more");
    }
}
