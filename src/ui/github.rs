//! What GitHub Actions reads of a step's output: annotations, which it shows beside the code.

use std::fmt::Write as _;
use std::path::Path;

use crate::domain::config::Severity;

/// A remark about a place in the repository.
#[derive(Debug, Clone)]
pub struct Annotation<'a> {
    pub severity: Severity,
    /// As seen from the folder that lfn runs in.
    pub file: &'a Path,
    /// Counted from one; the whole file without it.
    pub line: Option<usize>,
    pub title: &'a str,
    pub message: &'a str,
}

impl Annotation<'_> {
    /// The workflow command.
    /// Source: GitHub docs, "Workflow commands for GitHub Actions", "Setting an error message".
    pub fn line(&self, workspace: Option<&Path>) -> String {
        let mut text = match self.severity {
            Severity::Error => "::error".to_owned(),
            Severity::Warning => "::warning".to_owned(),
        };
        write!(text, " file={}", property(&inside(self.file, workspace))).expect("a String takes everything");
        if let Some(line) = self.line {
            write!(text, ",line={line}").expect("a String takes everything");
        }
        write!(text, ",title={}::{}", property(self.title), data(self.message)).expect("a String takes everything");
        text
    }
}

/// The path as seen from the top of the repository, which is what annotations are matched by.
fn inside(file: &Path, workspace: Option<&Path>) -> String {
    let (Some(workspace), Ok(whole)) = (workspace, file.canonicalize()) else {
        return file.display().to_string();
    };
    let workspace = workspace.canonicalize().unwrap_or_else(|_| workspace.to_path_buf());
    let inside = whole.strip_prefix(&workspace).unwrap_or(file);
    inside.display().to_string()
}

/// Text after the second pair of colons. Source: the runner's own toolkit, as its documentation links it.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// A cell of a Markdown table.
pub fn cell(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('|', "\\|")
        .replace(['\r', '\n'], " ")
        .replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn annotations_are_escaped_by_the_rules() {
        let annotation = Annotation {
            severity: Severity::Error,
            file: Path::new("a,b/lambda.yaml"),
            line: Some(3),
            title: "shop: failed, 100%",
            message: "first: 5% of it\r\nsecond, and more",
        };
        assert_eq!(
            annotation.line(None),
            "::error file=a%2Cb/lambda.yaml,line=3,title=shop%3A failed%2C 100%25::first: 5%25 of it%0D%0Asecond, and more"
        );
        let whole = Annotation {
            severity: Severity::Warning,
            line: None,
            title: "t",
            message: "m",
            ..annotation
        };
        assert_eq!(whole.line(None), "::warning file=a%2Cb/lambda.yaml,title=t::m");
    }

    #[test]
    fn paths_are_told_from_the_top_of_the_repository() {
        let dir = tempfile::tempdir().expect("the temporary folder is writable");
        let file = dir.path().join("functions/shop/lambda.yaml");
        std::fs::create_dir_all(file.parent().expect("it has one")).expect("writable");
        std::fs::write(&file, "").expect("writable");
        assert_eq!(inside(&file, Some(dir.path())), "functions/shop/lambda.yaml");
        assert_eq!(inside(Path::new("elsewhere"), Some(dir.path())), "elsewhere");
    }

    #[test]
    fn cells_stay_in_their_table() {
        assert_eq!(cell("a|b\nc <d>"), "a\\|b c &lt;d>");
    }
}
