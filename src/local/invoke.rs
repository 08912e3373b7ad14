//! `Invoke`: which edition runs, its code unpacked, the runner, and what is told afterwards.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::control::revision;
use super::metrics::{Call, End};
use super::refusal::{Answer, Refusal};
use super::{Local, Target, archives};
use crate::domain::names::{AliasName, FunctionName, Qualifier, Version};
use crate::ports::{ErrorKind, Invocation, InvocationType, Invoked, PortResult, Snapshot};
use crate::runner::{self, Event, Files, Function, Outcome, PAYLOAD_LIMIT, Unrunnable};

const ACTION: &str = "lambda:InvokeFunction";
/// Source: Lambda developer guide, "Lambda quotas".
const EVENT_LIMIT: usize = 1_048_576;
/// Bytes of base64. Source: Lambda API reference, `Invoke`.
const CONTEXT_LIMIT: usize = 3_583;
/// Source: Lambda API reference, `Invoke` (`LogType`).
const TAIL: usize = 4_096;

/// A call that may run: the edition, its code and layers, and the event.
struct Prepared {
    function: Function,
    code: Unpacked,
    layers: Option<Unpacked>,
    event: Event,
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
        let group = prepared.function.settings.logging.group.clone();
        let stream = prepared.function.log_stream.clone();
        let files = Files {
            code: prepared.code.path(),
            layers: prepared.layers.as_ref().map(Unpacked::path),
        };
        let outcome = runner::run(&self.0.host, files, prepared.function, &prepared.event)
            .await
            .map_err(|error| refused(&error).of(ACTION, resource.clone()))?;
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
        log_tail: waited.then(|| tail(&outcome.log).to_owned()),
        payload: if waited { outcome.payload } else { Vec::new() },
        executed_version,
        request_id: Some(outcome.request_id),
    }
}

/// The last bytes that are whole characters.
fn tail(log: &str) -> &str {
    let from = log.len().saturating_sub(TAIL);
    let from = (from..=log.len()).find(|at| log.is_char_boundary(*at));
    &log[from.unwrap_or(log.len())..]
}

fn refused(error: &Unrunnable) -> Refusal {
    let (kind, code) = match error {
        Unrunnable::PayloadTooLarge => (ErrorKind::Invalid, Some("RequestTooLargeException")),
        Unrunnable::MissingInterpreter { .. } | Unrunnable::UnsupportedRuntime(_) => (ErrorKind::Invalid, None),
        Unrunnable::Io { .. } => (ErrorKind::Internal, None),
    };
    Refusal {
        kind,
        code,
        message: error.to_string(),
    }
}

impl Local {
    /// Checks the call and unpacks code and layers; `None` for a dry run.
    fn prepare(&self, call: &Invocation) -> Answer<(Qualifier, Option<Prepared>)> {
        let client_context = check_request(call)?;
        let edition = self.resolve(&call.name, &call.qualifier)?;
        let executed = edition.qualifier.clone();
        if call.kind == InvocationType::DryRun {
            return Ok((executed, None));
        }
        let code = Unpacked::new("lfn-code-")?;
        archives::unpack(&self.store, &edition.digest, code.path())?
            .ok_or_else(|| Refusal::no_function(&self.place, &call.name, Some(&executed)))?;
        code.protect()?;
        let layers = if edition.settings.layers.is_empty() {
            None
        } else {
            let folder = Unpacked::new("lfn-layers-")?;
            self.merge_layers(&edition.settings.layers, folder.path())?;
            folder.protect()?;
            Some(folder)
        };
        let invoked_arn = match &call.qualifier {
            Qualifier::Latest => self.place.function_arn(&call.name),
            qualifier @ (Qualifier::Version(_) | Qualifier::Alias(_)) => {
                self.place.qualified_arn(&call.name, qualifier)
            }
        };
        let function = Function {
            name: edition.name,
            log_stream: log_stream(&executed)?,
            version: edition.qualifier,
            region: self.place.region.clone(),
            settings: edition.settings,
        };
        let event = Event {
            payload: call.payload.clone(),
            invoked_arn: invoked_arn.to_string(),
            client_context,
        };
        let prepared = Prepared {
            function,
            code,
            layers,
            event,
        };
        Ok((executed, Some(prepared)))
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
    let limit = match call.kind {
        InvocationType::Event => EVENT_LIMIT,
        InvocationType::RequestResponse | InvocationType::DryRun => PAYLOAD_LIMIT,
    };
    if call.payload.len() > limit {
        return Err(Refusal::new(
            ErrorKind::Invalid,
            "RequestTooLargeException",
            format!("Request must be smaller than {limit} bytes for the InvokeFunction operation"),
        ));
    }
    let unreadable = |message: String| Refusal::new(ErrorKind::Invalid, "InvalidRequestContentException", message);
    if !call.payload.is_empty()
        && let Err(error) = serde_json::from_slice::<serde::de::IgnoredAny>(&call.payload)
    {
        return Err(unreadable(format!("Could not parse request body into json: {error}")));
    }
    let Some(context) = &call.client_context else {
        return Ok(None);
    };
    let value: serde_json::Value = serde_json::from_str(context).map_err(|error| {
        unreadable(format!(
            "Client context must be a valid Base64-encoded JSON object: {error}"
        ))
    })?;
    if context.len().div_ceil(3) * 4 > CONTEXT_LIMIT {
        return Err(unreadable(format!(
            "Client context must be no more than {CONTEXT_LIMIT} bytes when Base64-encoded."
        )));
    }
    Ok(Some(ascii(&value)))
}

/// JSON in plain ASCII, since it travels in a header: HTTP clients disagree about anything else.
fn ascii(value: &serde_json::Value) -> String {
    use std::fmt::Write as _;
    let mut text = String::new();
    // Outside ASCII there is nothing in JSON but the insides of strings, where escapes may stand.
    for unit in value.to_string().encode_utf16() {
        match u8::try_from(unit) {
            Ok(byte) if byte.is_ascii() => text.push(char::from(byte)),
            Ok(_) | Err(_) => write!(text, "\\u{unit:04x}").expect("writing to a String cannot fail"),
        }
    }
    text
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

/// A function's code, or its layers, unpacked for one environment.
///
/// Every environment has a copy of its own, outside the project: `node` looks for packages and
/// `package.json` in all folders above, and would find the project's, which Lambda does not have.
/// It is read-only, as `/var/task` and `/opt` are.
struct Unpacked(TempDir);

impl Unpacked {
    fn new(prefix: &str) -> std::io::Result<Self> {
        Ok(Self(tempfile::Builder::new().prefix(prefix).tempdir()?))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn protect(&self) -> std::io::Result<()> {
        set_writable(self.path(), false)
    }
}

impl Drop for Unpacked {
    fn drop(&mut self) {
        // What cannot be made writable again cannot be removed, and stays in the temporary folder.
        let _ = set_writable(self.path(), true);
    }
}

fn set_writable(root: &Path, writable: bool) -> std::io::Result<()> {
    // Folders are opened up before, and closed after, what is in them.
    for entry in walkdir::WalkDir::new(root).contents_first(!writable) {
        let entry = entry?;
        if entry.file_type().is_symlink() {
            continue;
        }
        let mut permissions = entry.metadata()?.permissions();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = permissions.mode();
            permissions.set_mode(if writable { mode | 0o700 } else { mode & !0o222 });
        }
        #[cfg(not(unix))]
        permissions.set_readonly(!writable);
        fs::set_permissions(entry.path(), permissions)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn client_contexts_travel_as_ascii() {
        let context = serde_json::json!({ "k": "ü🦀", "n": 1 });
        let text = ascii(&context);
        assert_eq!(text, r#"{"k":"\u00fc\ud83e\udd80","n":1}"#);
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), context);
    }

    #[test]
    fn the_tail_is_four_kilobytes_of_whole_characters() {
        let log = "ü".repeat(3_000) + "x";
        let tail = tail(&log);
        assert!(tail.len() <= TAIL && tail.len() > TAIL - 2 && tail.ends_with('x'));
    }
}
