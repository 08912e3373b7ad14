//! From calls to needs: which actions of IAM a call needs, on what.

use std::collections::BTreeMap;

use serde::Serialize;

use super::call::{Call, Location, Value};
use super::partiql;
use super::reach::{Around, resources};
use super::resource::Resource;
use crate::domain::arn::Place;
use crate::domain::policy::index;
use crate::domain::policy::sdk::{self, Resources, Step};

/// A right that the code needs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Need {
    /// As IAM spells it: `s3:GetObject`.
    pub action: String,
    /// An ARN, perhaps with holes, or `*` for an action that takes no resource.
    pub resource: Resource,
    /// What its calls carry that narrows them further.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub when: Vec<Condition>,
    /// Where it is called; at least one place.
    pub from: Vec<Location>,
}

/// A condition under which a need may be allowed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Condition {
    pub operator: String,
    pub key: String,
    pub value: Resource,
}

/// Something about the code that people should know: a call that could not be understood.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Note {
    #[serde(flatten)]
    pub at: Location,
    pub message: String,
}

/// What the calls need, sorted, each need once; and what could not be understood.
pub(super) fn needs(calls: &[Call], around: &Around<'_>) -> (Vec<Need>, Vec<Note>) {
    type Right = (String, Resource, Vec<Condition>);
    let mut found: BTreeMap<Right, Vec<Location>> = BTreeMap::new();
    let mut notes = Vec::new();
    for call in calls {
        match rights(call, around) {
            Ok(rights) => {
                for right in rights {
                    let from = found.entry(right).or_default();
                    if !from.contains(&call.at) {
                        from.push(call.at.clone());
                    }
                }
            }
            Err(message) => notes.push(Note {
                at: call.at.clone(),
                message,
            }),
        }
    }
    let needs = found.into_iter().map(|((action, resource, when), from)| Need {
        action,
        resource,
        when,
        from,
    });
    notes.sort();
    notes.dedup();
    (needs.collect(), notes)
}

type Rights = Vec<(String, Resource, Vec<Condition>)>;

/// The rights of one call whose arguments are all known, or why it could not be understood.
pub fn rights_of(call: &Call, place: &Place) -> Result<Vec<(String, Resource)>, String> {
    let around = Around {
        place,
        env: BTreeMap::new(),
    };
    let rights = rights(call, &around)?.into_iter();
    Ok(rights.map(|(action, resource, _)| (action, resource)).collect())
}

fn rights(call: &Call, around: &Around<'_>) -> Result<Rights, String> {
    let Call { service, operation, .. } = call;
    if service.is_empty() {
        return Err(format!(
            "`{operation}` is called on a client, and of which service could not be read"
        ));
    }
    let prefix =
        sdk::prefix(service).ok_or_else(|| format!("IAM had no service for `{service}` on {}", index::updated()))?;
    let Some(steps) = sdk::steps(prefix, operation) else {
        if let Some(action) = own_action(prefix, operation) {
            return Ok(on(&action, &call.arguments, None, around));
        }
        if let Some(called) = sdk::waited_for(prefix, operation) {
            let call = Call {
                operation: called.to_owned(),
                ..call.clone()
            };
            return rights(&call, around);
        }
        return Err(if operation.is_empty() {
            format!("an operation of {service} is called, and which one could not be read")
        } else {
            format!("{prefix} had no action for `{operation}` on {}", index::updated())
        });
    };
    let mut rights = Rights::new();
    for step in steps {
        match step {
            Step::Action(action) => {
                rights.extend(on(&sdk::full(prefix, action), &call.arguments, None, around));
            }
            Step::On { action, resource } => {
                let rule = Resources {
                    of: Vec::new(),
                    begins: BTreeMap::new(),
                    arn: resource.clone(),
                    all: false,
                    when: BTreeMap::new(),
                };
                rights.extend(on(&sdk::full(prefix, action), &call.arguments, Some(&rule), around));
            }
            Step::Each { each, kinds } => {
                let entries = super::reach::find(&call.arguments, each);
                let entries = entries.into_iter().flatten().map(|value| entry(&value, kinds));
                let entries: Option<Vec<(String, Arguments)>> = entries.collect();
                let entries = entries.filter(|entries| !entries.is_empty());
                let Some(entries) = entries else {
                    let actions: Vec<String> = kinds.values().map(|kind| sdk::full(prefix, kind)).collect();
                    return Err(format!(
                        "`{operation}` needs the right of each of its entries (`{}`), and they could not be read",
                        actions.join("`, `")
                    ));
                };
                for (action, arguments) in entries {
                    rights.extend(on(&sdk::full(prefix, &action), &arguments, None, around));
                }
            }
        }
    }
    Ok(rights)
}

fn on(action: &str, arguments: &[(String, Value)], rule: Option<&Resources>, around: &Around<'_>) -> Rights {
    let resources = resources(action, arguments, rule, around);
    let rights = resources.into_iter();
    rights
        .map(|(resource, when)| (action.to_owned(), resource, when))
        .collect()
}

/// Whether a service has an operation that is understood.
pub(super) fn is_operation(service: &str, operation: &str) -> bool {
    sdk::prefix(service)
        .is_some_and(|prefix| sdk::steps(prefix, operation).is_some() || own_action(prefix, operation).is_some())
}

/// The action that has the operation's name.
fn own_action(prefix: &str, operation: &str) -> Option<String> {
    let name = sdk::normal(operation);
    let service = index::service(prefix)?;
    let found = service
        .actions
        .iter()
        .find(|action| action.name.to_ascii_lowercase() == name)?;
    Some(format!("{prefix}:{}", found.name))
}

type Arguments = Vec<(String, Value)>;

/// The action of an entry, and its arguments: `{"Put": {"TableName": …}}`, or a statement of `PartiQL`.
fn entry(value: &Value, kinds: &BTreeMap<String, String>) -> Option<(String, Arguments)> {
    match value {
        Value::Map(entries) => {
            let [(kind, Value::Map(arguments))] = &entries[..] else {
                return None;
            };
            let kind = sdk::normal(kind.as_literal()?);
            let (_, action) = kinds.iter().find(|(known, _)| sdk::normal(known) == kind)?;
            let arguments = arguments
                .iter()
                .filter_map(|(name, value)| Some((name.as_literal()?.to_owned(), value.clone())));
            Some((action.clone(), arguments.collect()))
        }
        Value::Text(statement) => {
            let (verb, table) = partiql::read(statement)?;
            let action = kinds.get(&verb)?;
            let mut arguments = vec![("TableName".to_owned(), Value::Text(table.0))];
            arguments.extend(table.1.map(|index| ("IndexName".to_owned(), Value::Text(index))));
            Some((action.clone(), arguments))
        }
        Value::List(_) | Value::Any(_) | Value::Unknown => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::policy::samples::ireland;
    use crate::domain::suggest::call::Text;

    fn text(text: &str) -> Value {
        Value::Text(Text::literal(text))
    }

    fn map(entries: &[(&str, Value)]) -> Value {
        let entries = entries.iter().map(|(key, value)| (Text::literal(*key), value.clone()));
        Value::Map(entries.collect())
    }

    /// `ACTION RESOURCE`, or the notes.
    fn needed(service: &str, operation: &str, arguments: &[(&str, Value)]) -> Vec<String> {
        let place = ireland();
        let around = Around {
            place: &place,
            env: BTreeMap::new(),
        };
        let call = Call {
            at: Location {
                file: "app.py".into(),
                line: 1,
                column: 1,
            },
            service: service.into(),
            operation: operation.into(),
            arguments: arguments
                .iter()
                .map(|(name, value)| ((*name).into(), value.clone()))
                .collect(),
        };
        let (needs, notes) = needs(&[call], &around);
        let needs = needs.iter().map(|need| {
            let resource = need.resource.to_string();
            let name = resource.rsplit("123456789012:").next().unwrap_or_default();
            format!("{} {}", need.action, name.trim_start_matches("arn:aws:s3:::"))
        });
        needs.chain(notes.into_iter().map(|note| note.message)).collect()
    }

    #[test]
    fn operations_become_actions() {
        let object = [("Bucket", text("shop")), ("Key", text("a"))];
        let table = [("TableName", text("orders"))];
        let source = map(&[("Bucket", text("raw")), ("Key", text("b"))]);
        for (service, operation, arguments, expected) in [
            ("s3", "get_object", &object[..], &["s3:GetObject shop/a"][..]),
            ("s3", "HeadObject", &object, &["s3:GetObject shop/a"]),
            ("S3", "putObject", &object, &["s3:PutObject shop/a"]),
            ("s3", "object_exists", &object, &["s3:GetObject shop/a"]),
            (
                "s3",
                "upload_file",
                &object,
                &["s3:AbortMultipartUpload shop/a", "s3:PutObject shop/a"],
            ),
            (
                "s3",
                "copy_object",
                &[("Bucket", text("shop")), ("Key", text("a")), ("CopySource", source)],
                &["s3:GetObject raw/b", "s3:PutObject shop/a"],
            ),
            (
                "s3",
                "copy_object",
                &[
                    ("Bucket", text("shop")),
                    ("Key", text("a")),
                    ("CopySource", text("/raw/b")),
                ],
                &["s3:GetObject raw/b", "s3:PutObject shop/a"],
            ),
            ("dynamodb", "query", &table, &["dynamodb:Query table/orders"]),
            ("DocumentClient", "put", &table, &["dynamodb:PutItem table/orders"]),
            (
                "dynamodb",
                "execute_statement",
                &[("Statement", text("SELECT * FROM \"orders\".\"by-day\""))],
                &["dynamodb:PartiQLSelect table/orders/index/by-day"],
            ),
            (
                "sfn",
                "StartExecution",
                &[(
                    "stateMachineArn",
                    text("arn:aws:states:eu-west-1:123456789012:stateMachine:fulfil"),
                )],
                &["states:StartExecution stateMachine:fulfil"],
            ),
            ("sts", "get_caller_identity", &[], &[]),
            ("s3", "list_buckets", &[], &["s3:ListAllMyBuckets *"]),
        ] {
            let found = needed(service, operation, arguments);
            assert_eq!(found, expected, "{service} {operation}");
        }
    }

    #[test]
    fn a_transaction_needs_what_its_entries_need() {
        let entry = |kind: &str, table: &str| map(&[(kind, map(&[("TableName", text(table))]))]);
        let items = Value::List(vec![entry("Put", "orders"), entry("ConditionCheck", "users")]);
        assert_eq!(
            needed("dynamodb", "TransactWriteItems", &[("TransactItems", items)]),
            [
                "dynamodb:ConditionCheckItem table/users",
                "dynamodb:PutItem table/orders"
            ]
        );
        let unread = needed("dynamodb", "TransactWriteItems", &[("TransactItems", Value::Unknown)]);
        assert!(unread[0].contains("could not be read"), "{unread:?}");
    }

    #[test]
    fn what_is_not_understood_is_said() {
        for (service, operation, expected) in [
            ("s4", "get_object", "IAM had no service for `s4` on "),
            ("s3", "forget", "s3 had no action for `forget` on "),
            (
                "",
                "get_object",
                "`get_object` is called on a client, and of which service could not be read",
            ),
            (
                "s3",
                "",
                "an operation of s3 is called, and which one could not be read",
            ),
        ] {
            let notes = needed(service, operation, &[]);
            assert!(notes.len() == 1 && notes[0].starts_with(expected), "{notes:?}");
        }
    }
}
