//! CodeDeploy: applications, groups, configurations and deployments for the Lambda platform.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::sync::Arc;

use async_trait::async_trait;
use aws_sdk_codedeploy::types::{
    Alarm, AlarmConfiguration, AppSpecContent, AutoRollbackConfiguration, AutoRollbackEvent, ComputePlatform,
    DeploymentGroupInfo, DeploymentInfo, DeploymentOption, DeploymentStatus, DeploymentStyle, DeploymentType,
    LambdaTarget, RevisionLocation, RevisionLocationType, Tag, TimeBasedCanary, TimeBasedLinear, TrafficRoutingConfig,
    TrafficRoutingType,
};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use jiff::Timestamp;

use super::error::{Explain, found};
use super::sts::StsIdentity;
use crate::domain::arn::Arn;
use crate::domain::codedeploy::Routing;
use crate::ports::{
    Course, Deployment, DeploymentGroup, Deployments, ErrorKind, GroupState, LifecycleEvent, NewDeployment, PortError,
    PortResult,
};

/// What stops a deployment and returns the alias.
const EVENTS: [AutoRollbackEvent; 3] = [
    AutoRollbackEvent::DeploymentFailure,
    AutoRollbackEvent::DeploymentStopOnAlarm,
    AutoRollbackEvent::DeploymentStopOnRequest,
];
/// The states of a deployment that is not over.
const UNDER_WAY: [DeploymentStatus; 5] = [
    DeploymentStatus::Created,
    DeploymentStatus::Queued,
    DeploymentStatus::InProgress,
    DeploymentStatus::Baking,
    DeploymentStatus::Ready,
];

/// CodeDeploy through the SDK.
#[derive(Debug)]
pub struct CodeDeploy {
    pub client: aws_sdk_codedeploy::Client,
    pub explain: Explain,
    pub identity: Arc<StsIdentity>,
}

impl CodeDeploy {
    async fn tags(&self, resource: String) -> PortResult<BTreeMap<String, String>> {
        let action = "codedeploy:ListTagsForResource";
        let place = self.identity.place().await?;
        let arn = place.arn("codedeploy", &resource).to_string();
        let (mut tags, mut next) = (BTreeMap::new(), None);
        loop {
            let call = self
                .client
                .list_tags_for_resource()
                .resource_arn(&arn)
                .set_next_token(next);
            let answer = call.send().await;
            let answer = answer.map_err(|error| self.explain.call(action, &resource, &error))?;
            tags.extend(answer.tags().iter().filter_map(|tag| {
                let value = tag.value().unwrap_or_default().to_owned();
                Some((tag.key()?.to_owned(), value))
            }));
            next = answer.next_token().filter(|next| !next.is_empty()).map(str::to_owned);
            if next.is_none() {
                return Ok(tags);
            }
        }
    }
}

#[async_trait]
impl Deployments for CodeDeploy {
    async fn application(&self, name: &str) -> PortResult<Option<BTreeMap<String, String>>> {
        let answer = self.client.get_application().application_name(name).send().await;
        if answer.as_ref().is_err_and(no_such_service) {
            return Ok(None);
        }
        let answer = answer.map_err(|error| self.explain.call("codedeploy:GetApplication", &name, &error));
        if found(answer)?.is_none() {
            return Ok(None);
        }
        self.tags(format!("application:{name}")).await.map(Some)
    }

    async fn create_application(&self, name: &str, tags: &BTreeMap<String, String>) -> PortResult<()> {
        self.client
            .create_application()
            .application_name(name)
            .compute_platform(ComputePlatform::Lambda)
            .set_tags(Some(sent(tags)))
            .send()
            .await
            .map(drop)
            .map_err(|error| self.explain.call("codedeploy:CreateApplication", &name, &error))
    }

    async fn delete_application(&self, name: &str) -> PortResult<()> {
        let answer = self.client.delete_application().application_name(name).send().await;
        answer
            .map(drop)
            .map_err(|error| self.explain.call("codedeploy:DeleteApplication", &name, &error))
    }

    async fn groups(&self, application: &str) -> PortResult<Vec<String>> {
        let pages = self.client.list_deployment_groups().application_name(application);
        let names = pages.into_paginator().items().send().collect::<Result<Vec<_>, _>>();
        names.await.map_err(|error| {
            self.explain
                .call("codedeploy:ListDeploymentGroups", &application, &error)
        })
    }

    async fn group(&self, application: &str, name: &str) -> PortResult<Option<GroupState>> {
        let action = "codedeploy:GetDeploymentGroup";
        let call = self.client.get_deployment_group().application_name(application);
        let answer = call.deployment_group_name(name).send().await;
        let answer = found(answer.map_err(|error| self.explain.call(action, &name, &error)))?;
        let group = answer.and_then(|answer| answer.deployment_group_info);
        let group = group.map(|group| group_state(&group));
        group.transpose().map_err(|why| odd(action, &name, why))
    }

    async fn group_tags(&self, application: &str, name: &str) -> PortResult<BTreeMap<String, String>> {
        self.tags(format!("deploymentgroup:{application}/{name}")).await
    }

    async fn create_group(
        &self,
        application: &str,
        name: &str,
        group: &DeploymentGroup,
        tags: &BTreeMap<String, String>,
    ) -> PortResult<()> {
        self.client
            .create_deployment_group()
            .application_name(application)
            .deployment_group_name(name)
            .deployment_config_name(&group.configuration)
            .service_role_arn(group.role.to_string())
            .deployment_style(style(group))
            .alarm_configuration(alarms(group))
            .auto_rollback_configuration(returns(group))
            .set_tags(Some(sent(tags)))
            .send()
            .await
            .map(drop)
            .map_err(|error| self.explain.call("codedeploy:CreateDeploymentGroup", &name, &error))
    }

    async fn update_group(&self, application: &str, name: &str, group: &DeploymentGroup) -> PortResult<()> {
        self.client
            .update_deployment_group()
            .application_name(application)
            .current_deployment_group_name(name)
            .deployment_config_name(&group.configuration)
            .service_role_arn(group.role.to_string())
            .deployment_style(style(group))
            .alarm_configuration(alarms(group))
            .auto_rollback_configuration(returns(group))
            .send()
            .await
            .map(drop)
            .map_err(|error| self.explain.call("codedeploy:UpdateDeploymentGroup", &name, &error))
    }

    async fn delete_group(&self, application: &str, name: &str) -> PortResult<()> {
        let call = self.client.delete_deployment_group().application_name(application);
        let answer = call.deployment_group_name(name).send().await;
        answer
            .map(drop)
            .map_err(|error| self.explain.call("codedeploy:DeleteDeploymentGroup", &name, &error))
    }

    async fn has_configuration(&self, name: &str) -> PortResult<bool> {
        let answer = self.client.get_deployment_config().deployment_config_name(name).send();
        let answer = answer
            .await
            .map_err(|error| self.explain.call("codedeploy:GetDeploymentConfig", &name, &error));
        found(answer).map(|found| found.is_some())
    }

    async fn configurations(&self, prefix: &str) -> PortResult<Vec<String>> {
        let pages = self.client.list_deployment_configs().into_paginator().items().send();
        let names = pages.collect::<Result<Vec<_>, _>>().await;
        let names = names.map_err(|error| self.explain.call("codedeploy:ListDeploymentConfigs", &"", &error))?;
        Ok(names.into_iter().filter(|name| name.starts_with(prefix)).collect())
    }

    async fn create_configuration(&self, name: &str, routing: Routing) -> PortResult<()> {
        self.client
            .create_deployment_config()
            .deployment_config_name(name)
            .compute_platform(ComputePlatform::Lambda)
            .traffic_routing_config(traffic(routing))
            .send()
            .await
            .map(drop)
            .map_err(|error| self.explain.call("codedeploy:CreateDeploymentConfig", &name, &error))
    }

    async fn delete_configuration(&self, name: &str) -> PortResult<()> {
        let answer = self.client.delete_deployment_config().deployment_config_name(name);
        let answer = answer.send().await;
        answer
            .map(drop)
            .map_err(|error| self.explain.call("codedeploy:DeleteDeploymentConfig", &name, &error))
    }

    async fn start(&self, new: &NewDeployment) -> PortResult<String> {
        let action = "codedeploy:CreateDeployment";
        let content = AppSpecContent::builder()
            .content(&new.revision)
            .sha256(crate::domain::codedeploy::AppSpec::sha256(&new.revision))
            .build();
        let revision = RevisionLocation::builder()
            .revision_type(RevisionLocationType::AppSpecContent)
            .app_spec_content(content)
            .build();
        // A second attempt after a lost answer would start a second deployment.
        let once =
            aws_sdk_codedeploy::config::Builder::new().retry_config(aws_smithy_types::retry::RetryConfig::disabled());
        let answer = self
            .client
            .create_deployment()
            .application_name(&new.application)
            .deployment_group_name(&new.group)
            .deployment_config_name(&new.configuration)
            .description(&new.description)
            .revision(revision)
            .customize()
            .config_override(once)
            .send()
            .await
            .map_err(|error| self.explain.call(action, &new.group, &error))?;
        let id = answer.deployment_id().map(str::to_owned);
        id.ok_or_else(|| odd(action, &new.group, "the answer names no deployment"))
    }

    async fn under_way(&self, application: &str, group: &str) -> PortResult<Vec<String>> {
        let pages = self
            .client
            .list_deployments()
            .application_name(application)
            .deployment_group_name(group)
            .set_include_only_statuses(Some(UNDER_WAY.to_vec()));
        let ids = pages.into_paginator().items().send().collect::<Result<Vec<_>, _>>();
        let ids = ids.await;
        if ids.as_ref().is_err_and(no_such_service) {
            return Ok(Vec::new());
        }
        let ids = ids.map_err(|error| self.explain.call("codedeploy:ListDeployments", &group, &error));
        // Without the application or the group there is no deployment either.
        Ok(found(ids)?.unwrap_or_default())
    }

    async fn deployment(&self, id: &str) -> PortResult<Deployment> {
        let action = "codedeploy:GetDeployment";
        let answer = self.client.get_deployment().deployment_id(id).send().await;
        let answer = answer.map_err(|error| self.explain.call(action, &id, &error))?;
        let info = answer.deployment_info();
        let info = info.ok_or_else(|| odd(action, &id, "the answer has no deployment"))?;
        deployment(id, info).map_err(|why| odd(action, &id, why))
    }

    async fn events(&self, id: &str) -> PortResult<Vec<LifecycleEvent>> {
        let targets = self.client.list_deployment_targets().deployment_id(id).send().await;
        let target = match targets {
            Ok(targets) => targets.target_ids().first().cloned(),
            Err(error) if error.as_service_error().is_some_and(not_begun) => None,
            Err(error) => return Err(self.explain.call("codedeploy:ListDeploymentTargets", &id, &error)),
        };
        let Some(target) = target else {
            return Ok(Vec::new());
        };
        let call = self.client.get_deployment_target().deployment_id(id).target_id(target);
        let answer = call.send().await;
        let answer = answer.map_err(|error| self.explain.call("codedeploy:GetDeploymentTarget", &id, &error))?;
        let target = answer.deployment_target().and_then(|target| target.lambda_target());
        let events = target.map(LambdaTarget::lifecycle_events).unwrap_or_default();
        let event = |event: &aws_sdk_codedeploy::types::LifecycleEvent| {
            Some(LifecycleEvent {
                name: event.lifecycle_event_name()?.to_owned(),
                status: event.status().map_or("Unknown", |status| status.as_str()).to_owned(),
            })
        };
        Ok(events.iter().filter_map(event).collect())
    }
}

/// Whether a server does not know CodeDeploy at all, as some that speak AWS's APIs: nothing is there then.
fn no_such_service<E>(error: &SdkError<E, HttpResponse>) -> bool {
    let status = error.raw_response().map(|answer| answer.status().as_u16());
    match error {
        SdkError::ResponseError(_) => status.is_some_and(|status| (400..500).contains(&status)),
        _ => status == Some(501),
    }
}

fn not_begun(error: &aws_sdk_codedeploy::operation::list_deployment_targets::ListDeploymentTargetsError) -> bool {
    error.is_deployment_not_started_exception()
}

fn odd(action: &'static str, about: &impl Display, why: impl Display) -> PortError {
    PortError::new(ErrorKind::Internal, action, about.to_string(), why.to_string())
}

fn sent(tags: &BTreeMap<String, String>) -> Vec<Tag> {
    tags.iter()
        .map(|(key, value)| Tag::builder().key(key).value(value).build())
        .collect()
}

fn style(group: &DeploymentGroup) -> DeploymentStyle {
    let (kind, option) = if group.shifts {
        (DeploymentType::BlueGreen, DeploymentOption::WithTrafficControl)
    } else {
        (DeploymentType::InPlace, DeploymentOption::WithoutTrafficControl)
    };
    DeploymentStyle::builder()
        .deployment_type(kind)
        .deployment_option(option)
        .build()
}

fn alarms(group: &DeploymentGroup) -> AlarmConfiguration {
    let alarms = group.alarms.iter().map(|name| Alarm::builder().name(name).build());
    AlarmConfiguration::builder()
        .enabled(!group.alarms.is_empty())
        .ignore_poll_alarm_failure(false)
        .set_alarms(Some(alarms.collect()))
        .build()
}

fn returns(group: &DeploymentGroup) -> AutoRollbackConfiguration {
    AutoRollbackConfiguration::builder()
        .enabled(group.returns)
        .set_events(Some(if group.returns { EVENTS.to_vec() } else { Vec::new() }))
        .build()
}

fn traffic(routing: Routing) -> TrafficRoutingConfig {
    let config = TrafficRoutingConfig::builder();
    match routing {
        Routing::AllAtOnce => config.r#type(TrafficRoutingType::AllAtOnce),
        Routing::Canary { percent, minutes } => config.r#type(TrafficRoutingType::TimeBasedCanary).time_based_canary(
            TimeBasedCanary::builder()
                .canary_percentage(percent.into())
                .canary_interval(minutes.into())
                .build(),
        ),
        Routing::Linear { percent, minutes } => config.r#type(TrafficRoutingType::TimeBasedLinear).time_based_linear(
            TimeBasedLinear::builder()
                .linear_percentage(percent.into())
                .linear_interval(minutes.into())
                .build(),
        ),
    }
    .build()
}

fn group_state(group: &DeploymentGroupInfo) -> Result<GroupState, String> {
    let role = group.service_role_arn().ok_or("the group has no role")?;
    let alarms = group.alarm_configuration().filter(|alarms| alarms.enabled());
    let alarms = alarms.map(AlarmConfiguration::alarms).unwrap_or_default();
    let rollback = group.auto_rollback_configuration();
    let style = group.deployment_style();
    let settings = DeploymentGroup {
        configuration: group.deployment_config_name().unwrap_or_default().to_owned(),
        role: role.parse::<Arn>().map_err(|why| why.to_string())?,
        alarms: alarms.iter().filter_map(Alarm::name).map(str::to_owned).collect(),
        returns: rollback
            .is_some_and(|rollback| rollback.enabled() && EVENTS.iter().all(|event| rollback.events().contains(event))),
        shifts: style.is_some_and(|style| {
            style.deployment_type() == Some(&DeploymentType::BlueGreen)
                && style.deployment_option() == Some(&DeploymentOption::WithTrafficControl)
        }),
    };
    let last = group.last_successful_deployment();
    Ok(GroupState {
        settings,
        last_success: last.and_then(|last| last.deployment_id()).map(str::to_owned),
    })
}

fn deployment(id: &str, info: &DeploymentInfo) -> Result<Deployment, String> {
    let course = match info.status().ok_or("the deployment has no state")? {
        DeploymentStatus::Created => Course::Created,
        DeploymentStatus::Queued => Course::Queued,
        DeploymentStatus::InProgress => Course::InProgress,
        DeploymentStatus::Baking => Course::Baking,
        DeploymentStatus::Ready => Course::Ready,
        DeploymentStatus::Succeeded => Course::Succeeded,
        DeploymentStatus::Failed => Course::Failed,
        DeploymentStatus::Stopped => Course::Stopped,
        other => return Err(format!("`{}` is no state that lfn knows", other.as_str())),
    };
    let revision = info.revision();
    let content = revision
        .and_then(|revision| revision.app_spec_content())
        .and_then(AppSpecContent::content);
    let error = info.error_information().and_then(|error| {
        let code = error.code().map(|code| code.as_str().to_owned())?;
        Some((code, error.message().unwrap_or_default().to_owned()))
    });
    let rollback = info
        .rollback_info()
        .and_then(|rollback| rollback.rollback_deployment_id());
    Ok(Deployment {
        id: id.to_owned(),
        course,
        revision: content.unwrap_or_default().to_owned(),
        created: info
            .create_time()
            .and_then(|time| Timestamp::from_second(time.secs()).ok()),
        creator: info
            .creator()
            .map(|creator| creator.as_str().to_owned())
            .unwrap_or_default(),
        description: info.description().unwrap_or_default().to_owned(),
        error,
        rollback: rollback.map(str::to_owned),
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use aws_sdk_codedeploy::types::{DeploymentCreator, ErrorCode, ErrorInformation, LastDeploymentInfo, RollbackInfo};

    use super::*;

    fn wanted(alarms: &[&str]) -> DeploymentGroup {
        DeploymentGroup {
            configuration: "CodeDeployDefault.LambdaCanary10Percent10Minutes".into(),
            role: "arn:aws:iam::123456789012:role/lfn/lfn-codedeploy-thumbs-eu-west-1"
                .parse()
                .unwrap(),
            alarms: alarms.iter().map(|name| (*name).to_owned()).collect(),
            returns: true,
            shifts: true,
        }
    }

    #[test]
    fn what_is_sent_of_a_group_is_read_back_as_it_was() {
        for alarms_of in [&[][..], &["errors", "slow"]] {
            let group = wanted(alarms_of);
            let info = DeploymentGroupInfo::builder()
                .deployment_config_name(&group.configuration)
                .service_role_arn(group.role.to_string())
                .deployment_style(style(&group))
                .alarm_configuration(alarms(&group))
                .auto_rollback_configuration(returns(&group))
                .last_successful_deployment(LastDeploymentInfo::builder().deployment_id("d-1").build())
                .build();
            let state = group_state(&info).unwrap();
            assert_eq!((state.settings, state.last_success.as_deref()), (group, Some("d-1")));
        }
    }

    #[test]
    fn a_group_that_watches_nothing_and_returns_nothing_is_told_apart() {
        let info = DeploymentGroupInfo::builder()
            .service_role_arn("arn:aws:iam::123456789012:role/x")
            .alarm_configuration(
                AlarmConfiguration::builder()
                    .enabled(false)
                    .alarms(Alarm::builder().name("errors").build())
                    .build(),
            )
            .auto_rollback_configuration(
                AutoRollbackConfiguration::builder()
                    .enabled(true)
                    .events(AutoRollbackEvent::DeploymentFailure)
                    .build(),
            )
            .build();
        let settings = group_state(&info).unwrap().settings;
        assert_eq!(settings.alarms, BTreeSet::new());
        assert!(!settings.returns && !settings.shifts);
    }

    #[test]
    fn a_deployment_is_read_with_its_reason() {
        let content = AppSpecContent::builder().content("{}").build();
        let info = DeploymentInfo::builder()
            .status(DeploymentStatus::Stopped)
            .creator(DeploymentCreator::User)
            .revision(RevisionLocation::builder().app_spec_content(content).build())
            .error_information(
                ErrorInformation::builder()
                    .code(ErrorCode::AlarmActive)
                    .message("alarm `errors`")
                    .build(),
            )
            .rollback_info(RollbackInfo::builder().rollback_deployment_id("d-2").build())
            .build();
        let read = deployment("d-1", &info).unwrap();
        assert_eq!((read.course, read.creator.as_str()), (Course::Stopped, "user"));
        assert_eq!((read.revision.as_str(), read.rollback.as_deref()), ("{}", Some("d-2")));
        assert_eq!(read.error, Some(("ALARM_ACTIVE".into(), "alarm `errors`".into())));
        assert!(deployment("d-1", &DeploymentInfo::builder().build()).is_err());
    }

    #[test]
    fn routings_are_sent_as_codedeploy_names_them() {
        let canary = traffic(Routing::Canary { percent: 5, minutes: 7 });
        assert_eq!(canary.r#type(), Some(&TrafficRoutingType::TimeBasedCanary));
        let sent = canary.time_based_canary().unwrap();
        assert_eq!((sent.canary_percentage(), sent.canary_interval()), (5, 7));
        let linear = traffic(Routing::Linear {
            percent: 25,
            minutes: 5,
        });
        assert_eq!(linear.time_based_linear().unwrap().linear_percentage(), 25);
    }
}
