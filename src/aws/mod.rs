//! The adapter for AWS, and for every server that speaks its APIs: implements the ports.
//!
//! The only module that knows the SDK. Calls are as thin as the services' own; what a refusal
//! means is decided in [`classify`], what a person reads about it in [`error`].

mod classify;
mod cloudwatch;
mod credentials;
mod error;
mod iam;
mod lambda;
mod limiter;
mod logs;
mod observe;
mod profile;
mod retry;
mod s3;
mod ssm;
mod sts;
mod transport;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use aws_config::provider_config::ProviderConfig;
use aws_config::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_config::{AppName, BehaviorVersion, SdkConfig};
use aws_smithy_runtime_api::client::http::SharedHttpClient;

use self::error::Explain;
use self::limiter::Limiter;
pub use self::observe::{Call, CallObserver};
use self::observe::{LastEndpoint, Watch};
use self::profile::{Profile, variable};
use self::retry::FewConnectRetries;
use crate::domain::names::Region;
use crate::ports::{Cloud, ErrorKind, PortError, PortResult};

/// The `action` of errors that come before any call.
const CONNECT: &str = "connect";

/// How to reach an account.
#[derive(Clone)]
pub struct ConnectOptions {
    /// A profile asked for by name. It must exist, and its credentials are the only ones used.
    /// `None` leaves it to `AWS_PROFILE` and the usual chain.
    pub profile: Option<String>,
    /// The region, when something before the AWS settings decides it (a flag, lambda.yaml).
    pub region: Option<Region>,
    /// The region when neither the caller, the environment nor the profile names one.
    pub fallback_region: Option<Region>,
    /// How long one call may take, retries included; uploads get more, and `Invoke` as long as a function may run.
    pub timeout: Duration,
    /// Told about every HTTP attempt.
    pub observer: Option<CallObserver>,
    /// Read profiles from this file instead of `~/.aws/config` and `~/.aws/credentials`.
    pub config_file: Option<PathBuf>,
}

impl Default for ConnectOptions {
    fn default() -> Self {
        Self {
            profile: None,
            region: None,
            fallback_region: None,
            timeout: Duration::from_mins(1),
            observer: None,
            config_file: None,
        }
    }
}

impl fmt::Debug for ConnectOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnectOptions")
            .field("profile", &self.profile)
            .field("region", &self.region)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

/// Prepares the calls to one account and region. Nothing is sent to AWS yet: wrong credentials
/// show with the first call, a missing profile, region or CA bundle at once.
pub async fn connect(options: ConnectOptions) -> PortResult<Cloud> {
    let behavior = BehaviorVersion::v2026_01_12();
    let profile = Profile::load(&options).await?;
    let route = transport::Route {
        bundle: variable("AWS_CA_BUNDLE")
            .or_else(|| profile.setting("ca_bundle").map(str::to_owned))
            .map(PathBuf::from),
    };
    let http = own_http_client(&route)?;

    let mut providers = ProviderConfig::without_region().with_behavior_version(Some(behavior));
    if let Some(client) = &http {
        providers = providers.with_http_client(client.clone());
    }
    let metadata = credentials::instance_metadata(&providers);
    let region = profile
        .region(
            options.region.as_ref(),
            options.fallback_region.as_ref(),
            metadata.as_ref(),
        )
        .await?;
    let sdk_region = aws_config::Region::new(region.to_string());
    let providers = providers.with_region(Some(sdk_region.clone()));
    let source = credentials::source(&profile, &providers, metadata);

    let mut loader = aws_config::defaults(behavior)
        .region(sdk_region)
        .profile_files(profile.files.clone())
        .credentials_provider(source.provider)
        .app_name(AppName::new("lfn").expect("three letters are a valid app name"))
        .retry_config(retry::retries())
        .timeout_config(retry::control_plane(options.timeout))
        .stalled_stream_protection(
            StalledStreamProtectionConfig::enabled()
                .grace_period(Duration::from_mins(1))
                .build(),
        );
    if let Some(name) = &profile.asked {
        loader = loader.profile_name(name);
    }
    if let Some(client) = http {
        loader = loader.http_client(client);
    }
    let sdk = loader.load().await;
    Ok(assemble(&sdk, &profile, region, &source.tried, options, route))
}

fn own_http_client(route: &transport::Route) -> PortResult<Option<SharedHttpClient>> {
    let bundle = route.bundle.as_deref();
    bundle
        .map(transport::client_trusting)
        .transpose()
        .map_err(|why| PortError::new(ErrorKind::Invalid, CONNECT, "", why))
}

/// One client's configuration builder with lfn's watch and retry rule, and what explains its errors.
macro_rules! client {
    ($sdk:ident, $config:expr, $observer:expr, $tried:expr) => {{
        let endpoint = LastEndpoint::default();
        let watch = Watch {
            endpoint: endpoint.clone(),
            observer: $observer.clone(),
        };
        let builder = $sdk::config::Builder::from($config)
            .interceptor(watch)
            .retry_classifier(FewConnectRetries::default());
        let explain = Explain {
            endpoint,
            tried: $tried.clone(),
        };
        (builder, explain)
    }};
}

fn assemble(
    sdk: &SdkConfig,
    profile: &Profile,
    region: Region,
    tried: &str,
    options: ConnectOptions,
    route: transport::Route,
) -> Cloud {
    let tried: Arc<str> = tried.into();
    let observer = options.observer;

    let (config, explain) = client!(aws_sdk_sts, sdk, observer, tried);
    let identity = Arc::new(sts::StsIdentity::new(
        aws_sdk_sts::Client::from_conf(config.build()),
        explain,
        region.clone(),
    ));

    let (config, explain) = client!(aws_sdk_lambda, sdk, observer, tried);
    let lambda_endpoint = variable("AWS_ENDPOINT_URL_LAMBDA").or_else(|| sdk.endpoint_url().map(str::to_owned));
    let functions = lambda::LambdaFunctions {
        client: aws_sdk_lambda::Client::from_conf(config.build()),
        explain,
        limiter: match lambda_endpoint {
            Some(url) if on_this_machine(&url) => Limiter::unlimited(),
            _ => Limiter::for_region(region.as_str()),
        },
        identity: identity.clone(),
        timeout: options.timeout,
        route,
        locations: std::sync::Mutex::default(),
    };

    let (config, explain) = client!(aws_sdk_iam, sdk, observer, tried);
    let roles = iam::IamRoles {
        client: aws_sdk_iam::Client::from_conf(config.build()),
        explain,
    };

    let (config, explain) = client!(aws_sdk_s3, sdk, observer, tried);
    let path_style = profile.may_redirect_s3(sdk.endpoint_url());
    let artifacts = s3::S3Artifacts {
        client: aws_sdk_s3::Client::from_conf(config.force_path_style(path_style).build()),
        explain,
        identity: identity.clone(),
        region,
        timeout: options.timeout,
    };

    let (config, explain) = client!(aws_sdk_cloudwatchlogs, sdk, observer, tried);
    let logs = logs::CloudWatchLogs {
        client: aws_sdk_cloudwatchlogs::Client::from_conf(config.build()),
        explain,
        identity: identity.clone(),
    };

    let (config, explain) = client!(aws_sdk_ssm, sdk, observer, tried);
    let parameters = ssm::SsmParameters {
        client: aws_sdk_ssm::Client::from_conf(config.build()),
        explain,
    };

    let (config, explain) = client!(aws_sdk_cloudwatch, sdk, observer, tried);
    let metrics = cloudwatch::CloudWatch {
        client: aws_sdk_cloudwatch::Client::from_conf(config.build()),
        explain,
    };

    let functions = Arc::new(functions);
    Cloud {
        identity,
        functions: functions.clone(),
        layers: functions,
        roles: Arc::new(roles),
        logs: Arc::new(logs),
        artifacts: Arc::new(artifacts),
        parameters: Arc::new(parameters),
        metrics: Arc::new(metrics),
    }
}

/// Whether an endpoint is a server on this machine.
fn on_this_machine(url: &str) -> bool {
    let host = url.split_once("://").map_or(url, |(_, rest)| rest);
    ["127.0.0.1", "localhost", "[::1]"].iter().any(|local| {
        host.strip_prefix(local)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '/']))
    })
}

#[cfg(test)]
mod tests;
