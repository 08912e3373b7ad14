//! `CloudWatch`: the states of alarms, and the metrics that Lambda writes by itself.

use std::collections::BTreeMap;

use async_trait::async_trait;
use aws_sdk_cloudwatch::types::{
    AlarmType, Dimension, Metric, MetricDataQuery, MetricDataResult, MetricStat, StateValue, StatusCode,
};
use aws_smithy_types::DateTime;
use jiff::Timestamp;

use super::error::Explain;
use crate::domain::names::{AliasName, FunctionName, Version};
use crate::ports::{AlarmState, ErrorKind, Metrics, PortError, PortResult, Traffic};

const ALARMS: &str = "cloudwatch:DescribeAlarms";
const DATA: &str = "cloudwatch:GetMetricData";
/// Source: `CloudWatch` API reference, `DescribeAlarms` (`AlarmNames`).
const NAMES_PER_CALL: usize = 100;
/// Lambda's metrics are of one minute, in seconds. Source: Lambda developer guide, "Types of metrics".
const PERIOD: i32 = 60;

/// `CloudWatch` through the SDK.
#[derive(Debug)]
pub struct CloudWatch {
    pub client: aws_sdk_cloudwatch::Client,
    pub explain: Explain,
}

#[async_trait]
impl Metrics for CloudWatch {
    async fn alarms(&self, names: &[String]) -> PortResult<BTreeMap<String, AlarmState>> {
        let mut states = BTreeMap::new();
        for batch in names.chunks(NAMES_PER_CALL) {
            let listed = batch.join(", ");
            // Without the types, composite alarms are left out.
            let mut pages = self
                .client
                .describe_alarms()
                .set_alarm_names(Some(batch.to_vec()))
                .alarm_types(AlarmType::MetricAlarm)
                .alarm_types(AlarmType::CompositeAlarm)
                .into_paginator()
                .send();
            while let Some(page) = pages.next().await {
                let page = page.map_err(|error| self.explain.call(ALARMS, &listed, &error))?;
                let metric = page.metric_alarms().iter();
                let metric = metric.map(|alarm| (alarm.alarm_name(), alarm.state_value()));
                let composite = page.composite_alarms().iter();
                let composite = composite.map(|alarm| (alarm.alarm_name(), alarm.state_value()));
                for (name, state) in metric.chain(composite) {
                    if let Some(name) = name.filter(|name| names.iter().any(|wanted| wanted == name)) {
                        states.insert(name.to_owned(), alarm_state(state));
                    }
                }
            }
        }
        Ok(states)
    }

    async fn traffic(
        &self,
        name: &FunctionName,
        alias: &AliasName,
        version: Version,
        since: Timestamp,
    ) -> PortResult<Traffic> {
        let resource = format!("{name}:{alias}");
        let queries = [
            ("invocations", "Invocations"),
            ("errors", "Errors"),
            ("throttles", "Throttles"),
        ]
        .map(|(id, metric)| query(id, metric, name, &resource, version));
        let mut pages = self
            .client
            .get_metric_data()
            .set_metric_data_queries(Some(queries.to_vec()))
            // A data point is of the minute that it begins.
            .start_time(DateTime::from_secs(since.as_second().div_euclid(60) * 60))
            .end_time(DateTime::from_secs(
                (Timestamp::now().as_second().div_euclid(60) + 1) * 60,
            ))
            .into_paginator()
            .send();
        let mut traffic = Traffic::default();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| self.explain.call(DATA, &resource, &error))?;
            for result in page.metric_data_results() {
                let sum = sum(result).map_err(|why| PortError::new(ErrorKind::Internal, DATA, &resource, why))?;
                match result.id() {
                    Some("invocations") => traffic.invocations += sum,
                    Some("errors") => traffic.errors += sum,
                    Some("throttles") => traffic.throttles += sum,
                    Some(_) | None => {}
                }
            }
        }
        Ok(traffic)
    }
}

fn alarm_state(state: Option<&StateValue>) -> AlarmState {
    match state {
        Some(StateValue::Alarm) => AlarmState::Alarm,
        Some(StateValue::Ok) => AlarmState::Ok,
        _ => AlarmState::InsufficientData,
    }
}

/// The metric of the calls that an alias gave to one version, by the dimensions that Lambda writes for weighted
/// aliases. No documentation tells whether `Throttles` has `ExecutedVersion`, as no version executes a throttled
/// call: where it has not, its sum is 0 here and throttles stop nothing.
/// Source: Lambda developer guide, "Viewing metrics for Lambda functions".
fn query(id: &str, metric: &str, name: &FunctionName, resource: &str, version: Version) -> MetricDataQuery {
    let dimension = |name: &str, value: String| Dimension::builder().name(name).value(value).build();
    let metric = Metric::builder()
        .namespace("AWS/Lambda")
        .metric_name(metric)
        .dimensions(dimension("FunctionName", name.to_string()))
        .dimensions(dimension("Resource", resource.to_owned()))
        .dimensions(dimension("ExecutedVersion", version.to_string()))
        .build();
    let stat = MetricStat::builder().metric(metric).period(PERIOD).stat("Sum").build();
    MetricDataQuery::builder().id(id).metric_stat(stat).build()
}

/// The sum of all data points: a whole number of calls.
fn sum(result: &MetricDataResult) -> Result<u64, String> {
    if matches!(
        result.status_code(),
        Some(StatusCode::InternalError | StatusCode::Forbidden)
    ) {
        let said: Vec<&str> = result.messages().iter().filter_map(|message| message.value()).collect();
        return Err(format!("CloudWatch could not answer: {}", said.join("; ")));
    }
    let sum: f64 = result.values().iter().sum();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped, and no alias is called 2^53 times in a few minutes"
    )]
    Ok(sum.round().clamp(0.0, 9e15) as u64)
}
