//! From the SDK's errors to [`PortError`]: the sentence a person reads, and what the engine decides by.

use std::error::Error;
use std::fmt::Display;
use std::sync::Arc;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_lambda::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_lambda::operation::RequestId;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

use super::classify::{Refusal, classify, credentials_sentence};
use super::observe::LastEndpoint;
use crate::ports::{ErrorKind, PortError};

/// What every client needs to explain a failed call.
#[derive(Debug, Clone)]
pub struct Explain {
    pub endpoint: LastEndpoint,
    /// Where credentials were looked for, in words.
    pub tried: Arc<str>,
}

impl Explain {
    /// The error of a call to `action` about `resource`.
    pub fn call<E>(&self, action: &'static str, resource: &dyn Display, error: &SdkError<E, HttpResponse>) -> PortError
    where
        E: ProvideErrorMetadata + Error + 'static,
        SdkError<E, HttpResponse>: RequestId,
    {
        let failed = |kind, message: String| PortError::new(kind, action, resource.to_string(), message);
        let mut told = match error {
            SdkError::ServiceError(refused) => {
                let status = refused.raw().status().as_u16();
                let (code, message) = (error.code().unwrap_or(""), error.message().unwrap_or(""));
                let kind = classify(Refusal { code, status, message });
                let sentence = match (kind, message) {
                    // "Success" that is not what the operation returns: a login page, another kind of server.
                    _ if status < 300 && code.is_empty() => unreadable_answer(status),
                    (ErrorKind::Credentials, _) => credentials_sentence(code, message),
                    (ErrorKind::NotFound, "") => "there is no such thing".to_owned(),
                    (ErrorKind::Denied, "") => "access is denied".to_owned(),
                    (_, "") => format!("the service answered with status {status} and gave no reason"),
                    (_, said) => said.to_owned(),
                };
                let told = failed(kind, sentence);
                if code.is_empty() { told } else { told.with_code(code) }
            }
            SdkError::ResponseError(unreadable) => failed(
                ErrorKind::Internal,
                unreadable_answer(unreadable.raw().status().as_u16()),
            ),
            SdkError::TimeoutError(_) => failed(ErrorKind::Unreachable, self.unreachable("it did not answer in time")),
            SdkError::ConstructionFailure(_) | SdkError::DispatchFailure(_) => self.not_sent(error, &failed),
            other => failed(ErrorKind::Internal, deepest(other).to_string()),
        };
        told.request_id = error.request_id().map(str::to_owned);
        told
    }

    fn not_sent(&self, error: &(dyn Error + 'static), failed: &dyn Fn(ErrorKind, String) -> PortError) -> PortError {
        let credentials = chain(error).find_map(|cause| cause.downcast_ref::<CredentialsError>());
        if let Some(credentials) = credentials {
            return failed(ErrorKind::Credentials, self.no_credentials(credentials));
        }
        match reason(error) {
            Some(why) => failed(ErrorKind::Unreachable, self.unreachable(&why)),
            // The request could not be built: an endpoint that is no URL, a name it cannot hold.
            None => failed(ErrorKind::Invalid, deepest(error).to_string()),
        }
    }

    fn unreachable(&self, why: &str) -> String {
        let endpoint = self.endpoint.get().unwrap_or_else(|| "the endpoint".to_owned());
        format!("cannot reach {endpoint}: {why}")
    }

    /// Why there are no credentials to sign with.
    pub fn no_credentials(&self, error: &CredentialsError) -> String {
        let tried = &self.tried;
        match error {
            CredentialsError::CredentialsNotLoaded(_) => format!("no AWS credentials were found in {tried}"),
            CredentialsError::ProviderTimedOut(_) => format!("AWS credentials did not arrive in time from {tried}"),
            other => format!("AWS credentials could not be loaded: {}", credentials_cause(other)),
        }
    }
}

fn unreadable_answer(status: u16) -> String {
    format!("the answer could not be read (status {status}); is it an AWS endpoint, or a proxy's page?")
}

/// The part of a credentials error that says something: its causes, without the SDK's headings.
fn credentials_cause(error: &CredentialsError) -> String {
    let mut causes: Vec<String> = chain(error)
        .filter(|cause| cause.downcast_ref::<CredentialsError>().is_none())
        .map(ToString::to_string)
        .collect();
    causes.dedup();
    let told = if causes.is_empty() {
        error.to_string()
    } else {
        causes.join(": ")
    };
    let text = told.replace('\\', "/");
    // The SDK keeps sessions in files and speaks of those.
    if text.contains("/sso/cache/") {
        format!("nobody is signed in with `aws sso login`: {told}")
    } else if text.contains("/login/cache/") {
        format!("nobody is signed in with `aws login`: {told}")
    } else {
        told
    }
}

/// Why nothing was sent, in plain words, when the network is to blame.
pub fn reason(error: &(dyn Error + 'static)) -> Option<String> {
    use std::io::ErrorKind as Io;
    let sentences: Vec<String> = chain(error).map(ToString::to_string).collect();
    let says = |words: &str| sentences.iter().any(|sentence| sentence.contains(words));
    if says("invalid peer certificate") || says("InvalidCertificate") {
        let detail = sentences.last().map_or("", String::as_str);
        return Some(format!(
            "its TLS certificate is not trusted ({detail}); a company's own CA goes into `AWS_CA_BUNDLE`"
        ));
    }
    if says("tunnel error") {
        return Some("the proxy (`HTTPS_PROXY`) did not let the call through".to_owned());
    }
    if says("dns error") || says("failed to lookup address") || says("DNS") {
        return Some("its name does not resolve (DNS)".to_owned());
    }
    let io = chain(error)
        .filter_map(|cause| cause.downcast_ref::<std::io::Error>())
        .last();
    if let Some(io) = io {
        return Some(match io.kind() {
            Io::ConnectionRefused => "connection refused".to_owned(),
            Io::ConnectionReset => "the connection was reset".to_owned(),
            Io::TimedOut => "the connection timed out".to_owned(),
            Io::UnexpectedEof => "the connection was closed too early".to_owned(),
            Io::NetworkUnreachable | Io::HostUnreachable => "there is no way to that network".to_owned(),
            _ => io.to_string(),
        });
    }
    if says("HTTP connect timeout") {
        return Some("no connection could be made in time".to_owned());
    }
    if says("timeout") || says("timed out") {
        return Some("it did not answer in time".to_owned());
    }
    if says("throughput") {
        return Some("the transfer stood still".to_owned());
    }
    if says("dispatch failure") {
        return sentences.last().cloned();
    }
    None
}

fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error| (**error).source())
}

fn deepest<'a>(error: &'a (dyn Error + 'static)) -> &'a (dyn Error + 'static) {
    chain(error).last().expect("a chain begins with the error itself")
}

/// `None` instead of an error that says there is no such thing.
pub fn found<T>(result: Result<T, PortError>) -> Result<Option<T>, PortError> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
