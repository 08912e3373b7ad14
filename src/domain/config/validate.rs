//! From what the file says to a valid [`Config`]: defaults, and the rules between keys.

use std::path::PathBuf;

use super::access::{Role, RoleMap};
use super::bundle::Bundling;
use super::callers::callers;
use super::findings::{Complaint, Sink, listed, nearest};
use super::model::{AutoRole, Config, PackageConfig, Polled, Release, RoleChoice};
use super::node::Path;
use super::raw::{File, Package, ReleaseMap, Slim};
use super::runtimes;
use super::scalars::{AlarmName, Flag, Handler, Limited, Text, Whole};
use super::sections::{code_signing, concurrency, environment, file_system, layers, logs, tags, vpc};
use super::shape::{Field, List, OneOrMany, Shape as _};
use super::triggers::{Meaning, Trigger};
use super::units::{Bytes, Megabytes, Seconds};
use crate::domain::arn::Place;
use crate::domain::function::AsyncInvoke;
use crate::domain::names::{AliasName, RuntimeId, StageName};
use crate::domain::policy::callers::Caller;
use crate::domain::policy::{INLINE_POLICY_LIMIT, role_spec};
use crate::domain::schedule::Schedule;
use crate::domain::url::FunctionUrl;

/// What a file is checked against.
pub struct Surroundings<'a> {
    pub place: &'a Place,
    /// Whether the region is certain; offline it may be a stand-in.
    pub region_is_known: bool,
    pub stage: Option<&'a StageName>,
    pub sink: &'a Sink,
}

/// A configuration, and the parts of the file whose place in it matters later.
pub struct Valid {
    pub config: Config,
    pub callers: Vec<(Path, Caller)>,
    /// What lfn does not carry out yet.
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
    let package = package(file.package, file.runtime.value.as_ref(), sink);
    let env = environment(file.env, sink);
    let role = role(file.role, around);
    let callers = callers(file.callers, around);
    let layers = layers(file.layers, around);
    let files = file_system(file.files, sink);
    let logs = logs(file.logs, sink);
    let tags = tags(file.tags, sink);
    let code_signing = code_signing(file.code_signing, sink);
    let place = around.place;
    let triggers = triggers(file.on, place);
    let release = release(file.release.value.unwrap_or_default());
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
        callers: Vec::new(),
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
        release,
        polled: triggers.polled,
        schedules: triggers.schedules,
        url: triggers.url,
        unsupported: Vec::new(),
    };
    check_size(&config, &file.allow.at, around);
    Some(Valid {
        config,
        callers,
        unsupported,
    })
}

/// The triggers, by what they come to.
#[derive(Default)]
struct Triggers {
    polled: Vec<Polled>,
    schedules: Vec<Schedule>,
    url: Option<FunctionUrl>,
}

fn triggers(file: Field<List<Trigger>>, place: &Place) -> Triggers {
    let mut triggers = Triggers::default();
    for (item, trigger) in items(file.value).into_iter().enumerate() {
        match trigger.meaning {
            Meaning::Polled(polling) => triggers.polled.push(polling.polled(item, place)),
            Meaning::Timed(schedule) => triggers.schedules.push(schedule),
            Meaning::Url(url) => triggers.url = Some(url),
            Meaning::Other => {}
        }
    }
    triggers
}

/// Source: IAM user guide, "IAM and AWS STS quotas".
fn check_size(config: &Config, allow: &Path, around: &Surroundings<'_>) {
    let Some(role) = role_spec(config, around.place) else {
        return;
    };
    let size = role.policy.size();
    if size > INLINE_POLICY_LIMIT {
        let complaint = Complaint::new(format!(
            "the role's policy would have {size} characters; IAM allows {INLINE_POLICY_LIMIT}"
        ));
        let hint = "join `allow` lines with wider patterns, or split the function";
        around.sink.error_at_key(allow, complaint.hint(hint));
    }
}

fn release(file: ReleaseMap) -> Release {
    let alarms = file.alarms.value.into_iter().flat_map(|OneOrMany(names)| names);
    Release {
        alias: file.alias.value.unwrap_or_else(default_alias),
        keep: file
            .keep
            .value
            .map(|Whole(count)| count.try_into().unwrap_or(usize::MAX)),
        check: file.check.value.map(|Text(path)| path),
        alarms: alarms.map(|(_, AlarmName(name))| name).collect(),
    }
}

fn default_alias() -> AliasName {
    AliasName::new("live").expect("`live` follows the rules for aliases")
}

/// A flag that is off by default.
pub fn flag(field: &Field<Flag>) -> bool {
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
    if file.alarms.value.as_ref().is_some_and(|alarms| !alarms.is_empty()) {
        found.push(file.alarms.at.clone());
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

fn package(field: Field<Package>, runtime: Option<&RuntimeId>, sink: &Sink) -> PackageConfig {
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
    let bundle = package.bundle.value.and_then(Bundling::bundle);
    if bundle.is_some() && runtime.is_some_and(|runtime| !runtime.as_str().starts_with("nodejs")) {
        let complaint = Complaint::new("only functions with a Node.js runtime are bundled");
        sink.error(
            &package.bundle.at,
            complaint.hint("remove `bundle`, or check `runtime`"),
        );
    }
    PackageConfig {
        source,
        include: texts(package.include),
        exclude: texts(package.exclude),
        build: package.build.value.map(|Text(text)| text),
        dependencies: package.dependencies.value.unwrap_or_default(),
        bundle,
        bucket: package.bucket.value,
        budget: package.budget.value.map(|Bytes(size)| size),
        allow_secrets: texts(package.allow_secrets),
        slim: package.slim.value.map(|Slim(parts)| parts).unwrap_or_default(),
    }
}

fn role(field: Field<Role>, around: &Surroundings<'_>) -> Option<RoleChoice> {
    let sink = around.sink;
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
        trust: map.trust.value.map(|trust| trust.config(around)).unwrap_or_default(),
    }))
}

/// What to say about a stage that the file does not have.
pub fn unknown_stage(stage: &StageName, known: &[&str]) -> Complaint {
    let complaint = Complaint::new(format!("there is no stage `{stage}` in this file"));
    match (nearest(stage.as_str(), known.iter().copied()), known) {
        (_, []) => complaint.hint(format!("add it: `stages: {{ {stage}: {{}} }}`")),
        (Some(near), _) => complaint.hint(format!(
            "did you mean `--stage {near}`? the file has {}",
            listed(known.iter().copied(), "and")
        )),
        (None, _) => complaint.hint(format!("the file has {}", listed(known.iter().copied(), "and"))),
    }
}
