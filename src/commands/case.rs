//! A case: an event, and what a call with it should come to. `lfn test` runs folders of them, and
//! `release.check` names one.
//!
//! It is an event (`NAME.json`), an expectation (`NAME.expect.json`) that has or names its event, or both.

use std::path::{Path, PathBuf};

use crate::domain::expect::{self, EventSource, Expectation, SUFFIX};

/// One call and what it should come to.
pub struct Case {
    pub name: String,
    /// With the expectation, or the event, as a person would name it.
    pub file: String,
    pub event: Vec<u8>,
    pub expectation: Expectation,
    /// What the expectation was read from, where there is one.
    pub text: Option<String>,
}

/// The file of the case that this file belongs to: an event stands for the expectation beside it.
pub fn file_of(path: PathBuf) -> PathBuf {
    let expectation = expect::beside(&path).filter(|beside| !is_expectation(&path) && beside.is_file());
    expectation.unwrap_or(path)
}

/// Whether a file is an expectation, by its name.
pub fn is_expectation(path: &Path) -> bool {
    path.to_string_lossy().ends_with(SUFFIX)
}

/// Reads a case from its file, or says what is wrong with which file. `name` is for a case that has none of its own.
pub fn read(path: &Path, name: &str) -> Result<Case, String> {
    let file = path.display().to_string();
    let text = if is_expectation(path) {
        Some(std::fs::read_to_string(path).map_err(|error| format!("{file}: {error}"))?)
    } else {
        None
    };
    let expectation = match &text {
        Some(text) => expect::parse(text).map_err(|wrong| format!("{file}: {wrong}"))?,
        None => Expectation {
            event: EventSource::File(path.file_name().unwrap_or_default().into()),
            ..Expectation::default()
        },
    };
    let event = match &expectation.event {
        EventSource::Inline(value) => value.to_string().into_bytes(),
        EventSource::File(name) => event(&path.with_file_name(name))?,
        EventSource::Beside => {
            let beside = expect::event_of(path).ok_or_else(|| format!("{file}: has no event beside it"))?;
            event(&beside).map_err(|problem| format!("{problem}; {file} needs it, or `event`, or `event_file`"))?
        }
    };
    Ok(Case {
        name: expectation.name.clone().unwrap_or_else(|| name.to_owned()),
        file,
        event,
        expectation,
        text,
    })
}

fn event(path: &Path) -> Result<Vec<u8>, String> {
    let shown = path.display();
    let event = std::fs::read(path).map_err(|error| format!("{shown}: {error}"))?;
    match serde_json::from_slice::<serde::de::IgnoredAny>(&event) {
        Ok(_) => Ok(event),
        Err(error) => Err(format!("{shown}: is not JSON: {error}")),
    }
}
