//! Whether the role that lambda.yaml describes may do something, and which part of the file says so.
//!
//! Other policies have a say that is not known here: the policy of a key, another account's, and a
//! boundary unless its document is given. The answer is what the role's own policy says; the others
//! are named.

use std::collections::BTreeSet;

use super::evaluate::{Caller, Context, ContextValue, Layer, Miss, Policies, Request, Verdict, decide};
use super::rights::Source;
use super::{Effect, PolicyDocument, Principal, RoleSpec, Statement};
use crate::domain::arn::{Arn, Place};

/// What is asked.
pub struct Question<'a> {
    pub action: &'a str,
    /// `None` asks on what the action is allowed at all.
    pub resource: Option<&'a str>,
    /// Condition key → value, beside those that every call of the function carries.
    pub given: &'a [(String, ContextValue)],
    /// What the role's boundary says, where that is known.
    pub boundary: Option<&'a PolicyDocument>,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub verdict: Verdict,
    /// Of which kind the policy is that decided: the role's own, or its boundary.
    pub layer: Layer,
    /// The sources, by index, that allow it, or that deny it.
    pub grounds: BTreeSet<usize>,
    /// Sources that would allow it, and the conditions that kept them from it.
    pub unless: Vec<(usize, Vec<Miss>)>,
}

/// Asks the sources of a role's rights.
pub fn ask(question: &Question<'_>, role: &RoleSpec, sources: &[Source], function: &Arn, place: &Place) -> Answer {
    let resources: Vec<String> = match question.resource {
        Some(resource) => vec![resource.to_owned()],
        None => resources_of(question.action, sources),
    };
    let answers = resources.iter().map(|resource| {
        let request = Request {
            caller: Caller::Identity(principal(role, function)),
            action: question.action.to_owned(),
            resource: resource.clone(),
            resource_account: account_of(resource, place),
            context: context(question.given, role, resource, function, place),
        };
        answer(&request, sources, question.boundary)
    });
    let nothing = Answer {
        verdict: Verdict::ImplicitlyDenied,
        layer: Layer::Identity,
        grounds: BTreeSet::new(),
        unless: Vec::new(),
    };
    answers.fold(nothing, joined)
}

/// What is allowed on one resource is allowed at all; of denials, an explicit one says more.
fn joined(one: Answer, mut other: Answer) -> Answer {
    let weight = |verdict: Verdict| match verdict {
        Verdict::ImplicitlyDenied => 0,
        Verdict::ExplicitlyDenied => 1,
        Verdict::Allowed => 2,
    };
    let (mut kept, lost) = if weight(other.verdict) > weight(one.verdict) {
        (other, one)
    } else {
        if weight(one.verdict) == weight(other.verdict) {
            other.grounds.extend(&one.grounds);
            return Answer {
                unless: one.unless.into_iter().chain(other.unless).collect(),
                ..other
            };
        }
        (one, other)
    };
    kept.unless.extend(lost.unless);
    kept
}

fn answer(request: &Request, sources: &[Source], boundary: Option<&PolicyDocument>) -> Answer {
    // One document a source, so that the decision names the source.
    let documents: Vec<PolicyDocument> = sources
        .iter()
        .map(|source| PolicyDocument {
            version: super::POLICY_VERSION.to_owned(),
            statements: source.statements.clone(),
        })
        .collect();
    let open = open_resource(request.caller.account().unwrap_or_default());
    let decision = decide(
        request,
        Policies {
            identity: &documents,
            boundary,
            resource: Some(&open),
        },
    );
    let own = |policy: &super::evaluate::Finding| policy.layer == Layer::Identity;
    let only_conditions = |miss: &Miss| matches!(miss, Miss::Condition { .. });
    Answer {
        verdict: decision.verdict,
        layer: decision.layer,
        grounds: decision
            .grounds()
            .into_iter()
            .filter(|f| own(f))
            .map(|f| f.policy)
            .collect(),
        unless: decision
            .findings
            .iter()
            .filter(|f| own(f) && f.effect == Effect::Allow && !f.applies() && f.misses.iter().all(only_conditions))
            .map(|f| (f.policy, f.misses.clone()))
            .collect(),
    }
}

/// Whether a statement, taken alone, allows an action on a resource.
pub fn covers(statement: &Statement, action: &str, resource: &str) -> bool {
    let account = "000000000000".to_owned();
    let document = PolicyDocument::new([statement.clone()]);
    let request = Request {
        caller: Caller::Identity(format!("arn:aws:iam::{account}:role/any")),
        action: action.to_owned(),
        resource: resource.to_owned(),
        resource_account: account.clone(),
        context: Context::default(),
    };
    let open = open_resource(&account);
    let policies = Policies {
        identity: std::slice::from_ref(&document),
        boundary: None,
        resource: Some(&open),
    };
    decide(&request, policies).is_allowed()
}

/// What the policy of a resource has to say at least: that the policies of the caller's account decide.
pub(super) fn open_resource(account: &str) -> PolicyDocument {
    let everybody = BTreeSet::from(["*".to_owned()]);
    let root = BTreeSet::from([format!("arn:aws:iam::{account}:root"), account.to_owned()]);
    let statement = Statement {
        principal: Some(Principal::from([("AWS".to_owned(), root)])),
        actions: everybody.clone(),
        resources: everybody,
        ..Statement::allow([] as [&str; 0], [] as [&str; 0])
    };
    PolicyDocument::new([statement])
}

/// Who a function is to AWS: a session of its role, under its own name.
pub fn principal(role: &RoleSpec, function: &Arn) -> String {
    let Arn { partition, account, .. } = &role.arn;
    let session = function.resource.rsplit(':').next().unwrap_or_default();
    format!("arn:{partition}:sts::{account}:assumed-role/{}/{session}", role.name)
}

fn account_of(resource: &str, place: &Place) -> String {
    let named = resource.parse::<Arn>().map(|arn| arn.account).unwrap_or_default();
    if named.len() == 12 && named.chars().all(|c| c.is_ascii_digit()) {
        named
    } else {
        place.account.to_string()
    }
}

/// The keys that every call of a function's code carries.
/// Source: IAM user guide, "AWS global condition context keys"; Lambda developer guide, "Working with the
/// source function ARN to control function access behavior".
fn context(
    given: &[(String, ContextValue)],
    role: &RoleSpec,
    resource: &str,
    function: &Arn,
    place: &Place,
) -> Context {
    let owner = account_of(resource, place);
    let mut context = Context::default()
        .with("aws:PrincipalArn", role.arn.to_string())
        .with("aws:PrincipalAccount", role.arn.account.as_str())
        .with("aws:PrincipalType", "AssumedRole")
        .with("aws:RequestedRegion", place.region.as_str())
        .with("aws:SecureTransport", "true")
        .with("aws:ResourceAccount", owner.as_str())
        .with("s3:ResourceAccount", owner)
        .with("lambda:SourceFunctionArn", function.to_string());
    for (key, value) in &role.tags {
        context.insert(&format!("aws:PrincipalTag/{key}"), ContextValue::One(value.clone()));
    }
    for (key, value) in given {
        context.insert(key, value.clone());
    }
    context
}

/// Everything that statements about this action name.
fn resources_of(action: &str, sources: &[Source]) -> Vec<String> {
    let statements = sources.iter().flat_map(|source| &source.statements);
    let about = statements.filter(|statement| statement.names_action(action));
    let resources: BTreeSet<String> = about.flat_map(|statement| statement.resources.clone()).collect();
    resources.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::config::{Allow, Config};
    use crate::domain::policy::samples::{config, ireland};
    use crate::domain::policy::{Grant, role_spec, sources};

    fn asked(config: &Config, action: &str, resource: Option<&str>, given: &[(&str, &str)]) -> Answer {
        let place = ireland();
        let sources = sources(config, &place);
        let given = given.iter();
        let given: Vec<(String, ContextValue)> = given
            .map(|(key, value)| ((*key).into(), ContextValue::One((*value).into())))
            .collect();
        let question = Question {
            action,
            resource,
            given: &given,
            boundary: None,
        };
        let role = role_spec(config, &place).unwrap();
        ask(&question, &role, &sources, &place.function_arn(&config.name), &place)
    }

    fn shop() -> Config {
        let mut config = config();
        let lines = [
            "get s3://shop/in/*",
            "list s3://shop/in/*",
            "decrypt kms:1234abcd-12ab-34cd-56ef-1234567890ab",
        ];
        config.allow = lines.map(|line| Allow::Grant(Grant::parse(line).unwrap())).into();
        config.vpc.subnets = ["subnet-1".to_owned()].into();
        config
    }

    #[test]
    fn the_part_of_the_file_that_decides_is_named() {
        // The sources are logs, vpc, and the three lines.
        for (action, resource, verdict, grounds) in [
            (
                "s3:GetObject",
                Some("arn:aws:s3:::shop/in/a.jpg"),
                Verdict::Allowed,
                &[2][..],
            ),
            (
                "s3:GetObject",
                Some("arn:aws:s3:::shop/out/a.jpg"),
                Verdict::ImplicitlyDenied,
                &[],
            ),
            ("s3:PutObject", None, Verdict::ImplicitlyDenied, &[]),
            ("s3:getobject", None, Verdict::Allowed, &[2]),
            ("logs:PutLogEvents", None, Verdict::Allowed, &[0]),
            ("ec2:CreateNetworkInterface", Some("*"), Verdict::ExplicitlyDenied, &[1]),
            (
                "kms:Decrypt",
                Some("arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"),
                Verdict::Allowed,
                &[4],
            ),
        ] {
            let answer = asked(&shop(), action, resource, &[]);
            assert_eq!(answer.verdict, verdict, "{action} on {resource:?}: {answer:?}");
            let named: Vec<usize> = answer.grounds.into_iter().collect();
            assert_eq!(named, grounds, "{action} on {resource:?}");
        }
    }

    #[test]
    fn a_condition_that_is_missing_is_told_and_can_be_given() {
        let list = |given: &[(&str, &str)]| asked(&shop(), "s3:ListBucket", Some("arn:aws:s3:::shop"), given);
        let open = shop().allow.len() + 1;
        let without = list(&[]);
        let prefix = |answer: &Answer| answer.unless.iter().any(|(source, _)| *source < open);
        if without.verdict != Verdict::Allowed {
            assert!(prefix(&without), "{without:?}");
        }
        assert_eq!(list(&[("s3:prefix", "in/x")]).verdict, Verdict::Allowed);
    }

    #[test]
    fn a_boundary_that_is_known_narrows_the_role() {
        let (config, place) = (shop(), ireland());
        let (sources, role) = (sources(&config, &place), role_spec(&config, &place).unwrap());
        let boundary = PolicyDocument::new([Statement::allow(["s3:*"], ["arn:aws:s3:::shop/in/a*"])]);
        for (key, verdict, layer) in [
            ("in/a.jpg", Verdict::Allowed, Layer::Identity),
            ("in/b.jpg", Verdict::ImplicitlyDenied, Layer::Boundary),
            ("out/a.jpg", Verdict::ImplicitlyDenied, Layer::Identity),
        ] {
            let resource = format!("arn:aws:s3:::shop/{key}");
            let question = Question {
                action: "s3:GetObject",
                resource: Some(&resource),
                given: &[],
                boundary: Some(&boundary),
            };
            let answer = ask(&question, &role, &sources, &place.function_arn(&config.name), &place);
            assert_eq!((answer.verdict, answer.layer), (verdict, layer), "{key}");
        }
    }

    #[test]
    fn another_account_is_asked_as_if_it_agreed() {
        let mut config = config();
        let line = "send arn:aws:sqs:eu-west-1:210987654321:fulfil";
        config.allow = vec![Allow::Grant(Grant::parse(line).unwrap())];
        let answer = asked(
            &config,
            "sqs:SendMessage",
            Some("arn:aws:sqs:eu-west-1:210987654321:fulfil"),
            &[],
        );
        assert_eq!(answer.verdict, Verdict::Allowed);
    }
}
