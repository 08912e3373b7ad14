//! Log groups of `CloudWatch`.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;

use super::error::{Explain, found};
use super::sts::StsIdentity;
use crate::domain::names::LogGroupName;
use crate::ports::{LogGroupState, Logs, PortResult};

/// Log groups through the SDK.
#[derive(Debug)]
pub struct CloudWatchLogs {
    pub client: aws_sdk_cloudwatchlogs::Client,
    pub explain: Explain,
    pub identity: Arc<StsIdentity>,
}

#[async_trait]
impl Logs for CloudWatchLogs {
    async fn log_group(&self, name: &LogGroupName) -> PortResult<Option<LogGroupState>> {
        // There is no call for one group: the prefix also finds `/aws/lambda/thumbs-old`.
        let mut pages = self
            .client
            .describe_log_groups()
            .log_group_name_prefix(name.as_str())
            .into_paginator()
            .send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| self.explain.call("logs:DescribeLogGroups", name, &error))?;
            let group = page
                .log_groups()
                .iter()
                .find(|group| group.log_group_name() == Some(name.as_str()));
            if let Some(group) = group {
                return Ok(Some(LogGroupState {
                    retention: group.retention_in_days().and_then(|days| u32::try_from(days).ok()),
                    stored_bytes: group
                        .stored_bytes()
                        .and_then(|bytes| u64::try_from(bytes).ok())
                        .unwrap_or(0),
                }));
            }
        }
        Ok(None)
    }

    async fn log_group_tags(&self, name: &LogGroupName) -> PortResult<BTreeMap<String, String>> {
        let arn = self
            .identity
            .place()
            .await?
            .arn("logs", format_args!("log-group:{name}"));
        let answer = self
            .client
            .list_tags_for_resource()
            .resource_arn(arn.to_string())
            .send()
            .await
            .map_err(|error| self.explain.call("logs:ListTagsForResource", name, &error));
        let tags = found(answer)?.and_then(|answer| answer.tags).unwrap_or_default();
        Ok(tags.into_iter().collect())
    }

    async fn create_log_group(&self, name: &LogGroupName, tags: &BTreeMap<String, String>) -> PortResult<()> {
        let tags = (!tags.is_empty()).then(|| tags.clone().into_iter().collect());
        self.client
            .create_log_group()
            .log_group_name(name.as_str())
            .set_tags(tags)
            .send()
            .await
            .map(drop)
            .map_err(|error| self.explain.call("logs:CreateLogGroup", name, &error))
    }

    async fn set_retention(&self, name: &LogGroupName, days: Option<u32>) -> PortResult<()> {
        match days {
            Some(days) => self
                .client
                .put_retention_policy()
                .log_group_name(name.as_str())
                .retention_in_days(i32::try_from(days).unwrap_or(i32::MAX))
                .send()
                .await
                .map(drop)
                .map_err(|error| self.explain.call("logs:PutRetentionPolicy", name, &error)),
            None => self
                .client
                .delete_retention_policy()
                .log_group_name(name.as_str())
                .send()
                .await
                .map(drop)
                .map_err(|error| self.explain.call("logs:DeleteRetentionPolicy", name, &error)),
        }
    }

    async fn delete_log_group(&self, name: &LogGroupName) -> PortResult<()> {
        self.client
            .delete_log_group()
            .log_group_name(name.as_str())
            .send()
            .await
            .map(drop)
            .map_err(|error| self.explain.call("logs:DeleteLogGroup", name, &error))
    }
}
