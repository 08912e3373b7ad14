//! Where cases run: the working tree on this machine, or a deployed function.
//!
//! Each case of the working tree has an execution environment of its own, so that none depends on what
//! another left behind, in whatever order they run.

use std::time::Duration;

use anyhow::Context as _;

use super::super::not_seen;
use super::super::prepare::build_archive;
use super::cases::Case;
use crate::ctx::{Ctx, Project};
use crate::domain::arn::{self, partition_of};
use crate::domain::config::EnvSegment;
use crate::domain::events;
use crate::domain::expect::Called;
use crate::domain::function::FunctionSettings;
use crate::domain::names::{AccountId, EnvName, FunctionName, Qualifier, Region};
use crate::domain::package::Artifact;
use crate::engine::desired;
use crate::error::Problem;
use crate::ports::{Cloud, Invocation, InvocationType};
use crate::runner::{Environment, Event, Files, Function, Host, Unpacked};
use crate::settings;

/// Where cases run.
pub enum Place {
    WorkingTree(Box<WorkingTree>),
    Deployed {
        cloud: Cloud,
        name: FunctionName,
        qualifier: Qualifier,
    },
}

/// The project's code as a deploy would upload it.
pub struct WorkingTree {
    host: Host,
    code: Unpacked,
    function: Function,
    arn: String,
}

/// What came of a call, with the log.
pub struct Answer {
    pub called: Called,
    pub log: String,
}

impl Place {
    /// Packages the project and unpacks it as Lambda would.
    pub async fn working_tree(ctx: &Ctx, given: &[(EnvName, Option<String>)]) -> anyhow::Result<Self> {
        let project = ctx.project()?;
        let folder = tempfile::tempdir().context("could not make a temporary folder for the code")?;
        let archive = folder.path().join("code.zip");
        let artifact = {
            let progress = ctx.ui.progress();
            progress.doing("packaging");
            build_archive(ctx, &project, &archive).await?
        };
        let code = Unpacked::of(&archive)
            .and_then(|code| code.protect().map(|()| code))
            .context("could not unpack the archive")?;
        let place = place(ctx, &project)?;
        let arn = place.function_arn(&project.offline.name).to_string();
        let function = Function {
            settings: settings(ctx, &project, &place, artifact, given)?,
            name: project.offline.name,
            version: Qualifier::Latest,
            region: place.region,
            log_stream: "test/[$LATEST]".into(),
            door: None,
        };
        let host = Host::new(settings::path());
        Ok(Self::WorkingTree(Box::new(WorkingTree {
            host,
            code,
            function,
            arn,
        })))
    }

    /// A version or alias of a function in the account, or of the local target.
    pub async fn deployed(ctx: &Ctx, name: Option<&FunctionName>, qualifier: &Qualifier) -> anyhow::Result<Self> {
        let subject = ctx.subject(name).await?;
        Ok(Self::Deployed {
            cloud: subject.cloud,
            name: subject.name,
            qualifier: qualifier.clone(),
        })
    }

    pub fn function(&self) -> &FunctionName {
        match self {
            Self::WorkingTree(tree) => &tree.function.name,
            Self::Deployed { name, .. } => name,
        }
    }

    /// Calls the function; the inner error says why a case cannot be run in this place.
    pub async fn call(&self, case: &Case) -> anyhow::Result<Result<Answer, &'static str>> {
        match self {
            Self::WorkingTree(_) if case.expectation.qualifier.is_some() => {
                Ok(Err("is for a deployed version: run it with `--qualifier`"))
            }
            Self::WorkingTree(tree) => tree.call(case).await.map(Ok),
            Self::Deployed { .. } if !case.expectation.env.0.is_empty() => Ok(Err(
                "sets environment variables, which a deployed version has of its own",
            )),
            Self::Deployed { cloud, name, qualifier } => {
                let qualifier = case.expectation.qualifier.as_ref().unwrap_or(qualifier);
                let invocation = Invocation {
                    name: name.clone(),
                    qualifier: qualifier.clone(),
                    kind: InvocationType::RequestResponse,
                    payload: case.event.clone(),
                    client_context: None,
                };
                let invoked = cloud.functions.invoke(&invocation).await;
                let invoked =
                    invoked.map_err(|error| not_seen(format!("could not call `{name}:{qualifier}`"), error))?;
                let log = invoked.log_tail.unwrap_or_default();
                let called = Called::with_log(invoked.payload, invoked.function_error.is_some(), &log);
                Ok(Ok(Answer { called, log }))
            }
        }
    }
}

impl WorkingTree {
    async fn call(&self, case: &Case) -> anyhow::Result<Answer> {
        let mut function = self.function.clone();
        let own = case.expectation.env.0.clone();
        function.settings.environment.0.extend(own);
        let files = Files {
            code: self.code.path(),
            layers: None,
        };
        let event = Event {
            payload: case.event.clone(),
            invoked_arn: self.arn.clone(),
            ..Event::default()
        };
        let mut environment = Environment::start(&self.host, files, function).await?;
        let outcome = environment.invoke(&event).await?;
        let called = Called {
            failed: outcome.function_error.is_some(),
            payload: outcome.payload,
            duration_ms: Some(milliseconds(outcome.duration)),
            max_memory_mb: outcome.max_memory,
        };
        Ok(Answer {
            called,
            log: outcome.log,
        })
    }
}

fn milliseconds(duration: Duration) -> f64 {
    // To the microsecond, as Lambda's reports are to the hundredth of a millisecond.
    (duration.as_secs_f64() * 1e6).round() / 1e3
}

/// The region and account of the file, and stand-ins for what it does not say.
fn place(ctx: &Ctx, project: &Project) -> anyhow::Result<arn::Place> {
    let file = &project.offline;
    let region = match ctx.settings.region.as_ref().or(file.region.as_ref()) {
        Some(region) => region.clone(),
        None => Region::new(events::REGION)?,
    };
    let account = match &file.account {
        Some(account) => account.clone(),
        None => AccountId::new(events::ACCOUNT)?,
    };
    Ok(arn::Place {
        partition: partition_of(&region).to_owned(),
        region,
        account,
    })
}

/// The function's settings; SSM parameters are not read, so variables made of them are left out.
fn settings(
    ctx: &Ctx,
    project: &Project,
    place: &arn::Place,
    artifact: Artifact,
    given: &[(EnvName, Option<String>)],
) -> anyhow::Result<FunctionSettings> {
    let config = &project.offline;
    let parameters = desired::parameter_names(config);
    let unread = parameters.into_iter().map(|name| (name, String::new())).collect();
    let mut settings = desired::desired(config, place, &unread, artifact).settings;
    let variables = &mut settings.environment.0;
    let from_parameters = config.env.iter().filter(|(_, value)| {
        value
            .0
            .iter()
            .any(|segment| matches!(segment, EnvSegment::Parameter(_)))
    });
    let mut missing = Vec::new();
    for (name, _) in from_parameters {
        variables.remove(name.as_str());
        if !given.iter().any(|(other, _)| other == name) {
            missing.push(format!("`{name}`"));
        }
    }
    for (name, value) in given {
        let value = match value {
            Some(value) => value.clone(),
            None => settings::env(name.as_str()).ok_or_else(|| {
                Problem::failed(format!(
                    "`--env {name}` has no value, and lfn's environment has no `{name}`"
                ))
                .hint(format!("write `--env {name}=VALUE`"))
            })?,
        };
        variables.insert(name.to_string(), value);
    }
    if !missing.is_empty() {
        let what = missing.join(", ");
        ctx.ui.warn(format_args!(
            "SSM parameters are not read for tests, so the function has no {what}"
        ));
        ctx.ui
            .hint("give a value with `--env NAME=VALUE`, or with `env` in the expectation");
    }
    if !config.layers.is_empty() {
        ctx.ui.warn("layers are not used for tests of the working tree");
    }
    Ok(settings)
}
