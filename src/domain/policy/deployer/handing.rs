//! What handing the traffic of an alias to CodeDeploy takes: one application, its groups, its own
//! configurations, and the role that lfn makes for it.

use super::{Deployer, Statement};
use crate::domain::arn::Arn;
use crate::domain::codedeploy;
use crate::domain::config::RoleChoice;

/// The names that the rights are scoped to.
pub struct Handing {
    application: String,
    /// One for each alias.
    groups: String,
    /// Those of the function alone.
    configurations: String,
    /// Those that every account has for Lambda.
    predefined: String,
    role: String,
    boundary: Option<Arn>,
    watches: bool,
}

impl Handing {
    pub fn new(deployer: &Deployer<'_>) -> Self {
        let Deployer { config, place, .. } = deployer;
        let arn = |resource: String| place.arn("codedeploy", resource).to_string();
        let application = codedeploy::application(&config.name);
        let role = codedeploy::service_role_name(&config.name, place);
        Self {
            groups: arn(format!("deploymentgroup:{application}/*")),
            configurations: arn(format!(
                "deploymentconfig:{}*",
                codedeploy::configuration_prefix(&config.name)
            )),
            predefined: arn("deploymentconfig:CodeDeployDefault.Lambda*".into()),
            application: arn(format!("application:{application}")),
            role: place.global_arn("iam", format_args!("role/lfn/{role}")).to_string(),
            boundary: match &config.role {
                RoleChoice::Auto(role) => role.boundary.clone(),
                RoleChoice::Existing(_) => None,
            },
            watches: !config.release.alarms.is_empty(),
        }
    }

    pub fn over(&self) -> Vec<Statement> {
        let on_application = [
            "codedeploy:CreateApplication",
            "codedeploy:GetApplication",
            "codedeploy:ListTagsForResource",
            // AWS checks it of whoever starts a deployment: the AppSpec is a revision of the application.
            "codedeploy:RegisterApplicationRevision",
            "codedeploy:TagResource",
        ];
        let on_groups = [
            "codedeploy:CreateDeployment",
            "codedeploy:CreateDeploymentGroup",
            "codedeploy:GetDeployment",
            "codedeploy:GetDeploymentGroup",
            "codedeploy:ListDeployments",
            "codedeploy:ListTagsForResource",
            "codedeploy:TagResource",
            "codedeploy:UpdateDeploymentGroup",
        ];
        let configurations = [self.configurations.clone(), self.predefined.clone()];
        // Targets have no resource that could be named. Source: Service Authorization Reference, "AWS CodeDeploy".
        // Composite alarms are told to those alone who may look at every alarm.
        // Source: CloudWatch API reference, `DescribeAlarms`.
        let alarms = self.watches.then_some("cloudwatch:DescribeAlarms");
        let watch = ["codedeploy:GetDeploymentTarget", "codedeploy:ListDeploymentTargets"];
        let watch = watch.into_iter().chain(alarms);
        let read_role = ["iam:GetRole", "iam:GetRolePolicy"];
        let pass = Statement::allow(["iam:PassRole"], [self.role.clone()]);
        let mut write = Statement::allow(["iam:CreateRole", "iam:PutRolePolicy"], [self.role.clone()]);
        if let Some(boundary) = &self.boundary {
            write.actions.insert("iam:PutRolePermissionsBoundary".into());
            write = write.when("StringEquals", "iam:PermissionsBoundary", boundary.to_string());
        }
        vec![
            Statement::allow(on_application, [self.application.clone()]).sid("CodeDeployApplication"),
            Statement::allow(on_groups, [self.groups.clone()]).sid("CodeDeployGroups"),
            Statement::allow(["codedeploy:CreateDeploymentConfig"], [self.configurations.clone()])
                .sid("MakeConfigurations"),
            Statement::allow(["codedeploy:GetDeploymentConfig"], configurations).sid("ReadConfigurations"),
            Statement::allow(watch, ["*"]).sid("WatchDeployments"),
            Statement::allow(read_role, [self.role.clone()]).sid("ReadCodeDeployRole"),
            write.sid("WriteCodeDeployRole"),
            // This call does not say which boundary the role has.
            Statement::allow(["iam:TagRole", "iam:UpdateAssumeRolePolicy"], [self.role.clone()])
                .sid("TagCodeDeployRole"),
            pass.when("StringEquals", "iam:PassedToService", "codedeploy.amazonaws.com")
                .sid("PassCodeDeployRole"),
        ]
    }

    pub fn removal(&self) -> Vec<Statement> {
        let on_application = ["codedeploy:DeleteApplication", "codedeploy:ListDeploymentGroups"];
        let list_role = ["iam:ListAttachedRolePolicies", "iam:ListRolePolicies"];
        let mut empty = Statement::allow(["iam:DeleteRolePolicy", "iam:DetachRolePolicy"], [self.role.clone()]);
        if let Some(boundary) = &self.boundary {
            empty = empty.when("StringEquals", "iam:PermissionsBoundary", boundary.to_string());
        }
        vec![
            Statement::allow(on_application, [self.application.clone()]).sid("DeleteApplication"),
            Statement::allow(["codedeploy:DeleteDeploymentGroup"], [self.groups.clone()]).sid("DeleteGroups"),
            Statement::allow(["codedeploy:DeleteDeploymentConfig"], [self.configurations.clone()])
                .sid("DeleteConfigurations"),
            // A list has no resource that could be named.
            Statement::allow(["codedeploy:ListDeploymentConfigs"], ["*"]).sid("ListConfigurations"),
            Statement::allow(list_role, [self.role.clone()]).sid("ListCodeDeployRole"),
            empty.sid("EmptyCodeDeployRole"),
            Statement::allow(["iam:DeleteRole"], [self.role.clone()]).sid("DeleteCodeDeployRole"),
        ]
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::{Archives, Work, deployer_policy};
    use crate::domain::names::BucketName;
    use crate::domain::policy::PolicyDocument;
    use crate::domain::policy::samples::{config, ireland};

    fn policy(works: &[Work]) -> PolicyDocument {
        let bucket = BucketName::new("lfn-artifacts-123456789012-eu-west-1").unwrap();
        let archives = Archives {
            bucket: &bucket,
            used: false,
        };
        deployer_policy(&config(), &ireland(), &works.iter().copied().collect(), archives)
    }

    #[test]
    fn codedeploy_is_allowed_when_asked_for_and_on_the_functions_own_things() {
        let plain = policy(&[Work::Plan, Work::Deploy, Work::Invoke, Work::Tighten]).to_json();
        assert!(!plain.contains("codedeploy"), "{plain}");
        let document = policy(&[Work::Codedeploy, Work::Destroy]);
        let everywhere: BTreeSet<&str> = document
            .statements
            .iter()
            .filter(|statement| statement.resources.contains("*"))
            .flat_map(|statement| statement.actions.iter().map(String::as_str))
            .collect();
        let unavoidable = [
            "codedeploy:GetDeploymentTarget",
            "codedeploy:ListDeploymentConfigs",
            "codedeploy:ListDeploymentTargets",
            "lambda:ListEventSourceMappings",
            "logs:DescribeLogGroups",
        ];
        assert_eq!(everywhere, BTreeSet::from(unavoidable));
        let name = config().name;
        for statement in &document.statements {
            for resource in statement
                .resources
                .iter()
                .filter(|resource| resource.contains(":codedeploy:"))
            {
                let own = resource.contains(&format!("lfn-{name}")) || resource.contains("CodeDeployDefault.Lambda");
                assert!(own, "{resource}");
            }
        }
    }

    #[test]
    fn the_role_is_passed_to_codedeploy_alone() {
        let document = policy(&[Work::Codedeploy]);
        let passes: Vec<_> = document
            .statements
            .iter()
            .filter(|statement| statement.actions.contains("iam:PassRole"))
            .collect();
        let [pass] = passes[..] else { panic!("{passes:?}") };
        let service = &pass.conditions["StringEquals"]["iam:PassedToService"];
        assert_eq!(service, &BTreeSet::from(["codedeploy.amazonaws.com".to_owned()]));
    }
}
