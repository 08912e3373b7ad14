//! What an operation needs where nothing more is known of it: the tables that reading code uses too.
//!
//! The action is the one of the operation's name in IAM's index unless `data/sdk.json` says otherwise, on what the
//! parameters name there. An operation that neither knows is taken for an action of its own name: the index
//! is some weeks old.

use serde_json::Value;

use super::asked::Asked;
use super::{Need, Service};
use crate::domain::policy::Pattern;
use crate::domain::policy::index::{self, ResourceType};
use crate::domain::suggest;

pub(super) fn needs(asked: &Asked<'_>) -> Vec<Need> {
    let call = suggest::Call {
        at: suggest::Location {
            file: String::new(),
            line: 0,
            column: 0,
        },
        service: asked.service.prefix().to_owned(),
        operation: asked.operation.clone(),
        arguments: asked
            .parameters
            .iter()
            .map(|(name, value)| (name.clone(), argument(value)))
            .collect(),
    };
    let Ok(rights) = suggest::rights_of(&call, &asked.place) else {
        return vec![Need::new(asked.action(&asked.operation), "*")];
    };
    let needs = rights.into_iter().map(|(action, resource)| {
        let resource = if resource.is_known() {
            resource.to_string()
        } else {
            let open = || open(asked, &action, resource.open());
            named_by_arn(asked, &action).unwrap_or_else(open)
        };
        Need::new(action, resource)
    });
    needs.collect()
}

/// An ARN among the parameters that is of a type the action acts on: it says itself what it names.
fn named_by_arn(asked: &Asked<'_>, action: &str) -> Option<String> {
    let (prefix, name) = action.split_once(':')?;
    let service = index::service(prefix)?;
    let types = service.resources_of(service.action(name)?);
    let patterns: Vec<Pattern> = types.map(ResourceType::pattern).collect();
    let texts = asked.parameters.values().filter_map(Value::as_str);
    let mut arns = texts.filter(|text| text.starts_with("arn:"));
    let found = arns.find(|arn| patterns.iter().any(|pattern| pattern.matches(arn)))?;
    Some(found.to_owned())
}

/// A resource of which only the type is known, `*` where the action can do without one.
fn open(asked: &Asked<'_>, action: &str, resource: String) -> String {
    let (prefix, name) = action.split_once(':').unwrap_or((action, ""));
    let place = &asked.place;
    let says_nothing = |kind: &ResourceType| {
        let arn = kind.arn.replace("{p}", &place.partition);
        let arn = arn.replace("{r}", place.region.as_str());
        arn.replace("{a}", place.account.as_str()) == resource
    };
    let service = index::service(prefix);
    let known = service
        .as_ref()
        .and_then(|service| Some((service, service.action(name)?)));
    let can_do_without = known.is_some_and(|(service, action)| {
        action.resources.iter().all(|used| !used.required) && service.resources_of(action).any(says_nothing)
    });
    if can_do_without { "*".to_owned() } else { resource }
}

/// A value as code would have it.
fn argument(value: &Value) -> suggest::Value {
    match value {
        Value::String(text) => suggest::Value::Text(suggest::Text::literal(text)),
        Value::Array(values) => suggest::Value::List(values.iter().map(argument).collect()),
        Value::Object(fields) => {
            let fields = fields.iter();
            suggest::Value::Map(
                fields
                    .map(|(name, value)| (suggest::Text::literal(name), argument(value)))
                    .collect(),
            )
        }
        Value::Number(number) => suggest::Value::Text(suggest::Text::literal(number.to_string())),
        Value::Null | Value::Bool(_) => suggest::Value::Unknown,
    }
}

/// The role that a call hands to the service, with the service that gets it.
/// Source: IAM user guide, "Grant a user permissions to pass a role to an AWS service".
pub(super) fn passed_roles(asked: &Asked<'_>) -> Vec<Need> {
    let (paths, to): (&[&str], &str) = match (&asked.service, asked.operation.as_str()) {
        (Service::Lambda, "CreateFunction" | "UpdateFunctionConfiguration") => (&["Role"], "lambda.amazonaws.com"),
        (Service::StepFunctions, "CreateStateMachine" | "UpdateStateMachine") => (&["roleArn"], "states.amazonaws.com"),
        (Service::EventBridge, "PutRule" | "PutTargets") => (&["RoleArn", "Targets.RoleArn"], "events.amazonaws.com"),
        (Service::Logs, "PutSubscriptionFilter" | "PutDestination") => (&["roleArn"], "logs.amazonaws.com"),
        _ => return Vec::new(),
    };
    let roles = paths.iter().flat_map(|path| asked.texts(path));
    let roles = roles.filter(|role| role.starts_with("arn:"));
    roles
        .map(|role| Need::new("iam:PassRole", role).with("iam:PassedToService", [to]))
        .collect()
}
