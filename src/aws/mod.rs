//! The adapter for AWS, and for every server that speaks its APIs: implements the ports.
//!
//! The only module that knows the SDK. Calls are as thin as the services' own; what a refusal
//! means is decided in [`classify`], what a person reads about it in [`error`].

mod classify;
mod cloudwatch;
mod codedeploy;
mod credentials;
mod error;
mod hosts;
mod iam;
mod lambda;
mod limiter;
mod logs;
mod observe;
mod pacing;
mod profile;
mod relay;
mod retry;
mod s3;
mod ssm;
mod sts;
mod transport;

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use aws_config::identity::IdentityCache;
use aws_config::provider_config::ProviderConfig;
use aws_config::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_config::{AppName, BehaviorVersion, SdkConfig};
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_runtime_api::client::identity::SharedIdentityCache;

use self::error::Explain;
pub use self::observe::{Call, CallObserver};
use self::observe::{LastEndpoint, Watch};
use self::pacing::{Limits, paced};
use self::profile::{Profile, variable};
use self::retry::{FewConnectRetries, NoRetryAfterSilence};
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
    /// Requests a second to Lambda's control plane, 0 for no limit; `None` for AWS's own quota.
    pub rate: Option<u32>,
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
            rate: None,
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

/// The connections of a process: one a region, all with the same credentials, which are loaded once.
#[derive(Clone, Default)]
pub struct Connections(Arc<tokio::sync::Mutex<Made>>);

#[derive(Default)]
struct Made {
    base: Option<Base>,
    clouds: BTreeMap<Region, Cloud>,
}

/// What does not depend on the region.
#[derive(Clone)]
struct Base {
    http: SharedHttpClient,
    provider: SharedCredentialsProvider,
    /// Where the provider looks, in words.
    tried: String,
    identities: SharedIdentityCache,
}

impl Connections {
    /// Prepares the calls to the account and a region, or returns what was prepared before. The options besides
    /// the regions have to be the same each time. Nothing is sent to AWS yet: wrong credentials show with
    /// the first call, a missing profile, region or CA bundle at once.
    pub async fn connect(&self, options: ConnectOptions) -> PortResult<Cloud> {
        let mut made = self.0.lock().await;
        connect_once(&mut made, options).await
    }
}

/// A connection of its own.
pub async fn connect(options: ConnectOptions) -> PortResult<Cloud> {
    Connections::default().connect(options).await
}

async fn connect_once(made: &mut Made, options: ConnectOptions) -> PortResult<Cloud> {
    let behavior = BehaviorVersion::v2026_01_12();
    let profile = Profile::load(&options).await?;
    let route = transport::Route {
        bundle: variable("AWS_CA_BUNDLE")
            .or_else(|| profile.setting("ca_bundle").map(str::to_owned))
            .map(PathBuf::from),
    };
    let http = match &made.base {
        Some(base) => base.http.clone(),
        None => http_client(&route)?,
    };
    let providers = ProviderConfig::without_region()
        .with_behavior_version(Some(behavior))
        .with_http_client(http.clone());
    let metadata = credentials::instance_metadata(&providers);
    let region = profile
        .region(
            options.region.as_ref(),
            options.fallback_region.as_ref(),
            metadata.as_ref(),
        )
        .await?;
    if let Some(cloud) = made.clouds.get(&region) {
        return Ok(cloud.clone());
    }
    let attempts = variable("AWS_MAX_ATTEMPTS").or_else(|| profile.setting("max_attempts").map(str::to_owned));
    let retries =
        retry::retries(attempts.as_deref()).map_err(|why| PortError::new(ErrorKind::Invalid, CONNECT, "", why))?;
    let sdk_region = aws_config::Region::new(region.to_string());
    let base = made.base.get_or_insert_with(|| {
        let providers = providers.with_region(Some(sdk_region.clone()));
        let source = credentials::source(&profile, &providers, metadata);
        Base {
            http,
            provider: source.provider,
            tried: source.tried,
            identities: IdentityCache::lazy().build(),
        }
    });

    let mut loader = aws_config::defaults(behavior)
        .region(sdk_region)
        .profile_files(profile.files.clone())
        .credentials_provider(base.provider.clone())
        .identity_cache(base.identities.clone())
        .http_client(base.http.clone())
        .app_name(AppName::new("lfn").expect("three letters are a valid app name"))
        .retry_config(retries)
        .timeout_config(retry::control_plane(options.timeout))
        .stalled_stream_protection(
            StalledStreamProtectionConfig::enabled()
                .grace_period(Duration::from_mins(1))
                .build(),
        );
    if let Some(name) = &profile.asked {
        loader = loader.profile_name(name);
    }
    let sdk = loader.load().await;
    let cloud = assemble(&sdk, &profile, region.clone(), base, options, route);
    made.clouds.insert(region, cloud.clone());
    Ok(cloud)
}

fn http_client(route: &transport::Route) -> PortResult<SharedHttpClient> {
    transport::client(route.bundle.as_deref()).map_err(|why| PortError::new(ErrorKind::Invalid, CONNECT, "", why))
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

/// Makes every attempt of a client keep to a quota, and gives each of them the whole time limit.
macro_rules! paced {
    ($config:expr, $base:expr, $limits:expr, $timeout:expr) => {
        $config
            .http_client(paced($base.http.clone(), $limits))
            .timeout_config(retry::paced($timeout, 0))
            .retry_classifier(NoRetryAfterSilence)
            .build()
    };
}

fn assemble(
    sdk: &SdkConfig,
    profile: &Profile,
    region: Region,
    base: &Base,
    options: ConnectOptions,
    route: transport::Route,
) -> Cloud {
    let tried: Arc<str> = base.tried.as_str().into();
    let observer = options.observer;
    let timeout = options.timeout;
    let relay_route = route.clone();
    // A server on this machine has no quota that others share.
    let at_aws = |service: &str| {
        let own = variable(&format!("AWS_ENDPOINT_URL_{service}"));
        let endpoint = own.or_else(|| sdk.endpoint_url().map(str::to_owned));
        !endpoint.is_some_and(|url| on_this_machine(&url))
    };

    let (config, explain) = client!(aws_sdk_sts, sdk, observer, tried);
    let identity = Arc::new(sts::StsIdentity::new(
        aws_sdk_sts::Client::from_conf(config.build()),
        explain,
        region.clone(),
    ));

    let (config, explain) = client!(aws_sdk_lambda, sdk, observer, tried);
    let rate = match options.rate {
        Some(0) => None,
        Some(rate) => Some(rate),
        None => at_aws("LAMBDA").then_some(pacing::LAMBDA),
    };
    let limits = Limits::lambda(&region, rate, at_aws("LAMBDA"));
    let functions = lambda::LambdaFunctions {
        client: aws_sdk_lambda::Client::from_conf(paced!(config, base, limits, timeout)),
        explain,
        identity: identity.clone(),
        timeout,
        route,
        locations: std::sync::Mutex::default(),
    };

    let (config, explain) = client!(aws_sdk_iam, sdk, observer, tried);
    let limits = Limits::iam(at_aws("IAM"));
    let roles = iam::IamRoles {
        client: aws_sdk_iam::Client::from_conf(paced!(config, base, limits, timeout)),
        explain,
    };

    let limits = Limits::logs(&region, at_aws("CLOUDWATCH_LOGS"));
    let (config, explain) = client!(aws_sdk_cloudwatchlogs, sdk, observer, tried);
    let logs = logs::CloudWatchLogs {
        client: aws_sdk_cloudwatchlogs::Client::from_conf(paced!(config, base, limits, timeout)),
        explain,
        identity: identity.clone(),
    };

    let limits = Limits::ssm(&region, at_aws("SSM"));
    let (config, explain) = client!(aws_sdk_ssm, sdk, observer, tried);
    let parameters = ssm::SsmParameters {
        client: aws_sdk_ssm::Client::from_conf(paced!(config, base, limits, timeout)),
        explain,
    };

    let (config, explain) = client!(aws_sdk_s3, sdk, observer, tried);
    let path_style = profile.may_redirect_s3(sdk.endpoint_url());
    let artifacts = s3::S3Artifacts {
        client: aws_sdk_s3::Client::from_conf(config.force_path_style(path_style).build()),
        explain,
        identity: identity.clone(),
        region,
        timeout,
    };

    let (config, explain) = client!(aws_sdk_codedeploy, sdk, observer, tried);
    let deployments = codedeploy::CodeDeploy {
        client: aws_sdk_codedeploy::Client::from_conf(config.build()),
        explain,
        identity: identity.clone(),
    };

    let (config, explain) = client!(aws_sdk_cloudwatch, sdk, observer, tried);
    let metrics = cloudwatch::CloudWatch {
        client: aws_sdk_cloudwatch::Client::from_conf(config.build()),
        explain,
    };

    let ignored = variable("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS");
    let relay = relay::AwsRelay {
        route: relay_route,
        provider: base.provider.clone(),
        explain: Explain {
            endpoint: LastEndpoint::default(),
            tried: tried.clone(),
        },
        endpoint: sdk.endpoint_url().map(str::to_owned),
        heeds_endpoints: !ignored.is_some_and(|value| value.eq_ignore_ascii_case("true")),
        has_services: profile.setting("services").is_some(),
        connector: tokio::sync::OnceCell::new(),
        credentials: tokio::sync::Mutex::default(),
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
        deployments: Arc::new(deployments),
        metrics: Arc::new(metrics),
        relay: Some(Arc::new(relay)),
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
