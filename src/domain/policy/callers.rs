//! Who else may invoke the function: statements of its resource policy, as `AddPermission` takes them.
//!
//! Each caller is one statement on the alias of the release, with an id that follows from what it
//! says. lfn knows its own statements by these ids; all others are somebody else's and stay.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use sha2::{Digest as _, Sha256};

use super::senders::Sender;
use super::{Effect, Principal, Statement, statement_json};
use crate::domain::arn::{Arn, Place};
use crate::domain::config::Mark;
use crate::domain::names::{AccountId, CodeDigest, InvalidName};

/// The most that a resource policy may have, in characters. Source: Lambda developer guide, "Lambda quotas".
pub const RESOURCE_POLICY_LIMIT: usize = 20_480;

/// What every id begins with that lfn gives to a statement.
const OWN: &str = "lfn-";
/// What callers are allowed.
pub const INVOKE: &str = "lambda:InvokeFunction";

/// An account, or one role or user of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Written in an ARN; that of the function otherwise.
    partition: Option<String>,
    account: AccountId,
    /// `role/reports/reader` or `user/anna`; `None` is the whole account.
    name: Option<String>,
}

impl Identity {
    /// The whole account.
    pub fn account(account: AccountId) -> Self {
        Self {
            partition: None,
            account,
            name: None,
        }
    }

    /// A role of an account, with or without its path.
    pub fn role(account: AccountId, role: &str) -> Result<Self, InvalidName> {
        Self::named(account, "role", role)
    }

    /// A user of an account, with or without their path.
    pub fn user(account: AccountId, user: &str) -> Result<Self, InvalidName> {
        Self::named(account, "user", user)
    }

    fn named(account: AccountId, kind: &str, name: &str) -> Result<Self, InvalidName> {
        let name = name.trim_start_matches('/');
        if name.contains('*') {
            let why = format!("a {kind} is named in full: AWS refuses `*` in a principal");
            return Err(InvalidName(why));
        }
        // Source: IAM user guide, "IAM identifiers".
        let valid = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-/".contains(c);
        let last = name.rsplit('/').next().unwrap_or_default();
        if last.is_empty() || last.len() > 64 || !name.chars().all(valid) {
            return Err(InvalidName(format!("`{name}` is not the name of a {kind}")));
        }
        Ok(Self {
            partition: None,
            account,
            name: Some(format!("{kind}/{name}")),
        })
    }

    /// Whether this is one role or user, not all of an account.
    pub fn is_one(&self) -> bool {
        self.name.is_some()
    }

    /// The ARN that policies name it by; `root` stands for the whole account.
    pub fn arn(&self, place: &Place) -> Arn {
        Arn {
            partition: self.partition.clone().unwrap_or_else(|| place.partition.clone()),
            service: "iam".into(),
            region: String::new(),
            account: self.account.to_string(),
            resource: self.name.clone().unwrap_or_else(|| "root".into()),
        }
    }
}

impl FromStr for Identity {
    type Err = InvalidName;

    /// `444455556666`, `444455556666:role/reader`, or an ARN of IAM.
    fn from_str(text: &str) -> Result<Self, InvalidName> {
        let none = || InvalidName(format!("`{text}` names neither an account nor a role or user of one"));
        let (partition, account, name) = if text.starts_with("arn:") {
            let arn: Arn = text.parse()?;
            if arn.service == "sts" {
                let why = format!("`{text}` is a session, which ends; name the role behind it");
                return Err(InvalidName(why));
            }
            if arn.service != "iam" || !arn.region.is_empty() {
                return Err(none());
            }
            (Some(arn.partition), arn.account, Some(arn.resource))
        } else {
            let (account, name) = text.split_once(':').unzip();
            let account = account.unwrap_or(text).to_owned();
            (None, account, name.map(str::to_owned))
        };
        let account = AccountId::new(account).map_err(|_| none())?;
        let identity = match name.as_deref().map(|name| name.split_once('/').unwrap_or((name, ""))) {
            None | Some(("root", "")) => Self::account(account),
            Some(("role", name)) => Self::role(account, name)?,
            Some(("user", name)) => Self::user(account, name)?,
            Some(_) => return Err(none()),
        };
        Ok(Self { partition, ..identity })
    }
}

/// One item of `callers`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    Identity(Identity),
    /// Every account of an organisation: `o-a1b2c3d4e5`.
    Organization(String),
    Service(ServiceCaller),
}

/// An AWS service that invokes the function on behalf of something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceCaller {
    /// The service's principal, such as `s3.amazonaws.com`.
    pub principal: String,
    /// What it acts for; its resource may hold wildcards.
    pub source: Option<Arn>,
    /// Whose resource that is.
    pub account: Option<AccountId>,
    /// Of Alexa: the skill.
    pub token: Option<String>,
}

impl Caller {
    /// The permission for this caller of a function here.
    pub fn permission(&self, place: &Place, at: Mark) -> Permission {
        let invoker = match self {
            Self::Identity(identity) if identity.is_one() => Invoker::new(identity.arn(place).to_string()),
            Self::Identity(identity) => Invoker::new(identity.account.to_string()),
            Self::Organization(organization) => Invoker {
                organization: Some(organization.clone()),
                ..Invoker::new("*")
            },
            Self::Service(service) => service.invoker(place),
        };
        Permission {
            at: Some(at),
            ..Permission::new("caller", invoker)
        }
    }
}

impl ServiceCaller {
    /// An ARN with an account says whose resource it is; a bucket's has none, and whoever owns its name
    /// next could come with it. Then it must be of the account that is named, or of the function's.
    fn invoker(&self, place: &Place) -> Invoker {
        let sender = Sender::of(&self.principal);
        let told = self.source.as_ref().is_some_and(|source| !source.account.is_empty());
        let default = || (!told && self.token.is_none()).then(|| place.account.clone());
        let account = self.account.clone().or_else(default);
        Invoker {
            source: self.source.as_ref().map(ToString::to_string),
            account: account.filter(|_| sender.is_none_or(|sender| sender.sends_account)),
            token: self.token.clone(),
            ..Invoker::new(&self.principal)
        }
    }
}

/// Who may invoke a function and under which condition, as `AddPermission` is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invoker {
    /// A service, an account, the ARN of a role or user, or `*`.
    pub principal: String,
    /// `aws:SourceArn`
    pub source: Option<String>,
    /// `aws:SourceAccount`
    pub account: Option<AccountId>,
    /// `aws:PrincipalOrgID`
    pub organization: Option<String>,
    /// `lambda:EventSourceToken`
    pub token: Option<String>,
}

impl Invoker {
    /// This principal, without a condition.
    pub fn new(principal: impl Into<String>) -> Self {
        Self {
            principal: principal.into(),
            source: None,
            account: None,
            organization: None,
            token: None,
        }
    }

    /// Reads a statement, whoever wrote it; `None` when it says more or less than `AddPermission` can.
    pub fn of(statement: &Statement) -> Option<Self> {
        let Statement {
            sid: _,
            effect: Effect::Allow,
            principal: Some(principal),
            not_principal: None,
            actions,
            not_actions,
            resources: _,
            not_resources,
            conditions,
        } = statement
        else {
            return None;
        };
        let named = actions.len() == 1 && actions.iter().all(|action| action.eq_ignore_ascii_case(INVOKE));
        if !named || !not_actions.is_empty() || !not_resources.is_empty() {
            return None;
        }
        let mut invoker = Self::new(principal_name(principal)?);
        for (operator, keys) in conditions {
            for (key, values) in keys {
                let value = only(values)?;
                match (operator.as_str(), key.to_ascii_lowercase().as_str()) {
                    // On the key of an ARN these two mean the same.
                    // Source: IAM user guide, "IAM JSON policy elements: Condition operators".
                    ("ArnLike" | "ArnEquals", "aws:sourcearn") => invoker.source = Some(value.clone()),
                    ("StringEquals", "aws:sourceaccount") => {
                        invoker.account = Some(AccountId::new(value.as_str()).ok()?);
                    }
                    ("StringEquals", "aws:principalorgid") => invoker.organization = Some(value.clone()),
                    ("StringEquals", "lambda:eventsourcetoken") => invoker.token = Some(value.clone()),
                    _ => return None,
                }
            }
        }
        Some(invoker)
    }

    /// The statement as Lambda writes it.
    fn statement(&self, sid: &str, function: &Arn) -> Statement {
        let (kind, name) = match self.principal.as_str() {
            name if AccountId::new(name).is_ok() => ("AWS", format!("arn:{}:iam::{name}:root", function.partition)),
            name if name == "*" || name.starts_with("arn:") => ("AWS", name.to_owned()),
            name => ("Service", name.to_owned()),
        };
        let mut statement = Statement::allow([INVOKE], [function.to_string()]).sid(sid);
        statement.principal = Some(Principal::from([(kind.to_owned(), BTreeSet::from([name]))]));
        let account = self.account.as_ref().map(AccountId::as_str);
        for (operator, key, value) in [
            ("ArnLike", "AWS:SourceArn", self.source.as_deref()),
            ("StringEquals", "AWS:SourceAccount", account),
            ("StringEquals", "aws:PrincipalOrgID", self.organization.as_deref()),
            ("StringEquals", "lambda:EventSourceToken", self.token.as_deref()),
        ] {
            if let Some(value) = value {
                statement = statement.when(operator, key, value);
            }
        }
        statement
    }
}

/// The one name of a principal, a whole account by its number.
fn principal_name(principal: &Principal) -> Option<String> {
    let (kind, names) = principal.first_key_value().filter(|_| principal.len() == 1)?;
    let name = only(names)?;
    match kind.as_str() {
        "AWS" => match name.parse::<Identity>() {
            Ok(identity) if !identity.is_one() => Some(identity.account.to_string()),
            // A role that was deleted stands there by an id that no other one gets.
            _ => Some(name.clone()).filter(|name| name == "*" || name.starts_with("arn:")),
        },
        "Service" => Some(name.clone()),
        _ => None,
    }
}

fn only(values: &BTreeSet<String>) -> Option<&String> {
    values.first().filter(|_| values.len() == 1)
}

/// One statement of a resource policy that lfn makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permission {
    /// `lfn-KIND-HASH`
    pub sid: String,
    pub invoker: Invoker,
    /// The line of lambda.yaml that asks for it.
    pub at: Option<Mark>,
}

impl Permission {
    /// A permission of this kind (a word such as `caller` or `s3`); its id follows from what it says.
    pub fn new(kind: &str, invoker: Invoker) -> Self {
        // Whatever the function: the id is one of its own policy.
        let mut statement = invoker.statement("", &nowhere());
        (statement.sid, statement.resources) = (None, BTreeSet::new());
        let hash = CodeDigest::from_sha256(&Sha256::digest(statement_json(&statement).to_string())).to_hex();
        Self {
            sid: format!("{OWN}{kind}-{}", &hash[..16]),
            invoker,
            at: None,
        }
    }

    /// The statement that Lambda makes of it; `function` is the ARN of the alias.
    pub fn statement(&self, function: &Arn) -> Statement {
        self.invoker.statement(&self.sid, function)
    }

    /// Whether this statement says just what the permission does.
    pub fn is_said_by(&self, statement: &Statement) -> bool {
        Invoker::of(statement).is_some_and(|found| found == self.invoker)
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", self.invoker.principal)
    }
}

/// The partition alone enters a statement's principal, and an account has one partition.
fn nowhere() -> Arn {
    Arn {
        partition: "aws".into(),
        service: "lambda".into(),
        region: String::new(),
        account: String::new(),
        resource: "function".into(),
    }
}

/// Whether lfn made this statement, going by its id.
pub fn is_own(statement: &Statement) -> bool {
    statement.sid.as_ref().is_some_and(|sid| sid.starts_with(OWN))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::policy::PolicyDocument;
    use crate::domain::policy::samples::ireland;

    const AT: Mark = Mark { line: 7, column: 3 };

    fn function() -> Arn {
        "arn:aws:lambda:eu-west-1:123456789012:function:thumbs:live"
            .parse()
            .unwrap()
    }

    fn service(principal: &str, source: Option<&str>, account: Option<&str>) -> Caller {
        Caller::Service(ServiceCaller {
            principal: principal.into(),
            source: source.map(|arn| arn.parse().unwrap()),
            account: account.map(|id| AccountId::new(id).unwrap()),
            token: None,
        })
    }

    fn identity(text: &str) -> Caller {
        Caller::Identity(text.parse().unwrap())
    }

    #[test]
    fn each_caller_is_the_statement_that_lambda_makes_of_it() {
        let alexa = Caller::Service(ServiceCaller {
            principal: "alexa-appkit.amazon.com".into(),
            source: None,
            account: None,
            token: Some("amzn1.ask.skill.1".into()),
        });
        let (own, other) = ("123456789012", "444455556666");
        let topic = "arn:aws:sns:eu-west-1:444455556666:alerts";
        let rule = "arn:aws:events:eu-west-1:444455556666:rule/x";
        for (caller, principal, condition) in [
            (
                identity(other),
                json!({ "AWS": "arn:aws:iam::444455556666:root" }),
                json!(null),
            ),
            (
                identity("444455556666:role/teams/reader"),
                json!({ "AWS": "arn:aws:iam::444455556666:role/teams/reader" }),
                json!(null),
            ),
            (
                identity("arn:aws-cn:iam::444455556666:user/anna"),
                json!({ "AWS": "arn:aws-cn:iam::444455556666:user/anna" }),
                json!(null),
            ),
            (
                Caller::Organization("o-a1b2c3d4e5".into()),
                json!({ "AWS": "*" }),
                json!({ "StringEquals": { "aws:PrincipalOrgID": "o-a1b2c3d4e5" } }),
            ),
            // The ARN of a bucket has no account: without one it is the function's.
            (
                service("s3.amazonaws.com", Some("arn:aws:s3:::photos"), None),
                json!({ "Service": "s3.amazonaws.com" }),
                json!({
                    "ArnLike": { "AWS:SourceArn": "arn:aws:s3:::photos" },
                    "StringEquals": { "AWS:SourceAccount": own },
                }),
            ),
            (
                service("s3.amazonaws.com", Some("arn:aws:s3:::photos"), Some(other)),
                json!({ "Service": "s3.amazonaws.com" }),
                json!({
                    "ArnLike": { "AWS:SourceArn": "arn:aws:s3:::photos" },
                    "StringEquals": { "AWS:SourceAccount": other },
                }),
            ),
            // SNS sends no account, so that the condition would never hold.
            (
                service("sns.amazonaws.com", Some(topic), None),
                json!({ "Service": "sns.amazonaws.com" }),
                json!({ "ArnLike": { "AWS:SourceArn": topic } }),
            ),
            (
                service("events.amazonaws.com", Some(rule), None),
                json!({ "Service": "events.amazonaws.com" }),
                json!({ "ArnLike": { "AWS:SourceArn": rule } }),
            ),
            (
                service("config.amazonaws.com", None, Some(other)),
                json!({ "Service": "config.amazonaws.com" }),
                json!({ "StringEquals": { "AWS:SourceAccount": other } }),
            ),
            (
                alexa,
                json!({ "Service": "alexa-appkit.amazon.com" }),
                json!({ "StringEquals": { "lambda:EventSourceToken": "amzn1.ask.skill.1" } }),
            ),
        ] {
            let permission = caller.permission(&ireland(), AT);
            let statement = permission.statement(&function());
            let mut expected = json!({
                "Sid": permission.sid,
                "Effect": "Allow",
                "Principal": principal,
                "Action": "lambda:InvokeFunction",
                "Resource": function().to_string(),
            });
            if !condition.is_null() {
                expected["Condition"] = condition;
            }
            assert_eq!(statement_json(&statement), expected);
            assert!(permission.is_said_by(&statement), "{expected}");
            assert!(is_own(&statement), "{expected}");
        }
    }

    #[test]
    fn an_id_follows_from_what_the_statement_says_and_from_nothing_else() {
        let sid = |caller: &Caller| caller.permission(&ireland(), AT).sid;
        let reader = identity("444455556666:role/reader");
        // A change of this would take every caller of every function out and let it in again.
        assert_eq!(sid(&reader), "lfn-caller-6de206da300f53b9");
        assert_eq!(sid(&identity("arn:aws:iam::444455556666:role/reader")), sid(&reader));
        assert_eq!(
            reader.permission(&ireland(), Mark { line: 9, column: 1 }).sid,
            sid(&reader)
        );
        assert_ne!(sid(&identity("444455556666:user/reader")), sid(&reader));
        assert_ne!(sid(&identity("777788889999:role/reader")), sid(&reader));
        let s3 = |account| sid(&service("s3.amazonaws.com", Some("arn:aws:s3:::photos"), account));
        assert_ne!(s3(Some("444455556666")), s3(None));
        assert_eq!(s3(Some("123456789012")), s3(None));
        let invoker = reader.permission(&ireland(), AT).invoker;
        assert!(Permission::new("s3", invoker).sid.starts_with("lfn-s3-"));
    }

    #[test]
    fn a_statement_is_read_however_it_is_written() {
        let read = |statement: serde_json::Value| {
            let document = PolicyDocument::try_from(json!({ "Version": "2012-10-17", "Statement": statement }));
            Invoker::of(&document.unwrap().statements[0])
        };
        let statement = |principal: serde_json::Value, condition: serde_json::Value| {
            json!({ "Effect": "Allow", "Principal": principal, "Action": "lambda:InvokeFunction", "Resource": "*",
                    "Condition": condition })
        };
        for account in ["444455556666", "arn:aws:iam::444455556666:root"] {
            let found = read(statement(json!({ "AWS": account }), json!({})));
            assert_eq!(found, Some(Invoker::new("444455556666")));
        }
        let arn = "arn:aws:s3:::photos";
        for condition in [
            json!({ "ArnLike": { "AWS:SourceArn": arn } }),
            json!({ "ArnEquals": { "aws:sourceArn": [arn] } }),
        ] {
            let found = read(statement(json!({ "Service": "s3.amazonaws.com" }), condition));
            let expected = Invoker {
                source: Some(arn.into()),
                ..Invoker::new("s3.amazonaws.com")
            };
            assert_eq!(found, Some(expected));
        }
        let anyone = json!("*");
        let mut denied = statement(anyone.clone(), json!({}));
        denied["Effect"] = "Deny".into();
        let mut more = statement(anyone.clone(), json!({}));
        more["Action"] = json!(["lambda:InvokeFunction", "lambda:GetFunction"]);
        for other in [
            denied,
            more,
            statement(json!({ "AWS": ["444455556666", "777788889999"] }), json!({})),
            statement(json!({ "AWS": "AROAEXAMPLEOFAROLETHATIS" }), json!({})),
            statement(json!({ "AWS": "s3.amazonaws.com" }), json!({})),
            statement(
                anyone.clone(),
                json!({ "Bool": { "lambda:InvokedViaFunctionUrl": "true" } }),
            ),
            statement(anyone, json!({ "StringLike": { "aws:PrincipalOrgID": "o-*" } })),
        ] {
            assert_eq!(read(other.clone()), None, "{other}");
        }
    }
}
