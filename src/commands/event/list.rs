//! `lfn event list`: the services, their kinds of events, and what can be chosen about each.

use clap::Args;

use super::super::Outcome;
use crate::ctx::Ctx;
use crate::domain::events::{self, Form, Kind, Parameter, SERVICES, Service};
use crate::error::{Kind as Failure, Problem};
use crate::ui::table::Table;

/// List the services and kinds of events, or what can be chosen about one
#[derive(Debug, Args)]
pub struct ListArgs {
    /// A service, such as `s3`
    #[arg(value_name = "SERVICE")]
    service: Option<String>,

    /// A kind of event, such as `put`
    #[arg(value_name = "KIND", requires = "service")]
    kind: Option<String>,
}

/// Runs `lfn event list`.
pub fn run(args: &ListArgs, ctx: &Ctx) -> anyhow::Result<Outcome> {
    let Some(name) = &args.service else {
        if ctx.ui.json() {
            ctx.ui.document(&SERVICES)?;
        } else {
            ctx.ui.data(kinds(SERVICES).render())?;
            ctx.ui.hint(
                "`lfn event list SERVICE KIND` shows what can be chosen, `lfn event show SERVICE KIND` the event",
            );
        }
        return Ok(Outcome::Done);
    };
    let names = || SERVICES.iter().map(|service| service.name);
    let service = events::service(name).ok_or_else(|| unknown("service", name, names()))?;
    let Some(name) = &args.kind else {
        if ctx.ui.json() {
            ctx.ui.document(service)?;
        } else {
            ctx.ui.data(kinds(std::slice::from_ref(service)).render())?;
        }
        return Ok(Outcome::Done);
    };
    let names = || service.kinds.iter().map(|kind| kind.name);
    let kind = service.kind(name).ok_or_else(|| unknown("kind", name, names()))?;
    if ctx.ui.json() {
        ctx.ui.document(kind)?;
        return Ok(Outcome::Done);
    }
    ctx.ui.data(parameters(kind).render())?;
    Ok(Outcome::Done)
}

fn kinds(services: &[Service]) -> Table {
    let mut table = Table::new(&["service", "kind", "what has happened"]);
    for service in services {
        for (index, kind) in service.kinds.iter().enumerate() {
            let name = if index == 0 { service.name } else { "" };
            table.row([name, kind.name, kind.about].map(str::to_owned).into());
        }
    }
    table
}

fn parameters(kind: &Kind) -> Table {
    let mut table = Table::new(&["parameter", "default", "what it is"]);
    for parameter in kind.parameters {
        let flag = format!("--{}", parameter.name);
        table.row(vec![flag, parameter.defaults.join(" "), about(parameter)]);
    }
    let mut common = |flag: &str, default: &str, about: &str| {
        table.row([flag, default, about].map(str::to_owned).into());
    };
    if kind.batch {
        common("--count", "1", "The number of records");
    }
    common("--account", events::ACCOUNT, "The account");
    common("--region", events::REGION, "The region");
    common("--time", events::TIME, "When it happened");
    table
}

/// What a parameter is, with what its form allows.
pub(super) fn about(parameter: &Parameter) -> String {
    let form = match parameter.form {
        Form::Text | Form::Json => String::new(),
        Form::Texts => "; once for each".to_owned(),
        Form::Number => "; a whole number".to_owned(),
        Form::Pairs => "; NAME=VALUE, as often as need be".to_owned(),
        Form::Choice { words } => format!(": {}", words.join(", ")),
    };
    format!("{}{form}", parameter.about)
}

/// An error that names what might have been meant.
fn unknown<'a>(what: &str, given: &str, names: impl Iterator<Item = &'a str>) -> Problem {
    let names: Vec<&str> = names.collect();
    let near = names
        .iter()
        .map(|name| (strsim::jaro_winkler(name, given), *name))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0));
    let hint = match near {
        Some((_, name)) => format!("did you mean `{name}`?"),
        None => format!("choose one of {}", names.join(", ")),
    };
    Problem::new(Failure::Usage, format!("there is no {what} `{given}`")).hint(hint)
}
