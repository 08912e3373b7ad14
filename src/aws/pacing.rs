//! Quotas on the wire: every HTTP attempt to a service waits for its turn, here and not in the call, so that
//! retries take turns too and the wait counts against no time limit.
//!
//! What was refused for too many requests is sent again at a later turn. It never comes to the SDK's own
//! retries, whose few attempts and shared budget a hundred functions would use up.

use std::time::{Duration, Instant};

use aws_smithy_runtime_api::client::connector_metadata::ConnectorMetadata;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;

use super::limiter::{Answer, Limiter};
use super::observe::Attempt;
use crate::domain::names::Region;

/// Lambda's quota of the control plane, all operations together, for an account and region.
/// Source: Lambda developer guide, "Lambda quotas", "Lambda API requests".
pub const LAMBDA: u32 = 15;
/// `GetFunction` has a quota of its own. Source: as above.
const LAMBDA_GET_FUNCTION: u32 = 100;
/// IAM tells no number. This one is seldom throttled, and lfn slows down when it is.
const IAM: u32 = 15;
/// Most operations on log groups have this quota each. Source: CloudWatch Logs user guide, "CloudWatch Logs quotas".
const LOGS: u32 = 10;
/// `GetParameters`. Source: AWS general reference, "AWS Systems Manager endpoints and quotas".
const SSM: u32 = 40;

/// For how long one attempt is sent again. A signature is good for five minutes; afterwards the SDK signs anew.
const PATIENCE: Duration = Duration::from_mins(1);

/// The limiters of one service in one region.
#[derive(Debug, Clone)]
pub struct Limits {
    usual: Limiter,
    /// Operations with a quota of their own, or with none.
    own: Vec<(&'static str, Option<Limiter>)>,
}

impl Limits {
    /// Lambda, with this many requests a second to the control plane; `at_aws` says whether the other quotas hold.
    pub fn lambda(region: &Region, rate: Option<u32>, at_aws: bool) -> Self {
        let get = Limiter::of(
            &format!("lambda:GetFunction {region}"),
            at_aws.then_some(LAMBDA_GET_FUNCTION),
        );
        Self {
            usual: Limiter::of(&format!("lambda {region}"), rate),
            own: vec![
                ("GetFunction", Some(get)),
                // Throttled by what the function may do, not by how often lfn asks.
                ("Invoke", None),
            ],
        }
    }

    /// IAM, which is one for all regions.
    pub fn iam(at_aws: bool) -> Self {
        Self::plain("iam", at_aws.then_some(IAM))
    }

    /// `CloudWatch` Logs.
    pub fn logs(region: &Region, at_aws: bool) -> Self {
        Self::plain(&format!("logs {region}"), at_aws.then_some(LOGS))
    }

    /// Systems Manager.
    pub fn ssm(region: &Region, at_aws: bool) -> Self {
        Self::plain(&format!("ssm {region}"), at_aws.then_some(SSM))
    }

    fn plain(quota: &str, per_second: Option<u32>) -> Self {
        Self {
            usual: Limiter::of(quota, per_second),
            own: Vec::new(),
        }
    }

    fn of(&self, operation: &str) -> Option<&Limiter> {
        let own = self.own.iter().find(|(name, _)| *name == operation);
        own.map_or(Some(&self.usual), |(_, limiter)| limiter.as_ref())
    }
}

/// An HTTP client whose requests keep to these limits.
pub fn paced(inner: SharedHttpClient, limits: Limits) -> SharedHttpClient {
    SharedHttpClient::new(Client { inner, limits })
}

#[derive(Debug)]
struct Client {
    inner: SharedHttpClient,
    limits: Limits,
}

impl HttpClient for Client {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(Connector {
            inner: self.inner.http_connector(settings, components),
            limits: self.limits.clone(),
        })
    }

    fn connector_metadata(&self) -> Option<ConnectorMetadata> {
        self.inner.connector_metadata()
    }
}

#[derive(Debug)]
struct Connector {
    inner: SharedHttpConnector,
    limits: Limits,
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let attempt = request.extension::<Attempt>().cloned().unwrap_or_default();
        let Some(limiter) = self.limits.of(&attempt.operation).cloned() else {
            return self.inner.call(request);
        };
        HttpConnectorFuture::new(send(self.inner.clone(), limiter, attempt, request))
    }
}

async fn send(
    inner: SharedHttpConnector,
    limiter: Limiter,
    attempt: Attempt,
    mut request: HttpRequest,
) -> Result<HttpResponse, ConnectorError> {
    let began = Instant::now();
    loop {
        let spare = request.try_clone();
        let ticket = limiter.turn().await;
        attempt.sent();
        let (response, answer) = judged(inner.call(request).await?).await?;
        limiter.answered(ticket, answer);
        match spare {
            Some(again) if answer == Answer::Throttled && began.elapsed() < PATIENCE => {
                attempt.refused(response.status().as_u16());
                request = again;
            }
            _ => return Ok(response),
        }
    }
}

/// Looks whether an answer says that there were too many requests: Lambda has a status for it, the others
/// write it into a short body.
async fn judged(mut response: HttpResponse) -> Result<(HttpResponse, Answer), ConnectorError> {
    const SAID: [&[u8]; 3] = [b"Throttl", b"TooManyRequests", b"RequestLimitExceeded"];
    let answer = match response.status().as_u16() {
        429 => Answer::Throttled,
        400 | 503 => {
            let body = ByteStream::new(response.take_body()).collect().await;
            let body = body.map_err(|why| ConnectorError::io(why.into()))?.into_bytes();
            let said = |word: &&[u8]| body.windows(word.len()).any(|part| part == *word);
            let answer = if SAID.iter().any(said) {
                Answer::Throttled
            } else {
                Answer::Taken
            };
            *response.body_mut() = SdkBody::from(body);
            answer
        }
        _ => Answer::Taken,
    };
    Ok((response, answer))
}
