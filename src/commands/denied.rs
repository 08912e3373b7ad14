//! What to do about a refused call: whether the policy that `lfn ci policy` prints has the right, who keeps it
//! back if so, and which command comes next.

use std::fmt::Write as _;

use super::policy::stand_in;
use crate::ctx::{Ctx, FILE};
use crate::domain::arn::Place;
use crate::domain::config::{self, Config, Inputs};
use crate::domain::policy::Work;
use crate::domain::policy::denial::{Denial, Keeper, Standing, standing};
use crate::engine::desired;
use crate::error::Explained;
use crate::ports::{ErrorKind, PortError};
use crate::settings;

/// The same error, and what can be said about a call that was refused.
pub async fn explain(error: anyhow::Error, ctx: &Ctx) -> anyhow::Error {
    if error.is::<Explained>() {
        return error;
    }
    let refused = error.chain().filter_map(|cause| cause.downcast_ref::<PortError>());
    let Some(refused) = refused.filter(|error| error.kind == ErrorKind::Denied).last() else {
        return error;
    };
    let denial = Denial::read(&refused.message);
    let action = denial.action.clone().unwrap_or_else(|| refused.action.to_owned());
    let mut hints = Vec::new();
    match file(ctx).await {
        Some((config, place)) => {
            let bucket = desired::archive_bucket(&config, &place);
            let standing = standing(&action, denial.resource.as_deref(), &config, &place, &bucket);
            hints.push(sentence(&standing, &denial, &config));
        }
        None => hints.extend(kept_back(&denial)),
    }
    if denial.encoded {
        hints.push(
            "`aws sts decode-authorization-message --encoded-message TEXT` says which statement it was".to_owned(),
        );
    }
    if hints.is_empty() {
        return error;
    }
    Explained { error, hints }.into()
}

/// The project's file as far as it can be read, at the place of the credentials.
async fn file(ctx: &Ctx) -> Option<(Config, Place)> {
    let text = ctx.read_file().ok()?;
    let load = |place: Option<&Place>| {
        let inputs = Inputs {
            stage: ctx.settings.stage.as_ref(),
            place,
            env: &settings::env,
        };
        config::load(&text, &inputs).config
    };
    let offline = load(None)?;
    let cloud = ctx.connect(offline.region.as_ref()).await.ok()?;
    let place = match cloud.identity.caller().await {
        Ok(caller) => caller.place,
        Err(_) => stand_in(&offline, ctx, None),
    };
    Some((load(Some(&place))?, place))
}

fn sentence(standing: &Standing, denial: &Denial, config: &Config) -> String {
    let command = |work: Work, large_archives: bool| {
        let mut command = "`lfn ci policy".to_owned();
        let mut add = |text: std::fmt::Arguments<'_>| command.write_fmt(text).expect("a String takes everything");
        if let Some(stage) = &config.stage {
            add(format_args!(" --stage {stage}"));
        }
        match work {
            Work::Deploy => {}
            Work::Plan => add(format_args!(" --for plan")),
            Work::Invoke => add(format_args!(" --for invoke")),
            Work::Destroy => add(format_args!(" --for destroy")),
            Work::Layers => add(format_args!(" --for layers")),
            Work::Prune => add(format_args!(" --for prune")),
            Work::Tighten => add(format_args!(" --for tighten")),
            Work::Codedeploy => add(format_args!(" --for codedeploy")),
        }
        if large_archives {
            add(format_args!(" --large-archives"));
        }
        add(format_args!("`"));
        command
    };
    match standing {
        Standing::Has { work, large_archives } => {
            let command = command(*work, *large_archives);
            match kept_back(denial) {
                Some(keeper) => {
                    format!("{command} has this right for {FILE}, so its policy is not the trouble: {keeper}")
                }
                None => format!(
                    "{command} has this right for {FILE}: the identity's policy is older than the file, or is not \
                     attached; print it again and put it in place"
                ),
            }
        }
        Standing::HasOn(resources) => format!(
            "{} has this right on `{}` alone: look whether the stage, the names in {FILE} and the account are the ones \
             you mean",
            command(Work::Deploy, false),
            resources.join("`, `")
        ),
        Standing::HasNot => format!(
            "{} does not have this right, which it holds no deploy to need; if a deploy asked for it, please tell us: \
             that is a mistake of lfn's",
            command(Work::Deploy, false)
        ),
    }
}

/// Who keeps a right back, when it is not just that no policy of the identity gives it.
fn kept_back(denial: &Denial) -> Option<String> {
    let keeper = denial.keeper.words();
    match (denial.keeper, denial.explicit) {
        (Keeper::Unsaid, true) => {
            Some("a policy denies it; look for a `Deny` in everything that applies to the identity".to_owned())
        }
        (Keeper::Identity, true) => Some(format!("a `Deny` in {keeper} wins over it; take that out")),
        (_, true) => Some(format!("{keeper} denies it; whoever keeps that can lift it")),
        (Keeper::Unsaid | Keeper::Identity, false) => None,
        (_, false) => Some(format!("{keeper} does not allow it; whoever keeps that can add it")),
    }
}
