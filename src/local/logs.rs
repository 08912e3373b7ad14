//! Log groups, and the events that invocations leave in them.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write as _};

use async_trait::async_trait;

use super::documents::LogGroupDocument;
use super::refusal::{Answer, Refusal};
use super::rules;
use super::store::{Kind, remove_file};
use super::{Local, Target};
use crate::domain::names::LogGroupName;
use crate::ports::{ErrorKind, LogGroupState, Logs, PortResult};

/// The retentions that exist. Source: `CloudWatch` Logs API reference, `PutRetentionPolicy`.
const RETENTIONS: [u32; 22] = [
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

fn no_group() -> Refusal {
    Refusal::new(
        ErrorKind::NotFound,
        "ResourceNotFoundException",
        "The specified log group does not exist.",
    )
}

impl Local {
    fn find_group(&self, name: &LogGroupName) -> Answer<Option<LogGroupDocument>> {
        Ok(self.store.read(Kind::LogGroups, name.as_str())?)
    }

    fn log_group(&self, name: &LogGroupName) -> Answer<Option<LogGroupState>> {
        let Some(group) = self.find_group(name)? else {
            return Ok(None);
        };
        let stored_bytes = match fs::metadata(self.store.events(name.as_str())) {
            Ok(events) => events.len(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => 0,
            Err(error) => return Err(error.into()),
        };
        Ok(Some(LogGroupState {
            retention: group.retention,
            stored_bytes,
        }))
    }

    fn create_log_group(&self, name: LogGroupName, tags: BTreeMap<String, String>) -> Answer<()> {
        rules::check_tags(&tags)?;
        let writer = self.store.lock()?;
        if self.find_group(&name)?.is_some() {
            return Err(Refusal::new(
                ErrorKind::AlreadyExists,
                "ResourceAlreadyExistsException",
                "The specified log group already exists",
            ));
        }
        let group = LogGroupDocument {
            name,
            retention: None,
            tags,
        };
        writer.write(Kind::LogGroups, group.name.as_str(), &group)?;
        Ok(())
    }

    fn set_retention(&self, name: &LogGroupName, days: Option<u32>) -> Answer<()> {
        if let Some(days) = days
            && !RETENTIONS.contains(&days)
        {
            return Err(Refusal::new(
                ErrorKind::Invalid,
                "InvalidParameterException",
                format!(
                    "1 validation error detected: Value '{days}' at 'retentionInDays' failed to satisfy constraint: \
                     Member must satisfy enum value set: {RETENTIONS:?}"
                ),
            ));
        }
        let writer = self.store.lock()?;
        let mut group = self.find_group(name)?.ok_or_else(no_group)?;
        group.retention = days;
        writer.write(Kind::LogGroups, name.as_str(), &group)?;
        Ok(())
    }

    fn delete_log_group(&self, name: &LogGroupName) -> Answer<()> {
        let writer = self.store.lock()?;
        self.find_group(name)?.ok_or_else(no_group)?;
        // The events first: a group without events is whole, events without a group are not.
        remove_file(&self.store.events(name.as_str()))?;
        writer.remove(Kind::LogGroups, name.as_str())?;
        Ok(())
    }

    /// Appends an invocation's log, one event a line. Without the group it is dropped: functions
    /// log only where their role lets them, and lfn makes the group before the function.
    pub(super) fn append_log(&self, group: &LogGroupName, stream: &str, log: &str) -> Answer<()> {
        let _writer = self.store.lock()?;
        if self.find_group(group)?.is_none() {
            return Ok(());
        }
        let timestamp = jiff::Timestamp::now().as_millisecond();
        let mut text = String::new();
        for line in log.lines() {
            let event = serde_json::json!({ "timestamp": timestamp, "stream": stream, "message": line });
            text.push_str(&event.to_string());
            text.push('\n');
        }
        fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.store.events(group.as_str()))?
            .write_all(text.as_bytes())?;
        Ok(())
    }
}

#[async_trait]
impl Logs for Target {
    async fn log_group(&self, name: &LogGroupName) -> PortResult<Option<LogGroupState>> {
        let (resource, name) = (name.as_str(), name.clone());
        self.call("logs:DescribeLogGroups", resource, move |local| local.log_group(&name))
            .await
    }

    async fn log_group_tags(&self, name: &LogGroupName) -> PortResult<BTreeMap<String, String>> {
        let (resource, name) = (name.as_str(), name.clone());
        self.call("logs:ListTagsForResource", resource, move |local| {
            Ok(local.find_group(&name)?.ok_or_else(no_group)?.tags)
        })
        .await
    }

    async fn create_log_group(&self, name: &LogGroupName, tags: &BTreeMap<String, String>) -> PortResult<()> {
        let (resource, name, tags) = (name.as_str(), name.clone(), tags.clone());
        self.call("logs:CreateLogGroup", resource, move |local| {
            local.create_log_group(name, tags)
        })
        .await
    }

    async fn set_retention(&self, name: &LogGroupName, days: Option<u32>) -> PortResult<()> {
        let (resource, name) = (name.as_str(), name.clone());
        let action = match days {
            Some(_) => "logs:PutRetentionPolicy",
            None => "logs:DeleteRetentionPolicy",
        };
        self.call(action, resource, move |local| local.set_retention(&name, days))
            .await
    }

    async fn delete_log_group(&self, name: &LogGroupName) -> PortResult<()> {
        let (resource, name) = (name.as_str(), name.clone());
        self.call("logs:DeleteLogGroup", resource, move |local| {
            local.delete_log_group(&name)
        })
        .await
    }
}
