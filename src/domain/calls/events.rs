//! Event buses, and the rules on them.
//!
//! Source: EventBridge user guide, "Using IAM policy conditions in Amazon EventBridge".

use serde_json::Value;

use super::Need;
use super::asked::{Asked, each, text_in, texts_in};

pub(super) fn needs(asked: &Asked<'_>) -> Option<Vec<Need>> {
    match asked.operation.as_str() {
        "PutEvents" => {
            let entries = asked.parameters.get("Entries").map(each).unwrap_or_default();
            let entries = entries.into_iter().filter_map(Value::as_object);
            let needs = entries.map(|entry| {
                let bus = bus(asked, text_in(entry, "EventBusName").unwrap_or("default"));
                Need::new("events:PutEvents", bus)
                    .with("events:source", text_in(entry, "Source"))
                    .with("events:detail-type", text_in(entry, "DetailType"))
                    .with("events:eventBusInvocation", ["false"])
            });
            Some(needs.collect())
        }
        operation @ ("PutRule" | "DeleteRule" | "DescribeRule" | "DisableRule" | "EnableRule" | "PutTargets"
        | "RemoveTargets" | "ListTargetsByRule") => {
            let name = asked.text("Name").or_else(|| asked.text("Rule"))?;
            let rule = rule(asked, asked.text("EventBusName").unwrap_or("default"), name);
            let need = Need::new(asked.action(operation), rule);
            Some(vec![match operation {
                "PutRule" => with_pattern(need, asked.text("EventPattern")),
                "PutTargets" => need.with("events:TargetArn", asked.texts("Targets.Arn")),
                _ => need,
            }])
        }
        _ => None,
    }
}

fn bus(asked: &Asked<'_>, name: &str) -> String {
    if name.starts_with("arn:") {
        name.to_owned()
    } else {
        asked.arn(format_args!("event-bus/{name}"))
    }
}

/// A rule's ARN names its bus unless that is the default one.
fn rule(asked: &Asked<'_>, bus: &str, name: &str) -> String {
    let (place, bus) = match bus.split_once(":event-bus/") {
        Some((place, bus)) => (Some(place), bus),
        None => (None, bus),
    };
    let resource = match bus {
        "default" => format!("rule/{name}"),
        _ => format!("rule/{bus}/{name}"),
    };
    place.map_or_else(|| asked.arn(&resource), |place| format!("{place}:{resource}"))
}

/// What a rule listens to, as far as its pattern lists it.
fn with_pattern(need: Need, pattern: Option<&str>) -> Need {
    let pattern = pattern.and_then(|text| serde_json::from_str::<Value>(text).ok());
    let Some(fields) = pattern.as_ref().and_then(Value::as_object) else {
        return need;
    };
    need.with("events:source", texts_in(fields, "source"))
        .with("events:detail-type", texts_in(fields, "detail-type"))
}
