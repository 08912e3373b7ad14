//! Where credentials come from, in which order, and how long anything is waited for.

use std::time::Duration;

use aws_config::ecs::EcsCredentialsProvider;
use aws_config::environment::EnvironmentVariableCredentialsProvider;
use aws_config::imds;
use aws_config::imds::credentials::ImdsCredentialsProvider;
use aws_config::meta::credentials::CredentialsProviderChain;
use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::web_identity_token::WebIdentityTokenCredentialsProvider;
use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{self, ProvideCredentials, SharedCredentialsProvider, future};

use super::profile::{Profile, variable};

/// A provider, and in words where it looks.
pub struct Source {
    pub provider: SharedCredentialsProvider,
    pub tried: String,
}

/// The chain. A profile asked for by name (`--profile`) stands alone, as in the AWS CLI: keys in
/// the environment must not win over it.
pub fn source(profile: &Profile, config: &ProviderConfig, metadata: Option<imds::Client>) -> Source {
    let mut from_profile = ProfileFileCredentialsProvider::builder()
        .configure(config)
        .profile_files(profile.files.clone());
    let name = profile.name();
    if profile.asked.is_some() {
        from_profile = from_profile.profile_name(name);
        return Source {
            provider: checked(from_profile.build()),
            tried: format!("the profile `{name}`"),
        };
    }
    let mut tried = vec![
        "the environment (`AWS_ACCESS_KEY_ID`)".to_owned(),
        format!("the profile `{name}`"),
        "a web identity token (`AWS_WEB_IDENTITY_TOKEN_FILE`)".to_owned(),
        "the container's credentials (`AWS_CONTAINER_CREDENTIALS_RELATIVE_URI`)".to_owned(),
    ];
    let mut chain = CredentialsProviderChain::first_try("Environment", EnvironmentVariableCredentialsProvider::new())
        .or_else("Profile", from_profile.build())
        .or_else(
            "WebIdentityToken",
            WebIdentityTokenCredentialsProvider::builder().configure(config).build(),
        )
        .or_else(
            "EcsContainer",
            EcsCredentialsProvider::builder().configure(config).build(),
        );
    if let Some(client) = metadata {
        let machine = ImdsCredentialsProvider::builder()
            .configure(config)
            .imds_client(client)
            .build();
        chain = chain.or_else("Ec2InstanceMetadata", machine);
        tried.push("the instance metadata".to_owned());
    }
    Source {
        provider: checked(chain),
        tried: tried.join(", "),
    }
}

/// A provider whose credentials can be sent. The SDK panics on a key id with a line break, which is
/// what a secret that was pasted or piped into a pipeline's settings often ends with.
#[derive(Debug)]
struct Checked<P>(P);

fn checked(provider: impl ProvideCredentials + 'static) -> SharedCredentialsProvider {
    SharedCredentialsProvider::new(Checked(provider))
}

impl<P: ProvideCredentials> Checked<P> {
    async fn provide(&self) -> provider::Result {
        let credentials = self.0.provide_credentials().await?;
        match unsendable(&credentials) {
            None => Ok(credentials),
            Some(part) => Err(CredentialsError::invalid_configuration(format!(
                "the {part} holds a line break, a space or another character that none has"
            ))),
        }
    }
}

impl<P: ProvideCredentials> ProvideCredentials for Checked<P> {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(self.provide())
    }

    fn fallback_on_interrupt(&self) -> Option<Credentials> {
        self.0.fallback_on_interrupt()
    }
}

/// The part of the credentials that fits into no header; the secret signs and is never sent, but a
/// stray line break there gives signatures that nobody accepts.
fn unsendable(credentials: &Credentials) -> Option<&'static str> {
    let parts = [
        ("access key id", credentials.access_key_id()),
        ("secret access key", credentials.secret_access_key()),
        ("session token", credentials.session_token().unwrap_or_default()),
    ];
    let unfit = |text: &str| !text.bytes().all(|byte| byte.is_ascii_graphic());
    parts.into_iter().find(|(_, text)| unfit(text)).map(|(part, _)| part)
}

/// A client of the instance metadata service, where there may be one. Elsewhere nothing answers at
/// its address and every command without credentials would wait for that.
pub fn instance_metadata(config: &ProviderConfig) -> Option<imds::Client> {
    let wanted = may_be_instance(
        variable("AWS_EC2_METADATA_DISABLED").as_deref(),
        variable("AWS_EC2_METADATA_SERVICE_ENDPOINT").as_deref(),
        std::fs::read_to_string("/sys/class/dmi/id/sys_vendor").ok().as_deref(),
    );
    wanted.then(|| {
        imds::Client::builder()
            .configure(config)
            .max_attempts(1)
            .connect_timeout(Duration::from_secs(1))
            .read_timeout(Duration::from_secs(1))
            .build()
    })
}

/// Source: EC2 user guide, "Detect whether a host is an EC2 instance" (the DMI vendor), and the
/// SDK reference, "IMDS credential provider" (the variables).
fn may_be_instance(disabled: Option<&str>, endpoint: Option<&str>, vendor: Option<&str>) -> bool {
    if disabled.is_some_and(|value| value.eq_ignore_ascii_case("true")) {
        return false;
    }
    endpoint.is_some() || vendor.is_some_and(|vendor| vendor.contains("Amazon EC2") || vendor.contains("Xen"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_with_a_line_break_are_named() {
        for (key, secret, token, part) in [
            ("AKIA\n", "s", None, Some("access key id")),
            ("AKIA", "s\r\n", None, Some("secret access key")),
            ("AKIA", "s", Some("tok en"), Some("session token")),
            ("AKIA", "s/+=", Some("IQoJb3JpZ2luX2VjE=="), None),
        ] {
            let token = token.map(str::to_owned);
            let credentials = Credentials::new(key, secret, token, None, "test");
            assert_eq!(unsendable(&credentials), part);
        }
    }

    #[test]
    fn metadata_is_asked_on_instances_only() {
        assert!(may_be_instance(None, None, Some("Amazon EC2\n")));
        assert!(may_be_instance(None, Some("http://127.0.0.1:1338"), None));
        assert!(!may_be_instance(None, None, Some("LENOVO\n")));
        assert!(!may_be_instance(None, None, None));
        assert!(!may_be_instance(Some("true"), Some("http://x"), Some("Amazon EC2")));
    }
}
