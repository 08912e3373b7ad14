//! Functions: create, update, delete, tags, code signing.

use std::collections::BTreeMap;

use super::Local;
use super::archives;
use super::documents::{FunctionDocument, RoleDocument};
use super::refusal::{Answer, Refusal};
use super::rules;
use super::store::{Kind, Writer};
use super::trust::{self, Assumer};
use crate::domain::arn::Arn;
use crate::domain::function::{FunctionSettings, TagChange, UNZIPPED_LIMIT};
use crate::domain::names::{FunctionName, Qualifier};
use crate::domain::package::directory::Listed;
use crate::ports::{CodeUpdate, ErrorKind, FunctionState, Lifecycle, NewFunction, Snapshot, State, UpdateStatus};

impl Local {
    pub(super) fn find(&self, name: &FunctionName) -> Answer<Option<FunctionDocument>> {
        Ok(self.store.read(Kind::Functions, name.as_str())?)
    }

    pub(super) fn load(&self, name: &FunctionName) -> Answer<FunctionDocument> {
        self.find(name)?
            .ok_or_else(|| Refusal::no_function(&self.place, name, None))
    }

    /// Changes one function: read, change, write, while nobody else writes.
    pub(super) fn change<T>(
        &self,
        name: &FunctionName,
        change: impl FnOnce(&mut FunctionDocument, &Writer<'_>) -> Answer<T>,
    ) -> Answer<T> {
        let writer = self.store.lock()?;
        let mut document = self.load(name)?;
        let answer = change(&mut document, &writer)?;
        writer.write(Kind::Functions, name.as_str(), &document)?;
        Ok(answer)
    }

    pub(super) fn function(&self, name: &FunctionName) -> Answer<Option<FunctionState>> {
        Ok(self.find(name)?.map(|document| FunctionState {
            latest: document.latest,
            tags: document.tags,
            reserved_concurrency: document.reserved_concurrency,
        }))
    }

    pub(super) fn contents(&self, name: &FunctionName, qualifier: &Qualifier) -> Answer<Vec<Listed>> {
        let edition = self.snapshot(name, qualifier)?;
        let edition = edition.ok_or_else(|| Refusal::no_function(&self.place, name, Some(qualifier)))?;
        archives::list(&self.store, &edition.digest)
    }

    pub(super) fn snapshot(&self, name: &FunctionName, qualifier: &Qualifier) -> Answer<Option<Snapshot>> {
        let Some(mut document) = self.find(name)? else {
            return Ok(None);
        };
        Ok(match qualifier {
            Qualifier::Latest => Some(document.latest),
            Qualifier::Version(version) => document.versions.remove(version),
            Qualifier::Alias(alias) => match document.aliases.get(alias).map(|alias| alias.state.version) {
                None => None,
                Some(None) => Some(document.latest),
                Some(Some(version)) => document.versions.remove(&version),
            },
        })
    }

    pub(super) fn functions(&self) -> Answer<Vec<Snapshot>> {
        let documents: Vec<FunctionDocument> = self.store.read_all(Kind::Functions)?;
        let mut all: Vec<Snapshot> = documents.into_iter().map(|document| document.latest).collect();
        all.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(all)
    }

    pub(super) fn create_function(&self, new: NewFunction) -> Answer<Snapshot> {
        rules::check_settings(&new.settings)?;
        rules::check_tags(&new.tags)?;
        let writer = self.store.lock()?;
        if self.find(&new.name)?.is_some() {
            return Err(Refusal::new(
                ErrorKind::AlreadyExists,
                "ResourceConflictException",
                format!("Function already exist: {}", new.name),
            ));
        }
        self.check_role(&new.name, &new.settings)?;
        let room = UNZIPPED_LIMIT.saturating_sub(self.unzipped_layers(&new.settings.layers)?);
        let code = archives::accept(&self.store, &writer, &new.code, "CreateFunction", room)?;
        let latest = Snapshot {
            name: new.name.clone(),
            qualifier: Qualifier::Latest,
            settings: new.settings,
            architecture: new.architecture,
            digest: code.digest,
            code_size: code.size,
            revision: revision()?,
            lifecycle: Lifecycle {
                state: State::Active,
                update: UpdateStatus::Successful,
                reason: None,
            },
            modified: now(),
            snap_started: false,
        };
        let document = FunctionDocument {
            latest: latest.clone(),
            versions: BTreeMap::new(),
            aliases: BTreeMap::new(),
            tags: new.tags,
            reserved_concurrency: None,
            code_signing: new.code_signing,
            published: None,
        };
        writer.write(Kind::Functions, new.name.as_str(), &document)?;
        Ok(latest)
    }

    pub(super) fn update_code(&self, name: &FunctionName, update: &CodeUpdate) -> Answer<Snapshot> {
        let latest = self.change(name, |document, writer| {
            let latest = &mut document.latest;
            check_revision(latest, &update.revision)?;
            let room = UNZIPPED_LIMIT.saturating_sub(self.unzipped_layers(&latest.settings.layers)?);
            let code = archives::accept(&self.store, writer, &update.code, "UpdateFunctionCode", room)?;
            latest.digest = code.digest;
            latest.code_size = code.size;
            latest.architecture = update.architecture;
            touch(latest)?;
            Ok(latest.clone())
        })?;
        self.sweep()?;
        Ok(latest)
    }

    pub(super) fn update_settings(
        &self,
        name: &FunctionName,
        settings: FunctionSettings,
        revision: &str,
    ) -> Answer<Snapshot> {
        rules::check_settings(&settings)?;
        self.change(name, |document, _| {
            check_revision(&document.latest, revision)?;
            self.check_role(name, &settings)?;
            if settings.layers != document.latest.settings.layers {
                self.check_room(&settings.layers, &document.latest.digest)?;
            }
            document.latest.settings = settings;
            touch(&mut document.latest)?;
            Ok(document.latest.clone())
        })
    }

    pub(super) fn delete_function(&self, name: &FunctionName) -> Answer<()> {
        let writer = self.store.lock()?;
        self.load(name)?;
        writer.remove(Kind::Functions, name.as_str())?;
        archives::sweep(&self.store, &writer)
    }

    pub(super) fn sweep(&self) -> Answer<()> {
        let writer = self.store.lock()?;
        archives::sweep(&self.store, &writer)
    }

    pub(super) fn change_tags(&self, name: &FunctionName, change: &TagChange) -> Answer<()> {
        self.change(name, |document, _| {
            document.tags = rules::changed_tags(&document.tags, change)?;
            Ok(())
        })
    }

    pub(super) fn set_code_signing(&self, name: &FunctionName, config: Option<Arn>) -> Answer<()> {
        self.change(name, |document, _| {
            document.code_signing = config;
            Ok(())
        })
    }

    /// Refuses a role of this account that is not there or that Lambda cannot assume. Nothing is
    /// known about roles of other accounts, so those pass: a file that names a real role still works.
    fn check_role(&self, function: &FunctionName, settings: &FunctionSettings) -> Answer<()> {
        let role = &settings.role;
        if role.account != self.place.account.as_str() {
            return Ok(());
        }
        let name = role.resource.rsplit('/').next().unwrap_or_default();
        let found: Option<RoleDocument> = self.store.read(Kind::Roles, name)?;
        let function_arn = self.place.function_arn(function).to_string();
        let assumer = Assumer {
            account: self.place.account.as_str(),
            function_arn: &function_arn,
            role_arn: &role.to_string(),
        };
        match found {
            Some(found) if found.state.arn == *role && trust::allows(&found.state.trust, &assumer) => Ok(()),
            // AWS says the same of a role that it has not heard of yet; here nothing has to get around,
            // so waiting would not help.
            Some(_) | None => Err(Refusal::invalid(
                "The role defined for the function cannot be assumed by Lambda.",
            )),
        }
    }
}

fn check_revision(latest: &Snapshot, revision: &str) -> Answer<()> {
    if latest.revision == revision {
        Ok(())
    } else {
        Err(Refusal::stale())
    }
}

/// Marks an edition as changed just now.
fn touch(edition: &mut Snapshot) -> Answer<()> {
    edition.revision = revision()?;
    edition.modified = now();
    Ok(())
}

/// A new opaque revision.
pub(super) fn revision() -> Answer<String> {
    Ok(crate::runner::random_id()?)
}

/// The time, RFC 3339.
pub(super) fn now() -> String {
    jiff::Timestamp::now().to_string()
}
