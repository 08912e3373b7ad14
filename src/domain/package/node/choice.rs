//! Which package manager a project belongs to.

use crate::domain::config::Manager;

/// A package manager, and for yarn which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flavor {
    Npm,
    Pnpm,
    /// Version 1.
    YarnClassic,
    /// Version 2 and later.
    YarnBerry,
    Bun,
}

/// The lock files, each with whose it is; of one manager's two, the first one counts.
pub const LOCK_FILES: &[(&str, Manager)] = &[
    ("npm-shrinkwrap.json", Manager::Npm),
    ("package-lock.json", Manager::Npm),
    ("pnpm-lock.yaml", Manager::Pnpm),
    ("yarn.lock", Manager::Yarn),
    ("bun.lock", Manager::Bun),
    ("bun.lockb", Manager::Bun),
];

/// What was chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    pub manager: Manager,
    pub lock_file: &'static str,
}

/// Why nothing could be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Undecided {
    /// The manager that is asked for has no lock file there.
    NoLockFile(Option<Manager>),
    /// Several managers have one, and nothing says which counts.
    Several(Vec<&'static str>),
}

impl Flavor {
    /// The program's name.
    pub fn program(self) -> &'static str {
        match self {
            Self::Npm => "npm",
            Self::Pnpm => "pnpm",
            Self::YarnClassic | Self::YarnBerry => "yarn",
            Self::Bun => "bun",
        }
    }

    /// The one that wrote this lock file.
    pub fn of(choice: Choice, lock: &[u8]) -> Self {
        match choice.manager {
            Manager::Pnpm => Self::Pnpm,
            Manager::Bun => Self::Bun,
            // Source: Berry writes `__metadata:` with the version of the format; version 1 never did.
            Manager::Yarn if lock.windows(11).any(|bytes| bytes == b"__metadata:") => Self::YarnBerry,
            Manager::Yarn => Self::YarnClassic,
            Manager::Npm | Manager::Pip | Manager::Uv | Manager::Poetry | Manager::Pipenv => Self::Npm,
        }
    }
}

/// Chooses among the lock files that are there. `asked` is lambda.yaml's word, `declared` package.json's.
pub fn choose(present: &[&'static str], asked: Option<Manager>, declared: Option<&str>) -> Result<Choice, Undecided> {
    let there = LOCK_FILES.iter().filter(|(file, _)| present.contains(file));
    let declared = declared.map(|text| text.split('@').next().unwrap_or(text));
    let of_name = |name| match name {
        "npm" => Some(Manager::Npm),
        "pnpm" => Some(Manager::Pnpm),
        "yarn" => Some(Manager::Yarn),
        "bun" => Some(Manager::Bun),
        _ => None,
    };
    let mut found: Vec<Choice> = Vec::new();
    for &(lock_file, manager) in there {
        if found.iter().all(|choice| choice.manager != manager) {
            found.push(Choice { manager, lock_file });
        }
    }
    let of = |manager| found.iter().find(|choice| choice.manager == manager).copied();
    match (asked, found.as_slice()) {
        (Some(manager), _) => of(manager).ok_or(Undecided::NoLockFile(Some(manager))),
        (None, []) => Err(Undecided::NoLockFile(None)),
        (None, [only]) => Ok(*only),
        (None, several) => declared
            .and_then(of_name)
            .and_then(of)
            .ok_or_else(|| Undecided::Several(several.iter().map(|choice| choice.lock_file).collect())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lock_files_decide_and_words_settle_a_tie() {
        let both = ["package-lock.json", "pnpm-lock.yaml"];
        for (present, asked, declared, expected) in [
            (vec!["pnpm-lock.yaml"], None, None, Ok("pnpm-lock.yaml")),
            (vec!["yarn.lock"], None, Some("npm@10.1.0"), Ok("yarn.lock")),
            (both.to_vec(), None, Some("pnpm@9.1.0+sha512.abc"), Ok("pnpm-lock.yaml")),
            (
                both.to_vec(),
                Some(Manager::Npm),
                Some("pnpm@9"),
                Ok("package-lock.json"),
            ),
            (both.to_vec(), None, None, Err(Undecided::Several(both.to_vec()))),
            (
                both.to_vec(),
                None,
                Some("bun@1"),
                Err(Undecided::Several(both.to_vec())),
            ),
            (vec!["bun.lockb", "bun.lock"], None, None, Ok("bun.lock")),
            (
                vec!["package-lock.json", "npm-shrinkwrap.json"],
                None,
                None,
                Ok("npm-shrinkwrap.json"),
            ),
            (vec![], None, None, Err(Undecided::NoLockFile(None))),
            (
                vec!["yarn.lock"],
                Some(Manager::Bun),
                None,
                Err(Undecided::NoLockFile(Some(Manager::Bun))),
            ),
        ] {
            let chosen = choose(&present, asked, declared).map(|choice| choice.lock_file);
            assert_eq!(chosen, expected, "{present:?} {asked:?} {declared:?}");
        }
    }

    #[test]
    fn the_two_yarns_are_told_apart_by_their_lock_file() {
        let choice = choose(&["yarn.lock"], None, None).unwrap();
        let classic = b"# yarn lockfile v1\n\nms@2.0.0:\n  version \"2.0.0\"\n";
        assert_eq!(Flavor::of(choice, classic), Flavor::YarnClassic);
        assert_eq!(Flavor::of(choice, b"__metadata:\n  version: 8\n"), Flavor::YarnBerry);
    }
}
