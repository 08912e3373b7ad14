//! From what the file says to a valid [`Config`]: defaults, and the rules between keys.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::findings::{Complaint, Sink, nearest};
use super::limits;
use super::model::{AutoRole, Config, EnvSegment, EnvValue, LogsConfig, PackageConfig, Release, RoleChoice};
use super::node::Path;
use super::raw::{Concurrency, Dependencies, File, Files, Logs, Mount, Package, Role, RoleMap, VpcMap};
use super::runtimes;
use super::scalars::{Flag, Handler, Limited, Text, Whole};
use super::shape::{Field, List, OneOrMany, Shape as _, Table};
use super::units::{Bytes, Megabytes, Retention, Seconds};
use crate::domain::arn::{Arn, Place};
use crate::domain::function::{AsyncInvoke, FileSystem, LogFormat, Vpc};
use crate::domain::names::{AliasName, EnvName, RuntimeId, StageName};

/// What a file is checked against.
pub struct Surroundings<'a> {
    pub place: &'a Place,
    /// Whether the region is certain; offline it may be a stand-in.
    pub region_is_known: bool,
    pub stage: Option<&'a StageName>,
    pub sink: &'a Sink,
}

/// A configuration, and where the parts of the file stand that lfn does not carry out yet.
pub struct Valid {
    pub config: Config,
    pub unsupported: Vec<Path>,
}

/// Checks the rules between keys and fills in defaults. `None` when something essential is missing.
pub fn validate(file: File, around: &Surroundings<'_>) -> Option<Valid> {
    let sink = around.sink;
    let unsupported = unsupported(&file);
    let snap_start = flag(&file.snap_start);
    check_runtime(&file, snap_start, sink);
    let handler = handler(&file, sink);
    let concurrency = concurrency(file.concurrency, sink);
    if snap_start && let Some(at) = concurrency.provisioned_at {
        sink.error(
            &at,
            Complaint::new("provisioned concurrency does not work with `snap_start`").hint("choose one of the two"),
        );
    }
    let vpc = vpc(file.vpc, sink);
    if let (Some(files), true) = (&file.files.value, vpc.subnets.is_empty())
        && files
            .access_point
            .value
            .as_ref()
            .is_some_and(|arn| arn.service == "elasticfilesystem")
    {
        let complaint = Complaint::new("an EFS access point is reached through a `vpc`, and there is none");
        sink.error_at_key(
            &file.files.at,
            complaint.hint("add `vpc: { subnets: [...], security_groups: [...] }`"),
        );
    }
    let package = package(file.package, sink);
    let env = environment(file.env, sink);
    let role = role(file.role, sink);
    let layers = layers(file.layers, around);
    let files = file_system(file.files, sink);
    let logs = logs(file.logs, sink);
    let tags = tags(file.tags, sink);
    let code_signing = code_signing(file.code_signing, sink);
    let place = around.place;
    let release = file.release.value.unwrap_or_default();
    let config = Config {
        name: file.name.value?,
        stage: around.stage.cloned(),
        account: file.account.value,
        region: file.region.value,
        description: file.description.value.map_or_else(String::new, |Limited(text)| text),
        runtime: file.runtime.value?,
        handler: handler?,
        architecture: file.architecture.value.unwrap_or_default(),
        memory: file.memory.value.map_or(128, |Megabytes(size)| size),
        timeout: file.timeout.value.map_or(3, |Seconds(length)| length),
        ephemeral_storage: file.ephemeral_storage.value.map_or(512, |Megabytes(size)| size),
        package,
        env,
        allow: items(file.allow.value),
        role: role?,
        asynchronous: AsyncInvoke {
            on_success: file.on_success.value.map(|target| target.arn(place)),
            on_failure: file.on_failure.value.map(|target| target.arn(place)),
            retries: file
                .retries
                .value
                .map_or(2, |Whole(count)| count.try_into().unwrap_or(2)),
            max_age: file.max_age.value.map_or(21_600, |Seconds(length)| length),
        },
        dead_letter: file.dead_letter.value.map(|target| target.arn(place)),
        vpc,
        layers,
        files,
        kms_key: file.kms_key.value.map(|key| key.arn(place)),
        tracing: flag(&file.tracing),
        snap_start,
        reserved_concurrency: concurrency.reserved,
        provisioned_concurrency: concurrency.provisioned,
        logs,
        tags,
        code_signing,
        release: Release {
            alias: release.alias.value.unwrap_or_else(default_alias),
        },
        unsupported: Vec::new(),
    };
    Some(Valid { config, unsupported })
}

fn default_alias() -> AliasName {
    AliasName::new("live").expect("`live` follows the rules for aliases")
}

fn flag(field: &Field<Flag>) -> bool {
    field.value.is_some_and(|Flag(value)| value)
}

fn items<T>(list: Option<List<T>>) -> Vec<T> {
    let List(items) = list.unwrap_or(List(Vec::new()));
    items.into_iter().map(|(_, item)| item).collect()
}

/// Where the parts stand that lfn does not carry out yet.
fn unsupported(file: &File) -> Vec<Path> {
    let mut found = Vec::new();
    if let Some(List(triggers)) = &file.on.value {
        found.extend(triggers.iter().map(|(_, trigger)| trigger.at.clone()));
    }
    if file
        .callers
        .value
        .as_ref()
        .is_some_and(|List(callers)| !callers.is_empty())
    {
        found.push(file.callers.at.clone());
    }
    if file.alarms.value.as_ref().is_some_and(|alarms| !alarms.is_empty()) {
        found.push(file.alarms.at.clone());
    }
    if let Some(release) = &file.release.value {
        let parts = [
            (&release.keep.at, release.keep.present),
            (&release.check.at, release.check.present),
        ];
        found.extend(
            parts
                .iter()
                .filter(|(_, present)| *present)
                .map(|(at, _)| (*at).clone()),
        );
    }
    if let Some(package) = &file.package.value
        && package.dependencies.value == Some(Dependencies::Installed)
    {
        found.push(package.dependencies.at.clone());
    }
    found
}

fn handler(file: &File, sink: &Sink) -> Option<String> {
    let provided = |runtime: &RuntimeId| runtime.as_str().starts_with("provided");
    match (&file.handler.value, file.handler.present, &file.runtime.value) {
        (Some(Handler(handler)), ..) => Some(handler.clone()),
        (None, true, _) => None,
        (None, false, Some(runtime)) if provided(runtime) => Some("bootstrap".into()),
        (None, false, _) => {
            let complaint = Complaint::new("`handler` is missing");
            sink.error(
                &file.handler.at,
                complaint.hint("add the entry point, such as `handler: index.handler`"),
            );
            None
        }
    }
}

/// Source: Lambda developer guide, "Lambda `SnapStart`", "Supported features and limitations".
fn check_runtime(file: &File, snap_start: bool, sink: &Sink) {
    for (at, missing, example) in [
        (&file.name.at, !file.name.present, "name: thumbs"),
        (&file.runtime.at, !file.runtime.present, "runtime: nodejs24.x"),
    ] {
        if missing {
            let complaint = Complaint::new(format!("`{}` is missing", at.leaf()));
            sink.error(at, complaint.hint(format!("add it, such as `{example}`")));
        }
    }
    let Some(runtime) = &file.runtime.value else { return };
    if let Some(complaint) = runtimes::warning(runtime) {
        sink.warning(&file.runtime.at, complaint);
    }
    if !snap_start {
        return;
    }
    let at = &file.snap_start.at;
    if runtimes::runtime_info(runtime).is_some_and(|info| !info.snap_start) {
        let complaint = Complaint::new(format!("`snap_start` does not work with `{runtime}`"));
        sink.error(
            at,
            complaint.hint("it works with Java 11, Python 3.12 and .NET 8, and newer ones of these"),
        );
    }
    if file.files.present {
        sink.error(
            at,
            Complaint::new("`snap_start` does not work with `files`").hint("choose one of the two"),
        );
    }
    if file.ephemeral_storage.value.is_some_and(|Megabytes(size)| size > 512) {
        let complaint = Complaint::new("`snap_start` needs `ephemeral_storage` of 512MB");
        sink.error(
            &file.ephemeral_storage.at,
            complaint.hint("lower it, or turn `snap_start` off"),
        );
    }
}

fn package(field: Field<Package>, sink: &Sink) -> PackageConfig {
    let package = field.value.unwrap_or_default();
    let texts = |field: Field<OneOrMany<Text>>| {
        let OneOrMany(items) = field.value.unwrap_or(OneOrMany(Vec::new()));
        items.into_iter().map(|(_, Text(text))| text).collect()
    };
    let source = package
        .source
        .value
        .map_or_else(|| PathBuf::from("."), |Text(text)| text.into());
    if source.is_absolute() || source.to_string_lossy().starts_with('~') {
        let complaint = Complaint::new("`source` must be relative to lambda.yaml");
        sink.error(
            &package.source.at,
            complaint.hint("another machine has other folders; write such as `./src`"),
        );
    }
    PackageConfig {
        source,
        include: texts(package.include),
        exclude: texts(package.exclude),
        build: package.build.value.map(|Text(text)| text),
        bucket: package.bucket.value,
        budget: package.budget.value.map(|Bytes(size)| size),
    }
}

/// Source: Lambda developer guide, "Working with Lambda environment variables".
fn environment(field: Field<Table<EnvValue>>, sink: &Sink) -> BTreeMap<EnvName, EnvValue> {
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
    if size > limits::ENV_BYTES {
        let message = format!(
            "the environment variables take {size} bytes; Lambda accepts {}",
            limits::ENV_BYTES
        );
        let hint = "put large values into the archive, or into SSM parameters that the function reads itself";
        sink.error_at_key(&field.at, Complaint::new(message).hint(hint));
    }
    env
}

fn role(field: Field<Role>, sink: &Sink) -> Option<RoleChoice> {
    let map = match field.value {
        Some(Role::Existing(arn)) => return Some(RoleChoice::Existing(arn)),
        Some(Role::Auto(map)) => *map,
        None if field.present => return None,
        None => RoleMap::default(),
    };
    let path = map.path.value.map_or_else(|| "/lfn/".to_owned(), |Text(path)| path);
    // Source: IAM API reference, `CreateRole`, `Path`.
    let printable = path.chars().all(|c| ('!'..='\u{7e}').contains(&c));
    if !path.starts_with('/') || !path.ends_with('/') || path.len() > 512 || !printable {
        let complaint = Complaint::new("a role's path begins and ends with `/`");
        let inner = path.trim_matches('/');
        sink.error(
            &map.path.at,
            complaint.hint(format!("write `/{inner}/`").replace("//", "/")),
        );
    }
    if let Some(boundary) = &map.boundary.value
        && !(boundary.service == "iam" && boundary.resource.starts_with("policy/"))
    {
        let complaint = Complaint::new("a permissions boundary is a managed policy");
        sink.error(
            &map.boundary.at,
            complaint.hint("it looks like `arn:aws:iam::123456789012:policy/NAME`"),
        );
    }
    Some(RoleChoice::Auto(AutoRole {
        name: map.name.value,
        path,
        boundary: map.boundary.value,
        function_only: map.trust.value.is_some_and(|trust| flag(&trust.function_only)),
    }))
}

/// Source: Lambda API reference, `VpcConfig`.
fn vpc(field: Field<VpcMap>, sink: &Sink) -> Vpc {
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
fn layers(field: Field<List<Arn>>, around: &Surroundings<'_>) -> Vec<Arn> {
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

fn file_system(field: Field<Files>, sink: &Sink) -> Option<FileSystem> {
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

struct Environments {
    reserved: Option<u32>,
    provisioned: BTreeMap<AliasName, u32>,
    provisioned_at: Option<Path>,
}

/// Source: Lambda developer guide, "Configuring provisioned concurrency".
fn concurrency(field: Field<Concurrency>, sink: &Sink) -> Environments {
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
fn logs(field: Field<Logs>, sink: &Sink) -> LogsConfig {
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
fn tags(field: Field<Table<Limited<256>>>, sink: &Sink) -> BTreeMap<String, String> {
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

fn code_signing(field: Field<Arn>, sink: &Sink) -> Option<Arn> {
    let arn = field.value?;
    if arn.service != "lambda" || !arn.resource.starts_with("code-signing-config:csc-") {
        let complaint = Complaint::new("this is not the ARN of a code signing configuration");
        let hint = "it looks like `arn:aws:lambda:REGION:ACCOUNT:code-signing-config:csc-...`";
        sink.error(&field.at, complaint.hint(hint));
    }
    Some(arn)
}

/// What to say about a stage that the file does not have.
pub fn unknown_stage(stage: &StageName, known: &[&str]) -> Complaint {
    let complaint = Complaint::new(format!("there is no stage `{stage}` in this file"));
    match (nearest(stage.as_str(), known.iter().copied()), known) {
        (_, []) => complaint.hint(format!("add it: `stages: {{ {stage}: {{}} }}`")),
        (Some(near), _) => complaint.hint(format!(
            "did you mean `--stage {near}`? the file has {}",
            super::findings::listed(known.iter().copied(), "and")
        )),
        (None, _) => complaint.hint(format!(
            "the file has {}",
            super::findings::listed(known.iter().copied(), "and")
        )),
    }
}
