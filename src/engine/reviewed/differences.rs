//! What differs between a reviewed plan and the world, in the words of plans.

use std::collections::BTreeMap;

use serde::Serialize;

use super::basis::{Alias, Code, Configuration, Edition, Function, Sealed};
use super::{Part, Reviewed};
use crate::domain::function::TagChange;
use crate::domain::package::{CodeChanges, FileChange};
use crate::domain::policy::{AccessChange, PolicyDocument};
use crate::engine::plan::{EnvironmentChange, FieldChange};
use crate::engine::planner::{async_changes, field_changes};
use crate::ports::RoleState;

/// Where something differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// What is to be deployed: lambda.yaml, the code, a value from elsewhere.
    Wanted,
    /// What there is already: somebody changed it.
    Found,
}

/// One thing that differs: as the plan has it, and as it is now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    pub side: Side,
    /// The word for it, as steps have one: `code`, `role policy`.
    pub kind: &'static str,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<FieldChange>,
    #[serde(skip_serializing_if = "EnvironmentChange::is_empty")]
    pub environment: EnvironmentChange,
    #[serde(skip_serializing_if = "AccessChange::is_empty")]
    pub access: AccessChange,
    #[serde(skip_serializing_if = "TagChange::is_empty")]
    pub tags: TagChange,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub files: Option<CodeChanges>,
}

impl Difference {
    fn new(side: Side, kind: &'static str, name: &str) -> Self {
        Self {
            side,
            kind,
            name: name.to_owned(),
            summary: None,
            changes: Vec::new(),
            environment: EnvironmentChange::default(),
            access: AccessChange::default(),
            tags: TagChange::default(),
            files: None,
        }
    }

    fn says(self, summary: impl Into<String>) -> Self {
        Self {
            summary: Some(summary.into()),
            ..self
        }
    }

    fn arrow<T: ToString>(self, from: Option<T>, to: Option<T>) -> Self {
        let word = |value: Option<T>| value.map_or_else(|| "none".to_owned(), |value| value.to_string());
        self.says(format!("{} → {}", word(from), word(to)))
    }

    fn access(self, from: Option<&PolicyDocument>, to: Option<&PolicyDocument>) -> Self {
        let access = AccessChange::between(from, to);
        let same = access.is_empty().then(|| "same rights, written differently".to_owned());
        Self {
            access,
            summary: same,
            ..self
        }
    }

    fn settings(self, from: &Configuration, to: &Configuration) -> Self {
        Self {
            changes: field_changes(from.settings(), to.settings()),
            ..self
        }
    }

    fn sealed(self, from: &Sealed, to: &Sealed) -> Self {
        let environment = EnvironmentChange {
            added: to.names.difference(&from.names).cloned().collect(),
            removed: from.names.difference(&to.names).cloned().collect(),
            ..EnvironmentChange::default()
        };
        // One fingerprint for all of them.
        let values = environment
            .is_empty()
            .then(|| "a value is another; which one is not kept".to_owned());
        Self {
            environment,
            summary: values,
            ..self
        }
    }
}

/// Collects what differs.
struct Differences {
    side: Side,
    all: Vec<Difference>,
}

impl Differences {
    fn new(side: Side) -> Self {
        Self { side, all: Vec::new() }
    }

    /// Adds a difference when there is one.
    fn when(&mut self, differs: bool, kind: &'static str, name: &str, tell: impl FnOnce(Difference) -> Difference) {
        if differs {
            self.all.push(tell(Difference::new(self.side, kind, name)));
        }
    }
}

/// Another place, stage or function: nothing else needs to be compared then.
pub(super) fn scene(reviewed: &Reviewed, now: &Reviewed) -> Vec<Difference> {
    let (was, is) = (&reviewed.scene, &now.scene);
    let stage = |stage: &Option<_>| stage.as_ref().map_or_else(|| "none".to_owned(), ToString::to_string);
    let rows = [
        ("function", was.function.to_string(), is.function.to_string()),
        ("stage", stage(&was.stage), stage(&is.stage)),
        ("account", was.account.to_string(), is.account.to_string()),
        ("region", was.region.to_string(), is.region.to_string()),
        ("alias", was.alias.to_string(), is.alias.to_string()),
    ];
    let differ = rows.into_iter().filter(|(_, was, is)| was != is);
    differ
        .map(|(kind, was, is)| Difference::new(Side::Wanted, kind, "").arrow(Some(was), Some(is)))
        .collect()
}

/// Steps differ, and nothing says why: another lfn plans otherwise.
pub(super) fn steps() -> Difference {
    Difference::new(Side::Wanted, "steps", "").says("what there is to do is not what the plan shows")
}

/// What differs in lambda.yaml, in the code, in values from elsewhere.
pub(super) fn wanted(reviewed: &Reviewed, now: &Reviewed) -> Vec<Difference> {
    let (name, alias) = (reviewed.scene.function.as_str(), reviewed.scene.alias.as_str());
    let (was, is) = (&reviewed.wanted, &now.wanted);
    let mut found = Differences::new(Side::Wanted);
    found.when(was.code != is.code, "code", name, |one| Difference {
        files: Some(files(&was.code, &is.code)),
        ..one.arrow(Some(was.code.digest.short()), Some(is.code.digest.short()))
    });
    let architecture = was.architecture != is.architecture;
    found.when(architecture, "architecture", name, |one| {
        one.arrow(Some(was.architecture), Some(is.architecture))
    });
    found.when(was.configuration != is.configuration, "configuration", name, |one| {
        one.settings(&was.configuration, &is.configuration)
    });
    found.when(was.environment != is.environment, "environment", name, |one| {
        one.sealed(&was.environment, &is.environment)
    });
    // The key follows from the digest, which is told already.
    found.when(
        was.storage != is.storage && was.code == is.code,
        "archive",
        name,
        |one| one.arrow(was.storage.as_ref(), is.storage.as_ref()),
    );
    roles(was.role.as_ref(), is.role.as_ref(), &mut found, &[]);
    found.when(was.policy != is.policy, "role policy", name, |one| {
        one.access(was.policy.as_ref(), is.policy.as_ref())
    });
    found.when(was.retention != is.retention, "log group", "", |one| {
        one.arrow(Some(&was.retention), Some(&is.retention))
    });
    found.when(was.tags != is.tags, "tags", name, |one| Difference {
        tags: TagChange::between(&was.tags, &is.tags),
        ..one
    });
    found.when(was.reserved != is.reserved, "concurrency", name, |one| {
        one.arrow(was.reserved, is.reserved)
    });
    provisioned(&was.provisioned, &is.provisioned, &mut found);
    found.when(was.code_signing != is.code_signing, "code signing", name, |one| {
        one.arrow(was.code_signing.as_ref(), is.code_signing.as_ref())
    });
    let asynchronous = was.asynchronous != is.asynchronous;
    found.when(asynchronous, "async invocation", alias, |one| Difference {
        changes: async_changes(&was.asynchronous, &is.asynchronous),
        ..one
    });
    found.when(was.callers != is.callers, "callers", alias, |one| {
        one.access(Some(&was.callers), Some(&is.callers))
    });
    found.when(was.check != is.check, "check", alias, |one| {
        one.arrow(was.check.as_ref(), is.check.as_ref())
    });
    found.when(was.keep != is.keep, "versions to keep", name, |one| {
        one.arrow(was.keep, is.keep)
    });
    found.all
}

/// What somebody changed, but for the parts that are excused.
pub(super) fn found(reviewed: &Reviewed, now: &Reviewed, excused: &[Part]) -> Vec<Difference> {
    let (name, alias) = (reviewed.scene.function.as_str(), reviewed.scene.alias.as_str());
    let (was, is) = (&reviewed.found, &now.found);
    let moved = |part: Part, differs: bool| differs && !excused.contains(&part);
    let mut found = Differences::new(Side::Found);
    match (&was.function, &is.function) {
        (Some(was), Some(is)) => function(name, was, is, excused, &mut found),
        (None, None) => {}
        (was, _) => found.when(moved(Part::Function, true), "function", name, |one| {
            one.says(came_or_went(was.is_some()))
        }),
    }
    let point = |alias: &Option<Alias>| alias.as_ref().map(|alias| (alias.point.clone(), alias.entry));
    let revision = |alias: &Option<Alias>| alias.as_ref().map(|alias| alias.revision.clone());
    if moved(Part::Alias, point(&was.alias) != point(&is.alias)) {
        found
            .all
            .push(alias_moved(alias, was.alias.as_ref(), is.alias.as_ref()));
    } else {
        let same = point(&was.alias) == point(&is.alias) && was.callers == is.callers;
        let revised = same && revision(&was.alias) != revision(&is.alias);
        found.when(moved(Part::AliasRevision, revised), "alias", alias, |one| {
            one.says("changed and changed back")
        });
    }
    // The same number with other code: the function was made anew.
    let number = |edition: &Option<Edition>| edition.as_ref().map(|edition| edition.version);
    let version = number(&is.live).map_or_else(String::new, |version| version.to_string());
    let anew = number(&was.live) == number(&is.live) && was.live != is.live;
    found.when(moved(Part::Live, anew), "version", &version, |one| {
        one.says("has other code than before")
    });
    // It is not always looked up.
    let newer = was.newest.is_some() && is.newest.is_some() && was.newest != is.newest;
    found.when(moved(Part::Newest, newer), "newest version", name, |one| {
        one.arrow(number(&was.newest), number(&is.newest))
    });
    found.when(
        moved(Part::Callers, was.callers != is.callers),
        "callers",
        alias,
        |one| one.access(was.callers.as_ref(), is.callers.as_ref()),
    );
    roles(was.role.as_ref(), is.role.as_ref(), &mut found, excused);
    let role = is
        .role
        .as_ref()
        .or(was.role.as_ref())
        .map_or("", |role| role.arn.resource.rsplit('/').next().unwrap_or_default());
    found.when(
        moved(Part::Policy, was.policy != is.policy),
        "role policy",
        role,
        |one| one.access(was.policy.as_ref(), is.policy.as_ref()),
    );
    let beside = |documents: &BTreeMap<String, Option<PolicyDocument>>| {
        PolicyDocument::new(documents.values().flatten().flat_map(|one| one.statements.clone()))
    };
    found.when(
        moved(Part::Beside, was.beside != is.beside),
        "other policies",
        role,
        |one| one.access(Some(&beside(&was.beside)), Some(&beside(&is.beside))),
    );
    let group = reviewed.wanted.configuration.settings().logging.group.as_str();
    found.when(
        moved(Part::LogGroup, was.log_group != is.log_group),
        "log group",
        group,
        |one| one.says(came_or_went(was.log_group)),
    );
    let kept = was.log_group == is.log_group && was.retention != is.retention;
    let days = |days: Option<u32>| Some(days.map_or_else(|| "for ever".to_owned(), |days| format!("{days} days")));
    found.when(moved(Part::Retention, kept), "log group", group, |one| {
        one.arrow(days(was.retention), days(is.retention))
    });
    let asynchronous = moved(Part::Asynchronous, was.asynchronous != is.asynchronous);
    found.when(asynchronous, "async invocation", alias, |one| Difference {
        changes: async_changes(&was.asynchronous, &is.asynchronous),
        ..one
    });
    if moved(Part::Provisioned, was.provisioned != is.provisioned) {
        provisioned(&was.provisioned, &is.provisioned, &mut found);
    }
    let missing = moved(Part::MissingAliases, was.missing_aliases != is.missing_aliases);
    found.when(missing, "aliases", name, |one| {
        one.says("another one is missing, or there again")
    });
    let signing = moved(Part::CodeSigning, was.code_signing != is.code_signing);
    found.when(signing, "code signing", name, |one| {
        one.arrow(was.code_signing.as_ref(), is.code_signing.as_ref())
    });
    // Not asked once `$LATEST` has the code.
    let archive = was.archive.is_some() && is.archive.is_some() && was.archive != is.archive;
    found.when(moved(Part::Archive, archive), "archive", name, |one| {
        one.arrow(was.archive.as_ref(), is.archive.as_ref())
    });
    found.all
}

fn came_or_went(was_there: bool) -> &'static str {
    if was_there { "it is gone" } else { "it is there by now" }
}

fn function(name: &str, was: &Function, is: &Function, excused: &[Part], found: &mut Differences) {
    let moved = |part: Part, differs: bool| differs && !excused.contains(&part);
    let before = found.all.len();
    let code = was.digest != is.digest || was.architecture != is.architecture;
    found.when(moved(Part::Code, code), "code", name, |one| {
        let said = |one: &Function| Some(format!("{} for {}", one.digest.short(), one.architecture));
        one.arrow(said(was), said(is))
    });
    let configuration = was.configuration != is.configuration;
    found.when(
        moved(Part::Configuration, configuration),
        "configuration",
        name,
        |one| one.settings(&was.configuration, &is.configuration),
    );
    let environment = was.environment != is.environment;
    found.when(moved(Part::Environment, environment), "environment", name, |one| {
        one.sealed(&was.environment, &is.environment)
    });
    let state = (was.state, was.update) != (is.state, is.update);
    found.when(moved(Part::State, state), "state", name, |one| {
        let said = |one: &Function| Some(format!("{:?}, last update {:?}", one.state, one.update));
        one.arrow(said(was), said(is))
    });
    found.when(moved(Part::Tags, was.tags != is.tags), "tags", name, |one| Difference {
        tags: TagChange::between(&was.tags, &is.tags),
        ..one
    });
    found.when(
        moved(Part::Reserved, was.reserved != is.reserved),
        "concurrency",
        name,
        |one| one.arrow(was.reserved, is.reserved),
    );
    // What changed is told above, or was changed back.
    let quiet = found.all.len() == before && was.revision != is.revision;
    found.when(moved(Part::Revision, quiet), "function", name, |one| {
        one.says("changed and changed back")
    });
}

/// Who moved the alias is in its ledger, when that was another lfn.
fn alias_moved(name: &str, was: Option<&Alias>, is: Option<&Alias>) -> Difference {
    let told = |alias: &Alias| format!("version {}", alias.point);
    let by = match (was, is) {
        (was, Some(is)) if is.entry > was.map_or(0, |was| was.entry) => is.moved.clone(),
        _ => None,
    };
    let by = by.unwrap_or_else(|| "by someone else than lfn".to_owned());
    let one = Difference::new(Side::Found, "alias", name);
    if let (Some(was), Some(is)) = (was, is)
        && was.point == is.point
    {
        return one.says(format!("{} again, moved and taken back, {by}", told(is)));
    }
    let one = one.arrow(was.map(told), is.map(told));
    let arrow = one.summary.clone().unwrap_or_default();
    one.says(format!("{arrow}, {by}"))
}

/// A role's own parts; whether there is one comes before what it says.
fn roles(was: Option<&RoleState>, is: Option<&RoleState>, found: &mut Differences, excused: &[Part]) {
    let moved = |part: Part, differs: bool| differs && !excused.contains(&part);
    let (Some(was), Some(is)) = (was, is) else {
        let arn = is.or(was).map(|role| role.arn.to_string()).unwrap_or_default();
        return found.when(moved(Part::Role, was.is_some() != is.is_some()), "role", &arn, |one| {
            one.says(came_or_went(was.is_some()))
        });
    };
    let name = is.arn.resource.rsplit('/').next().unwrap_or_default();
    found.when(moved(Part::Role, was.arn != is.arn), "role", name, |one| {
        one.arrow(Some(&was.arn), Some(&is.arn))
    });
    found.when(moved(Part::Trust, was.trust != is.trust), "role trust", name, |one| {
        one.access(Some(&was.trust), Some(&is.trust))
    });
    found.when(
        moved(Part::Boundary, was.boundary != is.boundary),
        "role boundary",
        name,
        |one| one.arrow(was.boundary.as_ref(), is.boundary.as_ref()),
    );
    found.when(moved(Part::RoleTags, was.tags != is.tags), "role tags", name, |one| {
        Difference {
            tags: TagChange::between(&was.tags, &is.tags),
            ..one
        }
    });
}

fn provisioned<K: Ord + ToString>(was: &BTreeMap<K, u32>, is: &BTreeMap<K, u32>, found: &mut Differences) {
    let all: std::collections::BTreeSet<&K> = was.keys().chain(is.keys()).collect();
    for alias in all {
        let (was, is) = (was.get(alias), is.get(alias));
        found.when(was != is, "concurrency", &alias.to_string(), |one| one.arrow(was, is));
    }
}

/// Which files differ, by their sizes and checksums.
fn files(was: &Code, is: &Code) -> CodeChanges {
    let size = |mark: &String| mark.split(' ').next().and_then(|size| size.parse().ok()).unwrap_or(0);
    let change = |(name, mark): (&String, &String), previous: Option<&String>| FileChange {
        name: name.clone(),
        size: size(mark),
        previous_size: previous.map(size),
    };
    let mut changes = CodeChanges::default();
    for file in &is.files {
        match was.files.get(file.0) {
            None => changes.added.push(change(file, None)),
            Some(mark) if mark == file.1 => {}
            Some(mark) => changes.changed.push(change(file, Some(mark))),
        }
    }
    let gone = was.files.iter().filter(|(name, _)| !is.files.contains_key(*name));
    changes.removed = gone.map(|file| change(file, None)).collect();
    changes
}
