//! A plan as people and programs read it. Both come from the same value.

use std::fmt::Write as _;

use serde::Serialize;

use super::access::{self, Home};
use super::{files, style};
use crate::domain::arn::Place;
use crate::domain::function::TagChange;
use crate::domain::names::BucketName;
use crate::domain::policy::{AccessChange, AccessLine};
use crate::engine::layers::Wanted;
use crate::engine::observe::ArchiveState;
use crate::engine::plan::{AliasPoint, CodeSummary, EnvironmentChange, FieldChange, Plan, Step, Target};
use crate::engine::planner::async_changes;
use crate::engine::prune::{Leftovers, Prune};
use crate::engine::widening::{Widening, widening};

/// What `lfn plan --format json` prints.
#[derive(Debug, Serialize)]
pub struct PlanView {
    /// `aws` or `local`.
    pub target: &'static str,
    pub function: String,
    pub stage: Option<String>,
    pub account: String,
    pub region: String,
    pub alias: String,
    /// The version the alias points at now.
    pub live: Option<u64>,
    /// Whether there is anything to do.
    pub changes: bool,
    pub code: CodeSummary,
    pub steps: Vec<StepView>,
    /// Whether more may be done afterwards than now: a deploy has to be told that this is meant.
    pub widens: bool,
    /// Who else may invoke the alias, by statements that lfn did not make and leaves alone.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub foreign_callers: Vec<AccessLine>,
    pub warnings: Vec<String>,
    /// Whether somebody agreed to it as it stands in a file.
    #[serde(skip)]
    pub reviewed: bool,
}

/// What a version is called before its number is known.
pub const NEW_VERSION: &str = "the new version";

/// So many versions are named before they are counted.
const NAMED_VERSIONS: usize = 8;

/// The kind of the step that replaces the code.
const CODE: &str = "code";

/// What a step does to its subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Op {
    Create,
    Update,
    Delete,
    /// It is called, and changes nothing.
    Call,
}

/// One step of a plan.
#[derive(Debug, Serialize)]
pub struct StepView {
    pub op: Op,
    /// What kind of thing changes, such as `role policy`.
    pub kind: &'static str,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<FieldChange>,
    #[serde(skip_serializing_if = "EnvironmentChange::is_empty")]
    pub environment: EnvironmentChange,
    #[serde(skip_serializing_if = "AccessChange::is_empty")]
    pub access: AccessChange,
    #[serde(skip_serializing_if = "TagChange::is_empty")]
    pub tags: TagChange,
}

impl PlanView {
    /// The view of a plan.
    pub fn new(plan: &Plan, warnings: &[String], local: bool) -> Self {
        Self {
            target: if local { "local" } else { "aws" },
            function: plan.name.to_string(),
            stage: plan.stage.as_ref().map(ToString::to_string),
            account: plan.place.account.to_string(),
            region: plan.place.region.to_string(),
            alias: plan.alias.to_string(),
            live: plan.live.map(|version| version.0),
            changes: !plan.steps.is_empty(),
            code: plan.code.clone(),
            steps: plan.steps.iter().map(|step| step_view(step, plan)).collect(),
            widens: !widening(plan).is_empty(),
            foreign_callers: plan.foreign.clone(),
            warnings: warnings.to_vec(),
            reviewed: false,
        }
    }

    /// The plan as text; `all` names every file that changes.
    pub fn render(&self, all: bool) -> String {
        let stage = self
            .stage
            .as_ref()
            .map(|stage| format!(", stage {stage}"))
            .unwrap_or_default();
        let place = match self.target {
            "local" => format!("on this machine, {}{stage}", self.region),
            _ => format!("account {}, {}{stage}", self.account, self.region),
        };
        let mut text = heading(&self.function, &place);
        if self.steps.is_empty() {
            let live = self
                .live
                .map(|version| format!(" at version {version}"))
                .unwrap_or_default();
            write!(
                text,
                "  nothing to do: `{}`{live} is what lambda.yaml describes",
                self.alias
            )
            .expect("writing to a String cannot fail");
            self.foreign(&mut text);
            return text;
        }
        for step in &self.steps {
            text.push_str(&self.brief(&step.render(self.home())));
            if let (CODE, Some(changes)) = (step.kind, &self.code.changes) {
                for line in files::lines(changes, all) {
                    writeln!(text, "      {line}").expect("writing to a String cannot fail");
                }
            }
        }
        let access = self.access_summary().map(|summary| format!("  access: {summary}"));
        let steps = style::count(self.steps.len(), "step");
        write!(text, "\n{steps}{}", access.unwrap_or_default()).expect("writing to a String cannot fail");
        if self.widens {
            let needs = style::changed(if self.reviewed {
                "widens access, as reviewed"
            } else {
                "widens access: needs `--allow-widening`"
            });
            write!(text, "\n{needs}").expect("writing to a String cannot fail");
        }
        self.foreign(&mut text);
        text
    }

    /// Callers that nothing in the file asks for: said with every plan, since they stay.
    fn foreign(&self, text: &mut String) {
        for line in &self.foreign_callers {
            let line = self.brief(&format!("also, not made by lfn: {line}"));
            write!(text, "\n  {}", style::dim(line)).expect("writing to a String cannot fail");
        }
    }

    /// What a plan lets more be done, line by line.
    pub fn widened(&self, widening: &Widening) -> String {
        let rights = access::shown(widening.rights.iter(), self.home());
        let others = widening
            .others
            .iter()
            .map(|other| style::added(format_args!("+ {other}")));
        let lines: Vec<String> = rights
            .into_iter()
            .chain(others)
            .map(|line| format!("  {line}"))
            .collect();
        self.brief(&lines.join("\n"))
    }

    /// How many rights come and go.
    pub fn access_summary(&self) -> Option<String> {
        access::summary(self.access())
    }

    /// Every right that changes.
    fn access(&self) -> impl Iterator<Item = &AccessLine> {
        self.steps.iter().flat_map(|step| step.access.lines())
    }

    pub(super) fn home(&self) -> Home<'_> {
        Home {
            account: &self.account,
            region: &self.region,
        }
    }

    /// Names in the account and region of the heading are told by their service: `sqs:orders` in
    /// place of `arn:aws:sqs:eu-west-1:123456789012:orders`. Anything elsewhere keeps its whole ARN.
    pub(super) fn brief(&self, text: &str) -> String {
        let mut parts = text.split("arn:");
        let mut brief = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let fields: Vec<&str> = part.splitn(5, ':').collect();
            match fields[..] {
                [_, service, region, account, resource]
                    if account == self.account && (region.is_empty() || region == self.region) =>
                {
                    brief.push_str(service);
                    brief.push(':');
                    brief.push_str(resource);
                }
                _ => {
                    brief.push_str("arn:");
                    brief.push_str(part);
                }
            }
        }
        brief
    }
}

fn heading(subject: &str, place: &str) -> String {
    format!(
        "{}{}\n\n",
        style::strong(subject),
        style::dim(format_args!("  {place}"))
    )
}

/// A step of which only the subject is known.
pub(super) fn view(op: Op, kind: &'static str, name: String) -> StepView {
    StepView {
        op,
        kind,
        name,
        summary: None,
        changes: Vec::new(),
        environment: EnvironmentChange::default(),
        access: AccessChange::default(),
        tags: TagChange::default(),
    }
}

fn with(view: StepView, summary: String) -> StepView {
    StepView {
        summary: Some(summary),
        ..view
    }
}

/// A bucket that lfn makes for archives.
fn bucket_view(bucket: &BucketName) -> StepView {
    with(
        view(Op::Create, "bucket", bucket.to_string()),
        "private, encrypted".into(),
    )
}

/// An archive that goes to a bucket.
fn upload_view(bucket: &BucketName, key: &str, size: u64) -> StepView {
    with(
        view(Op::Create, "archive", format!("s3://{bucket}/{key}")),
        style::bytes(size),
    )
}

/// What publishing a layer would do, as text.
pub fn layer_view(wanted: &Wanted, archive: ArchiveState, place: &Place, local: bool) -> String {
    let told = if local {
        format!("on this machine, {}", place.region)
    } else {
        format!("account {}, {}", place.account, place.region)
    };
    let artifact = &wanted.artifact;
    let summary = format!(
        "content {}, {}, {}",
        artifact.digest.short(),
        style::bytes(artifact.size),
        style::count(artifact.entries.len(), "file")
    );
    let field = |field, to: String| FieldChange { field, from: None, to };
    let home = Home {
        account: place.account.as_str(),
        region: place.region.as_str(),
    };
    let mut text = heading(wanted.name.as_str(), &told);
    if let Some(location) = &wanted.storage {
        if archive == ArchiveState::BucketMissing {
            text.push_str(&bucket_view(&location.bucket).render(home));
        }
        if archive != ArchiveState::Uploaded {
            text.push_str(&upload_view(&location.bucket, &location.key, artifact.size).render(home));
        }
    }
    let version = StepView {
        changes: vec![
            field("unzipped", style::bytes(artifact.unzipped)),
            field("runtime", wanted.runtime.to_string()),
            field("architecture", wanted.architecture.to_string()),
        ],
        ..with(view(Op::Create, "layer version", wanted.name.to_string()), summary)
    };
    text.push_str(&version.render(home));
    text
}

impl StepView {
    /// The step on one line, without a sign: `role thumbs-eu-west-1`.
    pub fn title(&self) -> String {
        let summary = self
            .summary
            .as_ref()
            .map(|summary| format!("  {summary}"))
            .unwrap_or_default();
        format!("{} {}{summary}", self.kind, self.name)
    }

    pub(super) fn render(&self, home: Home<'_>) -> String {
        let (sign, paint): (_, fn(String) -> String) = match self.op {
            Op::Create => ("+", |text| style::added(text)),
            Op::Update => ("~", |text| style::changed(text)),
            Op::Delete => ("-", |text| style::removed(text)),
            Op::Call => (">", |text| style::strong(text)),
        };
        let head = paint(format!("  {sign} {:<18}", self.kind));
        let summary = self
            .summary
            .as_ref()
            .map(|summary| format!("  {}", style::dim(summary)))
            .unwrap_or_default();
        let mut text = format!("{head} {}{summary}\n", self.name);
        let width = self.changes.iter().map(|change| change.field.len()).max().unwrap_or(0);
        let fields = self.changes.iter().map(|FieldChange { field, from, to }| match from {
            Some(from) => format!("{field:<width$}  {from} → {to}"),
            None => format!("{field:<width$}  {to}"),
        });
        let details = fields
            .chain(environment_lines(&self.environment))
            .chain(access::lines(&self.access, home))
            .chain(tag_lines(&self.tags));
        for line in details {
            writeln!(text, "      {line}").expect("writing to a String cannot fail");
        }
        text
    }
}

/// Names that come, go or change, and never a value.
pub(super) fn environment_lines(change: &EnvironmentChange) -> impl Iterator<Item = String> {
    let removed = change
        .removed
        .iter()
        .map(|name| style::removed(format_args!("- env {name}")));
    let changed = change
        .changed
        .iter()
        .map(|name| style::changed(format_args!("~ env {name}  (value changed)")));
    let added = change
        .added
        .iter()
        .map(|name| style::added(format_args!("+ env {name}")));
    removed.chain(changed).chain(added).collect::<Vec<_>>().into_iter()
}

fn tag_lines(change: &TagChange) -> impl Iterator<Item = String> {
    let removed = change
        .remove
        .iter()
        .map(|key| style::removed(format_args!("- tag {key}")));
    let set = change
        .set
        .iter()
        .map(|(key, value)| style::added(format_args!("+ tag {key} = {value}")));
    removed.chain(set).collect::<Vec<_>>().into_iter()
}

/// The view of one step.
#[expect(
    clippy::too_many_lines,
    reason = "one arm for each step, and no default: a new step must say how it looks"
)]
pub fn step_view(step: &Step, plan: &Plan) -> StepView {
    let function = plan.name.to_string();
    match step {
        Step::CreateRole {
            role,
            trust,
            boundary,
            tags,
        } => {
            let boundary = boundary.as_ref().map(|arn| format!("boundary {arn}"));
            StepView {
                access: trust.clone(),
                summary: boundary,
                tags: tags.clone(),
                ..view(Op::Create, "role", role.to_string())
            }
        }
        Step::SetTrust { role, access } => StepView {
            access: access.clone(),
            summary: unchanged(access),
            ..view(Op::Update, "role trust", role.to_string())
        },
        Step::PutPolicy {
            role, access, existed, ..
        } => {
            let op = if *existed { Op::Update } else { Op::Create };
            StepView {
                access: access.clone(),
                summary: unchanged(access),
                ..view(op, "role policy", role.to_string())
            }
        }
        Step::SetBoundary { role, from, to } => with(
            view(Op::Update, "role boundary", role.to_string()),
            arrow(from.as_ref(), to.as_ref()),
        ),
        Step::TagRole { role, change } => StepView {
            tags: change.clone(),
            ..view(Op::Update, "role tags", role.to_string())
        },
        Step::CreateLogGroup { group } => view(Op::Create, "log group", group.to_string()),
        Step::SetRetention { group, from, to } => {
            let days = |days: &Option<u32>| days.map_or_else(|| "for ever".into(), |days| format!("{days} days"));
            with(
                view(Op::Update, "log retention", group.to_string()),
                format!("{} → {}", days(from), days(to)),
            )
        }
        Step::CreateBucket { bucket } => bucket_view(bucket),
        Step::Upload { bucket, key, size } => upload_view(bucket, key, *size),
        Step::CreateFunction {
            changes,
            environment,
            tags,
        } => {
            let CodeSummary { to, size, files, .. } = &plan.code;
            let code = format!(
                "code {}, {}, {}",
                to.short(),
                style::bytes(*size),
                style::count(*files, "file")
            );
            StepView {
                summary: Some(code),
                changes: changes.clone(),
                environment: environment.clone(),
                tags: tags.clone(),
                ..view(Op::Create, "function", function)
            }
        }
        Step::UpdateCode {
            from, to, architecture, ..
        } => {
            let sizes = plan
                .code
                .previous_size
                .map(|size| format!("{} → ", style::bytes(size)))
                .unwrap_or_default();
            let digests = if from == to {
                to.short()
            } else {
                format!("{} → {}", from.short(), to.short())
            };
            let mut view = with(
                view(Op::Update, CODE, function),
                format!("{digests}, {sizes}{}", style::bytes(plan.code.size)),
            );
            view.changes.extend(architecture.map(|(from, to)| FieldChange {
                field: "architecture",
                from: Some(from.to_string()),
                to: to.to_string(),
            }));
            view
        }
        Step::UpdateSettings { changes, environment } => StepView {
            changes: changes.clone(),
            environment: environment.clone(),
            ..view(Op::Update, "configuration", function)
        },
        Step::SetCodeSigning { from, to } => with(
            view(Op::Update, "code signing", function),
            arrow(from.as_ref(), to.as_ref()),
        ),
        Step::TagFunction { change } => StepView {
            tags: change.clone(),
            ..view(Op::Update, "tags", function)
        },
        Step::SetReserved { from, to } => {
            let reserved = |value: &Option<u32>| value.map_or_else(|| "none".into(), |value| value.to_string());
            let summary = format!("reserved {} → {}", reserved(from), reserved(to));
            with(view(Op::Update, "concurrency", function), summary)
        }
        Step::Publish => view(Op::Create, "publish", NEW_VERSION.into()),
        Step::Check {
            file,
            expectation,
            version,
        } => with(
            view(Op::Call, "check", file.clone()),
            format!(
                "with {}, before the alias moves{}",
                target(*version),
                check_expects(expectation.as_deref())
            ),
        ),
        Step::PointAlias { alias, from, to, .. } => {
            let op = if from.is_some() { Op::Update } else { Op::Create };
            let to = target(*to);
            let from = from
                .as_ref()
                .map_or_else(String::new, |from| format!("{} ", point(from)));
            with(view(op, "alias", alias.to_string()), format!("{from}→ {to}"))
        }
        Step::AllowCallers { alias, access, .. } => {
            let op = if access.removed.is_empty() {
                Op::Create
            } else {
                Op::Update
            };
            StepView {
                access: access.clone(),
                ..view(op, "callers", alias.to_string())
            }
        }
        Step::RevokeCallers { alias, access, .. } => StepView {
            access: access.clone(),
            ..view(Op::Delete, "callers", alias.to_string())
        },
        Step::SetAsyncInvoke { alias, from, to } => StepView {
            changes: async_changes(from, to),
            ..view(Op::Update, "async invocation", alias.to_string())
        },
        Step::SetProvisioned { alias, from, to } => {
            let executions = |value: &Option<u32>| value.map_or_else(|| "none".into(), |value| value.to_string());
            let op = if to.is_some() { Op::Update } else { Op::Delete };
            let summary = format!("provisioned {} → {}", executions(from), executions(to));
            with(view(op, "concurrency", alias.to_string()), summary)
        }
        Step::Prune(prune) => with(view(Op::Delete, "prune", pruned_name(prune)), pruned_summary(prune)),
    }
}

/// What a release check is held to, where there is an expectation.
pub fn check_expects(expectation: Option<&str>) -> String {
    expectation.map_or_else(String::new, |file| format!("; held to {file}"))
}

fn target(target: Target) -> String {
    match target {
        Target::Known(version) => format!("version {version}"),
        Target::Published => NEW_VERSION.into(),
    }
}

/// `version 3`, `versions 1, 2`, `14 versions`, `2 archives`.
pub fn pruned_name(prune: &Prune) -> String {
    let numbers: Vec<String> = prune
        .versions
        .iter()
        .map(|leaving| leaving.version.to_string())
        .collect();
    match (numbers.len(), &prune.archives) {
        (0, Some(archives)) => style::count(archives.keys.len(), "archive"),
        (1, _) => format!("version {}", numbers[0]),
        (number, _) if number > NAMED_VERSIONS => style::count(number, "version"),
        _ => format!("versions {}", numbers.join(", ")),
    }
}

/// What is freed, and which archives go with the versions.
pub fn pruned_summary(prune: &Prune) -> String {
    let size = (!prune.versions.is_empty()).then(|| style::bytes(prune.bytes()));
    let archives = prune.archives.as_ref().map(|Leftovers { bucket, keys }| {
        if prune.versions.is_empty() {
            format!("that no version needs, in s3://{bucket}")
        } else {
            format!("with {} in s3://{bucket}", style::count(keys.len(), "archive"))
        }
    });
    size.into_iter().chain(archives).collect::<Vec<_>>().join(", ")
}

/// A document may say the same in other words.
fn unchanged(access: &AccessChange) -> Option<String> {
    access.is_empty().then(|| "same rights, written differently".to_owned())
}

fn arrow<T: ToString>(from: Option<&T>, to: Option<&T>) -> String {
    let word = |value: Option<&T>| value.map_or_else(|| "none".into(), ToString::to_string);
    format!("{} → {}", word(from), word(to))
}

/// An alias's target: `version 3`, or `version 3 (10% on 4)`.
pub fn point(point: &AliasPoint) -> String {
    let version = point
        .version
        .map_or_else(|| "$LATEST".into(), |version| format!("version {version}"));
    let weights = point
        .weights
        .iter()
        .map(|(version, weight)| format!(" ({}% on {version})", percent(*weight)));
    format!("{version}{}", weights.collect::<String>())
}

/// A share as a percentage without needless decimals.
pub fn percent(weight: f64) -> String {
    let rounded = (weight * 1000.0).round() / 10.0;
    format!("{rounded}")
}
