//! `lfn policy why`: whether the function may do something, and the line of lambda.yaml behind it.

use clap::Args;
use serde::Serialize;

use super::{Outcome, Rights, path, position};
use crate::ctx::{Ctx, FILE};
use crate::domain::arn::Arn;
use crate::domain::config::Mark;
use crate::domain::policy::evaluate::{ContextValue, Miss, Verdict};
use crate::domain::policy::why::{self, Question, ask};
use crate::domain::policy::{Effect, Statement, index, line_for, lint, resource_of, statement_json};
use crate::error::Problem;
use crate::ui::style;

/// Say whether the function may do something, and which line of lambda.yaml allows it
#[derive(Debug, Args)]
#[command(after_help = "Exit codes: 0 allowed, 1 denied.")]
pub struct WhyArgs {
    /// The action, such as `s3:GetObject`
    action: String,

    /// What it acts on: an ARN, or a target such as `s3://shop/in/a.jpg`; anything by default
    resource: Option<String>,

    /// A condition key of the call and its value
    #[arg(long = "when", value_name = "KEY=VALUE", value_parser = pair)]
    when: Vec<(String, ContextValue)>,

    /// Ask for the account and region of the credentials
    #[arg(long)]
    live: bool,
}

#[derive(Serialize)]
struct Answer<'a> {
    allowed: bool,
    verdict: &'static str,
    action: &'a str,
    resource: Option<&'a str>,
    /// What decides.
    grounds: Vec<Ground<'a>>,
    /// What would allow it under a condition that the call does not meet.
    unless: Vec<Unmet<'a>>,
    /// The line of `allow` that would allow it.
    suggestion: Option<&'a str>,
    notes: &'a [String],
}

#[derive(Serialize)]
struct Ground<'a> {
    path: String,
    purpose: &'a str,
    #[serde(flatten)]
    mark: Option<Mark>,
    statements: Vec<serde_json::Value>,
}

#[derive(Serialize)]
struct Unmet<'a> {
    #[serde(flatten)]
    ground: Ground<'a>,
    misses: &'a [Miss],
}

/// Runs `lfn policy why`.
pub async fn run(args: &WhyArgs, ctx: &Ctx) -> anyhow::Result<Outcome> {
    let mut notes = Vec::new();
    let action = known(&args.action, &mut notes)?;
    let near = args
        .resource
        .as_deref()
        .and_then(|resource| resource.parse::<Arn>().ok());
    let rights = Rights::read(ctx, args.live, near.as_ref()).await?;
    let Rights {
        config,
        place,
        role,
        sources,
        ..
    } = &rights;
    let resource = match args.resource.as_deref() {
        Some(text) if text == "*" || text.starts_with("arn:") => Some(text.to_owned()),
        Some(target) => Some(resource_of(target, &action, place).ok_or_else(|| {
            Problem::failed(format!("`{target}` is nothing that `{action}` acts on"))
                .hint("write its ARN, or a target such as `s3://shop/in/a.jpg` or `sqs:fulfil`")
        })?),
        None => None,
    };
    let question = Question {
        action: &action,
        resource: resource.as_deref(),
        given: &args.when,
        boundary: None,
    };
    let answer = ask(&question, role, sources, &place.function_arn(&config.name), place);
    let allowed = answer.verdict == Verdict::Allowed;
    others(&rights, &action, resource.as_deref(), allowed, &mut notes);
    let suggestion = (answer.verdict == Verdict::ImplicitlyDenied && answer.unless.is_empty())
        .then(|| line_for(&action, resource.as_deref(), place));
    let said = Said {
        marks: rights.marks(),
        rights: &rights,
        answer: &answer,
        action: &action,
        resource: resource.as_deref(),
        suggestion: suggestion.as_deref(),
        notes: &notes,
    };
    if ctx.ui.json() {
        ctx.ui.document(&said.json())?;
    } else {
        said.tell(ctx)?;
    }
    Ok(if allowed { Outcome::Done } else { Outcome::Denied })
}

/// A question with its answer, ready to be told.
struct Said<'a> {
    rights: &'a Rights,
    marks: Vec<Option<Mark>>,
    answer: &'a why::Answer,
    action: &'a str,
    resource: Option<&'a str>,
    suggestion: Option<&'a str>,
    notes: &'a [String],
}

impl Said<'_> {
    fn allowed(&self) -> bool {
        self.answer.verdict == Verdict::Allowed
    }

    fn json(&self) -> Answer<'_> {
        Answer {
            allowed: self.allowed(),
            verdict: word(self.answer.verdict),
            action: self.action,
            resource: self.resource,
            grounds: self.answer.grounds.iter().map(|index| self.ground(*index)).collect(),
            unless: self
                .answer
                .unless
                .iter()
                .map(|(index, misses)| Unmet {
                    ground: self.ground(*index),
                    misses,
                })
                .collect(),
            suggestion: self.suggestion,
            notes: self.notes,
        }
    }

    fn ground(&self, index: usize) -> Ground<'_> {
        let source = &self.rights.sources[index];
        let statements = about(&source.statements, self.action, self.answer.verdict);
        Ground {
            path: path(source),
            purpose: &source.purpose,
            mark: self.marks[index],
            statements: statements.map(statement_json).collect(),
        }
    }

    fn tell(&self, ctx: &Ctx) -> anyhow::Result<()> {
        let Self { answer, action, .. } = self;
        let on = self
            .resource
            .map(|resource| format!(" on {resource}"))
            .unwrap_or_default();
        let verdict = if self.allowed() {
            style::added("allowed")
        } else {
            style::removed("denied")
        };
        ctx.ui.data(format_args!("{verdict}: {action}{on}"))?;
        for index in &answer.grounds {
            ctx.ui.data(format_args!("  {}", self.part(*index)))?;
            for statement in about(&self.rights.sources[*index].statements, action, answer.verdict) {
                let resources: Vec<&str> = statement.resources.iter().map(String::as_str).collect();
                ctx.ui.data(format_args!("    on {}", resources.join(", ")))?;
                for condition in super::show::conditions(statement) {
                    ctx.ui.data(format_args!("    when {condition}"))?;
                }
            }
        }
        // Once it is allowed, what else would allow it is of no interest.
        for (index, misses) in answer.unless.iter().filter(|_| !self.allowed()) {
            let misses: Vec<String> = misses.iter().filter_map(unmet).collect();
            let misses = misses.join(" and ");
            ctx.ui
                .data(format_args!("  {} allows it only when {misses}", self.part(*index)))?;
        }
        if answer.grounds.is_empty() && answer.unless.is_empty() {
            ctx.ui.data(format_args!("  nothing in {FILE} allows it"))?;
        }
        for note in self.notes {
            ctx.ui.status(format_args!("note: {note}"));
        }
        if !answer.unless.is_empty() && !self.allowed() {
            ctx.ui.hint("say what the call carries with `--when KEY=VALUE`");
        }
        if let Some(line) = self.suggestion {
            ctx.ui.hint(format_args!("add to `allow`: `- {line}`"));
        }
        Ok(())
    }

    /// `lambda.yaml:5:5: allow[0] (get s3://shop/in/*)`
    fn part(&self, index: usize) -> String {
        let source = &self.rights.sources[index];
        format!("{}: {} ({})", position(self.marks[index]), path(source), source.purpose)
    }
}

/// The action as IAM spells it.
fn known(action: &str, notes: &mut Vec<String>) -> anyhow::Result<String> {
    let no_action = |message: String, near: Option<String>| {
        let problem = Problem::failed(message);
        match near {
            Some(near) => problem.hint(format!("did you mean `{near}`?")),
            None => problem.hint("actions look like `s3:GetObject`"),
        }
    };
    let Some((prefix, name)) = action.split_once(':') else {
        return Err(no_action(format!("`{action}` does not say which service it belongs to"), None).into());
    };
    if name.is_empty() || name.contains(['*', '?']) {
        return Err(no_action(format!("`{action}` is not one action"), None).into());
    }
    let Some(service) = index::service(prefix) else {
        let near = index::nearest_prefix(prefix).map(|near| format!("{near}:{name}"));
        return Err(no_action(format!("no service has the prefix `{prefix}`"), near).into());
    };
    if let Some(found) = service.action(name) {
        return Ok(format!("{}:{}", service.prefix, found.name));
    }
    if let Some(instead) = lint::action_of_operation(action) {
        let message = format!("`{action}` is an operation and not an action of IAM");
        return Err(no_action(message, Some(instead)).into());
    }
    let near = service
        .nearest_action(name)
        .map(|near| format!("{prefix}:{}", near.name));
    if let Some(near) =
        near.filter(|near| strsim::damerau_levenshtein(&near.to_lowercase(), &action.to_lowercase()) <= 2)
    {
        return Err(no_action(format!("{} has no action `{name}`", service.title), Some(near)).into());
    }
    notes.push(format!(
        "{} had no action `{name}` on {}; it may be new, or misspelt",
        service.title,
        index::updated()
    ));
    Ok(action.to_owned())
}

/// What else has a say, and is not known here.
fn others(rights: &Rights, action: &str, resource: Option<&str>, allowed: bool, notes: &mut Vec<String>) {
    if !allowed {
        return;
    }
    if let Some(boundary) = &rights.role.boundary {
        notes.push(format!("the boundary `{boundary}` must allow it too"));
    }
    if action.starts_with("kms:") {
        notes.push("the key's own policy must let the account's roles use it, as it does by default".to_owned());
    }
    if action.to_ascii_lowercase().starts_with("sts:assumerole") {
        notes.push("the trust policy of that role must name this one too".to_owned());
    }
    let account = resource
        .and_then(|resource| resource.parse::<Arn>().ok())
        .map(|arn| arn.account);
    if let Some(other) = account.filter(|account| !account.is_empty() && *account != rights.place.account.as_str()) {
        notes.push(format!(
            "account {other} must allow it too, in the resource's own policy"
        ));
    }
}

/// The statements about this action that speak for the verdict.
fn about<'a>(statements: &'a [Statement], action: &'a str, verdict: Verdict) -> impl Iterator<Item = &'a Statement> {
    let effect = match verdict {
        Verdict::ExplicitlyDenied => Effect::Deny,
        Verdict::Allowed | Verdict::ImplicitlyDenied => Effect::Allow,
    };
    let speaks = move |statement: &&Statement| statement.effect == effect && statement.names_action(action);
    statements.iter().filter(speaks)
}

fn unmet(miss: &Miss) -> Option<String> {
    let Miss::Condition {
        operator,
        key,
        wanted,
        had,
    } = miss
    else {
        return None;
    };
    let had = had
        .as_ref()
        .map(|had| format!(", and it is `{}`", had.join("`, `")))
        .unwrap_or_default();
    Some(format!("`{key}` {operator} `{}`{had}", wanted.join("` or `")))
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Allowed => "allowed",
        Verdict::ImplicitlyDenied => "not-allowed",
        Verdict::ExplicitlyDenied => "denied",
    }
}

fn pair(text: &str) -> Result<(String, ContextValue), String> {
    match text.split_once('=') {
        Some((key, value)) if key.contains(':') => Ok((key.to_owned(), ContextValue::One(value.to_owned()))),
        _ => Err("say KEY=VALUE, such as `s3:prefix=in/`".into()),
    }
}
