//! The rules inside single sections of the file: environment, network, layers, files, logs, tags.

use std::collections::{BTreeMap, BTreeSet};

use super::findings::{Complaint, Sink};
use super::limits;
use super::model::{EnvSegment, EnvValue, LogsConfig};
use super::node::Path;
use super::raw::{Concurrency, Files, Logs, Mount, VpcMap};
use super::scalars::{Limited, Text, Whole};
use super::shape::{Field, List, OneOrMany, Table};
use super::units::Retention;
use crate::domain::arn::Arn;
use crate::domain::function::{ENVIRONMENT_LIMIT, FileSystem, LogFormat, Vpc};
use crate::domain::names::{AliasName, EnvName};

use super::validate::{Surroundings, flag};

/// Source: Lambda developer guide, "Working with Lambda environment variables".
pub fn environment(field: Field<Table<EnvValue>>, sink: &Sink) -> BTreeMap<EnvName, EnvValue> {
    let Table(entries) = field.value.unwrap_or(Table(Vec::new()));
    let mut env = BTreeMap::new();
    let mut size = 0;
    for (key, at, value) in entries {
        if limits::RESERVED_ENV.contains(&key.as_str()) {
            let complaint = Complaint::new(format!("Lambda sets `{key}` itself and refuses to have it set"));
            sink.error_at_key(&at, complaint.hint("choose another name"));
            continue;
        }
        size += key.len();
        for segment in &value.0 {
            if let EnvSegment::Text(text) = segment {
                size += text.len();
            }
        }
        match EnvName::new(key) {
            Ok(name) => {
                env.insert(name, value);
            }
            Err(why) => sink.error_at_key(&at, Complaint::new(why.to_string()).hint("such as `TABLE_NAME`")),
        }
    }
    if size > ENVIRONMENT_LIMIT {
        let message = format!("the environment variables take {size} bytes; Lambda accepts {ENVIRONMENT_LIMIT}");
        let hint = "put large values into the archive, or into SSM parameters that the function reads itself";
        sink.error_at_key(&field.at, Complaint::new(message).hint(hint));
    }
    env
}

/// Source: Lambda API reference, `VpcConfig`.
pub fn vpc(field: Field<VpcMap>, sink: &Sink) -> Vpc {
    let map = field.value.unwrap_or_default();
    let ids = |field: &Field<OneOrMany<Text>>, prefix: &str, most: usize, what: &str| -> BTreeSet<String> {
        let empty = OneOrMany(Vec::new());
        let OneOrMany(items) = field.value.as_ref().unwrap_or(&empty);
        for (at, Text(id)) in items {
            let rest = id.strip_prefix(prefix);
            if !rest.is_some_and(|rest| !rest.is_empty() && rest.chars().all(|c| c.is_ascii_alphanumeric())) {
                let complaint = Complaint::new(format!("`{id}` is not the id of a {what}"));
                sink.error(at, complaint.hint(format!("it looks like `{prefix}0abc1234def567890`")));
            }
        }
        if items.len() > most {
            sink.error(
                &field.at,
                Complaint::new(format!("{} of {}s", items.len(), what)).hint(format!("Lambda accepts at most {most}")),
            );
        }
        items.iter().map(|(_, Text(id))| id.clone()).collect()
    };
    let subnets = ids(&map.subnets, "subnet-", 16, "subnet");
    let security_groups = ids(&map.security_groups, "sg-", 5, "security group");
    let ipv6 = flag(&map.ipv6);
    let broken = |field: &Field<OneOrMany<Text>>| field.present && field.value.is_none();
    let missing = match (subnets.is_empty(), security_groups.is_empty()) {
        (true, false) => Some("subnets"),
        (false, true) => Some("security_groups"),
        (true, true) if ipv6 => Some("subnets"),
        _ => None,
    };
    if let Some(missing) = missing
        && !broken(&map.subnets)
        && !broken(&map.security_groups)
    {
        let complaint = Complaint::new(format!("`vpc` needs `{missing}` too"));
        sink.error_at_key(
            &field.at,
            complaint.hint("a function in a network has subnets and security groups"),
        );
    }
    Vpc {
        subnets,
        security_groups,
        ipv6,
    }
}

/// Sources: Lambda developer guide, "Lambda quotas" (five layers); Lambda API reference, `CreateFunction`, `Layers`.
pub fn layers(field: Field<List<Arn>>, around: &Surroundings<'_>) -> Vec<Arn> {
    let sink = around.sink;
    let List(items) = field.value.unwrap_or(List(Vec::new()));
    if items.len() > 5 {
        let complaint = Complaint::new(format!("{} layers; Lambda accepts at most five", items.len()));
        sink.error_at_key(
            &field.at,
            complaint.hint("merge some of them, or package their content"),
        );
    }
    let mut seen = BTreeSet::new();
    for (at, arn) in &items {
        let parts: Vec<&str> = arn.resource.split(':').collect();
        let hint = "it looks like `arn:aws:lambda:REGION:ACCOUNT:layer:NAME:VERSION`";
        match (arn.service.as_str(), &parts[..]) {
            ("lambda", ["layer", name, version]) if version.parse::<u64>().is_ok_and(|number| number > 0) => {
                if !seen.insert((arn.account.clone(), (*name).to_owned())) {
                    sink.error(
                        at,
                        Complaint::new(format!("the layer `{name}` stands here twice")).hint("keep one version of it"),
                    );
                }
            }
            ("lambda", ["layer", name]) => {
                let complaint = Complaint::new(format!("the layer `{name}` lacks its version"));
                sink.error(
                    at,
                    complaint.hint(format!("write `{arn}:1`, or whichever version you need")),
                );
            }
            _ => sink.error(
                at,
                Complaint::new("this is not the ARN of a layer's version").hint(hint),
            ),
        }
        let region = around.place.region.as_str();
        if around.region_is_known && arn.service == "lambda" && arn.region != region {
            let complaint = Complaint::new(format!("the layer is in `{}`, the function in `{region}`", arn.region));
            sink.error(
                at,
                complaint.hint("a function uses layers of its own region; `${region}` can stand in the ARN"),
            );
        }
    }
    items.into_iter().map(|(_, arn)| arn).collect()
}

pub fn file_system(field: Field<Files>, sink: &Sink) -> Option<FileSystem> {
    let files = field.value?;
    let access_point = files.access_point.value?;
    let of_efs = access_point.service == "elasticfilesystem" && access_point.resource.starts_with("access-point/");
    let of_s3 = access_point.service == "s3files" && access_point.resource.contains("/access-point/");
    if !of_efs && !of_s3 {
        let complaint = Complaint::new("this is not the ARN of an access point");
        let hint = "it looks like `arn:aws:elasticfilesystem:REGION:ACCOUNT:access-point/fsap-...`";
        sink.error(&files.access_point.at, complaint.hint(hint));
    }
    let Mount(mount) = files.mount.value?;
    Some(FileSystem { access_point, mount })
}

/// Reserved and provisioned concurrency.
pub struct Environments {
    pub reserved: Option<u32>,
    pub provisioned: BTreeMap<AliasName, u32>,
    pub provisioned_at: Option<Path>,
}

/// Source: Lambda developer guide, "Configuring provisioned concurrency".
pub fn concurrency(field: Field<Concurrency>, sink: &Sink) -> Environments {
    let map = field.value.unwrap_or_default();
    let small = |number: i64, at: &Path| {
        let small = u32::try_from(number).ok();
        if small.is_none() {
            let complaint = Complaint::new(format!("no account has a concurrency of {number}"));
            sink.error(at, complaint.hint("an account begins with 1000 for each region"));
        }
        small
    };
    let reserved = map
        .reserved
        .value
        .and_then(|Whole(count)| small(count, &map.reserved.at));
    let Table(entries) = map.provisioned.value.unwrap_or(Table(Vec::new()));
    let mut provisioned = BTreeMap::new();
    for (key, at, Whole(count)) in entries {
        match AliasName::new(key) {
            Ok(alias) => {
                provisioned.extend(small(count, &at).map(|count| (alias, count)));
            }
            Err(why) => sink.error_at_key(
                &at,
                Complaint::new(why.to_string()).hint("the keys here are aliases, such as `live`"),
            ),
        }
    }
    let sum: u64 = provisioned.values().copied().map(u64::from).sum();
    if let Some(reserved) = reserved.filter(|reserved| sum > u64::from(*reserved)) {
        let message = format!("provisioned concurrency adds up to {sum}, above the {reserved} that are reserved");
        sink.error(
            &map.provisioned.at,
            Complaint::new(message).hint("raise `reserved`, or lower these"),
        );
    }
    Environments {
        reserved,
        provisioned_at: (!provisioned.is_empty()).then_some(map.provisioned.at),
        provisioned,
    }
}

/// Source: Lambda API reference, `LoggingConfig`: levels exist for JSON logs alone.
pub fn logs(field: Field<Logs>, sink: &Sink) -> LogsConfig {
    let map = field.value.unwrap_or_default();
    let format = map.format.value.unwrap_or_default();
    let levels = [
        (&map.level.at, map.level.present),
        (&map.system_level.at, map.system_level.present),
    ];
    if format == LogFormat::Text && !(map.format.present && map.format.value.is_none()) {
        for (at, _) in levels.iter().filter(|(_, present)| *present) {
            let complaint = Complaint::new(format!("`{}` works with JSON logs alone", at.leaf()));
            sink.error_at_key(at, complaint.hint("add `format: json` to `logs`"));
        }
    }
    LogsConfig {
        group: map.group.value,
        retention: map.retention.value.and_then(|Retention(days)| days),
        format,
        level: map.level.value,
        system_level: map.system_level.value,
    }
}

const TAG_CHARACTERS: &str = "letters, digits, spaces and `_.:/=+-@` are allowed";

/// Source: Lambda developer guide, "Using tags on Lambda functions".
pub fn tags(field: Field<Table<Limited<256>>>, sink: &Sink) -> BTreeMap<String, String> {
    let Table(entries) = field.value.unwrap_or(Table(Vec::new()));
    if entries.len() > limits::OWN_TAGS {
        let complaint = Complaint::new(format!("{} tags are too many", entries.len()));
        let hint = format!("AWS accepts 50, and lfn adds two: {} are left", limits::OWN_TAGS);
        sink.error_at_key(&field.at, complaint.hint(hint));
    }
    let allowed = |c: char| c.is_alphanumeric() || c == ' ' || "_.:/=+-@".contains(c);
    let mut tags = BTreeMap::new();
    for (key, at, Limited(value)) in entries {
        let length = key.chars().count();
        let reserved = ["aws:", "lfn:"]
            .into_iter()
            .find(|prefix| key.to_lowercase().starts_with(prefix));
        if let Some(prefix) = reserved {
            let owner = if prefix == "aws:" { "AWS" } else { "lfn" };
            sink.error_at_key(
                &at,
                Complaint::new(format!("tags that begin with `{prefix}` belong to {owner}")).hint("choose another key"),
            );
        } else if length == 0 || length > 128 {
            sink.error_at_key(
                &at,
                Complaint::new("a tag's key has 1 to 128 characters").hint("choose another key"),
            );
        } else if let Some(bad) = key.chars().find(|c| !allowed(*c)) {
            sink.error_at_key(
                &at,
                Complaint::new(format!("a tag's key cannot hold `{bad}`")).hint(TAG_CHARACTERS),
            );
        } else if let Some(bad) = value.chars().find(|c| !allowed(*c)) {
            sink.error(
                &at,
                Complaint::new(format!("a tag's value cannot hold `{bad}`")).hint(TAG_CHARACTERS),
            );
        }
        tags.insert(key, value);
    }
    tags
}

pub fn code_signing(field: Field<Arn>, sink: &Sink) -> Option<Arn> {
    let arn = field.value?;
    if arn.service != "lambda" || !arn.resource.starts_with("code-signing-config:csc-") {
        let complaint = Complaint::new("this is not the ARN of a code signing configuration");
        let hint = "it looks like `arn:aws:lambda:REGION:ACCOUNT:code-signing-config:csc-...`";
        sink.error(&field.at, complaint.hint(hint));
    }
    Some(arn)
}
