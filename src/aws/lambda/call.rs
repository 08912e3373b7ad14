//! `Invoke`: one attempt, as long as the function needs, outside the control plane's pace.

use aws_sdk_lambda::config::Builder;
use aws_sdk_lambda::operation::RequestId as _;
use aws_sdk_lambda::types::{InvocationType as SentType, LogType};
use aws_smithy_types::Blob;
use aws_smithy_types::retry::RetryConfig;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::super::retry;
use super::LambdaFunctions;
use crate::ports::{Invocation, InvocationType, Invoked, PortResult};

impl LambdaFunctions {
    pub(super) async fn call_function(&self, invocation: &Invocation) -> PortResult<Invoked> {
        let (kind, log) = match invocation.kind {
            InvocationType::RequestResponse => (SentType::RequestResponse, Some(LogType::Tail)),
            InvocationType::Event => (SentType::Event, None),
            InvocationType::DryRun => (SentType::DryRun, None),
        };
        // A second attempt would run the function twice.
        let once = Builder::new()
            .retry_config(RetryConfig::disabled())
            .timeout_config(retry::invoke());
        let answer = self
            .client
            .invoke()
            .function_name(invocation.name.as_str())
            .qualifier(invocation.qualifier.to_string())
            .invocation_type(kind)
            .set_log_type(log)
            .set_client_context(invocation.client_context.as_ref().map(|json| STANDARD.encode(json)))
            .payload(Blob::new(invocation.payload.clone()))
            .customize()
            .config_override(once)
            .send()
            .await
            .map_err(|error| {
                let resource = format!("{}:{}", invocation.name, invocation.qualifier);
                self.explain.call("lambda:InvokeFunction", &resource, &error)
            })?;
        let request_id = answer.request_id().map(str::to_owned);
        Ok(Invoked {
            status: u16::try_from(answer.status_code).unwrap_or(0),
            function_error: answer.function_error.filter(|error| !error.is_empty()),
            payload: answer.payload.map(Blob::into_inner).unwrap_or_default(),
            log_tail: answer.log_result.as_deref().map(decoded),
            executed_version: answer.executed_version.and_then(|version| version.parse().ok()),
            request_id,
        })
    }
}

/// The tail is cut at 4 KB, maybe within a character.
fn decoded(log: &str) -> String {
    match STANDARD.decode(log) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(_) => log.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_tail_is_decoded_even_when_cut() {
        assert_eq!(decoded(&STANDARD.encode("START\nEND\n")), "START\nEND\n");
        assert_eq!(decoded(&STANDARD.encode([b'a', 0xc3])), "a\u{fffd}");
    }
}
