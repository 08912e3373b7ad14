//! Letting callers in and keeping them out, statement by statement.
//!
//! Each write carries the revision that was last seen. At AWS that is the alias's own, so a write here
//! changes what the next move of the alias must carry, and the other way round.

use super::Run;
use crate::domain::names::AliasName;
use crate::domain::policy::Statement;
use crate::domain::policy::callers::Permission;
use crate::engine::release;
use crate::engine::wait::Failure;
use crate::ports::{AliasState, ErrorKind, PortError, PortResult, ResourcePolicy};

/// The policy of the alias as far as it is known.
pub(super) enum Known {
    /// As it was found.
    Found,
    /// Changed since, by this process at least.
    Changed,
}

impl Run<'_> {
    /// Lets callers in. A statement that somebody changed, or whose role was made anew, is made again.
    pub(super) async fn allow_callers(&mut self, alias: &AliasName, permissions: &[Permission]) -> Result<(), Failure> {
        for permission in permissions {
            let sid = &permission.sid;
            let mut policy = self.policy(alias).await?;
            match statement(policy.as_ref(), sid) {
                Some(found) if permission.is_said_by(found) => continue,
                Some(_) => {
                    self.remove(alias, sid, policy.as_ref()).await?;
                    policy = self.policy(alias).await?;
                }
                None => {}
            }
            self.add(alias, permission, policy.as_ref()).await?;
        }
        Ok(())
    }

    /// Keeps callers out.
    pub(super) async fn revoke_callers(&mut self, alias: &AliasName, sids: &[String]) -> Result<(), Failure> {
        for sid in sids {
            let policy = self.policy(alias).await?;
            if statement(policy.as_ref(), sid).is_some() {
                self.remove(alias, sid, policy.as_ref()).await?;
            }
        }
        Ok(())
    }

    async fn add(
        &mut self,
        alias: &AliasName,
        permission: &Permission,
        policy: Option<&ResourcePolicy>,
    ) -> Result<(), Failure> {
        let (cloud, name) = (self.context.cloud, &self.context.desired.name);
        let revision = policy.map(|policy| policy.revision.as_str());
        let call = || cloud.functions.add_permission(name, alias, permission, revision);
        let added = self
            .write_about_others(call)
            .await
            .map_err(|failure| refused(permission, failure));
        self.permissions = Known::Changed;
        let landed = |found: Option<&Statement>| found.is_some_and(|found| permission.is_said_by(found));
        self.landed(alias, &permission.sid, added, landed).await
    }

    async fn remove(&mut self, alias: &AliasName, sid: &str, policy: Option<&ResourcePolicy>) -> Result<(), Failure> {
        let (cloud, name) = (self.context.cloud, &self.context.desired.name);
        let revision = policy.map(|policy| policy.revision.as_str());
        let removed = self
            .write(|| cloud.functions.remove_permission(name, alias, sid, revision))
            .await;
        self.permissions = Known::Changed;
        self.landed(alias, sid, removed, |found| found.is_none()).await
    }

    /// A conflict may be the echo of a write that landed and whose answer was lost.
    async fn landed(
        &mut self,
        alias: &AliasName,
        sid: &str,
        written: Result<(), Failure>,
        is_as_wanted: impl FnOnce(Option<&Statement>) -> bool,
    ) -> Result<(), Failure> {
        let error = match written {
            Err(Failure::Port(error))
                if matches!(
                    error.kind,
                    ErrorKind::Stale | ErrorKind::AlreadyExists | ErrorKind::NotFound
                ) =>
            {
                error
            }
            other => return other,
        };
        let found = self.policy(alias).await?;
        if is_as_wanted(statement(found.as_ref(), sid)) {
            self.touched = true;
            return Ok(());
        }
        Err(match error.kind {
            ErrorKind::NotFound => error.into(),
            _ => self.changed_meanwhile(error).await,
        })
    }

    async fn policy(&self, alias: &AliasName) -> PortResult<Option<ResourcePolicy>> {
        match self.permissions {
            Known::Found => Ok(self.context.observed.permissions.clone()),
            Known::Changed => {
                let name = &self.context.desired.name;
                self.context.cloud.functions.permissions(name, alias).await
            }
        }
    }

    /// An alias that is to move: its revision is another one once its policy was changed.
    pub(super) async fn alias_now(&self, before: &AliasState) -> Result<AliasState, Failure> {
        let Known::Changed = self.permissions else {
            return Ok(before.clone());
        };
        let (cloud, name, alias) = (self.context.cloud, &self.context.desired.name, &before.name);
        match cloud.functions.alias(name, alias).await? {
            Some(found) if release::point(&found) == release::point(before) => Ok(found),
            found => {
                let error = PortError::new(ErrorKind::Stale, "lambda:GetAlias", format!("{name}:{alias}"), "");
                Err(release::moved_meanwhile(alias, Some(before), found.as_ref(), error).into())
            }
        }
    }
}

fn statement<'a>(policy: Option<&'a ResourcePolicy>, sid: &str) -> Option<&'a Statement> {
    let statements = &policy?.document.statements;
    statements
        .iter()
        .find(|statement| statement.sid.as_deref() == Some(sid))
}

/// A refusal of a caller names the line that asks for it.
fn refused(permission: &Permission, failure: Failure) -> Failure {
    let (error, advice) = match failure {
        Failure::Port(error) if error.kind == ErrorKind::Invalid => (error, ""),
        Failure::TimedOut { last: Some(error), .. } if error.kind == ErrorKind::Propagating => (
            *error,
            "; there is no such role, user or account, or it is too new to be known",
        ),
        other => return other,
    };
    let line = permission.at.map(|at| format!(" of line {} of lambda.yaml", at.line));
    let message = format!(
        "the caller {permission}{} is refused: {}{advice}",
        line.unwrap_or_default(),
        error.message.trim_end_matches('.')
    );
    PortError {
        kind: ErrorKind::Invalid,
        message,
        ..error
    }
    .into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::config::Mark;
    use crate::domain::policy::callers::Invoker;

    #[test]
    fn a_refused_caller_is_named_with_its_line() {
        let arn = "arn:aws:iam::444455556666:role/reader";
        let permission = Permission {
            at: Some(Mark { line: 7, column: 3 }),
            ..Permission::new("caller", Invoker::new(arn))
        };
        let error = |kind| {
            PortError::new(
                kind,
                "lambda:AddPermission",
                "thumbs:live",
                "The provided principal was invalid.",
            )
        };
        let timed_out = Failure::TimedOut {
            what: "a role".into(),
            seconds: 10,
            last: Some(Box::new(error(ErrorKind::Propagating))),
        };
        let told = refused(&permission, timed_out).to_string();
        assert!(
            told.contains(&format!("the caller `{arn}` of line 7 of lambda.yaml is refused")),
            "{told}"
        );
        assert!(
            told.contains("The provided principal was invalid; there is no such role"),
            "{told}"
        );
        let told = refused(&permission, error(ErrorKind::Invalid).into()).to_string();
        assert!(told.contains("line 7") && !told.contains("no such role"), "{told}");
        let told = refused(&permission, error(ErrorKind::Denied).into()).to_string();
        assert!(!told.contains("line 7"), "{told}");
    }
}
