//! Requests of a function that runs on this machine, signed with the caller's credentials and sent to where the
//! caller's own calls go. They are no calls of lfn's: nothing is retried and no quota is kept.

use async_trait::async_trait;
use aws_credential_types::Credentials;
use aws_credential_types::provider::{ProvideCredentials as _, SharedCredentialsProvider};
use aws_smithy_runtime_api::client::http::{HttpConnector as _, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::{Mutex, OnceCell};

use super::error::{Explain, reason};
use super::hosts::Hosts;
use super::profile::variable;
use super::transport::Route;
use crate::domain::calls::Request;
use crate::domain::names::Region;
use crate::domain::signature::{Keys, sign};
use crate::ports::{ErrorKind, Incoming, Outgoing, Pieces, PortError, PortResult, Relay};

/// The `action` of errors that are about the way and not about a call.
const SEND: &str = "send";
/// How long before their end credentials are loaded anew.
const EARLY: SignedDuration = SignedDuration::from_mins(5);

/// Sends requests with the credentials of a connection.
pub struct AwsRelay {
    pub route: Route,
    pub provider: SharedCredentialsProvider,
    pub explain: Explain,
    /// `AWS_ENDPOINT_URL`, or `endpoint_url` of the profile.
    pub endpoint: Option<String>,
    /// Whether endpoints for single services count.
    pub heeds_endpoints: bool,
    /// Whether the profile names endpoints for single services, which only an SDK's client reads.
    pub has_services: bool,
    pub connector: OnceCell<SharedHttpConnector>,
    pub credentials: Mutex<Option<Credentials>>,
}

impl AwsRelay {
    async fn keys(&self) -> PortResult<Keys> {
        let mut kept = self.credentials.lock().await;
        let is_fresh = |credentials: &Credentials| {
            let end = credentials.expiry().and_then(|end| Timestamp::try_from(end).ok());
            end.is_none_or(|end| end - EARLY > Timestamp::now())
        };
        if !kept.as_ref().is_some_and(is_fresh) {
            let loaded = self.provider.provide_credentials().await;
            let loaded = loaded.map_err(|error| {
                PortError::new(ErrorKind::Credentials, SEND, "", self.explain.no_credentials(&error))
            })?;
            *kept = Some(loaded);
        }
        let credentials = kept.as_ref().expect("loaded a moment ago");
        Ok(Keys {
            id: credentials.access_key_id().to_owned(),
            secret: credentials.secret_access_key().to_owned(),
            token: credentials.session_token().map(str::to_owned),
        })
    }

    /// `https://HOST`, perhaps with a path.
    fn endpoint_of(&self, request: &Outgoing) -> PortResult<String> {
        let hosts = Hosts::of(request);
        let own = hosts.chosen(|name| variable(name).filter(|_| self.heeds_endpoints));
        let chosen = own.or_else(|| self.endpoint.clone());
        if let Some(endpoint) = chosen {
            return Ok(without_userinfo(&endpoint).trim_end_matches('/').to_owned());
        }
        if self.has_services {
            let message = "the profile has `services` with endpoints of their own, which are not read here: set \
                           `AWS_ENDPOINT_URL` or `AWS_ENDPOINT_URL_<SERVICE>`";
            return Err(PortError::new(ErrorKind::Invalid, SEND, "", message));
        }
        let invalid = |why: String| PortError::new(ErrorKind::Invalid, SEND, "", why);
        // It becomes a part of a host's name.
        let region = Region::new(&request.scope.region).map_err(|why| invalid(why.to_string()))?;
        let host = hosts.host(&region).map_err(invalid)?;
        Ok(format!("https://{}{host}", request.host_prefix))
    }

    async fn connector(&self) -> PortResult<&SharedHttpConnector> {
        let made = self
            .connector
            .get_or_try_init(|| async { self.route.connector() })
            .await;
        made.map_err(|why| PortError::new(ErrorKind::Invalid, SEND, "", why))
    }
}

#[async_trait]
impl Relay for AwsRelay {
    fn destination(&self) -> String {
        self.endpoint
            .as_deref()
            .map_or_else(|| "AWS".to_owned(), without_userinfo)
    }

    async fn send(&self, outgoing: Outgoing) -> PortResult<Incoming> {
        let endpoint = self.endpoint_of(&outgoing)?;
        let keys = match &outgoing.keys {
            Some(keys) => keys.clone(),
            None => self.keys().await?,
        };
        let request = request(outgoing, &endpoint, &keys).map_err(|why| {
            PortError::new(
                ErrorKind::Invalid,
                SEND,
                "",
                format!("cannot send to {endpoint}: {why}"),
            )
        })?;
        let response = self.connector().await?.call(request).await.map_err(|error| {
            let why = reason(&error).unwrap_or_else(|| error.to_string());
            PortError::new(
                ErrorKind::Unreachable,
                SEND,
                "",
                format!("cannot reach {endpoint}: {why}"),
            )
        })?;
        Ok(incoming(response))
    }
}

/// An address without `USER:PASSWORD@`, which no call of AWS has and no screen should.
fn without_userinfo(endpoint: &str) -> String {
    let Some((scheme, rest)) = endpoint.split_once("://") else {
        return endpoint.to_owned();
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let host = authority.rsplit('@').next().unwrap_or_default();
    format!("{scheme}://{host}{path}")
}

fn request(outgoing: Outgoing, endpoint: &str, keys: &Keys) -> Result<HttpRequest, String> {
    let (_, place) = endpoint
        .split_once("://")
        .ok_or("it is no address such as `https://127.0.0.1:9297`")?;
    let (host, base) = place.split_once('/').unwrap_or((place, ""));
    // Anything else would become a part of the host's name, or be left out as a fragment.
    if !outgoing.path.starts_with('/') || [&outgoing.path, &outgoing.query].iter().any(|part| part.contains('#')) {
        return Err(format!("`{}` is no path", outgoing.path));
    }
    let path = if base.is_empty() {
        outgoing.path
    } else {
        format!("/{base}{}", outgoing.path)
    };
    let mut headers = outgoing.headers;
    headers.push(("host".to_owned(), host.to_owned()));
    let signed = sign(
        &Request {
            method: &outgoing.method,
            path: &path,
            query: &outgoing.query,
            headers: &headers,
            body: &outgoing.body,
        },
        keys,
        &outgoing.scope,
        Timestamp::now(),
    );
    let scheme = endpoint.split("://").next().unwrap_or_default();
    let query = if outgoing.query.is_empty() {
        String::new()
    } else {
        format!("?{}", outgoing.query)
    };
    let mut request = HttpRequest::new(SdkBody::from(outgoing.body));
    request
        .set_method(&outgoing.method)
        .map_err(|error| error.to_string())?;
    request
        .set_uri(format!("{scheme}://{host}{path}{query}"))
        .map_err(|error| error.to_string())?;
    for (name, value) in headers.into_iter().chain(signed) {
        let added = request.headers_mut().try_append(name.clone(), value);
        added.map_err(|_| format!("its header `{name}` cannot be sent"))?;
    }
    Ok(request)
}

fn incoming(response: HttpResponse) -> Incoming {
    let of_the_connection = ["connection", "keep-alive", "transfer-encoding", "trailer", "upgrade"];
    let headers = response.headers().iter();
    let headers = headers.filter(|(name, _)| !of_the_connection.contains(name));
    let headers = headers
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    Incoming {
        status: response.status().as_u16(),
        headers,
        body: Box::new(Body(ByteStream::new(response.into_body()))),
    }
}

struct Body(ByteStream);

#[async_trait]
impl Pieces for Body {
    async fn next(&mut self) -> PortResult<Option<Vec<u8>>> {
        match self.0.next().await {
            None => Ok(None),
            Some(Ok(bytes)) => Ok(Some(bytes.to_vec())),
            Some(Err(error)) => {
                let why = reason(&error).unwrap_or_else(|| error.to_string());
                Err(PortError::new(
                    ErrorKind::Unreachable,
                    SEND,
                    "",
                    format!("the answer broke off: {why}"),
                ))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::signature::Scope;

    #[test]
    fn addresses_keep_no_password() {
        for (endpoint, shown) in [
            ("http://user:PASSWORDX@127.0.0.1:1/base", "http://127.0.0.1:1/base"),
            ("http://user:a@b@127.0.0.1:1", "http://127.0.0.1:1"),
            ("https://example/a@b", "https://example/a@b"),
            ("127.0.0.1", "127.0.0.1"),
        ] {
            assert_eq!(without_userinfo(endpoint), shown);
        }
    }

    #[test]
    fn an_endpoint_with_a_path_keeps_it() {
        let outgoing = Outgoing {
            method: "PUT".into(),
            path: "/bucket/a%20b".into(),
            query: "acl".into(),
            headers: vec![("content-type".into(), "text/plain".into())],
            body: b"x".to_vec(),
            scope: Scope {
                service: "s3".into(),
                region: "eu-west-1".into(),
            },
            host_prefix: "",
            keys: None,
        };
        let keys = Keys {
            id: "id".into(),
            secret: "secret".into(),
            token: Some("token".into()),
        };
        let made = request(outgoing.clone(), "http://127.0.0.1:1/base", &keys).unwrap();
        assert_eq!(made.uri(), "http://127.0.0.1:1/base/bucket/a%20b?acl");
        assert_eq!(made.headers().get("host"), Some("127.0.0.1:1"));
        assert_eq!(made.headers().get("x-amz-security-token"), Some("token"));
        assert!(
            made.headers()
                .get("authorization")
                .is_some_and(|value| value.contains("/eu-west-1/s3/"))
        );
        assert!(request(outgoing.clone(), "127.0.0.1", &keys).is_err());
        for path in ["@127.0.0.1:2/", ".evil.example/", "", "/a#b"] {
            let outgoing = Outgoing {
                path: path.into(),
                ..outgoing.clone()
            };
            let why = request(outgoing, "http://127.0.0.1:1", &keys).unwrap_err();
            assert!(why.contains("is no path"), "{path}: {why}");
        }
    }
}
