//! Which profile and region are meant, and the few settings that lfn reads from them itself.
//!
//! The SDK reads profiles too, but it passes over one that does not exist and asks the instance
//! metadata service instead, which takes seconds and ends in an error about something else.

use std::borrow::Cow;
use std::error::Error;

use aws_config::environment::EnvironmentVariableRegionProvider;
use aws_config::meta::region::RegionProviderChain;
use aws_config::profile::profile_file;
use aws_config::profile::{ProfileFileRegionProvider, ProfileSet};

use super::{CONNECT, ConnectOptions};
use crate::domain::names::Region;
use crate::ports::{ErrorKind, PortError, PortResult};

#[expect(
    deprecated,
    reason = "the new name lives in `aws-runtime`, which calls itself internal"
)]
pub type ProfileFiles = profile_file::ProfileFiles;
#[expect(deprecated, reason = "as above")]
type ProfileFileKind = profile_file::ProfileFileKind;

/// The profile in force and what it says.
#[derive(Debug)]
pub struct Profile {
    pub files: ProfileFiles,
    /// The profile that was asked for by name, if any.
    pub asked: Option<String>,
    set: ProfileSet,
}

/// A variable of the process's environment; an empty one counts as unset.
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

impl Profile {
    #[expect(
        clippy::default_trait_access,
        reason = "`Fs` and `Env` are types of `aws-types`, which is not a dependency"
    )]
    /// Reads the shared configuration files. A profile that is asked for and does not exist is an error.
    pub async fn load(options: &ConnectOptions) -> PortResult<Self> {
        let files = match &options.config_file {
            Some(path) => ProfileFiles::builder().with_file(ProfileFileKind::Config, path).build(),
            None => ProfileFiles::default(),
        };
        let asked = options.profile.clone();
        let set = aws_config::profile::load(
            &Default::default(),
            &Default::default(),
            &files,
            asked.clone().map(Cow::Owned),
        )
        .await
        .map_err(|error| {
            let why = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
            PortError::new(ErrorKind::Credentials, CONNECT, "", format!("{error}{why}"))
        })?;
        let profile = Self { files, asked, set };
        profile.must_exist()?;
        profile.endpoints_must_not_be_empty()?;
        Ok(profile)
    }

    /// The SDK panics on an empty endpoint, and taking it for none would send calls to AWS that were
    /// meant for another place.
    fn endpoints_must_not_be_empty(&self) -> PortResult<()> {
        let mut variables: Vec<String> = std::env::vars_os()
            .filter(|(_, value)| value.is_empty())
            .filter_map(|(name, _)| name.into_string().ok())
            .filter(|name| name.starts_with("AWS_ENDPOINT_URL"))
            .collect();
        variables.sort_unstable();
        let empty = match variables.first() {
            Some(name) => format!("the variable `{name}`"),
            None if self.set.get("endpoint_url") == Some("") => {
                format!("`endpoint_url` of the profile `{}`", self.name())
            }
            None => return Ok(()),
        };
        let message =
            format!("{empty} is set and empty: remove it, or set it to an address such as `https://127.0.0.1:9297`");
        Err(PortError::new(ErrorKind::Invalid, CONNECT, "", message))
    }

    fn must_exist(&self) -> PortResult<()> {
        let name = self.name();
        let implied = self.asked.is_none() && name == "default";
        if implied || self.set.get_profile(name).is_some() {
            return Ok(());
        }
        if name.is_empty() {
            // An error in the AWS CLI too.
            let message = "the profile asked for has no name: remove the empty `AWS_PROFILE`, or name a profile";
            return Err(PortError::new(ErrorKind::Credentials, CONNECT, "", message));
        }
        let mut known: Vec<&str> = self.set.profiles().collect();
        known.sort_unstable();
        let known = match known.as_slice() {
            [] => "the AWS configuration files hold no profiles".to_owned(),
            names => format!("there are `{}`", names.join("`, `")),
        };
        Err(PortError::new(
            ErrorKind::Credentials,
            CONNECT,
            "",
            format!("the profile `{name}` does not exist; {known}"),
        ))
    }

    /// The name of the profile in force.
    pub fn name(&self) -> &str {
        self.set.selected_profile()
    }

    /// A setting of the profile in force.
    pub fn setting(&self, key: &str) -> Option<&str> {
        self.set.get(key).filter(|value| !value.is_empty())
    }

    /// The region: the caller's choice, the environment's, the profile's, lambda.yaml's, or the machine's own.
    pub async fn region(
        &self,
        chosen: Option<&Region>,
        fallback: Option<&Region>,
        metadata: Option<&aws_config::imds::Client>,
    ) -> PortResult<Region> {
        if let Some(region) = chosen {
            return Ok(region.clone());
        }
        let mut profile = ProfileFileRegionProvider::builder().profile_files(self.files.clone());
        if let Some(name) = &self.asked {
            profile = profile.profile_name(name);
        }
        let mut chain =
            RegionProviderChain::first_try(EnvironmentVariableRegionProvider::new()).or_else(profile.build());
        if let Some(region) = fallback {
            chain = chain.or_else(aws_config::Region::new(region.to_string()));
        }
        if let Some(client) = metadata {
            let machine = aws_config::imds::region::ImdsRegionProvider::builder().imds_client(client.clone());
            chain = chain.or_else(machine.build());
        }
        let failed = |message| PortError::new(ErrorKind::Invalid, CONNECT, "", message);
        let found = chain.region().await.ok_or_else(|| {
            failed(format!(
                "no region is set: pass `--region`, set `AWS_REGION`, or write `region` in lambda.yaml or in the profile `{}`",
                self.name()
            ))
        })?;
        Region::new(found.as_ref()).map_err(|why| failed(format!("`{found}` is not a region: {why}")))
    }

    /// Whether an endpoint other than AWS's own may be in force for S3. Such servers rarely answer
    /// to `bucket.host`, and names such as `bucket.localhost` often do not resolve.
    pub fn may_redirect_s3(&self, global: Option<&str>) -> bool {
        global.is_some() || variable("AWS_ENDPOINT_URL_S3").is_some() || self.setting("services").is_some()
    }
}
