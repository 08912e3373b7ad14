//! Who asks, and whether a statement of a resource or trust policy is about them.
//!
//! Source: IAM user guide, "AWS JSON policy elements: Principal" and "`NotPrincipal`".

use crate::domain::policy::Principal;

/// Who makes a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    /// A user, a role, a session of a role (`arn:aws:sts::…:assumed-role/ROLE/SESSION`) or a root user, by ARN.
    Identity(String),
    /// A service, such as `s3.amazonaws.com`.
    Service(String),
    /// Someone whom an identity provider vouches for: its ARN, or its name.
    Federated(String),
    /// A request without a signature.
    Anonymous,
}

/// How exactly a statement names the caller; later ones are more exact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Naming {
    /// The whole account: what its own policies allow its identities then decides.
    Account,
    /// The role behind a session.
    Role,
    /// Everybody.
    Everyone,
    /// This very user, session, service or provider.
    Itself,
}

impl Caller {
    /// Reads an ARN, or the name of a service; `*` is a caller without a name.
    pub fn parse(text: &str) -> Self {
        let text = text.to_owned();
        match text.split(':').collect::<Vec<_>>()[..] {
            ["*"] => Self::Anonymous,
            [_, _, "iam", _, _, resource] if resource.contains("-provider/") => Self::Federated(text),
            ["arn", ..] => Self::Identity(text),
            _ if text.ends_with(".amazonaws.com") || text.ends_with(".amazon.com") => Self::Service(text),
            _ => Self::Federated(text),
        }
    }

    /// The account of an identity.
    pub fn account(&self) -> Option<&str> {
        match self {
            Self::Identity(arn) => arn.split(':').nth(4),
            Self::Service(_) | Self::Federated(_) | Self::Anonymous => None,
        }
    }

    /// The role behind a session, without the path, which a session does not show.
    fn role(&self) -> Option<String> {
        let Self::Identity(arn) = self else { return None };
        let [_, partition, "sts", _, account, resource] = arn.splitn(6, ':').collect::<Vec<_>>()[..] else {
            return None;
        };
        let (role, _) = resource.strip_prefix("assumed-role/")?.split_once('/')?;
        Some(format!("arn:{partition}:iam::{account}:role/{role}"))
    }

    /// Whether this is a role, or a session of one.
    pub fn is_role(&self) -> bool {
        matches!(self, Self::Identity(arn) if arn.contains(":role/")) || self.role().is_some()
    }

    /// How these principals name the caller, if they do. `role` is the role's own ARN, path and all.
    pub fn named_by(&self, principal: &Principal, role: Option<&str>) -> Option<Naming> {
        let namings = principal
            .iter()
            .flat_map(|(kind, names)| names.iter().map(move |name| (kind.as_str(), name.as_str())));
        namings.filter_map(|(kind, name)| self.named(kind, name, role)).max()
    }

    fn named(&self, kind: &str, name: &str, role: Option<&str>) -> Option<Naming> {
        match (kind, self) {
            ("AWS", _) if name == "*" => Some(Naming::Everyone),
            ("AWS", Self::Identity(arn)) => {
                if arn == name {
                    // A role makes no calls, its sessions do.
                    Some(if self.is_role() && self.role().is_none() {
                        Naming::Role
                    } else {
                        Naming::Itself
                    })
                } else if self.role().is_some_and(|own| own == name) || (self.is_role() && role == Some(name)) {
                    Some(Naming::Role)
                } else {
                    (self.account() == Some(account_named(name)?)).then_some(Naming::Account)
                }
            }
            ("Service", Self::Service(own)) | ("Federated", Self::Federated(own)) => {
                own.eq_ignore_ascii_case(name).then_some(Naming::Itself)
            }
            _ => None,
        }
    }
}

/// The account that a principal names as a whole: `111122223333` or `arn:aws:iam::111122223333:root`.
fn account_named(name: &str) -> Option<&str> {
    match name.split(':').collect::<Vec<_>>()[..] {
        [account] if account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit()) => Some(account),
        ["arn", _, "iam", "", account, "root"] => Some(account),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn callers_are_named_in_many_ways() {
        let session = "arn:aws:sts::111122223333:assumed-role/fn/run-1";
        let role = "arn:aws:iam::111122223333:role/fn";
        let pathed = "arn:aws:iam::111122223333:role/lfn/fn";
        let user = "arn:aws:iam::111122223333:user/bob";
        for (caller, kind, name, expected) in [
            (session, "AWS", session, Some(Naming::Itself)),
            (session, "AWS", role, Some(Naming::Role)),
            (session, "AWS", pathed, Some(Naming::Role)),
            (session, "AWS", "111122223333", Some(Naming::Account)),
            (session, "AWS", "arn:aws:iam::111122223333:root", Some(Naming::Account)),
            (session, "AWS", "444455556666", None),
            (session, "AWS", "*", Some(Naming::Everyone)),
            (session, "AWS", "arn:aws:iam::111122223333:role/*", None),
            (session, "AWS", "arn:aws:sts::111122223333:assumed-role/fn/run-2", None),
            (session, "Service", "lambda.amazonaws.com", None),
            (role, "AWS", role, Some(Naming::Role)),
            (user, "AWS", user, Some(Naming::Itself)),
            (user, "AWS", role, None),
            ("s3.amazonaws.com", "Service", "s3.amazonaws.com", Some(Naming::Itself)),
            ("s3.amazonaws.com", "Service", "sns.amazonaws.com", None),
            ("s3.amazonaws.com", "AWS", "s3.amazonaws.com", None),
            ("s3.amazonaws.com", "AWS", "*", Some(Naming::Everyone)),
            ("*", "AWS", "*", Some(Naming::Everyone)),
            ("*", "AWS", "111122223333", None),
            (
                "cognito-identity.amazonaws.com",
                "Federated",
                "cognito-identity.amazonaws.com",
                None,
            ),
            (
                "arn:aws:iam::111122223333:oidc-provider/token.example",
                "Federated",
                "arn:aws:iam::111122223333:oidc-provider/token.example",
                Some(Naming::Itself),
            ),
        ] {
            let principal = Principal::from([(kind.to_owned(), BTreeSet::from([name.to_owned()]))]);
            let named = Caller::parse(caller).named_by(&principal, Some(pathed));
            assert_eq!(named, expected, "{caller}: {kind} {name}");
        }
    }
}
