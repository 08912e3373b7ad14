//! How a role's policy gets from one document to another around a release. Pure.
//!
//! The version that serves traffic and the one that will share a role. What only the new one needs
//! is granted before it is published; what only the old one needed is taken away after the alias
//! has left it.

use crate::domain::policy::{Effect, INLINE_POLICY_LIMIT, PolicyDocument, Statement, same_access};

/// The documents to put, before and after the release.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Passage {
    pub before: Option<PolicyDocument>,
    pub after: Option<PolicyDocument>,
}

/// Returns how to get from what is there to what is wanted. `released` says whether the alias that
/// serves traffic moves in between.
pub fn passage(from: Option<&PolicyDocument>, to: &PolicyDocument, released: bool) -> Passage {
    let Some(from) = from.filter(|from| *from != to) else {
        let before = from.is_none().then(|| to.clone());
        return Passage { before, after: None };
    };
    let both = union(from, to);
    // Without a release there is no other version to wait for; a document that IAM would refuse for
    // its size is no way either.
    if !released || same_access(&both, to) || both.size() > INLINE_POLICY_LIMIT {
        return Passage {
            before: Some(to.clone()),
            after: None,
        };
    }
    Passage {
        before: (!same_access(&both, from)).then_some(both),
        after: Some(to.clone()),
    }
}

/// What either document allows, denied as it is now.
fn union(from: &PolicyDocument, to: &PolicyDocument) -> PolicyDocument {
    let new = to
        .statements
        .iter()
        .filter(|statement| statement.effect == Effect::Allow && !from.statements.contains(statement))
        // Two statements of one document must not have the same id.
        .map(|statement| Statement {
            sid: None,
            ..statement.clone()
        });
    PolicyDocument::new(from.statements.iter().cloned().chain(new))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(actions: &[&str]) -> PolicyDocument {
        PolicyDocument::new(actions.iter().map(|action| Statement::allow([*action], ["*"])))
    }

    #[test]
    fn rights_are_gained_before_a_release_and_lost_after_it() {
        let (old, new) = (
            allows(&["s3:GetObject", "sqs:SendMessage"]),
            allows(&["s3:GetObject", "sns:Publish"]),
        );
        let passage = passage(Some(&old), &new, true);
        assert_eq!(
            passage.before,
            Some(allows(&["s3:GetObject", "sqs:SendMessage", "sns:Publish"]))
        );
        assert_eq!(passage.after, Some(new));
    }

    #[test]
    fn a_mere_loss_waits_for_the_release_and_a_mere_gain_does_not() {
        let (more, less) = (allows(&["s3:GetObject", "sqs:SendMessage"]), allows(&["s3:GetObject"]));
        let fewer = passage(Some(&more), &less, true);
        assert_eq!((fewer.before, fewer.after), (None, Some(less.clone())));
        let gain = passage(Some(&less), &more, true);
        assert_eq!((gain.before, gain.after), (Some(more), None));
    }

    #[test]
    fn without_a_release_or_a_policy_there_is_nothing_to_wait_for() {
        let (old, new) = (allows(&["s3:GetObject"]), allows(&["sns:Publish"]));
        for passage in [passage(Some(&old), &new, false), passage(None, &new, true)] {
            assert_eq!((passage.before, passage.after), (Some(new.clone()), None));
        }
        assert_eq!(passage(Some(&new), &new, true), Passage::default());
    }

    #[test]
    fn a_new_denial_waits_for_the_release() {
        let old = allows(&["ec2:CreateNetworkInterface"]);
        let denial = Statement::deny(["ec2:CreateNetworkInterface"], ["*"]);
        let new = PolicyDocument::new(old.statements.iter().cloned().chain([denial]));
        let passage = passage(Some(&old), &new, true);
        assert_eq!((passage.before, passage.after), (None, Some(new)));
    }
}
