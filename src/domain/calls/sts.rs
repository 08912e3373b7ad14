//! Roles to assume. What the role itself says of it, its trust policy, is not looked at here.

use super::Need;
use super::asked::Asked;

pub(super) fn needs(asked: &Asked<'_>) -> Option<Vec<Need>> {
    match asked.operation.as_str() {
        // Tags and a source identity are rights of their own.
        // Source: IAM user guide, "Pass session tags in AWS STS" and "Monitor and control actions taken with assumed roles".
        "AssumeRole" => {
            let role = asked.text("RoleArn")?;
            let tags = asked.parameters.get("Tags").map(|_| "TagSession");
            let source = asked.text("SourceIdentity").map(|_| "SetSourceIdentity");
            let actions = ["AssumeRole"].into_iter().chain(tags).chain(source);
            Some(actions.map(|action| Need::new(asked.action(action), role)).collect())
        }
        // Whoever has the token may try; the role's trust policy decides.
        "AssumeRoleWithWebIdentity" | "AssumeRoleWithSAML" => Some(Vec::new()),
        "GetFederationToken" => {
            let user = format!(
                "arn:{}:sts::{}:federated-user/{}",
                asked.place.partition,
                asked.place.account,
                asked.text("Name")?
            );
            Some(vec![Need::new("sts:GetFederationToken", user)])
        }
        _ => None,
    }
}
