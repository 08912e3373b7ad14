//! A look over a finished plan before anything is applied. Pure.

use std::collections::BTreeMap;

use super::callers;
use super::desired::Desired;
use super::observe::{ArchiveState, Observed};
use super::plan::{Plan, Step};
use super::planner::is_ours;
use super::{codedeploy, release, shift};
use crate::domain::function::{ENVIRONMENT_LIMIT, TAG_FUNCTION, TAG_STAGE, UNZIPPED_LIMIT};
use crate::domain::names::BucketName;
use crate::domain::policy::callers::RESOURCE_POLICY_LIMIT;
use crate::domain::policy::{Effect, INLINE_POLICY_LIMIT, RoleSpec, TRUST_LIMITS};
use crate::ports::{FunctionState, State};

/// A reason not to apply a plan, and the way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub message: String,
    pub hint: String,
}

impl Refusal {
    pub(super) fn foreign_bucket(bucket: &BucketName) -> Self {
        Self {
            message: format!("the bucket `{bucket}` belongs to another account, or may not be read"),
            hint: "name a bucket of this account in `package.bucket`".into(),
        }
    }
}

/// What a look over the plan found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verdict {
    pub refusals: Vec<Refusal>,
    pub warnings: Vec<String>,
}

/// Looks over a plan. `adopt` allows taking over a function that lfn did not make.
pub fn check(plan: &Plan, desired: &Desired, observed: &Observed, adopt: bool) -> Verdict {
    let mut verdict = Verdict::default();
    if let Some(function) = &observed.function {
        check_function(function, plan, desired, adopt, &mut verdict);
    }
    if let Some(spec) = &desired.role {
        check_role(spec, observed, &mut verdict);
    }
    let size = callers::final_size(desired, observed.permissions.as_ref());
    if size > RESOURCE_POLICY_LIMIT && !desired.permissions.is_empty() {
        verdict.refuse(
            format!(
                "with these `callers` the resource policy of `{}` has {size} characters; Lambda allows {RESOURCE_POLICY_LIMIT}",
                desired.alias
            ),
            "join callers: an account or an organisation in place of many roles, a `source` with a wildcard",
        );
    }
    check_canary(plan, observed, &mut verdict);
    check_handed(plan, observed, &mut verdict);
    check_archive(desired, observed, &mut verdict);
    check_environment(desired, &mut verdict);
    if let Some(Err(error)) = observed.stock.as_ref().map(|stock| &stock.sources) {
        verdict.warnings.push(format!(
            "old versions stay in spite of `release.keep`: which of them Lambda polls for cannot be told: {error}"
        ));
    }
    for alias in &observed.missing_aliases {
        verdict.refuse(
            format!("`concurrency.provisioned` names the alias `{alias}`, which does not exist"),
            format!("make it first: `lfn alias promote {alias}`"),
        );
    }
    verdict
}

/// Somebody watches a canary and moves the alias meanwhile. A split that nobody watches is ended.
fn check_canary(plan: &Plan, observed: &Observed, verdict: &mut Verdict) {
    let Some(alias) = &observed.alias else { return };
    let none = BTreeMap::new();
    let tags = observed.function.as_ref().map_or(&none, |function| &function.tags);
    let ledger = release::ledger(alias, tags);
    if let Some((_, entry)) = ledger.under_way(&release::point(alias))
        && !plan.steps.is_empty()
    {
        verdict.refusals.push(shift::under_way(&alias.name, entry));
        return;
    }
    let handed = matches!(observed.handed, Some(Ok(_)));
    if !handed && !alias.weights.is_empty() && plan.steps.iter().any(|step| matches!(step, Step::PointAlias { .. })) {
        verdict.warnings.push(format!(
            "`{}` splits its traffic between two versions now; this deploy ends the split",
            plan.alias
        ));
    }
}

/// CodeDeploy moves the alias meanwhile, and would move it again after the deploy.
fn check_handed(plan: &Plan, observed: &Observed, verdict: &mut Verdict) {
    if plan.steps.is_empty() {
        return;
    }
    match &observed.handed {
        Some(Ok(deployment)) => verdict.refusals.push(deployment.refusal(&plan.alias)),
        Some(Err(error)) => verdict.warnings.push(codedeploy::unseen(&plan.alias, error)),
        None => {}
    }
}

fn check_function(function: &FunctionState, plan: &Plan, desired: &Desired, adopt: bool, verdict: &mut Verdict) {
    let name = &desired.name;
    if !is_ours(function, desired) && !adopt && !plan.steps.is_empty() {
        verdict.refuse(
            format!(
                "`{name}` exists in {} and was not made by lfn (it has no `{TAG_FUNCTION}` tag)",
                desired.place.region
            ),
            "choose another `name`, or take the function over with `--adopt`; the plan shows what would change",
        );
    }
    if !is_ours(function, desired) && adopt && !plan.steps.is_empty() {
        verdict.warnings.push(format!(
            "`{name}` was not made by lfn; from this deploy on it is lfn's, and `lfn destroy` deletes it"
        ));
    }
    let stage = desired.stage.as_ref().map(ToString::to_string);
    let owner = function.tags.get(TAG_STAGE);
    if is_ours(function, desired) && stage.as_ref() != owner {
        let told = |stage: Option<&String>| stage.map_or_else(|| "no stage".into(), |stage| format!("stage `{stage}`"));
        let (owner, stage) = (told(owner), told(stage.as_ref()));
        verdict.refuse(
            format!("`{name}` belongs to {owner}, and this deploy is for {stage}"),
            "put `${stage}` into `name`, so that every stage has a function of its own",
        );
    }
    if function.latest.lifecycle.state == State::Failed {
        let reason = function.latest.lifecycle.reason.as_deref().unwrap_or("no reason given");
        verdict.refuse(
            format!("`{name}` is in state Failed: {reason}"),
            "Lambda cannot update a function in that state: run `lfn destroy`, then deploy again",
        );
    }
}

fn check_role(spec: &RoleSpec, observed: &Observed, verdict: &mut Verdict) {
    if let Some(found) = &observed.role
        && found.tags.get(TAG_FUNCTION) != spec.tags.get(TAG_FUNCTION)
    {
        verdict.refuse(
            format!(
                "the role `{}` exists and was not made by lfn for this function",
                spec.name
            ),
            "name another role with `role: { name: … }`, or use it as it is with `role: ARN`",
        );
    }
    if let Some(found) = &observed.role
        && found.arn != spec.arn
    {
        // A role's name is unique whatever its path, and the path cannot be changed.
        verdict.refuse(
            format!(
                "the role `{}` exists as `{}`, and the file asks for `{}`",
                spec.name, found.arn, spec.arn
            ),
            "give the role another `name`, or keep its `path`",
        );
    }
    if let Some(found) = &observed.role
        && found.tags.get(TAG_FUNCTION) == spec.tags.get(TAG_FUNCTION)
    {
        let others = observed.beside.warnings(&spec.name, &spec.policy);
        verdict.warnings.extend(others);
    }
    let [usual, most] = TRUST_LIMITS;
    match spec.trust.size() {
        size if size > most => verdict.refuse(
            format!("the role's trust policy has {size} characters; IAM allows {most} at most"),
            "let fewer roles and third parties in, below `role.trust`",
        ),
        size if size > usual => verdict.warnings.push(format!(
            "the role's trust policy has {size} characters; IAM allows {usual} unless the account's quota was raised"
        )),
        _ => {}
    }
    let size = spec.policy.size();
    if size > INLINE_POLICY_LIMIT {
        verdict.refuse(
            format!("the role's policy has {size} characters; IAM allows {INLINE_POLICY_LIMIT}"),
            "join `allow` lines with wider patterns, or split the function",
        );
    }
    for statement in &spec.policy.statements {
        let wide = |action: &&String| action.ends_with('*');
        if let Some(action) = statement.actions.iter().find(wide)
            && statement.effect == Effect::Allow
        {
            verdict.warnings.push(format!(
                "`allow` grants the wildcard action `{action}`, which grows as AWS adds actions"
            ));
        }
    }
}

fn check_archive(desired: &Desired, observed: &Observed, verdict: &mut Verdict) {
    let unzipped = desired.artifact.unzipped;
    if unzipped > UNZIPPED_LIMIT {
        verdict.refuse(
            format!("the archive unpacks to {unzipped} bytes; Lambda allows {UNZIPPED_LIMIT}, layers included"),
            "leave files out with `package.exclude`, or move large dependencies out of the function",
        );
    }
    if observed.archive == ArchiveState::BucketForeign
        && let Some(location) = &desired.storage
    {
        verdict.refusals.push(Refusal::foreign_bucket(&location.bucket));
    }
}

/// The file's own text is checked when it is read; parameters add to it when deploying.
fn check_environment(desired: &Desired, verdict: &mut Verdict) {
    let variables = &desired.settings.environment.0;
    let size: usize = variables.iter().map(|(name, value)| name.len() + value.len()).sum();
    if size > ENVIRONMENT_LIMIT {
        verdict.refuse(
            format!("the environment variables have {size} bytes, names and values together; Lambda allows {ENVIRONMENT_LIMIT}"),
            "let the function read large values itself, from SSM, Secrets Manager or S3",
        );
    }
}

impl Verdict {
    fn refuse(&mut self, message: impl Into<String>, hint: impl Into<String>) {
        self.refusals.push(Refusal {
            message: message.into(),
            hint: hint.into(),
        });
    }
}
