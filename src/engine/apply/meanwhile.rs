//! What others did since lfn looked: it is looked for before the first write and before the alias moves, and
//! a write that is refused for it says who was there.
//!
//! Lambda's writes carry a revision, so that a change in between refuses them. IAM has no such thing, and a
//! role's policy is written first: without a look before, a deploy that lost long ago would still change the
//! rights of what the winner released. What is left is the time between a look and the write after it.

use super::{Elsewhere, Run, has_code};
use crate::domain::ledger::{Entry, Point};
use crate::domain::policy::{INLINE_POLICY, PolicyDocument};
use crate::engine::plan::Step;
use crate::engine::release;
use crate::engine::wait::Failure;
use crate::ports::{AliasState, ErrorKind, PortError, PortResult, Snapshot};

/// What is said of a function that is not there any more.
pub(super) const GONE: &str = "the function is gone; someone deleted it meanwhile";
/// What is said of a role that is not there any more.
const ROLE_GONE: &str = "the role is gone; someone deleted it meanwhile";

impl Run<'_> {
    /// Stops before anything is changed when the function, its alias or its role's policy are not as they were
    /// found: a person may have taken a long time to answer, and another deploy less.
    pub(super) async fn unmoved(&self) -> Result<(), Failure> {
        let observed = self.context.observed;
        let Some(function) = &observed.function else {
            return Ok(());
        };
        let policy = async {
            if self.context.desired.role.is_none() {
                return Ok(None);
            }
            self.policy_now().await
        };
        let (latest, alias, policy) = tokio::try_join!(self.look(), self.alias_found(), policy)?;
        let revision = |alias: Option<&AliasState>| alias.map(|alias| alias.revision.clone());
        if latest.revision != function.latest.revision || revision(alias.as_ref()) != revision(observed.alias.as_ref())
        {
            let name = self.context.desired.name.to_string();
            let error = PortError::new(ErrorKind::Stale, "lambda:GetFunction", name, "");
            return Err(self.changed_meanwhile(error).await);
        }
        if self.context.desired.role.is_some() && policy != observed.policy {
            return Err(self.named(self.other_policy()).await);
        }
        Ok(())
    }

    /// Looks once more before traffic goes to a version: it has the code and the settings that are wanted, and
    /// the role has the rights that lfn gave it. A server may take the one and miss the other.
    pub(super) async fn as_wanted(&self, mut version: Snapshot) -> Result<(), Failure> {
        let desired = self.context.desired;
        // It may have been given when publishing.
        version.settings.description.clone_from(&desired.settings.description);
        if !has_code(&version, desired) || version.settings != desired.settings {
            let subject = format!("{}:{}", desired.name, version.qualifier);
            let error = PortError::new(ErrorKind::Stale, "lambda:GetFunction", subject, "");
            return Err(self.changed_meanwhile(error).await);
        }
        if desired.role.is_none() {
            return Ok(());
        }
        let look = || async {
            let found = self.policy_now().await?;
            if found == self.policy {
                Ok(())
            } else if found == self.context.observed.policy {
                // IAM answers with what was there before for a moment.
                let error = self.other_policy();
                let kind = ErrorKind::Propagating;
                Err(PortError { kind, ..error })
            } else {
                Err(self.other_policy())
            }
        };
        match self.waiter.propagating(false).role(None).patiently(look).await {
            Err(Failure::TimedOut { last: Some(last), .. }) if last.kind == ErrorKind::Propagating => {
                Err(self.named(self.other_policy()).await)
            }
            Err(Failure::Port(error)) if error.kind == ErrorKind::Stale => Err(self.named(error).await),
            other => other,
        }
    }

    async fn policy_now(&self) -> PortResult<Option<PolicyDocument>> {
        let role = &self.context.role().name;
        self.context.cloud.roles.policy(role, INLINE_POLICY).await
    }

    async fn role_is_gone(&self) -> bool {
        let Some(role) = &self.context.desired.role else {
            return false;
        };
        matches!(self.context.cloud.roles.role(&role.name).await, Ok(None))
    }

    fn other_policy(&self) -> PortError {
        let message = "the rights of the role were changed by someone else since lfn looked";
        let role = self.context.role().name.to_string();
        PortError::new(ErrorKind::Stale, "iam:GetRolePolicy", role, message)
    }

    async fn alias_found(&self) -> PortResult<Option<AliasState>> {
        let desired = self.context.desired;
        self.context.cloud.functions.alias(&desired.name, &desired.alias).await
    }

    /// Says that the function was changed, and who released something meanwhile.
    pub(super) async fn changed_meanwhile(&self, error: PortError) -> Failure {
        let message = "the function was changed by someone else since lfn looked".to_owned();
        let kind = ErrorKind::Stale;
        self.named(PortError { kind, message, ..error }).await
    }

    /// Adds to what somebody changed who moved the alias meanwhile, when anybody did.
    async fn named(&self, error: PortError) -> Failure {
        let before = self.context.observed.alias.as_ref();
        // Only what the message says depends on it.
        let Some(found) = self.alias_found().await.ok().flatten() else {
            return error.into();
        };
        let same = before.is_some_and(|before| {
            let number = |alias: &AliasState| newest(alias).map(|(number, _)| number);
            release::point(&found) == release::point(before) && number(&found) == number(before)
        });
        // This deploy's own move is nobody else's.
        if same || self.moved_here(&found) {
            return error.into();
        }
        let moved = release::moved_meanwhile(&found.name, before, Some(&found), error.clone());
        let message = format!("{}; {}", error.message, moved.message);
        PortError { message, ..error }.into()
    }

    fn moved_here(&self, found: &AliasState) -> bool {
        self.version
            .is_some_and(|version| release::point(found) == Point::at(version))
    }

    /// Looks whether somebody else moved the alias, after a failure that comes of what others did. `released`
    /// says that this deploy had moved it.
    pub(super) async fn elsewhere(&self, failure: &Failure, released: bool) -> Elsewhere {
        let others = matches!(failure, Failure::Port(error)
            if matches!(error.kind, ErrorKind::Stale | ErrorKind::NotFound | ErrorKind::AlreadyExists));
        if !others {
            return Elsewhere::No;
        }
        let before = self.context.observed.alias.as_ref();
        let left = match self.version {
            Some(version) if released => Some(Point::at(version)),
            _ => before.map(release::point),
        };
        let Ok(found) = self.alias_found().await else {
            return Elsewhere::Unknown;
        };
        let to = found.as_ref().map(release::point);
        if to == left {
            return Elsewhere::No;
        }
        let last = before.and_then(newest).map_or(0, |(number, _)| number);
        let by = found
            .as_ref()
            .and_then(newest)
            .filter(|(number, entry)| *number > last && Some(&entry.to) == to.as_ref())
            .map(|(_, entry)| entry.who);
        Elsewhere::Moved { to, by }
    }

    /// Says that what a step is about is not there any more, where it was found and now is missing.
    pub(super) async fn gone_meanwhile(&self, step: &Step, failure: Failure) -> Failure {
        let observed = self.context.observed;
        let error = match failure {
            Failure::Port(error) if error.kind == ErrorKind::NotFound => error,
            // Lambda says the same of a role that is too new and of one that is gone.
            Failure::TimedOut { last: Some(last), .. }
                if last.kind == ErrorKind::Propagating && observed.role.is_some() && self.role_is_gone().await =>
            {
                let message = ROLE_GONE.into();
                return PortError { message, ..*last }.into();
            }
            other => return other,
        };
        let gone = match step {
            Step::SetTrust { .. } | Step::PutPolicy { .. } | Step::SetBoundary { .. } | Step::TagRole { .. } => {
                observed
                    .role
                    .is_some()
                    .then_some("the role is gone; someone deleted it meanwhile")
            }
            Step::SetRetention { .. } => {
                let found = observed.log_group.is_some();
                found.then_some("the log group is gone; someone deleted it meanwhile")
            }
            Step::UpdateCode { .. }
            | Step::UpdateSettings { .. }
            | Step::SetCodeSigning { .. }
            | Step::TagFunction { .. }
            | Step::SetReserved { .. }
            | Step::Publish
            | Step::Check { .. }
            | Step::PointAlias { .. }
            | Step::AllowCallers { .. }
            | Step::RevokeCallers { .. }
            | Step::SetAsyncInvoke { .. }
            | Step::SetProvisioned { .. }
            | Step::Prune(_) => match self.look().await {
                Err(gone) if gone.kind == ErrorKind::NotFound => Some(GONE),
                _ => None,
            },
            // What they make is not there yet; something that they name is missing.
            Step::CreateRole { .. }
            | Step::CreateLogGroup { .. }
            | Step::CreateBucket { .. }
            | Step::Upload { .. }
            | Step::CreateFunction { .. } => None,
        };
        match gone {
            Some(message) => PortError {
                message: message.into(),
                ..error
            }
            .into(),
            None => error.into(),
        }
    }
}

/// The newest move that the alias itself tells of.
fn newest(alias: &AliasState) -> Option<(u64, Entry)> {
    Entry::parse_description(&alias.description)
}
