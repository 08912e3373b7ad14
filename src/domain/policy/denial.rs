//! What AWS says when it refuses a call: which right is missing, on what, and which policy keeps it back.
//!
//! Two kinds of sentences: about the identity that runs lfn (`User: … is not authorized to perform …`), and
//! about the function's own role, which Lambda tries out before it takes it.

use std::collections::BTreeSet;

use super::deployer::{Archives, Work, deployer_policy};
use super::evaluate::{Caller, Context, ContextValue, Policies, Request, decide};
use super::why::open_resource;
use super::{PolicyDocument, line_for, role_spec};
use crate::domain::arn::{Arn, Place};
use crate::domain::config::Config;
use crate::domain::names::BucketName;

/// A refusal of the identity that runs lfn.
/// Source: IAM user guide, "Troubleshoot access denied error messages".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denial {
    /// Who was refused, as an ARN.
    pub caller: Option<String>,
    /// `None` when the sentence names none.
    pub action: Option<String>,
    /// An ARN, or `role NAME` for a role that IAM did not look up.
    pub resource: Option<String>,
    pub keeper: Keeper,
    /// Whether a policy denies it, rather than none of that kind allowing it.
    pub explicit: bool,
    /// Whether the reason is in a text that only STS can read.
    pub encoded: bool,
}

/// The kind of policy that keeps a right back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keeper {
    Unsaid,
    Identity,
    Boundary,
    Session,
    ServiceControl,
    ResourceControl,
    Endpoint,
    Resource,
    Trust,
}

/// How each kind is called in refusals.
const KEEPERS: [(&str, Keeper); 8] = [
    ("identity-based policy", Keeper::Identity),
    ("permissions boundary", Keeper::Boundary),
    ("session policy", Keeper::Session),
    ("service control policy", Keeper::ServiceControl),
    ("resource control policy", Keeper::ResourceControl),
    ("vpc endpoint policy", Keeper::Endpoint),
    ("resource-based policy", Keeper::Resource),
    ("role trust policy", Keeper::Trust),
];

impl Keeper {
    /// The kind of policy, as refusals call it.
    pub fn policy(self) -> &'static str {
        let named = KEEPERS.iter().find(|(_, keeper)| *keeper == self);
        named.map_or("identity-based policy", |(name, _)| name)
    }

    /// Whose policy it is, in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Unsaid | Self::Identity => "the policies of the identity itself",
            Self::Boundary => "the permissions boundary of the identity",
            Self::Session => "the policy that the session was started with",
            Self::ServiceControl => "a service control policy of the organization",
            Self::ResourceControl => "a resource control policy of the organization",
            Self::Endpoint => "the policy of the VPC endpoint",
            Self::Resource => "the resource's own policy",
            Self::Trust => "the trust policy of the role",
        }
    }
}

impl Denial {
    /// Reads a refusal's sentence; what it does not say stays open.
    pub fn read(message: &str) -> Self {
        let said = message.to_ascii_lowercase();
        let explicit = said.contains("explicit deny");
        let (_, reason) = said
            .split_once(if explicit { "explicit deny" } else { " because no " })
            .unwrap_or_default();
        let keeper = KEEPERS
            .iter()
            .filter_map(|(name, keeper)| Some((reason.find(name)?, *keeper)));
        let mut denial = Self {
            caller: between(message, "User: ", " is not authorized").filter(|caller| caller.starts_with("arn:")),
            action: None,
            resource: None,
            keeper: keeper
                .min_by_key(|(at, _)| *at)
                .map_or(Keeper::Unsaid, |(_, keeper)| keeper),
            explicit,
            encoded: said.contains("encoded authorization failure message"),
        };
        let Some((_, rest)) = message.split_once("not authorized to perform: ") else {
            return denial;
        };
        let end = rest
            .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, ':' | '-')))
            .unwrap_or(rest.len());
        let (action, rest) = rest.split_at(end);
        let is_action = action
            .split_once(':')
            .is_some_and(|(service, name)| !service.is_empty() && !name.is_empty() && !name.contains(':'));
        if !is_action {
            return denial;
        }
        denial.action = Some(action.to_owned());
        denial.resource = rest.strip_prefix(" on resource: ").and_then(|named| {
            let ends = [" because ", " with an explicit deny", " Encoded authorization"];
            let end = ends.iter().filter_map(|reason| named.find(reason)).min();
            let named = named[..end.unwrap_or(named.len())]
                .trim_end_matches('.')
                .trim_matches('"');
            (!matches!(named, "" | "*")).then(|| named.to_owned())
        });
        denial
    }
}

fn between(text: &str, before: &str, after: &str) -> Option<String> {
    let (_, rest) = text.split_once(before)?;
    rest.split_once(after).map(|(found, _)| found.to_owned())
}

/// What the policy that `lfn ci policy` prints has to say about a right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It has the right, when it is printed for this work.
    Has {
        work: Work,
        large_archives: bool,
    },
    /// It has the right on these resources, and not on the one that was refused.
    HasOn(Vec<String>),
    HasNot,
}

/// Asks that policy, for each work in turn.
pub fn standing(action: &str, resource: Option<&str>, config: &Config, place: &Place, bucket: &BucketName) -> Standing {
    let role = role_spec(config, place);
    // IAM writes `role NAME` for a role that it did not look up.
    let resource = match (resource.and_then(|resource| resource.strip_prefix("role ")), &role) {
        (Some(name), Some(role)) if name == role.name.as_str() => Some(role.arn.to_string()),
        _ => resource.map(str::to_owned),
    };
    let context = context(config, place);
    let mut elsewhere = BTreeSet::new();
    for (work, large_archives) in [
        (Work::Deploy, false),
        (Work::Invoke, false),
        (Work::Layers, false),
        (Work::Destroy, false),
        (Work::Prune, false),
        (Work::Tighten, false),
        (Work::Codedeploy, false),
        (Work::Deploy, true),
        (Work::Layers, true),
        (Work::Destroy, true),
        (Work::Prune, true),
    ] {
        let archives = Archives {
            bucket,
            used: large_archives || config.package.bucket.is_some(),
        };
        let policy = deployer_policy(config, place, &BTreeSet::from([work]), archives);
        let allows = |resource: &str| allows(&policy, action, resource, place, &context);
        let named = resources_of(&policy, action);
        let has = match &resource {
            Some(resource) => allows(resource),
            None => named.iter().any(|resource| allows(resource)),
        };
        if has {
            return Standing::Has { work, large_archives };
        }
        elsewhere.extend(named);
    }
    if elsewhere.is_empty() {
        Standing::HasNot
    } else {
        Standing::HasOn(elsewhere.into_iter().collect())
    }
}

/// What lfn's own calls say about themselves.
fn context(config: &Config, place: &Place) -> Context {
    let account = place.account.as_str();
    let mut context = Context::default()
        .with("iam:PassedToService", "lambda.amazonaws.com")
        .with("kms:ViaService", format!("lambda.{}.amazonaws.com", place.region))
        .with("s3:ResourceAccount", account)
        .with("aws:ResourceAccount", account)
        .with("aws:SecureTransport", "true")
        .with("s3:prefix", format!("lfn/{}/", config.name));
    if let Some(boundary) = role_spec(config, place).and_then(|role| role.boundary) {
        context = context.with("iam:PermissionsBoundary", boundary.to_string());
    }
    if let Some(key) = &config.kms_key {
        context.insert("kms:ResourceAliases", ContextValue::Many(vec![key.resource.clone()]));
    }
    context
}

fn allows(policy: &PolicyDocument, action: &str, resource: &str, place: &Place, context: &Context) -> bool {
    let account = place.account.as_str();
    let request = Request {
        caller: Caller::Identity(format!("arn:{}:iam::{account}:role/any", place.partition)),
        action: action.to_owned(),
        resource: resource.to_owned(),
        resource_account: account.to_owned(),
        context: context.clone(),
    };
    let open = open_resource(account);
    let policies = Policies {
        identity: std::slice::from_ref(policy),
        boundary: None,
        resource: Some(&open),
    };
    decide(&request, policies).is_allowed()
}

/// Everything that permissions of this action name.
fn resources_of(policy: &PolicyDocument, action: &str) -> BTreeSet<String> {
    let about = policy
        .statements
        .iter()
        .filter(|statement| statement.effect == super::Effect::Allow && statement.names_action(action));
    about.flat_map(|statement| statement.resources.clone()).collect()
}

/// What Lambda found that a function's role may not do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleDenial {
    actions: Vec<String>,
    resource: Option<String>,
}

/// How Lambda calls services in its sentences, where it is not by their prefix.
const SERVICES: [(&str, &str); 8] = [
    ("x-ray", "xray"),
    ("eventbridge", "events"),
    ("secrets manager", "secretsmanager"),
    ("amazon mq", "mq"),
    ("msk", "kafka"),
    ("kinesis streams", "kinesis"),
    ("efs", "elasticfilesystem"),
    ("cloudwatch logs", "logs"),
];

impl RoleDenial {
    /// Reads Lambda's sentences: `The provided execution role does not have permissions to call SendMessage on
    /// SQS`, and `Cannot access stream ARN. Please ensure the role can perform the GetRecords, … Actions`.
    pub fn read(message: &str) -> Option<Self> {
        if let Some((_, rest)) = message.split_once("does not have permissions to call ") {
            let (operation, service) = rest.split_once(" on ")?;
            let service = service.trim_end_matches('.').to_lowercase();
            let other = SERVICES.iter().find(|(name, _)| service.starts_with(name));
            let prefix = match other {
                Some((_, prefix)) => prefix,
                None => service.split([' ', '.', ',']).next()?,
            };
            return Some(Self {
                actions: vec![action(prefix, operation)?],
                resource: None,
            });
        }
        let (before, rest) = message.split_once("ensure the role can perform the ")?;
        let arn = before.split_whitespace().find(|word| word.starts_with("arn:"))?;
        let arn: Arn = arn.trim_end_matches(['.', ',']).parse().ok()?;
        let list = rest
            .split([' ', ','])
            .take_while(|word| *word != "Actions" && *word != "actions");
        let names = list.filter(|word| !word.is_empty() && *word != "and");
        Some(Self {
            actions: names.map(|name| action(&arn.service, name)).collect::<Option<_>>()?,
            resource: Some(arn.to_string()),
        })
    }

    /// The first action that the role's policy does not allow, and the line of `allow` that would.
    pub fn missing_from(&self, policy: &PolicyDocument, place: &Place) -> Option<(String, String)> {
        let context = Context::default().with("aws:SecureTransport", "true");
        let allowed = |action: &String| {
            let named = resources_of(policy, action);
            let fits = |resource: &String| allows(policy, action, resource, place, &context);
            match &self.resource {
                // Some of a stream's actions take no resource.
                Some(resource) => fits(resource) || named.contains("*"),
                None => named.iter().any(fits),
            }
        };
        let missing = self.actions.iter().find(|action| !allowed(action))?;
        Some((missing.clone(), line_for(missing, self.resource.as_deref(), place)))
    }

    /// What it is about, in words.
    pub fn actions(&self) -> String {
        let quoted: Vec<String> = self.actions.iter().map(|action| format!("`{action}`")).collect();
        quoted.join(", ")
    }
}

/// An action that exists, as IAM spells it.
fn action(prefix: &str, name: &str) -> Option<String> {
    let service = super::index::service(prefix)?;
    let found = service.action(name.trim())?;
    Some(format!("{}:{}", service.prefix, found.name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::config::Allow;
    use crate::domain::policy::samples::{config, ireland};
    use crate::domain::policy::{RawStatement, role_spec};

    const USER: &str = "User: arn:aws:sts::123456789012:assumed-role/deployer/ci is not authorized to perform: ";

    #[test]
    fn every_keeper_of_a_right_is_recognised() {
        let arn = "arn:aws:lambda:eu-west-1:123456789012:function:thumbs";
        for (policy, keeper) in [
            ("identity-based policy", Keeper::Identity),
            ("permissions boundary", Keeper::Boundary),
            ("session policy", Keeper::Session),
            ("service control policy", Keeper::ServiceControl),
            ("resource control policy", Keeper::ResourceControl),
            ("VPC endpoint policy", Keeper::Endpoint),
            ("resource-based policy", Keeper::Resource),
            ("role trust policy", Keeper::Trust),
        ] {
            for (reason, explicit) in [
                (
                    format!("because no {policy} allows the lambda:UpdateAlias action"),
                    false,
                ),
                (format!("with an explicit deny in a {policy}"), true),
                // Newer sentences end in the policy's ARN.
                (
                    format!("with an explicit deny in a {policy}: arn:aws:iam::1:policy/p"),
                    true,
                ),
            ] {
                let read = Denial::read(&format!("{USER}lambda:UpdateAlias on resource: {arn} {reason}"));
                let expected = Denial {
                    caller: Some("arn:aws:sts::123456789012:assumed-role/deployer/ci".to_owned()),
                    action: Some("lambda:UpdateAlias".to_owned()),
                    resource: Some(arn.to_owned()),
                    keeper,
                    explicit,
                    encoded: false,
                };
                assert_eq!(read, expected, "{reason}");
            }
        }
    }

    #[test]
    fn actions_and_resources_are_read_in_every_form() {
        let nobody = "because no identity-based policy allows it";
        let user = |rest: &str| format!("{USER}{rest}");
        let named = |rest: &str| user(&format!("{rest} {nobody}"));
        for (said, action, resource, encoded) in [
            (
                named("iam:GetRole on resource: role thumbs"),
                Some("iam:GetRole"),
                Some("role thumbs"),
                false,
            ),
            (
                named("s3:PutObject on resource: \"arn:aws:s3:::b/k\""),
                Some("s3:PutObject"),
                Some("arn:aws:s3:::b/k"),
                false,
            ),
            (
                named("logs:DescribeLogGroups on resource: *"),
                Some("logs:DescribeLogGroups"),
                None,
                false,
            ),
            (user("lambda:GetFunction"), Some("lambda:GetFunction"), None, false),
            (
                user("ec2:DescribeVpcs on resource: * Encoded authorization failure message: 4GIOHlTkIa"),
                Some("ec2:DescribeVpcs"),
                None,
                true,
            ),
            (
                "You are not authorized to perform this operation. Encoded authorization failure message: 4GIOHlTkIa"
                    .into(),
                None,
                None,
                true,
            ),
            ("Access Denied".into(), None, None, false),
            ("you are not authorized to perform: this".into(), None, None, false),
        ] {
            let read = Denial::read(&said);
            let found = (read.action.as_deref(), read.resource.as_deref(), read.encoded);
            assert_eq!(found, (action, resource, encoded), "{said}");
        }
    }

    #[test]
    fn what_the_deployers_policy_has_is_known() {
        let (config, place) = (config(), ireland());
        let bucket = BucketName::new("lfn-artifacts-123456789012-eu-west-1").unwrap();
        let role = role_spec(&config, &place).unwrap();
        let (arn, named) = (role.arn.to_string(), format!("role {}", role.name));
        let function = place.function_arn(&config.name).to_string();
        let codedeploy = "arn:aws:iam::123456789012:role/lfn/lfn-codedeploy-thumbs-eu-west-1".to_owned();
        let has = |work| Standing::Has {
            work,
            large_archives: false,
        };
        let large = Standing::Has {
            work: Work::Deploy,
            large_archives: true,
        };
        for (action, resource, expected) in [
            ("lambda:UpdateAlias", Some(&*function), has(Work::Deploy)),
            ("lambda:UpdateAlias", None, has(Work::Deploy)),
            ("lambda:GetAlias", Some(&format!("{function}:live")), has(Work::Deploy)),
            ("iam:PassRole", Some(&*arn), has(Work::Deploy)),
            ("iam:GetRole", Some(&*named), has(Work::Deploy)),
            ("logs:DescribeLogGroups", None, has(Work::Deploy)),
            ("lambda:InvokeFunction", Some(&*function), has(Work::Invoke)),
            ("lambda:DeleteFunction", Some(&*function), has(Work::Destroy)),
            ("lambda:PublishLayerVersion", None, has(Work::Layers)),
            (
                "s3:PutObject",
                Some("arn:aws:s3:::lfn-artifacts-123456789012-eu-west-1/lfn/thumbs/a.zip"),
                large,
            ),
            (
                "iam:GetRole",
                Some("arn:aws:iam::123456789012:role/other"),
                Standing::HasOn(vec![codedeploy, arn.clone()]),
            ),
            ("lambda:ListFunctions", None, Standing::HasNot),
            (
                "iam:CreateUser",
                Some("arn:aws:iam::123456789012:user/x"),
                Standing::HasNot,
            ),
        ] {
            let found = standing(action, resource, &config, &place, &bucket);
            assert_eq!(found, expected, "{action} on {resource:?}");
        }
    }

    #[test]
    fn what_lambda_finds_missing_in_a_role_is_held_against_its_policy() {
        let mut config = config();
        let polled = ["GetRecords", "GetShardIterator", "DescribeStream", "ListShards"];
        config.allow = vec![Allow::Raw(RawStatement {
            actions: polled.map(|name| format!("kinesis:{name}")).into(),
            resources: vec!["arn:aws:kinesis:eu-west-1:123456789012:stream/clicks".into()],
            when: std::collections::BTreeMap::new(),
            because: None,
            accept: Vec::new(),
        })];
        config.vpc.subnets = ["subnet-1".to_owned()].into();
        let place = ireland();
        let policy = role_spec(&config, &place).unwrap().policy;
        let call = |what: &str| format!("The provided execution role does not have permissions to call {what}");
        let stream = |name: &str| {
            format!(
                "Cannot access stream arn:aws:kinesis:eu-west-1:123456789012:stream/{name}. Please ensure the role can \
                 perform the GetRecords, GetShardIterator, DescribeStream, and ListShards Actions on your stream in IAM."
            )
        };
        for (said, missing) in [
            (call("CreateNetworkInterface on EC2"), None),
            (call("SendMessage on SQS"), Some(("sqs:SendMessage", "send sqs:QUEUE"))),
            (call("Publish on SNS."), Some(("sns:Publish", "publish sns:TOPIC"))),
            (stream("clicks"), None),
            (stream("other"), Some(("kinesis:GetRecords", "read kinesis:other"))),
        ] {
            let read = RoleDenial::read(&said).unwrap_or_else(|| panic!("{said}"));
            let found = read.missing_from(&policy, &place);
            let found = found.as_ref().map(|(action, line)| (&**action, &**line));
            assert_eq!(found, missing, "{said}");
        }
        for said in [
            "The role defined for the function cannot be assumed by Lambda.",
            &call("Fly on Wings"),
        ] {
            assert_eq!(RoleDenial::read(said), None, "{said}");
        }
    }
}
