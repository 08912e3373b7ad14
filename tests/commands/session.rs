//! Commands run one after another in one folder, and written down as a terminal would show them,
//! with what differs from run to run replaced by its kind.

use std::fmt::Write as _;
use std::sync::LazyLock;

use regex::Regex;

use crate::support::command::{Finished, Project};
use crate::support::lfn;

/// A Python function with a little of everything that a plan can show.
pub const THUMBS: &str = "\
name: thumbs
runtime: python3.13
handler: app.handler
timeout: 10s
env: { TABLE: orders-hidden }
allow: [get s3://photos/in/*]
logs: { retention: 14d }
tags: { team: shop }
";

/// Echoes its event, or fails when the event asks for it.
pub const ECHO: &str = "\
import os

def handler(event, context):
    if \"fail\" in event:
        raise ValueError(event[\"fail\"])
    print(\"table has\", len(os.environ[\"TABLE\"]), \"letters\")
    return event
";

/// One project folder, and what has been run in it.
pub struct Session {
    pub project: Project,
    shown: String,
}

impl Session {
    pub fn new() -> Self {
        Self {
            project: crate::support::project(),
            shown: String::new(),
        }
    }

    /// A session in the folder of [`THUMBS`].
    pub fn thumbs() -> Self {
        let session = Self::new();
        session.project.write("lambda.yaml", THUMBS).write("app.py", ECHO);
        session
    }

    /// The same, deployed once.
    #[track_caller]
    pub fn deployed() -> Self {
        let session = Self::thumbs();
        session.quietly("deploy --local --yes");
        session
    }

    /// Replaces a text in lambda.yaml.
    #[track_caller]
    pub fn edit(&self, from: &str, to: &str) {
        let text = self.project.read("lambda.yaml");
        assert!(text.contains(from), "lambda.yaml has no `{from}`:\n{text}");
        self.project.write("lambda.yaml", text.replace(from, to));
    }

    /// Runs a command and writes down how it went. Words are separated by spaces; quotes hold them together.
    #[track_caller]
    pub fn run(&mut self, line: &str) -> Finished {
        self.run_with_input(line, "")
    }

    /// The same, with something on standard input.
    #[track_caller]
    pub fn run_with_input(&mut self, line: &str, input: &str) -> Finished {
        let finished = lfn(&self.project).args(words(line)).stdin(input).run();
        let code = finished.code.expect("no signal ended lfn");
        let mut write = |text: std::fmt::Arguments<'_>| self.shown.write_fmt(text).expect("a String takes everything");
        write(format_args!("$ lfn {line}\n"));
        for (stream, text) in [("stdout", &finished.stdout), ("stderr", &finished.stderr)] {
            if !text.is_empty() {
                write(format_args!("[{stream}]\n{}\n", text.trim_end_matches('\n')));
            }
        }
        write(format_args!("[exit code {code}]\n\n"));
        finished
    }

    /// Runs a command that has to succeed and that nobody reads.
    #[track_caller]
    pub fn quietly(&self, line: &str) -> Finished {
        lfn(&self.project).args(words(line)).run().success()
    }

    /// Everything so far, with stand-ins for what differs from run to run.
    pub fn transcript(&self) -> String {
        settled(
            &self
                .shown
                .replace(&self.project.path().display().to_string(), "PROJECT"),
        )
    }
}

/// Splits a command line as a shell would, as far as tests need it.
pub fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quote = None;
    for c in line.chars() {
        match (quote, c) {
            (None, '\'' | '"') => quote = Some(c),
            (Some(open), c) if c == open => quote = None,
            (None, ' ') => words.push(String::new()),
            (_, c) => words.last_mut().unwrap().push(c),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Replaces times, ids, digests, sizes and temporary folders by what they are.
pub fn settled(text: &str) -> String {
    static RULES: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
        let rules = [
            (r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "REQUEST-ID"),
            (r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|\+0000)?", "TIME"),
            (r"\d+\.\d s\b", "SECONDS"),
            (r"\d+(\.\d+)? ms", "MS"),
            (
                r#""(milliseconds|seconds_left|over|duration_ms|billed_ms|init_ms|max_memory_mb)": ?[\d.]+"#,
                r#""$1": NUMBER"#,
            ),
            (r"(?i)(max memory used:? +)\d+ MB", "${1}USED"),
            (r"[A-Za-z0-9+/]{43}=", "DIGEST"),
            (r"(code |  )[0-9a-f]{12}\b", "${1}DIGEST"),
            (
                r#""(size|unzipped|compressed|previous_size|overhead|wasted)": ?\d+"#,
                r#""$1": BYTES"#,
            ),
            (r#""share": ?[\d.]+"#, r#""share": SHARE"#),
            (r" *\d+\.\d%", " SHARE"),
            (r"\d+(\.\d)? K?B\b", "BYTES"),
            (r"/[^ ]*/lfn-code-[A-Za-z0-9]+", "CODE"),
        ];
        rules
            .map(|(pattern, stand_in)| (Regex::new(pattern).unwrap(), stand_in))
            .into()
    });
    let text = RULES.iter().fold(text.to_owned(), |text, (rule, stand_in)| {
        rule.replace_all(&text, *stand_in).into_owned()
    });
    one_space_in_figures(&text)
}

/// Columns are as wide as what stands in them: where a stand-in is wider or narrower, spaces follow.
fn one_space_in_figures(text: &str) -> String {
    static COLUMNS: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(TIME|WHEN|BYTES|DIGEST|PUBLISHED|MODIFIED|SIZE|SHA256|IN ARCHIVE|UNZIPPED) {2,}").unwrap()
    });
    COLUMNS.replace_all(text, "$1  ").into_owned()
}

#[test]
fn words_are_split_like_in_a_shell() {
    assert_eq!(
        words("invoke -e '{\"a\": 1}' -q \"$LATEST\""),
        ["invoke", "-e", "{\"a\": 1}", "-q", "$LATEST"]
    );
}
