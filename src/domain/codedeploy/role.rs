//! The role that CodeDeploy works as: one for each function, with one policy for each alias.

use std::collections::{BTreeMap, BTreeSet};

use super::{application, shortened};
use crate::domain::arn::{Arn, Place};
use crate::domain::function::{TAG_FUNCTION, TAG_STAGE};
use crate::domain::names::{AliasName, FunctionName, Qualifier, RoleName};
use crate::domain::policy::{PolicyDocument, Statement};

/// Where the role lies.
const PATH: &str = "/lfn/";
/// The longest name a role may have. Source: IAM user guide, "IAM and AWS STS quotas".
const NAME_LIMIT: usize = 64;

/// Everything lfn decides about the role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceRole {
    pub name: RoleName,
    pub path: &'static str,
    /// Follows from account, path and name.
    pub arn: Arn,
    pub description: String,
    pub trust: PolicyDocument,
    /// What moving one alias takes.
    pub policy: PolicyDocument,
    pub boundary: Option<Arn>,
    pub tags: BTreeMap<String, String>,
}

/// The role's name, with the region in it, since roles have none.
pub fn service_role_name(function: &FunctionName, place: &Place) -> RoleName {
    let full = format!("lfn-codedeploy-{function}-{}", place.region);
    RoleName::new(shortened(&full, NAME_LIMIT)).expect("made of valid names, and short enough")
}

/// The role for moving an alias of a function with these tags, and for looking at alarms where there are any.
pub fn service_role(
    function: &FunctionName,
    alias: &AliasName,
    place: &Place,
    alarms: &BTreeSet<String>,
    boundary: Option<&Arn>,
    tags: &BTreeMap<String, String>,
) -> ServiceRole {
    let name = service_role_name(function, place);
    ServiceRole {
        arn: place.global_arn("iam", format_args!("role{PATH}{name}")),
        name,
        path: PATH,
        description: format!("Lets CodeDeploy shift the traffic of the Lambda function {function}"),
        trust: trust(function, place),
        policy: policy(function, alias, place, alarms),
        boundary: boundary.cloned(),
        tags: own_tags(function, tags),
    }
}

/// The tags of what lfn makes for a function: its name, and its stage if it has one.
pub fn own_tags(function: &FunctionName, tags: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let stage = tags.get(TAG_STAGE).map(|stage| (TAG_STAGE.to_owned(), stage.clone()));
    let function = (TAG_FUNCTION.to_owned(), function.to_string());
    [function].into_iter().chain(stage).collect()
}

/// For the deployment groups of this function's application alone.
/// Source: CodeDeploy user guide, "Cross-service confused deputy prevention".
fn trust(function: &FunctionName, place: &Place) -> PolicyDocument {
    let groups = place.arn(
        "codedeploy",
        format_args!("deploymentgroup:{}/*", application(function)),
    );
    let service = Statement::trust("codedeploy.amazonaws.com")
        .when("StringEquals", "aws:SourceAccount", place.account.as_str())
        .when("StringLike", "aws:SourceArn", groups.to_string());
    PolicyDocument::new([service])
}

/// What the managed policy `AWSCodeDeployRoleForLambdaLimited` grants on everything, on one function; and
/// without S3 and hooks, since the revision comes with the call. Moving an alias is a right on its function:
/// IAM cannot name a single one. Source: Service Authorization Reference, "AWS Lambda".
fn policy(function: &FunctionName, alias: &AliasName, place: &Place, alarms: &BTreeSet<String>) -> PolicyDocument {
    let alias = place.qualified_arn(function, &Qualifier::Alias(alias.clone()));
    let shift = ["lambda:GetAlias", "lambda:UpdateAlias"];
    let statements = [
        Statement::allow(shift, [place.function_arn(function).to_string()]).sid("ShiftTraffic"),
        Statement::allow(["lambda:GetProvisionedConcurrencyConfig"], [alias.to_string()]).sid("ReadProvisioned"),
    ];
    // Composite alarms are told to those alone who may look at every alarm.
    // Source: CloudWatch API reference, `DescribeAlarms`.
    let watch = Statement::allow(["cloudwatch:DescribeAlarms"], ["*"]).sid("WatchAlarms");
    let watch = (!alarms.is_empty()).then_some(watch);
    PolicyDocument::new(statements.into_iter().chain(watch))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::policy::samples::ireland;

    fn role(function: &str, alarms: &[&str]) -> ServiceRole {
        let (function, alias) = (FunctionName::new(function).unwrap(), AliasName::new("live").unwrap());
        let alarms = alarms.iter().map(|alarm| (*alarm).to_owned()).collect();
        let tags = BTreeMap::from([
            (TAG_STAGE.to_owned(), "prod".to_owned()),
            ("team".into(), "shop".into()),
        ]);
        service_role(&function, &alias, &ireland(), &alarms, None, &tags)
    }

    #[test]
    fn the_role_is_for_one_function_and_trusts_its_groups_alone() {
        let role = role("thumbs", &[]);
        assert_eq!(
            role.arn.to_string(),
            "arn:aws:iam::123456789012:role/lfn/lfn-codedeploy-thumbs-eu-west-1"
        );
        let trust = role.trust.to_json();
        assert!(trust.contains("codedeploy.amazonaws.com"), "{trust}");
        assert!(
            trust.contains("arn:aws:codedeploy:eu-west-1:123456789012:deploymentgroup:lfn-thumbs/*"),
            "{trust}"
        );
        assert!(trust.contains(r#""aws:SourceAccount":"123456789012""#), "{trust}");
        let resources = role.policy.statements.iter().flat_map(|statement| &statement.resources);
        for resource in resources {
            assert!(
                resource.starts_with("arn:aws:lambda:eu-west-1:123456789012:function:thumbs"),
                "{resource}"
            );
        }
        let tags = [(TAG_FUNCTION, "thumbs"), (TAG_STAGE, "prod")];
        let tags = tags.map(|(key, value)| (key.to_owned(), value.to_owned()));
        assert_eq!(role.tags, BTreeMap::from(tags));
    }

    #[test]
    fn alarms_are_looked_at_where_there_are_any() {
        let actions = |alarms: &[&str]| role("thumbs", alarms).policy.to_json();
        assert!(!actions(&[]).contains("DescribeAlarms"));
        assert!(actions(&["errors"]).contains("cloudwatch:DescribeAlarms"));
    }

    #[test]
    fn a_long_name_is_cut_and_stays_apart() {
        let long = |end: &str| role(&format!("{}{end}", "f".repeat(63)), &[]).name;
        assert_eq!(long("a").as_str().len(), 64);
        assert_ne!(long("a"), long("b"));
    }
}
