//! Who may invoke the released alias: from the policy that it has to what lambda.yaml asks for. Pure.
//!
//! A permission needs its alias, so that a new alias is made first. Where one serves traffic already,
//! who is new is let in before it moves, and who has gone is kept out after: nobody who is wanted meets
//! a closed door on the way. Only the alias that a deploy releases has callers; what other aliases let
//! in, also ones that an earlier file released, is not looked at.

use std::collections::BTreeSet;

use super::desired::Desired;
use super::plan::Step;
use crate::domain::arn::Arn;
use crate::domain::names::Qualifier;
use crate::domain::policy::callers::{Permission, RESOURCE_POLICY_LIMIT, is_own};
use crate::domain::policy::{AccessChange, AccessLine, PolicyDocument, Statement};
use crate::ports::ResourcePolicy;

/// The steps, in the order in which they are safe when nothing happens between them.
#[derive(Debug, Default)]
pub struct Doors {
    pub open: Option<Step>,
    pub close: Option<Step>,
    /// Whether the policy cannot hold both those who come and those who go.
    pub tight: bool,
}

/// The ARN that callers use.
fn function(desired: &Desired) -> Arn {
    let alias = Qualifier::Alias(desired.alias.clone());
    desired.place.qualified_arn(&desired.name, &alias)
}

/// Compares who is let in with who shall be.
pub fn doors(desired: &Desired, found: Option<&ResourcePolicy>) -> Doors {
    let function = function(desired);
    let found: Vec<Statement> = found.map_or_else(Vec::new, |found| found.document.statements.clone());
    let said = |permission: &&Permission| {
        let same = found.iter().find(|statement| sid(statement) == permission.sid);
        same.is_some_and(|statement| permission.is_said_by(statement))
    };
    let missing: Vec<Permission> = desired.permissions.iter().filter(|one| !said(one)).cloned().collect();
    let wanted: BTreeSet<&str> = desired.permissions.iter().map(|one| one.sid.as_str()).collect();
    let gone = |statement: &Statement| is_own(statement) && !wanted.contains(sid(statement));
    let sids: Vec<String> = found
        .iter()
        .filter(|one| gone(one))
        .map(|one| sid(one).to_owned())
        .collect();

    let let_in = |statements: &[Statement]| -> Vec<Statement> {
        let anew = |statement: &Statement| missing.iter().any(|one| one.sid == sid(statement));
        let stays = statements.iter().filter(|statement| !anew(statement)).cloned();
        stays
            .chain(missing.iter().map(|one| one.statement(&function)))
            .collect()
    };
    let kept_out = |statements: &[Statement]| -> Vec<Statement> {
        statements
            .iter()
            .filter(|statement| !gone(statement))
            .cloned()
            .collect()
    };
    let access =
        |from: &[Statement], to: &[Statement]| AccessChange::between(Some(&document(from)), Some(&document(to)));
    let tight = size(&let_in(&found)) > RESOURCE_POLICY_LIMIT;
    let (opened, closed) = if tight {
        let middle = kept_out(&found);
        (access(&middle, &let_in(&middle)), access(&found, &middle))
    } else {
        let middle = let_in(&found);
        (access(&found, &middle), access(&middle, &kept_out(&middle)))
    };
    let alias = &desired.alias;
    Doors {
        open: (!missing.is_empty()).then(|| Step::AllowCallers {
            alias: alias.clone(),
            access: opened,
            permissions: missing.clone(),
        }),
        close: (!sids.is_empty()).then(|| Step::RevokeCallers {
            alias: alias.clone(),
            access: closed,
            sids,
        }),
        tight,
    }
}

/// What lambda.yaml asks for, as the statements of the alias's policy.
pub(super) fn wanted(desired: &Desired) -> PolicyDocument {
    let function = function(desired);
    PolicyDocument::new(desired.permissions.iter().map(|one| one.statement(&function)))
}

/// The characters that the policy has in the end.
pub fn final_size(desired: &Desired, found: Option<&ResourcePolicy>) -> usize {
    let function = function(desired);
    let own = desired.permissions.iter().map(|one| one.statement(&function));
    let all: Vec<Statement> = foreign_statements(found).chain(own).collect();
    size(&all)
}

fn foreign_statements(found: Option<&ResourcePolicy>) -> impl Iterator<Item = Statement> {
    let statements = found.into_iter().flat_map(|found| &found.document.statements);
    statements.filter(|statement| !is_own(statement)).cloned()
}

/// What statements that lfn did not make let in: they stay.
pub fn foreign(found: Option<&ResourcePolicy>) -> Vec<AccessLine> {
    let document = PolicyDocument::new(foreign_statements(found));
    AccessChange::between(None, Some(&document)).added
}

fn sid(statement: &Statement) -> &str {
    statement.sid.as_deref().unwrap_or_default()
}

fn document(statements: &[Statement]) -> PolicyDocument {
    PolicyDocument::new(statements.iter().cloned())
}

/// With the `Id` that Lambda gives to the document.
fn size(statements: &[Statement]) -> usize {
    document(statements).to_json().len() + r#""Id":"default","#.len()
}
