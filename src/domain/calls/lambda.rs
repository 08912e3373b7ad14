//! Functions, which calls name by name, by a part of their ARN or by all of it, with a version or alias or without.
//!
//! Source: Lambda API reference, `Invoke`, `FunctionName`; Lambda developer guide, "Fine-tuning the Resources and
//! Conditions sections of policies".

use serde_json::Value;

use super::Need;
use super::asked::{Asked, texts_in};

pub(super) fn needs(asked: &Asked<'_>) -> Option<Vec<Need>> {
    let operation = asked.operation.as_str();
    if operation.ends_with("EventSourceMapping") || operation == "ListEventSourceMappings" {
        let mapping = asked
            .text("UUID")
            .map(|id| asked.arn(format_args!("event-source-mapping:{id}")));
        let function = asked.text("FunctionName").map(|name| function(asked, name, None));
        let need = Need::new(asked.action(operation), mapping.as_deref().unwrap_or("*"));
        return Some(vec![need.with("lambda:FunctionArn", function)]);
    }
    if let Some(layer) = asked.text("Arn").filter(|_| operation == "GetLayerVersionByArn") {
        return Some(vec![Need::new("lambda:GetLayerVersion", layer)]);
    }
    let name = asked.text("FunctionName")?;
    let action = match operation {
        "Invoke" | "InvokeAsync" | "InvokeWithResponseStream" => "InvokeFunction",
        other => other,
    };
    let function = function(asked, name, asked.text("Qualifier"));
    let mut need = Need::new(asked.action(action), function);
    if let Some(network) = asked.parameters.get("VpcConfig").and_then(Value::as_object) {
        need = need
            .with("lambda:SubnetIds", texts_in(network, "SubnetIds"))
            .with("lambda:SecurityGroupIds", texts_in(network, "SecurityGroupIds"));
    }
    if operation.ends_with("FunctionUrlConfig") {
        need = need.with("lambda:FunctionUrlAuthType", asked.text("AuthType"));
    }
    Some(vec![need.with("lambda:Layer", asked.texts("Layers"))])
}

/// The ARN of a function: `name`, `name:live`, `123456789012:function:name`, `arn:aws:lambda:…:function:name:live`.
fn function(asked: &Asked<'_>, name: &str, qualifier: Option<&str>) -> String {
    let place = &asked.place;
    let (before, name) = name.split_once("function:").unwrap_or(("", name));
    let (name, own) = match name.split_once(':') {
        Some((name, qualifier)) => (name, Some(qualifier)),
        None => (name, None),
    };
    let arn = if before.starts_with("arn:") {
        format!("{before}function:{name}")
    } else {
        let account = before.trim_end_matches(':').rsplit(':').next().unwrap_or_default();
        let account = if account.is_empty() {
            place.account.as_str()
        } else {
            account
        };
        format!(
            "arn:{}:lambda:{}:{account}:function:{name}",
            place.partition, place.region
        )
    };
    match own.or(qualifier) {
        Some(qualifier) => format!("{arn}:{qualifier}"),
        None => arn,
    }
}
