//! Watching the wire: every HTTP attempt is told to an observer (`-vv`), and the endpoint that was
//! called last is remembered, so that an error can name what did not answer.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeTransmitInterceptorContextMut, BeforeTransmitInterceptorContextRef, FinalizerInterceptorContextRef,
};
use aws_smithy_runtime_api::client::interceptors::{Intercept, dyn_dispatch_hint};
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_runtime_api::client::retries::RequestAttempts;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::{ConfigBag, Storable, StoreReplace};

/// One HTTP attempt, as an observer hears of it. Holds no header, body or query: nothing secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The service's name, such as `Lambda`.
    pub service: String,
    /// The operation, such as `GetFunction`.
    pub operation: String,
    /// The HTTP status, or `None` when there was no answer.
    pub status: Option<u16>,
    pub milliseconds: u64,
    /// 1 for the first attempt, more for retries.
    pub attempt: u32,
}

/// Who is told about calls.
pub type CallObserver = Arc<dyn Fn(&Call) + Send + Sync>;

/// The endpoint a client called last.
#[derive(Debug, Clone, Default)]
pub struct LastEndpoint(Arc<Mutex<Option<String>>>);

impl LastEndpoint {
    /// `scheme://host:port` of the last attempt, or `None` when nothing was sent yet.
    pub fn get(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, uri: &str) {
        let end = uri.find("://").map_or(0, |at| at + 3);
        let host = uri[end..].find(['/', '?']).map_or(uri, |slash| &uri[..end + slash]);
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(host.to_owned());
    }
}

/// The interceptor of one client.
pub struct Watch {
    pub endpoint: LastEndpoint,
    pub observer: Option<CallObserver>,
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch").finish_non_exhaustive()
    }
}

/// What travels with a request to the place where it waits for its turn.
#[derive(Clone, Default)]
pub struct Attempt {
    service: String,
    /// The operation, such as `GetFunction`.
    pub operation: String,
    number: u32,
    /// When it was last sent. What a turn is waited for is no time of the call's.
    sent: Arc<Mutex<Option<Instant>>>,
    observer: Option<CallObserver>,
}

impl fmt::Debug for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attempt")
            .field("operation", &self.operation)
            .finish_non_exhaustive()
    }
}

impl Storable for Attempt {
    type Storer = StoreReplace<Self>;
}

impl Attempt {
    /// It is sent now.
    pub fn sent(&self) {
        *self.sent.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    /// It was refused, and is sent again.
    pub fn refused(&self, status: u16) {
        self.told(Some(status));
    }

    fn told(&self, status: Option<u16>) {
        let Some(observer) = &self.observer else { return };
        // Nothing was sent when credentials were missing; then there is no start.
        let Some(sent) = *self.sent.lock().unwrap_or_else(PoisonError::into_inner) else {
            return;
        };
        observer(&Call {
            service: self.service.clone(),
            operation: self.operation.clone(),
            status,
            milliseconds: u64::try_from(sent.elapsed().as_millis()).unwrap_or(u64::MAX),
            attempt: self.number,
        });
    }
}

#[dyn_dispatch_hint]
impl Intercept for Watch {
    fn name(&self) -> &'static str {
        "lfn watch"
    }

    fn modify_before_transmit(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let (service, operation) = config
            .load::<Metadata>()
            .map(|call| (call.service().to_owned(), call.name().to_owned()))
            .unwrap_or_default();
        let attempt = Attempt {
            service,
            operation,
            number: config.load::<RequestAttempts>().map_or(1, RequestAttempts::attempts),
            sent: Arc::default(),
            observer: self.observer.clone(),
        };
        context.request_mut().add_extension(attempt.clone());
        config.interceptor_state().store_put(attempt);
        Ok(())
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.endpoint.set(context.request().uri());
        if let Some(attempt) = config.load::<Attempt>() {
            attempt.sent();
        }
        Ok(())
    }

    fn read_after_attempt(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(attempt) = config.load::<Attempt>() {
            attempt.told(context.response().map(|response| response.status().as_u16()));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_is_kept_without_path_and_query() {
        let endpoint = LastEndpoint::default();
        assert_eq!(endpoint.get(), None);
        for (uri, kept) in [
            (
                "http://127.0.0.1:4566/2015-03-31/functions?x=1",
                "http://127.0.0.1:4566",
            ),
            (
                "https://sts.eu-west-1.amazonaws.com",
                "https://sts.eu-west-1.amazonaws.com",
            ),
            ("https://host?secret=1", "https://host"),
        ] {
            endpoint.set(uri);
            assert_eq!(endpoint.get().as_deref(), Some(kept));
        }
    }
}
