//! Why an archive is as big as it is, as text: a tree of dependencies, copies, and what could go.

use std::fmt::Write as _;

use super::files::printable;
use super::style;
use crate::domain::package::Artifact;
use crate::domain::package::sizes::{Breakdown, Droppable, Duplicate, Part, PartKind};

/// Lines that take less than this share of the archive are summed up.
const SMALL: f64 = 0.01;
/// At most so many lines under one heading.
const LINES: usize = 15;
/// At most so many patterns are told on a line.
const PATTERNS: usize = 4;

/// The whole breakdown; `all` leaves nothing out.
pub fn render(breakdown: &Breakdown, artifact: &Artifact, all: bool) -> String {
    let mut text = style::dim("IN ARCHIVE   SHARE    UNZIPPED  WHAT");
    text.push('\n');
    rows(&mut text, &breakdown.tree, "", all);
    #[expect(clippy::cast_precision_loss, reason = "sizes of archives are far below 2^52")]
    let share = breakdown.overhead as f64 / artifact.size.max(1) as f64;
    if all || share >= SMALL {
        row(
            &mut text,
            breakdown.overhead,
            share,
            None,
            &style::dim("names and headers of the archive"),
        );
    }
    write!(text, "\n{}", limits(breakdown, artifact)).expect("writing to a String cannot fail");
    if !breakdown.duplicates.is_empty() {
        text.push_str("\n\n");
        text.push_str(&duplicates(&breakdown.duplicates, all));
    }
    if !breakdown.droppable.is_empty() {
        text.push_str("\n\n");
        text.push_str(&droppable(&breakdown.droppable, all));
    }
    text
}

/// The largest contributors and what could go, for an archive over its budget.
pub fn brief(breakdown: &Breakdown) -> String {
    const LARGEST: usize = 5;
    let mut lines = Vec::new();
    for part in breakdown.tree.iter().take(LARGEST) {
        lines.push(format!(
            "  {:>10}  {}",
            style::bytes(part.total.compressed),
            title(part)
        ));
    }
    for each in breakdown.droppable.iter().take(LARGEST) {
        lines.push(format!(
            "  {:>10}  could go: {}",
            style::bytes(each.sum.compressed),
            each.what
        ));
    }
    lines.join("\n")
}

fn rows(text: &mut String, parts: &[Part], indent: &str, all: bool) {
    let shown = if all {
        parts.len()
    } else {
        let large = parts.iter().take_while(|part| part.share >= SMALL).count();
        // One more line costs as much as saying that there is one.
        let most = large.max(usize::from(indent.is_empty())).min(LINES);
        if parts.len() - most == 1 { parts.len() } else { most }
    };
    let (shown, rest) = parts.split_at(shown);
    for (index, part) in shown.iter().enumerate() {
        let last = index + 1 == shown.len() && rest.is_empty();
        let (branch, below) = branches(indent, last);
        row(
            text,
            part.total.compressed,
            part.share,
            Some(part.total.size),
            &format!("{}{}", style::dim(format_args!("{indent}{branch}")), title(part)),
        );
        rows(text, &part.brings, &format!("{indent}{below}"), all);
    }
    if !rest.is_empty() {
        let (branch, _) = branches(indent, true);
        let sum = |of: fn(&Part) -> u64| rest.iter().map(of).sum();
        let what = style::dim(format_args!("{indent}{branch}… and {} more", rest.len()));
        let share = rest.iter().map(|part| part.share).sum();
        row(
            text,
            sum(|part| part.total.compressed),
            share,
            Some(sum(|part| part.total.size)),
            &what,
        );
    }
}

/// The lines that lead to a part and to what is below it; the top level has none.
fn branches(indent: &str, last: bool) -> (&'static str, &'static str) {
    match (indent.is_empty(), last) {
        (true, _) => ("", " "),
        (false, true) => ("└ ", "  "),
        (false, false) => ("├ ", "│ "),
    }
}

fn row(text: &mut String, compressed: u64, share: f64, size: Option<u64>, what: &str) {
    let size = size.map(style::bytes).unwrap_or_default();
    let percent = share * 100.0;
    let (compressed, dimmed) = (
        style::bytes(compressed),
        style::dim(format_args!("{percent:>5.1}%  {size:>10}")),
    );
    writeln!(text, "{compressed:>10}  {dimmed}  {what}").expect("writing to a String cannot fail");
}

fn title(part: &Part) -> String {
    let name = printable(&part.name);
    match (&part.kind, &part.version) {
        (PartKind::Own, _) => style::strong(name),
        (_, Some(version)) => format!("{name} {}", style::dim(printable(version))),
        (_, None) => name,
    }
}

fn limits(breakdown: &Breakdown, artifact: &Artifact) -> String {
    let of = |size: u64, limit: u64, what: &str| {
        let share = u128::from(size) * 100 / u128::from(limit.max(1));
        let text = format!("{} of {} {what} ({share}%)", style::bytes(size), style::bytes(limit));
        if size > limit { style::removed(text) } else { text }
    };
    let limits = &breakdown.limits;
    let mut lines = vec![
        of(
            artifact.size,
            limits.direct,
            "zipped, sent directly; more goes through S3",
        ),
        of(artifact.unzipped, limits.unzipped, "unzipped"),
    ];
    lines.extend(
        limits
            .budget
            .map(|budget| of(artifact.size, budget, "that `package.budget` allows")),
    );
    lines.join("\n")
}

fn duplicates(duplicates: &[Duplicate], all: bool) -> String {
    let mut lines = vec![style::strong("there more than once")];
    let shown = if all {
        duplicates.len()
    } else {
        LINES.min(duplicates.len())
    };
    for each in &duplicates[..shown] {
        lines.push(format!("{:>10}  {}", style::bytes(each.wasted), printable(&each.name)));
        for copy in &each.copies {
            let version = copy.version.as_deref().unwrap_or("of no known version");
            let by = copy
                .needed_by
                .last()
                .map(|by| format!(", for {by}"))
                .unwrap_or_default();
            let path = printable(&copy.path);
            lines.push(format!(
                "            {} {}",
                printable(version),
                style::dim(printable(&format!("in {path}{by}")))
            ));
        }
    }
    lines.extend(and_more(duplicates.len() - shown));
    lines.join("\n")
}

fn droppable(droppable: &[Droppable], all: bool) -> String {
    let saved: u64 = droppable.iter().map(|each| each.sum.compressed).sum();
    let mut lines = vec![style::strong(format_args!("could go, {} in all", style::bytes(saved)))];
    for each in droppable {
        let (size, files) = (style::bytes(each.sum.compressed), style::count(each.sum.files, "file"));
        lines.push(format!("{size:>10}  {}, {files}: {}", each.what, each.reason));
        let shown = if all {
            each.exclude.len()
        } else {
            PATTERNS.min(each.exclude.len())
        };
        let patterns: Vec<String> = each.exclude[..shown]
            .iter()
            .map(|pattern| format!("{pattern:?}"))
            .collect();
        let more = match each.exclude.len() - shown {
            0 => String::new(),
            more => format!(" … and {more} more"),
        };
        lines.push(style::dim(format_args!(
            "            exclude: [{}]{more}",
            patterns.join(", ")
        )));
    }
    lines.join("\n")
}

fn and_more(count: usize) -> Option<String> {
    (count > 0).then(|| style::dim(format_args!("            … and {count} more; `-v` shows all")))
}
