//! Watching a deployment: how far CodeDeploy is, and what the alias shows meanwhile.

use std::time::Duration;

use super::super::wait::{Stop, pause};
use crate::domain::ledger::Point;
use crate::domain::names::{AliasName, FunctionName, Version};
use crate::engine::release;
use crate::ports::{AliasState, Cloud, Deployment, ErrorKind, LifecycleEvent, PortError, PortResult};

/// After so many looks, a deployment is a long one and is looked at less often.
const SOON: u32 = 30;
/// The pause between two looks at a long one.
const LATER: Duration = Duration::from_secs(10);
/// How many looks in a row may fail before lfn gives up watching: some minutes without a network.
const FAILURES: u32 = 30;
/// How many looks CodeDeploy is given to begin the return of an alias.
const SETTLING: u32 = 8;

/// What a look shows.
#[derive(Debug, Clone)]
pub struct Look {
    pub deployment: Deployment,
    pub events: Vec<LifecycleEvent>,
    pub alias: Option<AliasState>,
}

/// How watching ended.
#[derive(Debug)]
pub enum Ended {
    /// The deployment is over, for better or worse.
    Over(Box<Deployment>),
    /// Somebody asked lfn to stop; CodeDeploy goes on.
    Interrupted,
    /// Nothing more is known; CodeDeploy goes on.
    LostSight(PortError),
}

/// Watches a deployment until it is over, and tells every look.
pub async fn follow(
    cloud: &Cloud,
    (function, alias): (&FunctionName, &AliasName),
    id: &str,
    stop: &Stop,
    on_look: &(dyn Fn(&Look) + Send + Sync),
) -> Ended {
    let mut failures = 0;
    for attempt in 0.. {
        match look(cloud, function, alias, id).await {
            Ok(look) => {
                failures = 0;
                on_look(&look);
                if look.deployment.course.is_over() {
                    return Ended::Over(Box::new(look.deployment));
                }
            }
            Err(error) if is_passing(error.kind) && failures < FAILURES => failures += 1,
            Err(error) => return Ended::LostSight(error),
        }
        if stop.requested() {
            return Ended::Interrupted;
        }
        stop.sleep(pause_before(attempt)).await;
        if stop.requested() {
            return Ended::Interrupted;
        }
    }
    unreachable!("the loop ends by returning")
}

/// Waits until the alias has come back to `from`, as far as CodeDeploy returns it, and gives back the alias.
pub async fn settle(
    cloud: &Cloud,
    (function, alias): (&FunctionName, &AliasName),
    deployment: &Deployment,
    from: Version,
    stop: &Stop,
    on_look: &(dyn Fn(&Look) + Send + Sync),
) -> PortResult<Option<AliasState>> {
    for attempt in 0..SETTLING {
        let found = cloud.functions.alias(function, alias).await?;
        let is_back = found
            .as_ref()
            .is_none_or(|alias| release::point(alias) == Point::at(from));
        if is_back || stop.requested() {
            return Ok(found);
        }
        let now = cloud.deployments.deployment(&deployment.id).await?;
        if let Some(rollback) = now.rollback {
            follow(cloud, (function, alias), &rollback, stop, on_look).await;
            return cloud.functions.alias(function, alias).await;
        }
        stop.sleep(pause_before(attempt)).await;
    }
    cloud.functions.alias(function, alias).await
}

async fn look(cloud: &Cloud, function: &FunctionName, alias: &AliasName, id: &str) -> PortResult<Look> {
    // First, so that the look at its end shows the steps and the alias as they are then.
    let deployment = cloud.deployments.deployment(id).await?;
    // Who may start a deployment need not be allowed to see its steps: they are told when they can be.
    let events = async { Ok(cloud.deployments.events(id).await.unwrap_or_default()) };
    let (events, alias) = tokio::try_join!(events, cloud.functions.alias(function, alias))?;
    Ok(Look {
        deployment,
        events,
        alias,
    })
}

fn is_passing(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::Unreachable | ErrorKind::Internal | ErrorKind::Throttled | ErrorKind::Busy
    )
}

fn pause_before(attempt: u32) -> Duration {
    if attempt < SOON {
        Duration::from_secs_f64(pause(attempt))
    } else {
        LATER
    }
}
