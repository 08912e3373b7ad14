//! What callers get when an alias moves from one edition of a function to another.
//!
//! The comparison is pure and holds no value of the environment; what it is made of is looked up beside it,
//! and what cannot be read is said and stops nothing.

use serde::Serialize;

use super::plan::{EnvironmentChange, FieldChange};
use super::planner::{environment_change, field_changes};
use crate::domain::arn::Arn;
use crate::domain::names::{CodeDigest, Qualifier, RoleName, Version};
use crate::domain::package::CodeChanges;
use crate::domain::policy::{AccessChange, PolicyDocument};
use crate::ports::{Cloud, PortResult, Roles, Snapshot};

/// The name of the field that [`Access`] tells more of.
const ROLE: &str = "role";

/// Two editions, side by side.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    pub from: Edition,
    pub to: Edition,
    pub code: Files,
    /// Settings that differ, but for the role.
    pub changes: Vec<FieldChange>,
    pub environment: EnvironmentChange,
    pub access: Access,
    pub provisioned: Option<Provisioned>,
}

/// One edition of the function.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Edition {
    /// `None` is `$LATEST`.
    pub version: Option<Version>,
    /// RFC 3339.
    pub published: String,
    /// The commit that it was built from, as far as the ledger tells.
    pub commit: Option<String>,
    pub sha256: CodeDigest,
    /// Bytes of the archive.
    pub size: u64,
    pub runtime: String,
    pub architecture: String,
}

/// What becomes different in the code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Files {
    Same,
    /// Another archive, and nobody looked into it.
    Unasked,
    Unreadable {
        why: String,
    },
    Changed {
        files: CodeChanges,
    },
}

/// What the editions may do.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Access {
    SameRole {
        role: Arn,
    },
    OtherRole {
        from: Arn,
        to: Arn,
        /// `None` when nobody compared what they may do.
        change: Option<AccessChange>,
        #[serde(skip_serializing_if = "Option::is_none")]
        why: Option<String>,
    },
}

/// Provisioned concurrency that callers of the alias have now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Provisioned {
    pub executions: u32,
    /// Whether it belongs to the alias; that of a version stays with the version.
    pub follows: bool,
}

impl Edition {
    /// One edition, of which a ledger may tell the commit.
    pub fn new(snapshot: &Snapshot, commit: impl Fn(Version) -> Option<String>) -> Self {
        let version = match snapshot.qualifier {
            Qualifier::Version(version) => Some(version),
            Qualifier::Latest | Qualifier::Alias(_) => None,
        };
        Self {
            version,
            published: snapshot.modified.clone(),
            commit: version.and_then(commit),
            sha256: snapshot.digest.clone(),
            size: snapshot.code_size,
            runtime: snapshot.settings.runtime.to_string(),
            architecture: snapshot.architecture.to_string(),
        }
    }
}

impl Comparison {
    /// Compares two editions; the code and what they may do was looked up before.
    pub fn between(
        [from, to]: [&Snapshot; 2],
        commit: impl Fn(Version) -> Option<String>,
        code: Files,
        access: Access,
        provisioned: Option<Provisioned>,
    ) -> Self {
        let mut changes = field_changes(&from.settings, &to.settings);
        changes.retain(|change| change.field != ROLE);
        if from.architecture != to.architecture {
            changes.push(FieldChange {
                field: "architecture",
                from: Some(from.architecture.to_string()),
                to: to.architecture.to_string(),
            });
        }
        Self {
            from: Edition::new(from, &commit),
            to: Edition::new(to, &commit),
            code,
            changes,
            environment: environment_change(&from.settings.environment, &to.settings.environment),
            access,
            provisioned,
        }
    }
}

/// How far to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effort {
    /// What the editions themselves say: nothing that takes time.
    Brief,
    /// Into the archives, and at the policies of both roles.
    Whole,
}

/// Compares the code of two editions.
pub async fn files(cloud: &Cloud, [from, to]: [&Snapshot; 2], effort: Effort) -> Files {
    if from.digest == to.digest {
        return Files::Same;
    }
    if effort == Effort::Brief {
        return Files::Unasked;
    }
    let contents = |edition: &'_ Snapshot| {
        let (name, qualifier) = (edition.name.clone(), edition.qualifier.clone());
        async move { cloud.functions.contents(&name, &qualifier).await }
    };
    match tokio::try_join!(contents(from), contents(to)) {
        Ok((before, after)) => Files::Changed {
            files: CodeChanges::between(&before, &after),
        },
        Err(error) => Files::Unreadable { why: error.to_string() },
    }
}

/// Compares what two editions may do.
pub async fn access(cloud: &Cloud, [from, to]: [&Snapshot; 2], effort: Effort) -> Access {
    let (from, to) = (from.settings.role.clone(), to.settings.role.clone());
    if from == to {
        return Access::SameRole { role: to };
    }
    let (change, why) = match effort {
        Effort::Brief => (None, None),
        Effort::Whole => {
            let roles = &*cloud.roles;
            match tokio::try_join!(rights(roles, &from), rights(roles, &to)) {
                Ok((before, after)) => (Some(AccessChange::between(Some(&before), Some(&after))), None),
                Err(why) => (None, Some(why)),
            }
        }
    };
    Access::OtherRole { from, to, change, why }
}

/// Everything that a role's policies say, or why it is not known.
async fn rights(roles: &dyn Roles, arn: &Arn) -> Result<PolicyDocument, String> {
    let name = arn.resource.rsplit('/').next().unwrap_or_default();
    let name = RoleName::new(name).map_err(|error| error.to_string())?;
    let documents = documents(roles, &name).await.map_err(|error| error.to_string())?;
    let documents: Option<Vec<PolicyDocument>> = documents.into_iter().collect();
    let documents = documents.ok_or_else(|| format!("a policy of `{name}` is not there any more"))?;
    let statements = documents.into_iter().flat_map(|document| document.statements);
    Ok(PolicyDocument::new(statements))
}

async fn documents(roles: &dyn Roles, name: &RoleName) -> PortResult<Vec<Option<PolicyDocument>>> {
    let (inline, attached) = tokio::try_join!(roles.policies(name), roles.attached_policies(name))?;
    let mut documents = Vec::new();
    for policy in inline {
        documents.push(roles.policy(name, &policy).await?);
    }
    for policy in attached {
        documents.push(roles.managed_policy(&policy).await?);
    }
    Ok(documents)
}
