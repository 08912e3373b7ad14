//! The starters of `lfn init`, embedded in the binary.
//!
//! Rendering is pure and replaces `{{name}}` alone; writing the files is the command's work.

use std::path::PathBuf;

use include_dir::{Dir, include_dir};

static EMBEDDED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/templates");

/// What is said about a template before it is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct TemplateInfo {
    pub name: &'static str,
    pub description: &'static str,
}

/// A file of a rendered template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateFile {
    /// Relative to the new function's folder.
    pub path: PathBuf,
    pub contents: Vec<u8>,
    pub executable: bool,
}

const TEMPLATES: &[TemplateInfo] = &[
    TemplateInfo {
        name: "node",
        description: "JavaScript on Node.js 24",
    },
    TemplateInfo {
        name: "python",
        description: "Python 3.13",
    },
    TemplateInfo {
        name: "custom",
        description: "any program that speaks the Runtime API, on Amazon Linux 2023; starts as a shell script",
    },
];

/// The templates there are, the usual one first.
pub fn names() -> &'static [TemplateInfo] {
    TEMPLATES
}

/// Returns a template's files for a function of this name, sorted by path; `None` when there is no such template.
pub fn render(name: &str, function_name: &str) -> Option<Vec<TemplateFile>> {
    let template = TEMPLATES.iter().find(|template| template.name == name)?;
    let folder = EMBEDDED.get_dir(template.name)?;
    let mut files = Vec::new();
    collect(folder, template.name, function_name, &mut files);
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Some(files)
}

fn collect(folder: &Dir<'_>, template: &str, function_name: &str, files: &mut Vec<TemplateFile>) {
    for file in folder.files() {
        let contents = match file.contents_utf8() {
            Some(text) => text.replace("{{name}}", function_name).into_bytes(),
            None => file.contents().to_vec(),
        };
        files.push(TemplateFile {
            path: file.path().strip_prefix(template).unwrap_or(file.path()).to_path_buf(),
            // Embedding forgets modes; a program says itself that it is one.
            executable: contents.starts_with(b"#!"),
            contents,
        });
    }
    for inner in folder.dirs() {
        collect(inner, template, function_name, files);
    }
}
