//! The code and `allow` against each other: what the one needs, and what the other gives for nothing.
//!
//! Nothing is said that code may yet prove wrong: what is not known of a call counts for every line that
//! it could mean, and of code that cannot be read, nothing is concluded.

use std::collections::BTreeSet;

use super::{Location, Need, Note, SourceFile, Suggestion, has_ending};
use crate::domain::config::{Allow, Config};
use crate::domain::policy::lint::Severity;
use crate::domain::policy::tighten::UNUSED;
use crate::domain::policy::{Pattern, Source, Statement};

/// Something that code and file do not agree on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub at: Place,
    pub severity: Severity,
    pub message: String,
    pub hint: String,
}

/// Where it shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    Code(Location),
    /// A line of `allow`, from 0.
    Line(usize),
}

/// What comes of comparing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    pub findings: Vec<Finding>,
    /// Why nothing is said about lines that no code needs: what was not read.
    pub unread: Vec<String>,
    /// Whether people answer for every line of `allow`, so that no code is asked for.
    pub is_accepted: bool,
}

/// The code that a suggestion was made of.
#[derive(Debug, Clone, Copy)]
pub struct Code<'a> {
    pub files: &'a [SourceFile],
    /// Sentences about code that could not be read.
    pub unread: &'a [String],
}

/// Compares what the code needs with the rights of the file.
pub fn check(suggestion: &Suggestion, code: Code<'_>, config: &Config, sources: &[Source]) -> Comparison {
    let mut findings: Vec<Finding> = suggestion.missing.iter().flat_map(missing).collect();
    let cut_short = code.unread.iter().chain(&suggestion.unread);
    let unread: Vec<String> = cut_short.cloned().chain(unread(code.files, config)).collect();
    if unread.is_empty() {
        let calls = Calls {
            needs: needs(suggestion),
            notes: &suggestion.notes,
        };
        let lines = sources.iter().filter(|source| source.key == "allow");
        findings.extend(lines.filter_map(|source| {
            let item = source.item?;
            unused(item, config.allow.get(item)?, &source.statements, &calls)
        }));
    }
    Comparison {
        findings,
        unread,
        is_accepted: !config.allow.is_empty() && config.allow.iter().all(is_accepted),
    }
}

/// Every call that the line is for.
fn missing(proposal: &super::Proposal) -> Vec<Finding> {
    let hint = if proposal.holes.is_empty() {
        format!(
            "add `{}` to `allow`, as `lfn policy suggest --write` does",
            proposal.line
        )
    } else {
        let holes = proposal.holes.join(">`, `<");
        format!("add `{}` to `allow`, with what `<{holes}>` stands for", proposal.line)
    };
    let calls = proposal.needs.iter().flat_map(|need| {
        let message = match need.resource.to_string().as_str() {
            "*" => format!("this needs `{}`, which is not allowed", need.action),
            resource => format!("this needs `{}` on `{resource}`, which is not allowed", need.action),
        };
        need.from.iter().map(move |at| (at, message.clone()))
    });
    let findings = calls.map(|(at, message)| Finding {
        at: Place::Code(at.clone()),
        severity: Severity::Warning,
        message,
        hint: hint.clone(),
    });
    findings.collect()
}

fn needs(suggestion: &Suggestion) -> Vec<&Need> {
    let missing = suggestion.missing.iter().flat_map(|proposal| &proposal.needs);
    let allowed = suggestion.allowed.iter().map(|allowed| &allowed.need);
    allowed.chain(missing).collect()
}

/// What the code calls, or may call.
struct Calls<'a> {
    needs: Vec<&'a Need>,
    notes: &'a [Note],
}

impl Calls<'_> {
    /// Whether anything that the code does could be this.
    fn have(&self, action: &str, resources: &BTreeSet<String>) -> bool {
        let pattern = Pattern::new(&action.to_ascii_lowercase());
        let needed = self.needs.iter().any(|need| {
            let wanted = need.resource.pattern();
            let mut reached = resources.iter().map(|resource| Pattern::resource(resource));
            pattern.matches(&need.action.to_ascii_lowercase()) && reached.any(|granted| granted.overlaps(&wanted))
        });
        // A call that was not understood names the actions that it may stand for.
        let quoted = |message: &str| {
            message
                .split('`')
                .any(|word| pattern.matches(&word.to_ascii_lowercase()))
        };
        needed || self.notes.iter().any(|note| quoted(&note.message))
    }
}

fn is_accepted(line: &Allow) -> bool {
    matches!(line, Allow::Raw(raw) if raw.accept.iter().any(|rule| rule == UNUSED))
}

/// A line that allows what no code calls.
fn unused(item: usize, line: &Allow, statements: &[Statement], calls: &Calls<'_>) -> Option<Finding> {
    if is_accepted(line) {
        return None;
    }
    let actions: Vec<(&String, &BTreeSet<String>)> = statements
        .iter()
        .flat_map(|statement| statement.actions.iter().map(|action| (action, &statement.resources)))
        .collect();
    let left: Vec<&str> = (actions
        .iter()
        .filter(|(action, resources)| !calls.have(action, resources)))
    .map(|(action, _)| action.as_str())
    .collect();
    if left.is_empty() {
        return None;
    }
    let accept = format!("if something else needs it, write it as a statement with `accept: [{UNUSED}]` and `because`");
    let (message, hint) = if left.len() == actions.len() {
        (
            "no code calls what this line allows".to_owned(),
            format!("remove the line; {accept}"),
        )
    } else {
        let what = format!("no code calls `{}`, which this line allows too", left.join("`, `"));
        (what, format!("write out what is called; {accept}"))
    };
    Some(Finding {
        at: Place::Line(item),
        severity: Severity::Info,
        message,
        hint,
    })
}

/// Why the code may do more than what was read of it.
fn unread(files: &[SourceFile], config: &Config) -> Option<String> {
    let runtime = config.runtime.as_str();
    let family = LANGUAGES.iter().find(|(runtimes, _)| runtime.starts_with(runtimes));
    let endings = family.map_or(&[][..], |(_, endings)| endings);
    if endings.is_empty() {
        return Some(format!("code for `{runtime}` cannot be read"));
    }
    let is_read = files.iter().any(|file| has_ending(&file.path, endings));
    (!is_read).then(|| format!("there is no code for `{runtime}` here that can be read"))
}

/// The files that make a function, by the beginning of its runtime's name.
const LANGUAGES: &[(&str, &[&str])] = &[
    ("python", &["py"]),
    ("nodejs", &["js", "mjs", "cjs", "jsx", "ts", "mts", "cts", "tsx"]),
    ("java", &["java"]),
    ("provided", &["go", "rs"]),
    ("go", &["go"]),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::{Allowed, Proposal, Resource};
    use super::*;
    use crate::domain::names::RuntimeId;
    use crate::domain::policy::samples::{config, ireland};
    use crate::domain::policy::{Grant, RawStatement, sources};

    fn at(line: usize) -> Location {
        Location {
            file: "app.py".into(),
            line,
            column: 5,
        }
    }

    fn need(action: &str, resource: Resource, line: usize) -> Need {
        Need {
            action: action.into(),
            resource,
            when: Vec::new(),
            from: vec![at(line)],
        }
    }

    fn calling(needs: &[(&str, Resource)]) -> Suggestion {
        let allowed = needs.iter().map(|(action, resource)| Allowed {
            need: need(action, resource.clone(), 1),
            source: 0,
        });
        Suggestion {
            missing: Vec::new(),
            allowed: allowed.collect(),
            notes: Vec::new(),
            unread: Vec::new(),
        }
    }

    fn python() -> Vec<SourceFile> {
        let (path, text) = ("src/app.py".into(), String::new());
        vec![SourceFile { path, text }]
    }

    /// What is said about these lines when the code makes these calls.
    fn said(lines: &[Allow], suggestion: &Suggestion) -> Vec<(Place, String)> {
        let mut config = config();
        config.runtime = RuntimeId::new("python3.13").unwrap();
        config.tracing = true;
        config.allow = lines.to_vec();
        let code = Code {
            files: &python(),
            unread: &[],
        };
        let compared = check(suggestion, code, &config, &sources(&config, &ireland()));
        assert_eq!(compared.unread, Vec::<String>::new());
        compared
            .findings
            .into_iter()
            .map(|finding| (finding.at, finding.message))
            .collect()
    }

    fn grant(line: &str) -> Allow {
        Allow::Grant(Grant::parse(line).unwrap())
    }

    fn raw(actions: &[&str], resource: &str, accept: &[&str]) -> Allow {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        Allow::Raw(RawStatement {
            actions: owned(actions),
            resources: owned(&[resource]),
            when: BTreeMap::new(),
            because: Some("so".into()),
            accept: owned(accept),
        })
    }

    const QUEUE: &str = "arn:aws:sqs:eu-west-1:123456789012:fulfil";

    #[test]
    fn lines_without_a_call_are_found() {
        let send = || calling(&[("sqs:SendMessage", Resource::text(QUEUE))]);
        let nothing = "no code calls what this line allows";
        for (line, suggestion, message) in [
            (grant("send sqs:fulfil"), send(), None),
            (grant("send sqs:other"), send(), Some(nothing)),
            (grant("publish sns:fulfil"), send(), Some(nothing)),
            // A name that only a run would tell may be any.
            (
                grant("send sqs:other"),
                calling(&[("sqs:SendMessage", Resource::hole("queue"))]),
                None,
            ),
            // The rest of a verb.
            (
                grant("consume sqs:jobs"),
                calling(&[
                    ("sqs:ReceiveMessage", Resource::hole("queue")),
                    ("sqs:DeleteMessage", Resource::hole("queue")),
                ]),
                Some("no code calls `sqs:ChangeMessageVisibility`, which this line allows too"),
            ),
            (raw(&["sqs:Send*"], "*", &[]), send(), None),
            (raw(&["sqs:sendmessage"], QUEUE, &[]), send(), None),
            (
                raw(&["sqs:SendMessage", "sqs:PurgeQueue"], QUEUE, &[]),
                send(),
                Some("no code calls `sqs:PurgeQueue`, which this line allows too"),
            ),
            (raw(&["sqs:PurgeQueue"], QUEUE, &["P50"]), send(), None),
            (raw(&["sqs:PurgeQueue"], QUEUE, &["P12"]), send(), Some(nothing)),
        ] {
            let expected: Vec<_> = message
                .iter()
                .map(|message| (Place::Line(0), (*message).to_owned()))
                .collect();
            assert_eq!(said(std::slice::from_ref(&line), &suggestion), expected, "{line:?}");
        }
    }

    #[test]
    fn a_call_that_was_not_understood_may_be_the_one() {
        let mut suggestion = calling(&[]);
        suggestion.notes = vec![Note {
            at: at(3),
            message: "`batch` needs the right of each of its entries (`dynamodb:PutItem`, `dynamodb:DeleteItem`)"
                .into(),
        }];
        let table = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders";
        assert_eq!(said(&[raw(&["dynamodb:PutItem"], table, &[])], &suggestion), []);
        assert_eq!(said(&[raw(&["dynamodb:Scan"], table, &[])], &suggestion).len(), 1);
    }

    #[test]
    fn calls_without_a_line_are_found_where_they_are_made() {
        let bucket = Resource::text("arn:aws:s3:::shop/in/*");
        let mut twice = need("s3:GetObject", bucket, 4);
        twice.from.push(at(9));
        let any = need("textract:DetectDocumentText", Resource::text("*"), 12);
        let proposal = |line: &str, holes: &[&str], needs: Vec<Need>| Proposal {
            line: line.into(),
            holes: holes.iter().map(|hole| (*hole).to_owned()).collect(),
            actions: Vec::new(),
            from: Vec::new(),
            needs,
        };
        let suggestion = Suggestion {
            missing: vec![
                proposal("get s3://shop/in/*", &[], vec![twice]),
                proposal("{ actions: [x] }", &["bucket"], vec![any]),
            ],
            ..calling(&[])
        };
        let place = |line| Place::Code(at(line));
        let get = "this needs `s3:GetObject` on `arn:aws:s3:::shop/in/*`, which is not allowed".to_owned();
        let any = "this needs `textract:DetectDocumentText`, which is not allowed".to_owned();
        assert_eq!(
            said(&[], &suggestion),
            [(place(4), get.clone()), (place(9), get), (place(12), any)]
        );
    }

    #[test]
    fn of_code_that_cannot_be_read_nothing_is_concluded() {
        let mut config = config();
        config.allow = vec![grant("send sqs:fulfil")];
        for (runtime, files, unread) in [
            ("python3.13", python(), None),
            ("ruby3.4", python(), Some("code for `ruby3.4` cannot be read")),
            (
                "nodejs24.x",
                python(),
                Some("there is no code for `nodejs24.x` here that can be read"),
            ),
            (
                "provided.al2023",
                Vec::new(),
                Some("there is no code for `provided.al2023` here that can be read"),
            ),
        ] {
            config.runtime = RuntimeId::new(runtime).unwrap();
            let code = Code {
                files: &files,
                unread: &[],
            };
            let compared = check(&calling(&[]), code, &config, &sources(&config, &ireland()));
            assert_eq!(compared.unread.first().map(String::as_str), unread, "{runtime}");
            assert_eq!(compared.findings.len(), usize::from(unread.is_none()), "{runtime}");
        }
        config.runtime = RuntimeId::new("python3.13").unwrap();
        let code = Code {
            files: &python(),
            unread: &["big.py is too large".to_owned()],
        };
        let compared = check(&calling(&[]), code, &config, &sources(&config, &ireland()));
        assert_eq!(
            (compared.unread, compared.findings),
            (vec!["big.py is too large".to_owned()], Vec::new())
        );
        let code = Code { unread: &[], ..code };
        let ended = Suggestion {
            unread: vec!["looked no further after app.py:9".to_owned()],
            ..calling(&[])
        };
        let compared = check(&ended, code, &config, &sources(&config, &ireland()));
        assert_eq!((compared.unread, compared.findings), (ended.unread, Vec::new()));
    }
}
