//! `lfn event show SERVICE [KIND]`: the registry as a tree of commands, and the event that was asked for.
//!
//! The services are commands, their kinds are commands below them, and the parameters of a kind are flags,
//! so that help, suggestions and errors come as everywhere else. Parameters are content and no settings:
//! they have no names in the environment.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::builder::{NonEmptyStringValueParser, PossibleValuesParser, ValueParser};
use clap::error::ErrorKind;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches, value_parser};
use serde_json::Value;

use super::super::Outcome;
use super::list::about;
use crate::ctx::Ctx;
use crate::domain::events::{self, Form, Kind, MOST_RECORDS, Parameter, Request, SERVICES, Service};
use crate::domain::names::AccountId;
use crate::error::Problem;

/// Arguments of `event show`: the kind, and what was chosen about it.
#[derive(Debug, Clone)]
pub struct ShowArgs {
    service: &'static Service,
    kind: &'static Kind,
    values: BTreeMap<String, Vec<String>>,
    account: Option<AccountId>,
    time: Option<jiff::Timestamp>,
    count: usize,
    set: Vec<(String, Value)>,
    output: Option<PathBuf>,
}

/// Runs `lfn event show`.
pub async fn run(args: &ShowArgs, ctx: &Ctx) -> anyhow::Result<Outcome> {
    let usual = usual(ctx);
    let account = args.account.clone().unwrap_or(usual.place.account);
    let request = Request {
        time: args.time.unwrap_or(usual.time),
        count: args.count,
        values: args.values.clone(),
        set: args.set.clone(),
        ..Request::in_place(usual.place.region, account)
    };
    let name = format!("{} {}", args.service.name, args.kind.name);
    let event = events::event(args.service, args.kind, &request).map_err(|error| {
        Problem::failed(format!("could not make the event `{name}`"))
            .hint(format!("`lfn event list {name}` shows what can be chosen"))
            .caused_by(error)
    })?;
    let Some(output) = &args.output else {
        ctx.ui.document(&event)?;
        return Ok(Outcome::Done);
    };
    write(ctx, output, &event).await
}

/// What samples are asked for with, in the region and account of lambda.yaml when it says.
pub fn usual(ctx: &Ctx) -> Request {
    let file = ctx.file();
    let (region, account) = file.map_or((None, None), |file| (file.region, file.account));
    let usual = Request::usual().place;
    let region = ctx.settings.region.clone().or(region).unwrap_or(usual.region);
    Request::in_place(region, account.unwrap_or(usual.account))
}

async fn write(ctx: &Ctx, output: &std::path::Path, event: &Value) -> anyhow::Result<Outcome> {
    let path = ctx.at(output);
    let text = format!("{}\n", serde_json::to_string_pretty(event)?);
    let failed = || format!("could not write `{}`", path.display());
    let other = path.exists() && std::fs::read(&path).with_context(failed)? != text.as_bytes();
    if other && !ctx.settings.yes {
        let question = format!("`{}` has another content. Replace it?", path.display());
        let exists = || format!("`{}` is there with another content", path.display());
        if !ctx.ui.confirm(&question).await.with_context(exists)? {
            return Ok(Outcome::Declined);
        }
    }
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(failed)?;
    }
    std::fs::write(&path, text).with_context(failed)?;
    ctx.ui.data(path.display())?;
    Ok(Outcome::Done)
}

impl Args for ShowArgs {
    fn augment_args(command: Command) -> Command {
        let services = SERVICES
            .iter()
            .map(|service| Command::new(service.name).about(service.title).defer(with_kinds));
        command
            .about("Print a sample event")
            .subcommand_value_name("SERVICE")
            .subcommand_help_heading("Services")
            .subcommand_required(true)
            .arg_required_else_help(true)
            .disable_help_subcommand(true)
            .subcommands(services)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

/// `event show` as completions have it: with the names of the services, without the flags of every kind,
/// which would make them ten times as large.
pub fn without_kinds(_: Command) -> Command {
    let names = SERVICES.iter().map(|service| service.name);
    let command = Command::new("show").about("Print a sample event").arg(
        Arg::new("service")
            .value_name("SERVICE")
            .required(true)
            .value_parser(PossibleValuesParser::new(names)),
    );
    common(command.arg(Arg::new("kind").value_name("KIND")), true)
}

/// Gives the command of a service its kinds; without a kind, it takes the flags of the usual one.
fn with_kinds(command: Command) -> Command {
    let service = events::service(command.get_name()).expect("the command is named for a service");
    let usual = &service.kinds[0];
    let kinds = service
        .kinds
        .iter()
        .map(|kind| with_parameters(Command::new(kind.name).about(sentence(kind.about)), kind));
    with_parameters(command, usual)
        .subcommand_value_name("KIND")
        .subcommand_help_heading("Kinds")
        .args_conflicts_with_subcommands(true)
        .disable_help_subcommand(true)
        .after_help(format!("Without a kind, it is `{}`.", usual.name))
        .subcommands(kinds)
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

fn with_parameters(command: Command, kind: &'static Kind) -> Command {
    let flags = kind.parameters.iter().map(flag);
    common(command.args(flags), kind.batch)
}

fn flag(parameter: &'static Parameter) -> Arg {
    let value = match parameter.form {
        Form::Text | Form::Texts => "TEXT",
        Form::Number => "NUMBER",
        Form::Json => "JSON",
        Form::Pairs => "NAME=VALUE",
        Form::Choice { .. } => "WORD",
    };
    let parser = match parameter.form {
        Form::Choice { words } => ValueParser::from(PossibleValuesParser::new(words)),
        Form::Text | Form::Texts | Form::Number | Form::Json | Form::Pairs => {
            ValueParser::from(move |text: &str| parameter.check(text).map(|()| text.to_owned()))
        }
    };
    let defaults = parameter.defaults.iter().filter(|default| !default.is_empty());
    let help = match parameter.form {
        // The words are listed by themselves.
        Form::Choice { .. } => parameter.about.to_owned(),
        Form::Text | Form::Texts | Form::Number | Form::Json | Form::Pairs => about(parameter),
    };
    let flag = Arg::new(parameter.name)
        .long(parameter.name)
        .value_name(value)
        .help(help)
        .default_values(defaults)
        .value_parser(parser)
        .allow_negative_numbers(true);
    if parameter.repeatable() {
        flag.action(ArgAction::Append)
    } else {
        flag
    }
}

/// What every event takes.
fn common(command: Command, batch: bool) -> Command {
    let command = if batch {
        command.arg(
            Arg::new("count")
                .long("count")
                .value_name("NUMBER")
                .help("The number of records")
                .default_value("1")
                .value_parser(value_parser!(u32).range(1..=i64::try_from(MOST_RECORDS).unwrap_or(i64::MAX))),
        )
    } else {
        command
    };
    command
        .arg(
            Arg::new("account")
                .long("account")
                .value_name("ACCOUNT")
                .help(format!(
                    "The account [default: that of lambda.yaml, or {}]",
                    events::ACCOUNT
                ))
                .value_parser(|text: &str| AccountId::new(text)),
        )
        .arg(
            Arg::new("time")
                .long("time")
                .value_name("TIME")
                .help(format!("When it happened, as RFC 3339 [default: {}]", events::TIME))
                .value_parser(|text: &str| text.parse::<jiff::Timestamp>()),
        )
        .arg(
            Arg::new("set")
                .long("set")
                .value_name("POINTER=JSON")
                .help("Put JSON into any place of the event, such as /Records/0/awsRegion='\"eu-west-1\"'")
                .action(ArgAction::Append)
                .value_parser(pointer),
        )
        .arg(
            Arg::new("output")
                .long("output")
                .short('o')
                .value_name("FILE")
                .help("Write to this file, such as events/put.json")
                .value_parser(NonEmptyStringValueParser::new()),
        )
}

/// Splits `POINTER=JSON` where JSON begins: a pointer may have an equals sign in it.
fn pointer(text: &str) -> Result<(String, Value), String> {
    let splits = text.match_indices('=');
    let mut parsed = splits.filter_map(|(at, _)| {
        let value = serde_json::from_str(&text[at + 1..]).ok()?;
        Some((text[..at].to_owned(), value))
    });
    let found = parsed
        .next()
        .filter(|(pointer, _)| pointer.is_empty() || pointer.starts_with('/'));
    found.ok_or_else(|| "write a JSON pointer, `=` and JSON, such as `/Records/0/body=\"hello\"`".to_owned())
}

impl FromArgMatches for ShowArgs {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let missing = || clap::Error::new(ErrorKind::MissingSubcommand);
        let (name, chosen) = matches.subcommand().ok_or_else(missing)?;
        let service = events::service(name).ok_or_else(missing)?;
        let (kind, chosen) = match chosen.subcommand() {
            Some((name, chosen)) => (service.kind(name).ok_or_else(missing)?, chosen),
            None => (&service.kinds[0], chosen),
        };
        let values = kind.parameters.iter().filter_map(|parameter| {
            let given = chosen.get_many::<String>(parameter.name)?;
            Some((parameter.name.to_owned(), given.cloned().collect()))
        });
        let count = if kind.batch {
            chosen.get_one::<u32>("count")
        } else {
            None
        };
        Ok(Self {
            service,
            kind,
            values: values.collect(),
            account: chosen.get_one("account").cloned(),
            time: chosen.get_one("time").copied(),
            count: count.map_or(1, |count| usize::try_from(*count).unwrap_or(MOST_RECORDS)),
            set: chosen.get_many("set").into_iter().flatten().cloned().collect(),
            output: chosen.get_one::<String>("output").map(PathBuf::from),
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}
