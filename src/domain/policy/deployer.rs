//! What the identity that runs lfn needs: the smallest policy for one lambda.yaml.
//!
//! Each statement is a group of calls that lfn makes, on the resources that the file names. A call that
//! the file gives no reason for (a layer, a key, a network) is not allowed.

use std::collections::BTreeSet;

use super::{PolicyDocument, Statement, role_spec};
use crate::domain::arn::{Arn, Place};
use crate::domain::config::{Config, EnvSegment, RoleChoice};
use crate::domain::names::BucketName;

/// A kind of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Work {
    /// `plan`, `status`, `alias list`, `versions list`: reading only.
    Plan,
    /// `deploy`, `alias promote` and `rollback`, and all that they read.
    Deploy,
    /// `invoke`.
    Invoke,
    /// `destroy`, and all that it reads.
    Destroy,
    /// `layer publish` and `layer list`, for the layer with the function's dependencies.
    Layers,
    /// `policy tighten`.
    Tighten,
}

/// Archives that are too large to be sent directly.
#[derive(Debug, Clone, Copy)]
pub struct Archives<'a> {
    /// Where they go.
    pub bucket: &'a BucketName,
    /// Whether there are any.
    pub used: bool,
}

/// The policy for these kinds of work.
pub fn deployer_policy(
    config: &Config,
    place: &Place,
    works: &BTreeSet<Work>,
    archives: Archives<'_>,
) -> PolicyDocument {
    let deployer = Deployer {
        config,
        place,
        archives,
    };
    let mut statements = Vec::new();
    let does = |work| works.contains(&work);
    if does(Work::Plan) || does(Work::Deploy) || does(Work::Destroy) {
        statements.extend(deployer.reads());
    }
    if does(Work::Plan) || does(Work::Deploy) {
        statements.extend(deployer.parameters());
    }
    if does(Work::Deploy) {
        statements.extend(deployer.function());
        statements.extend(deployer.settings());
        statements.extend(deployer.role());
        statements.extend(deployer.logs());
        statements.push(deployer.watch());
    }
    if does(Work::Layers) {
        statements.push(deployer.layer());
    }
    if does(Work::Deploy) || does(Work::Layers) {
        statements.extend(deployer.archives());
    }
    if does(Work::Destroy) {
        statements.extend(deployer.destroy());
    }
    if does(Work::Deploy) || does(Work::Destroy) {
        statements.extend(deployer.guards());
    }
    if does(Work::Invoke) {
        let functions = deployer.functions();
        statements.push(Statement::allow(["lambda:InvokeFunction"], functions).sid("Invoke"));
    }
    if does(Work::Tighten) {
        statements.extend(deployer.history());
    }
    PolicyDocument::new(statements)
}

struct Deployer<'a> {
    config: &'a Config,
    place: &'a Place,
    archives: Archives<'a>,
}

impl Deployer<'_> {
    /// The function itself, and its versions and aliases, which are resources of their own when a call has
    /// a qualifier. Source: Lambda developer guide, "Fine-tuning the resources and conditions of policies".
    fn functions(&self) -> [String; 2] {
        let function = self.place.function_arn(&self.config.name);
        [function.to_string(), format!("{function}:*")]
    }

    fn function_alone(&self) -> [String; 1] {
        [self.place.function_arn(&self.config.name).to_string()]
    }

    fn log_group(&self) -> String {
        let default = || format!("/aws/lambda/{}", self.config.name);
        let group = self
            .config
            .logs
            .group
            .as_ref()
            .map_or_else(default, ToString::to_string);
        self.place.arn("logs", format_args!("log-group:{group}")).to_string()
    }

    /// What a plan looks at.
    fn reads(&self) -> Vec<Statement> {
        // Tags come with `GetFunction` only for those who may list them.
        let on_function = [
            "lambda:GetAlias",
            "lambda:GetFunction",
            "lambda:GetFunctionCodeSigningConfig",
            "lambda:GetFunctionConfiguration",
            "lambda:GetFunctionEventInvokeConfig",
            "lambda:GetPolicy",
            "lambda:GetProvisionedConcurrencyConfig",
            "lambda:ListAliases",
            "lambda:ListProvisionedConcurrencyConfigs",
            "lambda:ListTags",
            "lambda:ListVersionsByFunction",
        ];
        let mut statements = vec![
            Statement::allow(on_function, self.functions()).sid("ReadFunction"),
            // It has no resource that could be named. Source: Service Authorization Reference.
            Statement::allow(["logs:DescribeLogGroups"], ["*"]).sid("ReadLogGroups"),
        ];
        if let Some(role) = role_spec(self.config, self.place) {
            let calls = [
                "iam:GetRole",
                "iam:GetRolePolicy",
                "iam:ListAttachedRolePolicies",
                "iam:ListRolePolicies",
            ];
            statements.push(Statement::allow(calls, [role.arn.to_string()]).sid("ReadRole"));
        }
        statements
    }

    /// What is looked at while traffic shifts. Metrics have no resource that could be named, and composite
    /// alarms are told to those alone who may look at every alarm.
    /// Source: `CloudWatch` API reference, `DescribeAlarms`; Service Authorization Reference.
    fn watch(&self) -> Statement {
        let alarms = (!self.config.release.alarms.is_empty()).then_some("cloudwatch:DescribeAlarms");
        let calls = ["cloudwatch:GetMetricData"].into_iter().chain(alarms);
        Statement::allow(calls, ["*"]).sid("WatchRelease")
    }

    /// Parameters that environment variables take their values from.
    fn parameters(&self) -> Option<Statement> {
        let segments = self.config.env.values().flat_map(|value| &value.0);
        let parameters: BTreeSet<String> = segments
            .filter_map(|segment| match segment {
                EnvSegment::Parameter(name) => {
                    let name = name.strip_prefix('/').unwrap_or(name);
                    Some(self.place.arn("ssm", format_args!("parameter/{name}")).to_string())
                }
                EnvSegment::Text(_) => None,
            })
            .collect();
        (!parameters.is_empty()).then(|| Statement::allow(["ssm:GetParameters"], parameters).sid("ReadParameters"))
    }

    fn function(&self) -> Vec<Statement> {
        let calls = [
            "lambda:CreateAlias",
            "lambda:CreateFunction",
            "lambda:DeleteFunctionCodeSigningConfig",
            "lambda:DeleteFunctionConcurrency",
            "lambda:DeleteFunctionEventInvokeConfig",
            "lambda:DeleteProvisionedConcurrencyConfig",
            "lambda:PublishVersion",
            "lambda:PutFunctionConcurrency",
            "lambda:PutFunctionEventInvokeConfig",
            "lambda:PutProvisionedConcurrencyConfig",
            // Callers of an earlier file.
            "lambda:RemovePermission",
            "lambda:TagResource",
            "lambda:UntagResource",
            "lambda:UpdateAlias",
            "lambda:UpdateFunctionCode",
            "lambda:UpdateFunctionConfiguration",
        ];
        vec![Statement::allow(calls, self.functions()).sid("WriteFunction")]
    }

    /// What single settings need besides.
    fn settings(&self) -> Vec<Statement> {
        let (config, place) = (self.config, self.place);
        let mut statements = Vec::new();
        if let Some(signing) = &config.code_signing {
            let resources = [self.function_alone()[0].clone(), signing.to_string()];
            statements.push(Statement::allow(["lambda:PutFunctionCodeSigningConfig"], resources).sid("SignedCode"));
        }
        if !config.callers.is_empty() {
            // `lambda:Principal` could narrow this to the callers of the file, but the documentation gives
            // its value for services alone.
            statements.push(Statement::allow(["lambda:AddPermission"], self.functions()).sid("LetCallersIn"));
        }
        if !config.layers.is_empty() {
            let layers = config.layers.iter().map(ToString::to_string);
            statements.push(Statement::allow(["lambda:GetLayerVersion"], layers).sid("UseLayers"));
        }
        if !config.vpc.subnets.is_empty() {
            // Source: Lambda developer guide, "Giving Lambda functions access to resources in an Amazon VPC".
            let describe = ["ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs"];
            statements.push(Statement::allow(describe, ["*"]).sid("ReadNetwork"));
            let networks = place.arn("ec2", "vpc/*").to_string();
            statements.push(Statement::allow(["ec2:GetSecurityGroupsForVpc"], [networks]).sid("ReadNetworkGroups"));
        }
        if let Some(key) = &config.kms_key {
            statements.push(Self::key(key));
        }
        if let Some(files) = config
            .files
            .as_ref()
            .filter(|files| files.access_point.service == "elasticfilesystem")
        {
            // Source: Lambda developer guide, "Configuring file system access for Lambda functions".
            let systems = place.arn("elasticfilesystem", "file-system/*").to_string();
            let calls = [
                "elasticfilesystem:DescribeAccessPoints",
                "elasticfilesystem:DescribeMountTargets",
            ];
            let resources = [systems, files.access_point.to_string()];
            statements.push(Statement::allow(calls, resources).sid("ReadFileSystem"));
        }
        statements
    }

    /// Lambda encrypts environment variables with the rights of whoever deploys, and makes a grant for itself.
    /// Source: Lambda developer guide, "Securing Lambda environment variables".
    fn key(key: &Arn) -> Statement {
        let calls = ["kms:CreateGrant", "kms:Decrypt", "kms:Encrypt"];
        let via = format!("lambda.{}.amazonaws.com", key.region);
        // A right on an alias' own ARN says nothing about the key behind it.
        // Source: KMS developer guide, "Using aliases to control access to KMS keys".
        let statement = if key.resource.starts_with("alias/") {
            let keys = Arn {
                resource: "key/*".into(),
                ..key.clone()
            };
            let alias = key.resource.clone();
            Statement::allow(calls, [keys.to_string()]).when("ForAnyValue:StringEquals", "kms:ResourceAliases", alias)
        } else {
            Statement::allow(calls, [key.to_string()])
        };
        statement.when("StringEquals", "kms:ViaService", via).sid("UseKey")
    }

    fn role(&self) -> Vec<Statement> {
        let pass = |arn: &Arn| {
            Statement::allow(["iam:PassRole"], [arn.to_string()])
                .when("StringEquals", "iam:PassedToService", "lambda.amazonaws.com")
                .sid("PassRole")
        };
        if let RoleChoice::Existing(arn) = &self.config.role {
            return vec![pass(arn)];
        }
        let Some(role) = role_spec(self.config, self.place) else {
            return Vec::new();
        };
        let mut write =
            Statement::allow(["iam:CreateRole", "iam:PutRolePolicy"], [role.arn.to_string()]).sid("WriteRole");
        // This call does not say which boundary the role has. Source: Service Authorization Reference, "AWS IAM".
        let trust = Statement::allow(["iam:UpdateAssumeRolePolicy"], [role.arn.to_string()]).sid("WriteTrust");
        if let Some(boundary) = &role.boundary {
            write.actions.insert("iam:PutRolePermissionsBoundary".into());
            write = write.when("StringEquals", "iam:PermissionsBoundary", boundary.to_string());
        }
        let tags = Statement::allow(["iam:TagRole", "iam:UntagRole"], [role.arn.to_string()]).sid("TagRole");
        vec![write, trust, tags, pass(&role.arn)]
    }

    /// What the role may do, and what IAM remembers of its calls. Only an order names the role: a report
    /// has no resource. Source: Service Authorization Reference, "AWS IAM".
    fn history(&self) -> Vec<Statement> {
        let Some(role) = role_spec(self.config, self.place) else {
            return Vec::new();
        };
        let order = [
            "iam:GenerateServiceLastAccessedDetails",
            "iam:GetRole",
            "iam:GetRolePolicy",
        ];
        vec![
            Statement::allow(order, [role.arn.to_string()]).sid("OrderHistory"),
            Statement::allow(["iam:GetServiceLastAccessedDetails"], ["*"]).sid("ReadHistory"),
        ]
    }

    fn logs(&self) -> Vec<Statement> {
        let group = self.log_group();
        let calls = [
            "logs:CreateLogGroup",
            "logs:DeleteRetentionPolicy",
            "logs:PutRetentionPolicy",
        ];
        vec![
            // The service looks at these with `:*` at the end, and at tags without.
            Statement::allow(calls, [group.clone(), format!("{group}:*")]).sid("WriteLogGroup"),
            Statement::allow(["logs:TagResource"], [group]).sid("TagLogGroup"),
        ]
    }

    /// Archives above the direct limit. The account in the condition keeps them from a bucket that somebody
    /// else made under the expected name.
    fn archives(&self) -> Vec<Statement> {
        let Archives { bucket, used: true } = self.archives else {
            return Vec::new();
        };
        let calls = ["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"];
        let mut statements = vec![
            self.ours(Statement::allow(calls, [self.objects(bucket)]))
                .sid("WriteArchives"),
            self.ours(Statement::allow(["s3:ListBucket"], [self.bucket_arn(bucket)]))
                .sid("ReadBucket"),
        ];
        // The bucket that lambda.yaml names is the user's own; any other one lfn makes.
        if self.config.package.bucket.is_none() {
            let calls = [
                "s3:CreateBucket",
                "s3:GetBucketPublicAccessBlock",
                "s3:PutBucketPublicAccessBlock",
                "s3:PutEncryptionConfiguration",
            ];
            statements.push(Statement::allow(calls, [self.bucket_arn(bucket)]).sid("MakeBucket"));
        }
        statements
    }

    /// Source: Service Authorization Reference, "AWS Lambda": versions are resources of their own.
    fn layer(&self) -> Statement {
        let layer = self
            .place
            .arn("lambda", format_args!("layer:{}-deps", self.config.name));
        let calls = [
            "lambda:GetLayerVersion",
            "lambda:ListLayerVersions",
            "lambda:PublishLayerVersion",
        ];
        Statement::allow(calls, [layer.to_string(), format!("{layer}:*")]).sid("PublishLayer")
    }

    fn destroy(&self) -> Vec<Statement> {
        let group = self.log_group();
        let mut statements = vec![
            Statement::allow(["lambda:DeleteAlias", "lambda:DeleteFunction"], self.functions()).sid("DeleteFunction"),
            Statement::allow(["logs:ListTagsForResource"], [group.clone()]).sid("ReadLogGroupTags"),
            Statement::allow(["logs:DeleteLogGroup"], [group.clone(), format!("{group}:*")]).sid("DeleteLogGroup"),
        ];
        if let Some(role) = role_spec(self.config, self.place) {
            let calls = ["iam:DeleteRolePolicy", "iam:DetachRolePolicy"];
            let mut empty = Statement::allow(calls, [role.arn.to_string()]).sid("EmptyRole");
            if let Some(boundary) = &role.boundary {
                empty = empty.when("StringEquals", "iam:PermissionsBoundary", boundary.to_string());
            }
            statements.push(empty);
            // Of this call, too, the role's boundary is not known.
            statements.push(Statement::allow(["iam:DeleteRole"], [role.arn.to_string()]).sid("DeleteRole"));
        }
        // Looked at in any case, since other functions may have made the bucket.
        let Archives { bucket, used } = self.archives;
        let list = Statement::allow(["s3:ListBucket"], [self.bucket_arn(bucket)]);
        let list = list.when("StringEquals", "s3:prefix", format!("lfn/{}/", self.config.name));
        statements.push(self.ours(list).sid("ListArchives"));
        if used {
            let delete = Statement::allow(["s3:DeleteObject"], [self.objects(bucket)]);
            statements.push(self.ours(delete).sid("DeleteArchives"));
        }
        statements
    }

    /// A boundary is worth nothing to an identity that can take it off, or rewrite it.
    fn guards(&self) -> Vec<Statement> {
        let RoleChoice::Auto(role) = &self.config.role else {
            return Vec::new();
        };
        let Some(boundary) = &role.boundary else {
            return Vec::new();
        };
        let edits = [
            "iam:CreatePolicyVersion",
            "iam:DeletePolicy",
            "iam:DeletePolicyVersion",
            "iam:SetDefaultPolicyVersion",
        ];
        vec![
            Statement::deny(["iam:DeleteRolePermissionsBoundary"], ["*"]).sid("KeepBoundary"),
            Statement::deny(edits, [boundary.to_string()]).sid("KeepBoundaryAsItIs"),
        ]
    }

    fn ours(&self, statement: Statement) -> Statement {
        statement.when("StringEquals", "s3:ResourceAccount", self.place.account.as_str())
    }

    fn bucket_arn(&self, bucket: &BucketName) -> String {
        format!("arn:{}:s3:::{bucket}", self.place.partition)
    }

    /// The function's own archives.
    fn objects(&self, bucket: &BucketName) -> String {
        format!("{}/lfn/{}/*", self.bucket_arn(bucket), self.config.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::config::Mark;
    use crate::domain::policy::callers::Caller;
    use crate::domain::policy::samples::{config, ireland};

    type Change = fn(&mut Config);

    fn policy(config: &Config, works: &[Work]) -> PolicyDocument {
        let bucket = BucketName::new("lfn-artifacts-123456789012-eu-west-1").unwrap();
        let archives = Archives {
            bucket: &bucket,
            used: false,
        };
        deployer_policy(config, &ireland(), &works.iter().copied().collect(), archives)
    }

    fn sids(document: &PolicyDocument) -> BTreeSet<&str> {
        document
            .statements
            .iter()
            .filter_map(|statement| statement.sid.as_deref())
            .collect()
    }

    #[test]
    fn reading_needs_no_right_to_write() {
        let document = policy(&config(), &[Work::Plan]);
        assert_eq!(
            sids(&document),
            BTreeSet::from(["ReadFunction", "ReadLogGroups", "ReadRole"])
        );
        let actions = document.statements.iter().flat_map(|statement| &statement.actions);
        for action in actions {
            let verb = action.split(':').nth(1).unwrap();
            assert!(
                verb.starts_with("Get") || verb.starts_with("List") || verb.starts_with("Describe"),
                "{action}"
            );
        }
    }

    #[test]
    fn only_unavoidable_calls_are_allowed_on_everything() {
        let works = [Work::Plan, Work::Deploy, Work::Invoke, Work::Destroy, Work::Tighten];
        let document = policy(&config(), &works);
        let everywhere: Vec<_> = document
            .statements
            .iter()
            .filter(|statement| statement.resources.contains("*"))
            .flat_map(|statement| &statement.actions)
            .collect();
        assert_eq!(
            everywhere,
            [
                "cloudwatch:GetMetricData",
                "iam:GetServiceLastAccessedDetails",
                "logs:DescribeLogGroups"
            ]
        );
    }

    #[test]
    fn a_boundary_is_demanded_and_kept() {
        let mut config = config();
        let boundary: Arn = "arn:aws:iam::123456789012:policy/limits".parse().unwrap();
        let RoleChoice::Auto(role) = &mut config.role else {
            unreachable!()
        };
        role.boundary = Some(boundary.clone());
        let document = policy(&config, &[Work::Deploy, Work::Destroy]);
        for sid in ["WriteRole", "EmptyRole"] {
            let statement = document
                .statements
                .iter()
                .find(|s| s.sid.as_deref() == Some(sid))
                .unwrap();
            let keys = &statement.conditions["StringEquals"]["iam:PermissionsBoundary"];
            assert!(keys.contains(&boundary.to_string()), "{sid}");
        }
        let denied = document
            .statements
            .iter()
            .filter(|s| s.effect == super::super::Effect::Deny);
        assert_eq!(denied.count(), 2);
    }

    #[test]
    fn an_existing_role_is_passed_and_nothing_else() {
        let mut config = config();
        let role: Arn = "arn:aws:iam::123456789012:role/made-elsewhere".parse().unwrap();
        config.role = RoleChoice::Existing(role.clone());
        let document = policy(&config, &[Work::Deploy, Work::Destroy]);
        let iam: Vec<_> = document
            .statements
            .iter()
            .filter(|s| s.actions.iter().any(|action| action.starts_with("iam:")))
            .collect();
        assert_eq!(iam.len(), 1);
        assert_eq!(iam[0].resources, BTreeSet::from([role.to_string()]));
        assert_eq!(iam[0].actions, BTreeSet::from(["iam:PassRole".to_owned()]));
    }

    #[test]
    fn each_setting_brings_the_right_it_needs() {
        let plain = policy(&config(), &[Work::Deploy]);
        let changes: [(&str, Change); 5] = [
            ("LetCallersIn", |config| {
                let anyone = Caller::Organization("o-a1b2c3d4e5".into());
                config.callers = vec![(Mark { line: 1, column: 1 }, anyone)];
            }),
            ("UseLayers", |config| {
                config.layers = vec!["arn:aws:lambda:eu-west-1:123456789012:layer:sharp:4".parse().unwrap()];
            }),
            ("ReadNetwork", |config| {
                config.vpc.subnets = ["subnet-1".to_owned()].into();
            }),
            ("UseKey", |config| {
                config.kms_key = Some("arn:aws:kms:eu-west-1:123456789012:alias/shop".parse().unwrap());
            }),
            ("SignedCode", |config| {
                config.code_signing = Some(
                    "arn:aws:lambda:eu-west-1:123456789012:code-signing-config:csc-1"
                        .parse()
                        .unwrap(),
                );
            }),
        ];
        for (sid, change) in changes {
            assert!(!sids(&plain).contains(sid), "{sid}");
            let mut config = config();
            change(&mut config);
            assert!(sids(&policy(&config, &[Work::Deploy])).contains(sid), "{sid}");
        }
    }
}
