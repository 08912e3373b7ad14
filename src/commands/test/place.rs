//! Where cases run: the working tree on this machine, or a deployed function.
//!
//! Each case of the working tree has an execution environment of its own, so that none depends on what
//! another left behind, in whatever order they run.

use std::time::Duration;

use super::super::case::Case;
use super::super::not_seen;
use super::super::working_tree::{self, Packaged, Wishes};
use crate::ctx::Ctx;
use crate::domain::expect::Called;
use crate::domain::function;
use crate::domain::names::{EnvName, FunctionName, Qualifier};
use crate::error::Problem;
use crate::ports::{Cloud, Invocation, InvocationType};
use crate::runner::{Edition, Environment, Event, Host};
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
    edition: Edition,
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
        let given = variables(given)?;
        let wishes = Wishes {
            given: Some(&given),
            ..Wishes::default()
        };
        let Packaged { edition, place, .. } = working_tree::package(&ctx.on_this_machine(), wishes).await?;
        let arn = place.function_arn(&edition.function.name).to_string();
        let host = Host::current();
        Ok(Self::WorkingTree(Box::new(WorkingTree { host, edition, arn })))
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
            Self::WorkingTree(tree) => &tree.edition.function.name,
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
        let mut function = self.edition.function.clone();
        let own = case.expectation.env.0.clone();
        function.settings.environment.0.extend(own);
        let event = Event {
            payload: case.event.clone(),
            invoked_arn: self.arn.clone(),
            ..Event::default()
        };
        let mut environment = Environment::start(&self.host, self.edition.files(), function).await?;
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

/// Variables as they were given; those without a value have that of lfn's own environment.
fn variables(given: &[(EnvName, Option<String>)]) -> anyhow::Result<function::Environment> {
    let own = |name: &EnvName| {
        settings::env(name.as_str()).ok_or_else(|| {
            Problem::failed(format!(
                "`--env {name}` has no value, and lfn's environment has no `{name}`"
            ))
            .hint(format!("write `--env {name}=VALUE`"))
        })
    };
    let mut variables = function::Environment::default();
    for (name, value) in given {
        let value = value.clone().map_or_else(|| own(name), Ok)?;
        variables.0.insert(name.to_string(), value);
    }
    Ok(variables)
}
