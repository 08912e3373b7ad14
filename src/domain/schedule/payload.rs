//! What a schedule sends to the function.
//!
//! Source: `EventBridge` Scheduler user guide, "Adding context attributes in EventBridge Scheduler".

use jiff::Timestamp;
use serde_json::Value;

use super::Schedule;
use crate::domain::arn::Place;
use crate::domain::events::{self, Request};

impl Schedule {
    /// The event of this time. `name` is the schedule's; `id` is that of this one event.
    pub fn payload(&self, name: &str, place: &Place, time: Timestamp, id: &str) -> Value {
        if let Some(input) = &self.input {
            let arn = place.arn("scheduler", format_args!("schedule/default/{name}"));
            let time = time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
            let attributes = [
                ("<aws.scheduler.schedule-arn>", arn.to_string()),
                ("<aws.scheduler.scheduled-time>", time),
                ("<aws.scheduler.execution-id>", id.to_owned()),
                ("<aws.scheduler.attempt-number>", "1".to_owned()),
            ];
            return filled_in(input, &attributes);
        }
        let service = events::service("scheduler").expect("the catalogue has it");
        let kind = service.kind("event").expect("the catalogue has it");
        let request = Request {
            place: place.clone(),
            time,
            values: [("schedule".to_owned(), vec![name.to_owned()])].into(),
            set: vec![("/id".into(), id.into())],
            ..Request::usual()
        };
        events::event(service, kind, &request).expect("a name and an id are all it takes")
    }
}

/// The input with the attributes in place of their names.
fn filled_in(input: &Value, attributes: &[(&str, String)]) -> Value {
    match input {
        Value::String(text) => {
            let fill = |text: String, (name, value): &(&str, String)| text.replace(name, value);
            attributes.iter().fold(text.clone(), fill).into()
        }
        Value::Array(items) => items.iter().map(|item| filled_in(item, attributes)).collect(),
        Value::Object(fields) => {
            let fields = fields.iter();
            Value::Object(
                fields
                    .map(|(name, value)| (name.clone(), filled_in(value, attributes)))
                    .collect(),
            )
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => input.clone(),
    }
}
