//! `--enforce` and `--learn`: a function that runs on this machine, its AWS calls held against the role that
//! lambda.yaml describes.

use clap::Args;

use super::policy::own_role;
use crate::ctx::{Ctx, Target};
use crate::domain::arn::Place;
use crate::domain::config::Config;
use crate::domain::enforce::{Access, Judge};
use crate::domain::function::Environment;
use crate::domain::policy::{self, PolicyDocument, RoleSpec};
use crate::error::Problem;
use crate::ports::{Cloud, PortError};
use crate::runner::{Door, Gateway, Mode, is_way_around};
use crate::settings::switch;
use crate::ui::calls;

/// What becomes of the function's AWS calls
#[derive(Debug, Clone, Copy, Args)]
pub struct EnforceArgs {
    /// Run the code of this folder, and refuse its AWS calls as AWS would with the role of lambda.yaml; what is
    /// allowed goes on with your credentials
    #[arg(long, env = "LFN_ENFORCE", conflicts_with = "learn", value_parser = switch)]
    enforce: bool,

    /// Run the code of this folder, let its AWS calls through with your credentials, and propose the lines of
    /// `allow` for them
    #[arg(long, env = "LFN_LEARN", value_parser = switch)]
    learn: bool,
}

impl EnforceArgs {
    /// `None` when calls are not watched.
    pub fn mode(self) -> Option<Mode> {
        let enforce = self.enforce.then_some(Mode::Enforce);
        enforce.or_else(|| self.learn.then_some(Mode::Learn))
    }
}

/// The endpoint that watches a function's calls.
#[derive(Debug)]
pub struct Watched {
    gateway: Gateway,
    /// What is not looked at.
    notes: Vec<String>,
}

impl Watched {
    /// Starts the endpoint for the function of this file. `beyond` is where calls go on to, or why there is no
    /// such place.
    pub async fn start(
        ctx: &Ctx,
        mode: Mode,
        config: &Config,
        place: &Place,
        beyond: Result<&Target, &PortError>,
    ) -> anyhow::Result<Self> {
        let mut notes = Vec::new();
        let role = own_role(config, place)?;
        let cloud = beyond.ok().map(|target| &target.cloud);
        match beyond {
            Ok(Target { cloud, caller, .. }) => {
                let relay = cloud.relay.as_ref();
                let to = relay.map_or_else(|| "nowhere".to_owned(), |relay| relay.destination());
                let Place { account, region, .. } = &caller.place;
                ctx.ui.status(format_args!(
                    "AWS calls that go through are made for real: at {to}, in account {account}, {region}, as {}",
                    caller.arn
                ));
            }
            Err(error) => notes.push(format!("calls have nowhere to go: {}", error.message)),
        }
        let boundary = boundary(&role, cloud, &mut notes).await;
        let left_out = config.env.keys().filter(|name| is_way_around(name.as_str()));
        notes.extend(left_out.map(|name| format!("`{name}` of `env` is left out: calls go through lfn")));
        let judge = Judge {
            sources: policy::sources(config, place),
            function: place.function_arn(&config.name),
            place: place.clone(),
            boundary,
            role,
        };
        let relay = cloud.and_then(|cloud| cloud.relay.clone());
        let started = Gateway::start(judge, relay, mode).await;
        let gateway = started.map_err(|error| {
            Problem::failed("could not open an endpoint for the function's AWS calls").caused_by(error)
        })?;
        Ok(Self { gateway, notes })
    }

    /// What the function is told.
    pub fn door(&self) -> Door {
        self.gateway.door()
    }

    /// Changes the values that the function is given where they would lead past the endpoint.
    pub fn lead(&self, environment: &mut Environment) {
        for value in environment.0.values_mut() {
            *value = self.gateway.value(value);
        }
    }

    /// What came of the calls so far.
    pub fn access(&self) -> Access {
        self.gateway.access(self.notes.clone())
    }
}

/// What the role's boundary says, if the file names one and it can be read.
async fn boundary(role: &RoleSpec, cloud: Option<&Cloud>, notes: &mut Vec<String>) -> Option<PolicyDocument> {
    let arn = role.boundary.as_ref()?;
    let why = match cloud {
        None => "there is no account to read it in".to_owned(),
        Some(cloud) => match cloud.roles.managed_policy(arn).await {
            Ok(Some(document)) => return Some(document),
            Ok(None) => "there is no such policy".to_owned(),
            Err(error) => error.to_string(),
        },
    };
    notes.push(format!("the boundary `{arn}` is not looked at: {why}"));
    None
}

/// Shows what came of the calls when it is dropped before anybody has: the command was interrupted, or failed.
pub struct Untold<'a>(Option<(&'a Ctx, &'a Watched)>);

impl<'a> Untold<'a> {
    pub fn of(ctx: &'a Ctx, watched: Option<&'a Watched>) -> Self {
        Self(watched.map(|watched| (ctx, watched)))
    }

    /// It is shown elsewhere.
    pub fn told(mut self) {
        self.0 = None;
    }
}

impl Drop for Untold<'_> {
    fn drop(&mut self) {
        if let Some((ctx, watched)) = self.0 {
            show(ctx, &watched.access());
        }
    }
}

/// Shows what came of the calls.
pub fn show(ctx: &Ctx, access: &Access) {
    ctx.ui.status(calls::render(access));
}
