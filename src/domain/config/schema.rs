//! The JSON Schema of lambda.yaml, for editors. It comes from the shapes that read the file.

use serde_json::{Map, Value, json};

use super::raw::File;
use super::shape::{Definitions, Shape as _};

/// The schema, in the 2020-12 dialect.
pub fn schema() -> Value {
    let mut definitions = Definitions::new();
    File::schema(&mut definitions);
    let mut overlays = Overlays {
        of: &definitions,
        made: Map::new(),
    };
    let mut body = definitions["File"].clone();
    if let Some(properties) = body["properties"].as_object_mut() {
        properties.shift_remove("stages");
    }
    let mut stage = overlays.of_map(&body);
    stage["description"] = "Keys that are laid over the rest of the file: maps merge, lists and single values \
        replace, and null removes a key."
        .into();
    let made = overlays.made;
    let Some(Value::Object(mut file)) = definitions.remove("File") else {
        return Value::Null;
    };
    definitions.extend(made);
    definitions.insert("Stage".into(), json!({ "anyOf": [stage, { "type": "null" }] }));
    for schema in definitions.values_mut() {
        empty_is_nothing(schema);
    }
    let mut schema = Map::new();
    schema.insert("$schema".into(), "https://json-schema.org/draft/2020-12/schema".into());
    schema.insert("title".into(), "lambda.yaml".into());
    schema.append(&mut file);
    // What is missing here may stand in each stage.
    schema.insert(
        "anyOf".into(),
        json!([{ "required": ["name", "runtime"] }, { "required": ["stages"] }]),
    );
    let mut schema = Value::Object(schema);
    empty_is_nothing(&mut schema);
    schema["$defs"] = definitions.into();
    schema
}

/// Lets a key that stands for a map be written with nothing under it.
fn empty_is_nothing(schema: &mut Value) {
    let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) else {
        return;
    };
    for property in properties.values_mut() {
        if let Some(property) = property.as_object_mut()
            && let Some(reference) = property.shift_remove("$ref")
        {
            property.insert("anyOf".into(), json!([{ "$ref": reference }, { "type": "null" }]));
        }
    }
}

/// Makes the schemas of overlays: nothing is required, and null removes a key.
struct Overlays<'d> {
    of: &'d Definitions,
    made: Map<String, Value>,
}

impl Overlays<'_> {
    fn of_map(&mut self, schema: &Value) -> Value {
        let mut schema = schema.clone();
        if let Some(object) = schema.as_object_mut() {
            object.shift_remove("required");
        }
        if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
            for property in properties.values_mut() {
                let description = property.get("description").cloned().unwrap_or_default();
                let mut inner = property.clone();
                if let Some(inner) = inner.as_object_mut() {
                    inner.shift_remove("description");
                }
                let inner = self.of_value(&inner);
                *property = json!({ "description": description, "anyOf": [inner, { "type": "null" }] });
            }
        }
        schema
    }

    fn of_value(&mut self, schema: &Value) -> Value {
        if let Some(name) = schema["$ref"].as_str().and_then(|path| path.strip_prefix("#/$defs/")) {
            let overlay = format!("{name}Overlay");
            if !self.made.contains_key(&overlay) {
                self.made.insert(overlay.clone(), Value::Null);
                let of = self.of;
                let map = self.of_map(&of[name]);
                self.made.insert(overlay.clone(), map);
            }
            return json!({ "$ref": format!("#/$defs/{overlay}") });
        }
        let mut schema = schema.clone();
        if let Some(forms) = schema.get_mut("anyOf").and_then(Value::as_array_mut) {
            for form in forms.iter_mut().filter(|form| form.get("$ref").is_some()) {
                *form = self.of_value(form);
            }
        }
        if let Some(values) = schema
            .get_mut("additionalProperties")
            .filter(|values| values.is_object())
        {
            let inner = self.of_value(values);
            *values = json!({ "anyOf": [inner, { "type": "null" }] });
        }
        schema
    }
}
