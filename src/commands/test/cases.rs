//! The cases there are: events and expectations in `events/` and `tests/events/`.

use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use super::super::case::{self, Case, is_expectation};
use super::unreadable;
use crate::ctx::Ctx;
use crate::domain::expect::{self, SUFFIX};
use crate::error::Problem;

/// Where cases are looked for.
pub const FOLDERS: [&str; 2] = ["events", "tests/events"];

/// A file that is a case, and the name that follows from where it is.
struct Found {
    path: PathBuf,
    name: String,
}

/// The cases that were asked for, all when none were, by name.
pub fn find(asked: &[String], ctx: &Ctx) -> anyhow::Result<Vec<Case>> {
    let all = || {
        FOLDERS
            .iter()
            .flat_map(|folder| in_folder(&ctx.at(folder)))
            .collect::<Vec<_>>()
    };
    let mut found: Vec<Found> = Vec::new();
    if asked.is_empty() {
        found = all();
    }
    for text in asked {
        let path = ctx.at(text);
        let more = if path.is_dir() {
            in_folder(&path)
        } else if path.is_file() {
            vec![one(path)]
        } else {
            let below = format!("{text}/");
            let named = |name: &str| name.starts_with(&below) || expect::matches(text, name);
            all().into_iter().filter(|found| named(&found.name)).collect()
        };
        if more.is_empty() {
            return Err(nothing(text, &all(), ctx));
        }
        found.extend(more);
    }
    found.sort_by(|a, b| (&a.name, &a.path).cmp(&(&b.name, &b.path)));
    found.dedup_by(|a, b| a.path == b.path);
    if found.is_empty() {
        return Err(Problem::failed("there are no cases in `events/` or `tests/events/`")
            .hint("make an event with `lfn event show SERVICE -o events/NAME.json`; `events/NAME.expect.json` beside it says what to expect")
            .into());
    }
    let (mut cases, mut problems) = (Vec::new(), Vec::new());
    for found in found {
        match case::read(&found.path, &found.name) {
            Ok(case) => cases.push(case),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() {
        Ok(cases)
    } else {
        Err(unreadable(&problems))
    }
}

fn nothing(text: &str, all: &[Found], ctx: &Ctx) -> anyhow::Error {
    let mut names: Vec<&str> = all.iter().map(|found| found.name.as_str()).collect();
    names.sort_unstable();
    let problem = Problem::failed(format!("there is no case `{text}`"));
    let place = if ctx.dir() == Path::new(".") {
        "this folder".to_owned()
    } else {
        format!("`{}`", ctx.dir().display())
    };
    let hint = if names.is_empty() {
        format!("there is none at all in `events/` or `tests/events/` of {place}")
    } else {
        format!("there are {}", names.join(", "))
    };
    problem.hint(hint).into()
}

/// The cases in a folder and those below it. An event that has an expectation is a part of that case.
fn in_folder(folder: &Path) -> Vec<Found> {
    let files: Vec<PathBuf> = WalkDir::new(folder)
        .into_iter()
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_file())
        .map(walkdir::DirEntry::into_path)
        .filter(|path| is_case(path))
        .collect();
    let has_expectation = |path: &Path| {
        !is_expectation(path) && expect::beside(path).is_some_and(|expectation| files.contains(&expectation))
    };
    let cases = files.iter().filter(|path| !has_expectation(path));
    cases
        .map(|path| Found {
            name: name_of(path.strip_prefix(folder).unwrap_or(path)),
            path: path.clone(),
        })
        .collect()
}

/// One file that was named: an event stands for the expectation beside it.
fn one(path: PathBuf) -> Found {
    let path = case::file_of(path);
    Found {
        name: name_of(Path::new(path.file_name().unwrap_or_default())),
        path,
    }
}

/// Whether a file is an event, and no expectation.
pub fn is_event(path: &Path) -> bool {
    is_case(path) && !is_expectation(path)
}

/// JSON, but no schema that lies there for editors.
fn is_case(path: &Path) -> bool {
    let name = path.to_string_lossy();
    name.ends_with(".json") && !name.ends_with(".schema.json")
}

fn name_of(path: &Path) -> String {
    let text = path.to_string_lossy().replace('\\', "/");
    let stem = text.strip_suffix(SUFFIX).or_else(|| text.strip_suffix(".json"));
    stem.unwrap_or(&text).to_owned()
}
