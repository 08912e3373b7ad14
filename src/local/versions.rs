//! Published versions: immutable, numbered upwards for ever.

use super::Local;
use super::archives;
use super::control::{now, revision};
use super::documents::{CounterDocument, Published};
use super::refusal::{Answer, Refusal};
use super::store::{Kind, Writer};
use crate::domain::names::{AliasName, CodeDigest, FunctionName, Qualifier, Version};
use crate::ports::{ErrorKind, Snapshot};

impl Local {
    pub(super) fn publish(&self, name: &FunctionName, expected: &CodeDigest, description: &str) -> Answer<Snapshot> {
        if description.chars().count() > 256 {
            return Err(Refusal::validation(
                description,
                "description",
                "Member must have length less than or equal to 256",
            ));
        }
        self.change(name, |document, writer| {
            let latest = &document.latest;
            if latest.digest != *expected {
                // A precondition that fails, whatever the code says: somebody changed the function.
                let sentence = format!(
                    "CodeSHA256 ({expected}) is different from current CodeSHA256 in $LATEST [{}]",
                    latest.digest
                );
                return Err(Refusal::new(
                    ErrorKind::Stale,
                    "InvalidParameterValueException",
                    sentence,
                ));
            }
            // Nothing changed since: Lambda answers with the version it has.
            if let Some(published) = &document.published
                && published.revision == latest.revision
                && let Some(version) = document.versions.get(&published.version)
            {
                return Ok(version.clone());
            }
            let newest = document.versions.keys().next_back().copied();
            let version = self.next_version(writer, name, newest)?;
            let mut edition = latest.clone();
            edition.qualifier = Qualifier::Version(version);
            edition.revision = revision()?;
            edition.modified = now();
            // Everything settles at once here: the snapshot is there when the version is.
            edition.snap_started = edition.settings.snap_start;
            if !description.is_empty() {
                description.clone_into(&mut edition.settings.description);
            }
            document.published = Some(Published {
                version,
                revision: latest.revision.clone(),
            });
            document.versions.insert(version, edition.clone());
            Ok(edition)
        })
    }

    /// The next number. It is noted before the version is: a crash in between leaves a gap, and a
    /// number is never given out twice, not even after the function was deleted and made again.
    fn next_version(&self, writer: &Writer<'_>, name: &FunctionName, newest: Option<Version>) -> Answer<Version> {
        let counter: Option<CounterDocument> = self.store.read(Kind::Counters, name.as_str())?;
        let last = counter.map_or(Version(0), |counter| counter.last_version);
        let next = Version(last.max(newest.unwrap_or(Version(0))).0 + 1);
        writer.write(Kind::Counters, name.as_str(), &CounterDocument { last_version: next })?;
        Ok(next)
    }

    pub(super) fn versions(&self, name: &FunctionName) -> Answer<Vec<Snapshot>> {
        Ok(self.load(name)?.versions.into_values().collect())
    }

    pub(super) fn delete_version(&self, name: &FunctionName, version: Version) -> Answer<()> {
        let writer = self.store.lock()?;
        let mut document = self.load(name)?;
        let users: Vec<&str> = document
            .aliases
            .values()
            .filter(|alias| alias.state.version == Some(version) || alias.state.weights.contains_key(&version))
            .map(|alias| AliasName::as_str(&alias.state.name))
            .collect();
        if !users.is_empty() {
            return Err(Refusal::new(
                ErrorKind::InUse,
                "ResourceConflictException",
                format!(
                    "Unable to delete version because the following aliases reference it: [{}]",
                    users.join(", ")
                ),
            ));
        }
        if document.versions.remove(&version).is_none() {
            let qualifier = Qualifier::Version(version);
            return Err(Refusal::no_function(&self.place, name, Some(&qualifier)));
        }
        writer.write(Kind::Functions, name.as_str(), &document)?;
        archives::sweep(&self.store, &writer)
    }
}
