//! What a function did with its rights: its AWS calls, those that were refused, and lines nobody used.

use crate::domain::enforce::{Access, Learned, Other, Passed, Row, Standing, is_open};
use crate::domain::printable::visible;
use crate::ui::style;

/// Rows of one kind at most.
const ROWS: usize = 20;

/// The calls, then what to do about them.
pub fn render(access: &Access) -> String {
    let Access {
        principal,
        upstream,
        calls,
        others,
        unused,
        learned,
        notes,
    } = access;
    let role = principal.rsplit('/').nth(1).unwrap_or(principal);
    let to = upstream.as_deref().unwrap_or("nowhere");
    let mut lines = vec![format!("  {} as role {role}; calls go to {to}", label("aws calls"))];
    if calls.is_empty() && others.is_empty() {
        lines.push(style::dim("    none"));
    }
    lines.extend(table(calls));
    lines.extend(others.iter().map(other));
    if !unused.is_empty() {
        lines.push(format!("  {} {}", label("used none of"), unused.join(", ")));
    }
    lines.extend(
        notes
            .iter()
            .map(|note| format!("  {} {}", label("note"), visible(note))),
    );
    let is_all = !calls.iter().any(|row| row.verdict == Standing::Missing);
    lines.extend(learned.iter().flat_map(|learned| proposal(learned, is_all)));
    lines.join("\n")
}

fn label(text: &str) -> String {
    style::dim(format_args!("{text:<16}"))
}

fn table(calls: &[Row]) -> Vec<String> {
    let width = calls.iter().map(|row| row.action.len()).max().unwrap_or_default();
    let digits = calls
        .iter()
        .map(|row| row.count.to_string().len())
        .max()
        .unwrap_or_default();
    let mut lines = Vec::new();
    for standing in [
        Standing::Allowed,
        Standing::Depends,
        Standing::Missing,
        Standing::Denied,
    ] {
        let rows: Vec<&Row> = calls.iter().filter(|row| row.verdict == standing).collect();
        for row in rows.iter().take(ROWS) {
            let Row {
                action,
                resource,
                count,
                ..
            } = row;
            let (word, resource) = (word(standing), visible(resource));
            lines.push(format!("    {word} {count:>digits$}  {action:<width$}  {resource}"));
            if matches!(standing, Standing::Denied | Standing::Missing) && row.line.is_none() {
                lines.push(
                    "             the request does not tell which operation it is: no line can be given".to_owned(),
                );
            }
            if let (Standing::Denied, Some(line)) = (standing, &row.line) {
                let open = if is_open(&row.resource) {
                    ", where `*` and `?` stand for any name"
                } else {
                    ""
                };
                lines.push(format!("             allow it with `- {}`{open}", visible(line)));
            }
        }
        if rows.len() > ROWS {
            let more = rows.len() - ROWS;
            lines.push(style::dim(format_args!(
                "    … and {more} more; `--format json` has all"
            )));
        }
    }
    lines
}

/// Of one width.
fn word(standing: Standing) -> String {
    match standing {
        Standing::Allowed => style::added("allowed "),
        Standing::Depends => style::changed("depends "),
        Standing::Missing => style::changed("not yet "),
        Standing::Denied => style::error("denied  "),
    }
}

fn other(other: &Other) -> String {
    let Other { what, count, verdict } = other;
    let what = visible(what);
    let times = if *count > 1 {
        format!(", {count} times")
    } else {
        String::new()
    };
    match verdict {
        Passed::Passed => format!("    {} {what}, passed on{times}", style::changed("unjudged")),
        Passed::Refused => format!("    {} {what}{times}", style::error("refused ")),
        Passed::Unsent => format!("    {} {what}{times}", style::error("not sent")),
    }
}

/// Lines that can be pasted. `is_all` is whether nothing is missing.
fn proposal(learned: &[Learned], is_all: bool) -> Vec<String> {
    if learned.is_empty() {
        let said = if is_all {
            "lambda.yaml allows everything that was called"
        } else {
            "no line can be given for what lambda.yaml does not allow"
        };
        return vec![said.to_owned()];
    }
    let mut lines = vec!["add to `allow` in lambda.yaml:".to_owned()];
    for Learned { line, guessed_from, .. } in learned {
        let guess = match &guessed_from[..] {
            [] => String::new(),
            examples => {
                // Five colons stand before the name, which may have more.
                let names = examples.iter().map(|arn| arn.splitn(6, ':').last().unwrap_or(arn));
                let names = names.map(visible).collect::<Vec<_>>().join(", ");
                style::dim(format_args!("  # a guess, review it: from {names}"))
            }
        };
        lines.push(format!("  - {}{guess}", style::added(visible(line))));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_move_no_cursor_and_make_no_lines() {
        let name = "a b: c #d\n  - delete s3://*\u{1b}[2J";
        let access = Access {
            principal: "x/shop/x".into(),
            upstream: None,
            calls: vec![Row {
                action: "s3:GetObject".into(),
                resource: format!("arn:aws:s3:::shop/{name}"),
                count: 1,
                verdict: Standing::Denied,
                line: Some("get s3://shop/in/*".into()),
            }],
            others: vec![Other {
                what: name.into(),
                count: 1,
                verdict: Passed::Refused,
            }],
            unused: Vec::new(),
            learned: Some(vec![Learned {
                line: "get s3://shop/*".into(),
                actions: Vec::new(),
                guessed_from: vec![format!("arn:aws:s3:::shop/{name}")],
            }]),
            notes: Vec::new(),
        };
        let text = anstream::adapter::strip_str(&render(&access)).to_string();
        let name = "a b: c #d\\n  - delete s3://*\\u{1b}[2J";
        assert_eq!(
            text,
            format!(
                "  aws calls        as role shop; calls go to nowhere\n    \
                 denied   1  s3:GetObject  arn:aws:s3:::shop/{name}\n             \
                 allow it with `- get s3://shop/in/*`, where `*` and `?` stand for any name\n    \
                 refused  {name}\n\
                 add to `allow` in lambda.yaml:\n  \
                 - get s3://shop/*  # a guess, review it: from shop/{name}"
            )
        );
    }

    #[test]
    fn calls_line_up_and_lines_can_be_pasted() {
        let row = |action: &str, count, verdict, line: Option<&str>| Row {
            action: action.into(),
            resource: "arn:aws:s3:::shop/a".into(),
            count,
            verdict,
            line: line.map(Into::into),
        };
        let access = Access {
            principal: "arn:aws:sts::123456789012:assumed-role/shop-eu-west-1/shop".into(),
            upstream: None,
            calls: vec![
                row("s3:GetObject", 12, Standing::Allowed, None),
                row("s3:DeleteObject", 1, Standing::Denied, Some("delete s3://shop/a")),
            ],
            others: vec![Other {
                what: "textract:X".into(),
                count: 2,
                verdict: Passed::Passed,
            }],
            unused: vec!["put s3://shop/out/*".into()],
            learned: Some(vec![
                Learned {
                    line: "get sqs:a".into(),
                    actions: Vec::new(),
                    guessed_from: Vec::new(),
                },
                Learned {
                    line: "get s3://shop/in/*".into(),
                    actions: Vec::new(),
                    guessed_from: vec!["arn:aws:s3:::shop/in/a".into(), "arn:aws:s3:::shop/in/b".into()],
                },
            ]),
            notes: vec!["a boundary is not looked at".into()],
        };
        let text = anstream::adapter::strip_str(&render(&access)).to_string();
        assert_eq!(
            text,
            "  aws calls        as role shop-eu-west-1; calls go to nowhere\n    \
             allowed  12  s3:GetObject     arn:aws:s3:::shop/a\n    \
             denied    1  s3:DeleteObject  arn:aws:s3:::shop/a\n             \
             allow it with `- delete s3://shop/a`\n    \
             unjudged textract:X, passed on, 2 times\n  \
             used none of     put s3://shop/out/*\n  \
             note             a boundary is not looked at\n\
             add to `allow` in lambda.yaml:\n  \
             - get sqs:a\n  \
             - get s3://shop/in/*  # a guess, review it: from shop/in/a, shop/in/b"
        );
    }
}
