//! `Invoke`: which edition runs, its code unpacked, the runner, and what is told afterwards.

use std::sync::{Arc, PoisonError};

use super::control::revision;
use super::metrics::{Call, End};
use super::refusal::{Answer, Refusal};
use super::{Local, Target, archives};
use crate::domain::arn::Arn;
use crate::domain::names::{AliasName, FunctionName, Qualifier, Version};
use crate::ports::{ErrorKind, Invocation, InvocationType, Invoked, PortResult, Snapshot};
use crate::runner::{self, Edition, Event, Function, Outcome, Pool, Unpacked, Unrunnable};

const ACTION: &str = "lambda:InvokeFunction";

/// A call that may run: the environments of the edition, and the event.
struct Prepared {
    pool: Arc<Pool>,
    event: Event,
}

/// An edition that was called, and its environments.
pub(super) struct Warm {
    edition: Snapshot,
    pool: Arc<Pool>,
}

impl Target {
    /// Runs the function. An `Event` is run to its end before the answer 202, once and without
    /// retries: nothing stays behind that could do it later.
    pub(super) async fn run(&self, invocation: &Invocation) -> PortResult<Invoked> {
        let resource = format!("{}:{}", invocation.name, invocation.qualifier);
        let call = invocation.clone();
        let prepared = self.call(ACTION, resource.clone(), move |local| local.prepare(&call));
        let (executed, prepared) = prepared.await?;
        let executed_version = Some(executed.clone());
        let Some(prepared) = prepared else {
            return Ok(Invoked {
                status: 204,
                function_error: None,
                payload: Vec::new(),
                log_tail: None,
                executed_version,
                request_id: None,
            });
        };
        let called = Called::new(&invocation.qualifier, &executed);
        let name = invocation.name.clone();
        let outcome = prepared
            .pool
            .invoke(&prepared.event)
            .await
            .map_err(|error| refused(&error).of(ACTION, resource.clone()))?;
        let function = prepared.pool.function();
        let (group, stream) = (function.settings.logging.group.clone(), function.log_stream.clone());
        let log = outcome.log.clone();
        let failed = outcome.function_error.is_some();
        self.call(ACTION, resource, move |local| {
            local.append_log(&group, &stream, &log)?;
            let call = called.map(|called| called.end(if failed { End::Failed } else { End::Answered }));
            call.map_or(Ok(()), |call| local.record(&name, &call))
        })
        .await?;
        Ok(invoked(invocation.kind, outcome, executed_version))
    }
}

/// A call that metrics tell of: one through an alias to a version.
struct Called {
    at: i64,
    alias: AliasName,
    version: Version,
}

impl Called {
    fn new(qualifier: &Qualifier, executed: &Qualifier) -> Option<Self> {
        let (Qualifier::Alias(alias), Qualifier::Version(version)) = (qualifier, executed) else {
            return None;
        };
        let at = jiff::Timestamp::now().as_millisecond();
        let (alias, version) = (alias.clone(), *version);
        Some(Self { at, alias, version })
    }

    fn end(self, end: End) -> Call {
        let Self { at, alias, version } = self;
        Call {
            at,
            alias,
            version,
            end,
        }
    }
}

fn invoked(kind: InvocationType, outcome: Outcome, executed_version: Option<Qualifier>) -> Invoked {
    let waited = kind == InvocationType::RequestResponse;
    Invoked {
        status: if waited { 200 } else { 202 },
        function_error: outcome.function_error.filter(|_| waited),
        log_tail: waited.then(|| runner::tail(&outcome.log).to_owned()),
        payload: if waited { outcome.payload } else { Vec::new() },
        executed_version,
        request_id: Some(outcome.request_id),
    }
}

fn refused(error: &Unrunnable) -> Refusal {
    let (kind, code) = match error {
        Unrunnable::PayloadTooLarge => (ErrorKind::Invalid, Some("RequestTooLargeException")),
        Unrunnable::MissingInterpreter { .. }
        | Unrunnable::MissingClient { .. }
        | Unrunnable::UnsupportedRuntime(_)
        | Unrunnable::MissingDebugger { .. } => (ErrorKind::Invalid, None),
        Unrunnable::Io { .. } => (ErrorKind::Internal, None),
    };
    Refusal {
        kind,
        code,
        message: error.to_string(),
    }
}

impl Local {
    /// Checks the call and finds the environments for it; `None` for a dry run.
    fn prepare(&self, call: &Invocation) -> Answer<(Qualifier, Option<Prepared>)> {
        let client_context = check_request(call)?;
        let edition = self.resolve(&call.name, &call.qualifier)?;
        let executed = edition.qualifier.clone();
        if call.kind == InvocationType::DryRun {
            return Ok((executed, None));
        }
        let invoked_arn = match &call.qualifier {
            Qualifier::Latest => self.place.function_arn(&call.name),
            qualifier @ (Qualifier::Version(_) | Qualifier::Alias(_)) => {
                self.place.qualified_arn(&call.name, qualifier)
            }
        };
        let event = Event {
            payload: call.payload.clone(),
            invoked_arn: invoked_arn.to_string(),
            client_context,
            ..Event::default()
        };
        let pool = self.warm(edition)?;
        Ok((executed, Some(Prepared { pool, event })))
    }

    /// The environments of this edition. Those of what it was before are ended.
    fn warm(&self, edition: Snapshot) -> Answer<Arc<Pool>> {
        let mut pools = self.pools.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = pools.iter().find(|warm| warm.edition == edition) {
            return Ok(found.pool.clone());
        }
        pools.retain(|warm| (&warm.edition.name, &warm.edition.qualifier) != (&edition.name, &edition.qualifier));
        let code = Unpacked::new()?;
        archives::unpack(&self.store, &edition.digest, code.path())?
            .ok_or_else(|| Refusal::no_function(&self.place, &edition.name, Some(&edition.qualifier)))?;
        code.protect()?;
        let function = Function {
            name: edition.name.clone(),
            log_stream: log_stream(&edition.qualifier)?,
            door: None,
            version: edition.qualifier.clone(),
            region: self.place.region.clone(),
            settings: edition.settings.clone(),
        };
        let layers = self.unpack_layers(&edition.settings.layers)?;
        let pool = Pool::new(self.host.clone(), Edition { function, code, layers });
        pools.push(Warm {
            edition,
            pool: pool.clone(),
        });
        Ok(pool)
    }

    /// The layers, one over the other; `None` when there are none.
    pub(super) fn unpack_layers(&self, layers: &[Arn]) -> Answer<Option<Unpacked>> {
        if layers.is_empty() {
            return Ok(None);
        }
        let folder = Unpacked::new()?;
        self.merge_layers(layers, folder.path())?;
        folder.protect()?;
        Ok(Some(folder))
    }

    /// The edition behind a qualifier; an alias with a weight chooses anew for every call.
    fn resolve(&self, name: &FunctionName, qualifier: &Qualifier) -> Answer<Snapshot> {
        let mut document = self.load(name)?;
        let missing = || Refusal::no_function(&self.place, name, Some(qualifier));
        let version = match qualifier {
            Qualifier::Latest => None,
            Qualifier::Version(version) => Some(*version),
            Qualifier::Alias(alias) => {
                let alias = document.aliases.get(alias).ok_or_else(missing)?;
                let other = alias.state.weights.iter().next();
                match other {
                    Some((version, weight)) if chance()? < *weight => Some(*version),
                    Some(_) | None => alias.state.version,
                }
            }
        };
        if document.reserved_concurrency == Some(0) {
            if let Some(called) = version.and_then(|version| Called::new(qualifier, &Qualifier::Version(version))) {
                self.record(name, &called.end(End::Throttled))?;
            }
            return Err(Refusal::new(
                ErrorKind::Throttled,
                "TooManyRequestsException",
                "Rate Exceeded.",
            ));
        }
        match version {
            None => Ok(document.latest),
            Some(version) => document.versions.remove(&version).ok_or_else(missing),
        }
    }
}

/// Refuses what never reaches a function; returns the client context on one line.
fn check_request(call: &Invocation) -> Answer<Option<String>> {
    let waits = call.kind != InvocationType::Event;
    runner::check_request(&call.payload, waits, call.client_context.as_deref())
        .map_err(|refused| Refusal::new(ErrorKind::Invalid, refused.code(), refused.to_string()))
}

/// A number from 0 up to 1, evenly spread.
fn chance() -> Answer<f64> {
    let random = u32::from_ne_bytes(runner::random_bytes()?);
    Ok(f64::from(random) / (f64::from(u32::MAX) + 1.0))
}

/// `YYYY/MM/DD/[version]id`, as Lambda names the stream of an environment.
fn log_stream(version: &Qualifier) -> Answer<String> {
    let day = jiff::Timestamp::now().strftime("%Y/%m/%d");
    Ok(format!("{day}/[{version}]{}", revision()?.replace('-', "")))
}
