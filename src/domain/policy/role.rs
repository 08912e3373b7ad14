//! The execution role that lambda.yaml asks for: name, trust, tags, and the one inline policy.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

use super::{PolicyDocument, Principal, Statement, rights};
use crate::domain::arn::{Arn, Place};
use crate::domain::config::{Config, ExternalParty, RoleChoice, TrustConfig};
use crate::domain::function::{TAG_FUNCTION, TAG_STAGE};
use crate::domain::names::{CodeDigest, FunctionName, Region, RoleName, StageName};

/// The most that a trust policy may have, in characters that are not white space, and the most that AWS
/// raises it to on request. Source: IAM user guide, "IAM and AWS STS quotas".
pub const TRUST_LIMITS: [usize; 2] = [2048, 4096];

/// The name of the one inline policy that lfn keeps in a role.
pub const INLINE_POLICY: &str = "lfn";

/// The longest name a role may have. Source: IAM user guide, "IAM and AWS STS quotas".
const NAME_LIMIT: usize = 64;
/// Hexadecimal digits of the hash at the end of a shortened name.
const HASH_DIGITS: usize = 10;

/// Everything lfn decides about a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleSpec {
    pub name: RoleName,
    pub path: String,
    /// Follows from account, path and name.
    pub arn: Arn,
    pub description: String,
    pub trust: PolicyDocument,
    pub policy: PolicyDocument,
    pub boundary: Option<Arn>,
    pub tags: BTreeMap<String, String>,
}

/// The role's name, derived so that a rerun finds it: at most 64 characters.
///
/// `FUNCTION-REGION`, or `FUNCTION.STAGE-REGION` when the function's name does not end in the stage
/// already. The full stop keeps the names of `thumbs` at stage `prod` and of a function called
/// `thumbs-prod` apart, since neither functions nor stages can have one in their names; two
/// functions must never share a role by accident. The region is there because roles have none.
///
/// A name that would be too long is cut, and ends in a hash of the whole. A whole name ends in
/// a region (`-1`) and a cut one in ten hexadecimal digits, so the two kinds never meet.
///
/// IAM takes names that differ in case alone for the same role and refuses to make the second one.
pub fn role_name(function: &FunctionName, stage: Option<&StageName>, region: &Region) -> RoleName {
    let names_stage = |stage: &StageName| {
        let before = function.as_str().strip_suffix(stage.as_str());
        before.is_some_and(|before| before.is_empty() || before.ends_with(['-', '_']))
    };
    let full = match stage {
        Some(stage) if !names_stage(stage) => format!("{function}.{stage}-{region}"),
        _ => format!("{function}-{region}"),
    };
    let name = if full.len() <= NAME_LIMIT {
        full
    } else {
        let hash = CodeDigest::from_sha256(&Sha256::digest(&full)).to_hex();
        let (head, hash) = (&full[..NAME_LIMIT - HASH_DIGITS - 1], &hash[..HASH_DIGITS]);
        format!("{head}-{hash}")
    };
    RoleName::new(name).expect("made of valid names, and short enough")
}

/// The role this file asks for, or `None` when it names an existing one.
pub fn role_spec(config: &Config, place: &Place) -> Option<RoleSpec> {
    let RoleChoice::Auto(role) = &config.role else {
        return None;
    };
    let derived = || role_name(&config.name, config.stage.as_ref(), &place.region);
    let name = role.name.clone().unwrap_or_else(derived);
    let mut tags = config.tags.clone();
    tags.insert(TAG_FUNCTION.into(), config.name.to_string());
    let mut description = format!("Execution role of the Lambda function {}", config.name);
    if let Some(stage) = &config.stage {
        tags.insert(TAG_STAGE.into(), stage.to_string());
        description = format!("{description}, stage {stage}");
    }
    Some(RoleSpec {
        arn: place.global_arn("iam", format_args!("role{}{name}", role.path)),
        name,
        path: role.path.clone(),
        description,
        trust: trust(&config.name, &role.trust, place),
        policy: rights::policy(config, place),
        boundary: role.boundary.clone(),
        tags,
    })
}

/// Lets Lambda assume the role, for this account only, and whom the file adds.
///
/// The conditions are on the one statement: a second, conditioned statement beside an open one would
/// restrict nothing. `aws:SourceArn` is used only when the file asks for it, since no documentation
/// gives the value that Lambda sends.
/// Source: Lambda developer guide, "Working with AWS managed policies in the execution role".
fn trust(function: &FunctionName, trust: &TrustConfig, place: &Place) -> PolicyDocument {
    let account = place.account.as_str();
    let mut lambda = Statement::trust("lambda.amazonaws.com").when("StringEquals", "aws:SourceAccount", account);
    if trust.function_only {
        let arn = place.function_arn(function);
        lambda = lambda.when("ArnLike", "aws:SourceArn", arn.to_string()).when(
            "ArnLike",
            "aws:SourceArn",
            format!("{arn}:*"),
        );
    }
    // Replicas run in accounts of CloudFront's, and its guide names the principal and no condition key
    // that it sends: a condition that never held would keep every replica from starting.
    // Source: CloudFront developer guide, "Set up IAM permissions and roles for Lambda@Edge".
    let edge = trust.edge.then(|| Statement::trust("edgelambda.amazonaws.com"));
    let roles = trust.roles.iter().map(|role| role.arn(place).to_string());
    let roles = (!trust.roles.is_empty()).then(|| assumed_by(roles));
    // Without the id, a third party could be talked into using this customer's role for another one.
    // Source: IAM user guide, "The confused deputy problem".
    let external = trust.external.iter().map(|ExternalParty { who, id }| {
        assumed_by([who.arn(place).to_string()]).when("StringEquals", "sts:ExternalId", id)
    });
    PolicyDocument::new([lambda].into_iter().chain(edge).chain(roles).chain(external))
}

fn assumed_by(arns: impl IntoIterator<Item = String>) -> Statement {
    Statement {
        principal: Some(Principal::from([("AWS".to_owned(), arns.into_iter().collect())])),
        ..Statement::allow(["sts:AssumeRole"], [] as [&str; 0])
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::domain::policy::samples::{config, ireland};

    fn name_of(function: &str, stage: Option<&str>, region: &str) -> String {
        let stage = stage.map(|stage| StageName::new(stage).unwrap());
        let name = FunctionName::new(function).unwrap();
        role_name(&name, stage.as_ref(), &Region::new(region).unwrap()).to_string()
    }

    #[test]
    fn names_are_readable() {
        for (function, stage, name) in [
            ("thumbs", None, "thumbs-eu-west-1"),
            ("thumbs", Some("prod"), "thumbs.prod-eu-west-1"),
            ("thumbs-prod", Some("prod"), "thumbs-prod-eu-west-1"),
            ("thumbs_prod", Some("prod"), "thumbs_prod-eu-west-1"),
            ("prod", Some("prod"), "prod-eu-west-1"),
            ("preprod", Some("prod"), "preprod.prod-eu-west-1"),
        ] {
            assert_eq!(name_of(function, stage, "eu-west-1"), name);
        }
    }

    #[test]
    fn long_names_are_cut_and_stay_apart() {
        let long = "a".repeat(64);
        let one = name_of(&long, None, "eu-west-1");
        assert_eq!(
            one,
            format!("{}-5f18d8d90d", "a".repeat(53)),
            "a name that moves loses its role"
        );
        let others = [
            name_of(&long, None, "eu-west-2"),
            name_of(&long, Some("prod"), "eu-west-1"),
            name_of(&long[1..], None, "eu-west-1"),
        ];
        for other in &others {
            assert_eq!(other.len(), 64);
            assert_ne!(*other, one);
        }
        let fits = "a".repeat(64 - "-eu-west-1".len());
        assert_eq!(name_of(&fits, None, "eu-west-1"), format!("{fits}-eu-west-1"));
    }

    #[test]
    fn a_role_follows_from_the_file() {
        let mut config = config();
        config.stage = Some(StageName::new("prod").unwrap());
        config.tags = BTreeMap::from([("team".into(), "shop".into()), (TAG_FUNCTION.into(), "forged".into())]);
        let spec = role_spec(&config, &ireland()).unwrap();
        assert_eq!(
            spec.arn.to_string(),
            "arn:aws:iam::123456789012:role/lfn/thumbs.prod-eu-west-1"
        );
        assert_eq!(
            (spec.name.as_str(), spec.path.as_str()),
            ("thumbs.prod-eu-west-1", "/lfn/")
        );
        assert_eq!(
            spec.description,
            "Execution role of the Lambda function thumbs, stage prod"
        );
        let tags = [("lfn:function", "thumbs"), ("lfn:stage", "prod"), ("team", "shop")];
        assert_eq!(spec.tags, tags.map(|(k, v)| (k.to_owned(), v.to_owned())).into());
        assert_eq!(spec.boundary, None);
        assert!(!spec.policy.statements.is_empty());
    }

    #[test]
    fn the_file_may_choose_name_path_and_boundary_or_another_role() {
        let mut config = config();
        let boundary: Arn = "arn:aws:iam::123456789012:policy/lfn-boundary".parse().unwrap();
        let RoleChoice::Auto(role) = &mut config.role else {
            panic!("auto by default");
        };
        role.name = Some(RoleName::new("mine").unwrap());
        role.path = "/".into();
        role.boundary = Some(boundary.clone());
        let spec = role_spec(&config, &ireland()).unwrap();
        assert_eq!(spec.arn.to_string(), "arn:aws:iam::123456789012:role/mine");
        assert_eq!(spec.boundary, Some(boundary));
        assert!(!spec.tags.contains_key(TAG_STAGE));

        config.role = RoleChoice::Existing(spec.arn);
        assert_eq!(role_spec(&config, &ireland()), None);
    }

    #[test]
    fn only_lambda_in_this_account_may_assume_the_role() {
        let mut config = config();
        let trust = |config: &Config| Value::from(role_spec(config, &ireland()).unwrap().trust);
        let with = |condition: Value| {
            json!({ "Version": "2012-10-17", "Statement": [{
                "Effect": "Allow", "Principal": { "Service": "lambda.amazonaws.com" }, "Action": "sts:AssumeRole",
                "Condition": condition,
            }]})
        };
        let account = json!({ "aws:SourceAccount": "123456789012" });
        assert_eq!(trust(&config), with(json!({ "StringEquals": account })));
        let RoleChoice::Auto(role) = &mut config.role else {
            panic!("auto by default");
        };
        role.trust.function_only = true;
        let function = "arn:aws:lambda:eu-west-1:123456789012:function:thumbs";
        let arns = json!({ "aws:SourceArn": [function, format!("{function}:*")] });
        assert_eq!(
            trust(&config),
            with(json!({ "ArnLike": arns, "StringEquals": account }))
        );
    }
    #[test]
    fn whom_the_file_trusts_gets_a_statement_of_their_own() {
        let mut config = config();
        let RoleChoice::Auto(role) = &mut config.role else {
            panic!("auto by default");
        };
        role.trust = TrustConfig {
            function_only: false,
            edge: true,
            roles: vec![
                "444455556666:role/teams/ci".parse().unwrap(),
                "arn:aws:iam::123456789012:user/anna".parse().unwrap(),
            ],
            external: vec![ExternalParty {
                who: "777788889999".parse().unwrap(),
                id: "shop/42".into(),
            }],
        };
        let trust = Value::from(role_spec(&config, &ireland()).unwrap().trust);
        let mut statements = trust["Statement"].as_array().unwrap().clone();
        statements.sort_by_key(|statement| statement["Principal"].to_string());
        let allow = |principal: Value, condition: Option<Value>| {
            let mut statement = json!({ "Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole" });
            if let Some(condition) = condition {
                statement["Condition"] = json!({ "StringEquals": condition });
            }
            statement
        };
        assert_eq!(
            statements,
            [
                allow(
                    json!({ "AWS": "arn:aws:iam::777788889999:root" }),
                    Some(json!({ "sts:ExternalId": "shop/42" }))
                ),
                allow(
                    json!({ "AWS": ["arn:aws:iam::123456789012:user/anna", "arn:aws:iam::444455556666:role/teams/ci"] }),
                    None
                ),
                allow(json!({ "Service": "edgelambda.amazonaws.com" }), None),
                allow(
                    json!({ "Service": "lambda.amazonaws.com" }),
                    Some(json!({ "aws:SourceAccount": "123456789012" }))
                ),
            ]
        );
    }
}
