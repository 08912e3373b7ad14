//! Policies that a role has beside the one that lfn keeps in it.
//!
//! lfn made the role and not them: they are looked at, told of, and left as they are.

use std::collections::BTreeMap;

use crate::domain::arn::Arn;
use crate::domain::names::RoleName;
use crate::domain::policy::{AccessChange, AccessLine, INLINE_POLICY, PolicyDocument};
use crate::ports::{ErrorKind, PortResult, Roles};

/// So many actions are named in a warning.
const NAMED: usize = 3;

/// What was found; a document that may not be read is `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Beside {
    pub inline: BTreeMap<String, Option<PolicyDocument>>,
    pub attached: BTreeMap<Arn, Option<PolicyDocument>>,
}

impl Beside {
    /// What is known of what they say.
    pub fn documents(&self) -> Vec<&PolicyDocument> {
        self.inline.values().chain(self.attached.values()).flatten().collect()
    }

    /// A sentence for each policy that gives more than this document.
    pub fn warnings(&self, role: &RoleName, own: &PolicyDocument) -> Vec<String> {
        let inline = self
            .inline
            .iter()
            .map(|(name, document)| (format!("inline policy `{name}`"), document));
        let attached = self
            .attached
            .iter()
            .map(|(arn, document)| (format!("policy `{arn}`"), document));
        let warning = |(policy, document): (String, &Option<PolicyDocument>)| {
            let gives = match document {
                None => "what it gives could not be read".to_owned(),
                Some(document) => format!("which gives more: {}", more(document, own)?),
            };
            Some(format!(
                "the role `{role}` also has the {policy}, {gives}; lfn did not put it there and leaves it, so write what \
                 the function needs into `allow` and take it off the role"
            ))
        };
        inline.chain(attached).filter_map(warning).collect()
    }
}

/// What the document gives beyond another one: the weightiest first.
fn more(document: &PolicyDocument, own: &PolicyDocument) -> Option<String> {
    let change = AccessChange::beside(None, Some(document), &[own]);
    let gained: Vec<&AccessLine> = change.lines().filter(|line| line.widening).collect();
    let total: usize = gained.iter().map(|line| line.rights()).sum();
    let mut named: Vec<String> = Vec::new();
    let mut told = 0;
    for line in gained.iter().take(NAMED) {
        let level = line
            .level
            .map(|level| format!(" ({})", level.word()))
            .unwrap_or_default();
        named.push(format!("{} on {}{level}", line.action_text(), line.resource));
        told += line.rights();
    }
    let rest = (total > told).then(|| format!(" and {} more", total - told));
    (!named.is_empty()).then(|| format!("{}{}", named.join(", "), rest.unwrap_or_default()))
}

/// Looks at them. Someone who may not is told nothing, since no deploy needs to know.
pub async fn beside(roles: &dyn Roles, role: &RoleName) -> PortResult<Beside> {
    let names = async { unless_denied(roles.policies(role).await) };
    let arns = async { unless_denied(roles.attached_policies(role).await) };
    let (names, arns) = tokio::try_join!(names, arns)?;
    let mut found = Beside::default();
    // Roles that lfn made rarely have any: one after the other is soon enough.
    for name in names.into_iter().filter(|name| name != INLINE_POLICY) {
        let document = unless_denied(roles.policy(role, &name).await)?;
        found.inline.insert(name, document);
    }
    for arn in arns {
        let document = unless_denied(roles.managed_policy(&arn).await)?;
        found.attached.insert(arn, document);
    }
    Ok(found)
}

fn unless_denied<T: Default>(result: PortResult<T>) -> PortResult<T> {
    match result {
        Err(error) if matches!(error.kind, ErrorKind::Denied | ErrorKind::NotFound) => Ok(T::default()),
        other => other,
    }
}
