//! A role as it is in the account: its trust, its inline and attached policies, and its boundary.

use anyhow::Context as _;

use super::Row;
use crate::ctx::{Ctx, FILE};
use crate::domain::arn::Arn;
use crate::domain::config::RoleChoice;
use crate::domain::names::RoleName;
use crate::domain::policy::lint::{Finding, Kind, Severity, escalation, lint};
use crate::domain::policy::{PolicyDocument, role_spec};
use crate::error::Problem;
use crate::ports::{Cloud, PortResult};

/// Rules that say something about a boundary, which grants nothing however wide it is.
const OF_BOUNDARIES: [&str; 7] = ["P01", "P02", "P03", "P14", "P30", "P33", "P41"];

/// The most that a managed policy may have, in characters that are not white space.
/// Source: IAM user guide, "IAM and AWS STS quotas". AWS keeps to it, so that nothing is left to find.
const SIZE: &str = "P40";

/// A role, by the name or ARN that was given.
pub async fn rows(ctx: &Ctx, wanted: &str) -> anyhow::Result<Vec<Row>> {
    let name = wanted.rsplit('/').next().unwrap_or(wanted);
    if wanted.contains(':') && !wanted.contains(":role/") {
        let problem = Problem::failed(format!("`{wanted}` is not the ARN of a role"));
        return Err(problem.hint("give a name, or `arn:aws:iam::ACCOUNT:role/NAME`").into());
    }
    let name = RoleName::new(name).map_err(|why| Problem::failed(why.to_string()))?;
    let cloud = ctx.connect(ctx.file_region().as_ref()).await?;
    of(&cloud, &name).await
}

/// The role of this project's function.
pub async fn own(ctx: &Ctx) -> anyhow::Result<Vec<Row>> {
    let target = ctx.target(&ctx.project()?).await?;
    let name = match (&target.config.role, role_spec(&target.config, &target.caller.place)) {
        (_, Some(spec)) => spec.name,
        (RoleChoice::Existing(arn), None) => named(arn)?,
        (RoleChoice::Auto(_), None) => return Err(Problem::failed(format!("{FILE} asks for no role")).into()),
    };
    of(&target.cloud, &name).await
}

fn named(arn: &Arn) -> anyhow::Result<RoleName> {
    let name = arn.resource.rsplit('/').next().unwrap_or_default();
    RoleName::new(name).map_err(|why| Problem::failed(why.to_string()).into())
}

async fn of(cloud: &Cloud, name: &RoleName) -> anyhow::Result<Vec<Row>> {
    let looking = || format!("could not read the role `{name}`");
    let role = cloud.roles.role(name).await.with_context(looking)?.ok_or_else(|| {
        Problem::failed(format!("there is no role `{name}`"))
            .hint("`lfn deploy` makes the role of lambda.yaml; name another one with `--role`")
    })?;
    let arn = role.arn.to_string();
    let mut rows: Vec<Row> = lint(&role.trust, Kind::Trust)
        .into_iter()
        .map(|finding| Row::new(&arn, Some("trust policy".to_owned()), finding))
        .collect();
    let policies = policies(cloud, name).await?;
    for (label, document, managed) in &policies {
        let findings = lint(document, Kind::Identity).into_iter();
        let findings = findings.filter(|finding| !(*managed && finding.rule == SIZE));
        rows.extend(findings.map(|finding| Row::new(&arn, Some(label.clone()), finding)));
    }
    let boundary = match &role.boundary {
        Some(boundary) => Some((boundary, managed(cloud, name, boundary).await?)),
        None => None,
    };
    if let Some((boundary, document)) = &boundary {
        let findings = lint(document, Kind::Identity).into_iter();
        let findings = findings.filter(|finding| OF_BOUNDARIES.contains(&finding.rule));
        rows.extend(findings.map(|finding| Row::new(&arn, Some(format!("boundary {boundary}")), finding)));
    }
    rows.extend(together(
        &arn,
        &policies,
        boundary.as_ref().map(|(_, document)| document),
    ));
    Ok(rows)
}

/// Inline policies, then attached ones: what it is called, the document, and whether it is a managed one.
async fn policies(cloud: &Cloud, name: &RoleName) -> anyhow::Result<Vec<(String, PolicyDocument, bool)>> {
    let failed = |what: &str| format!("could not read the {what} of the role `{name}`");
    let list = |result: PortResult<_>| result.with_context(|| failed("inline policies"));
    let mut policies = Vec::new();
    for policy in list(cloud.roles.policies(name).await)? {
        let found = cloud.roles.policy(name, &policy).await;
        let found = found.with_context(|| failed(&format!("inline policy `{policy}`")))?;
        // One that was deleted since it was listed allows nothing any more.
        policies.extend(found.map(|document| (format!("inline policy {policy}"), document, false)));
    }
    let attached = cloud.roles.attached_policies(name).await;
    for arn in attached.with_context(|| failed("attached policies"))? {
        let document = managed(cloud, name, &arn).await?;
        policies.push((format!("managed policy {arn}"), document, true));
    }
    Ok(policies)
}

async fn managed(cloud: &Cloud, name: &RoleName, arn: &Arn) -> anyhow::Result<PolicyDocument> {
    let found = cloud.roles.managed_policy(arn).await;
    let found = found.with_context(|| format!("could not read the policy `{arn}` of the role `{name}`"))?;
    found.ok_or_else(|| {
        Problem::failed(format!(
            "the role `{name}` names the policy `{arn}`, which is not there"
        ))
        .hint("somebody deleted it, or the target keeps no managed policies")
        .into()
    })
}

/// Escalations that no policy completes alone, under the boundary.
fn together(arn: &str, policies: &[(String, PolicyDocument, bool)], boundary: Option<&PolicyDocument>) -> Vec<Row> {
    let documents: Vec<PolicyDocument> = policies.iter().map(|(_, document, _)| document.clone()).collect();
    let ways = escalation::complete(&documents, boundary).into_iter();
    let across = ways.filter(|(grounds, _)| grounds.iter().any(|(policy, _)| *policy != first(grounds)));
    let rows = across.filter_map(|(grounds, sets)| {
        let places: Vec<String> = grounds
            .iter()
            .map(|(policy, statement)| format!("`Statement[{statement}]` of the {}", policies[*policy].0))
            .collect();
        let finding = Finding {
            rule: "P22",
            severity: Severity::Error,
            statement: None,
            path: "Statement".to_owned(),
            message: escalation::sentence(&sets)?,
            hint: Some(format!("{} complete it", places.join(" and "))),
            word: None,
        };
        Some(Row::new(arn, Some("policies together".to_owned()), finding))
    });
    rows.collect()
}

fn first(grounds: &escalation::Grounds) -> usize {
    grounds.first().map_or(0, |(policy, _)| *policy)
}
