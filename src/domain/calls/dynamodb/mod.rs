//! Tables, their indexes and streams.
//!
//! Source: DynamoDB developer guide, "DynamoDB API permissions: actions, resources, and conditions reference" and
//! "Using IAM policy conditions for fine-grained access control".

mod expression;

use serde_json::{Map, Value};

use super::asked::{Asked, each, text_in, texts_in};
use super::{Need, Unnamed};
use crate::domain::suggest::{Text, read_partiql};

const LEADING_KEYS: &str = "dynamodb:LeadingKeys";

pub(super) fn needs(asked: &Asked<'_>) -> Result<Option<Vec<Need>>, Unnamed> {
    let parameters = &asked.parameters;
    Ok(Some(match asked.operation.as_str() {
        operation @ ("GetItem" | "PutItem" | "UpdateItem" | "DeleteItem" | "Query" | "Scan") => {
            vec![item(asked, operation, parameters)]
        }
        "BatchGetItem" | "BatchWriteItem" => batch(asked),
        "TransactGetItems" | "TransactWriteItems" => transaction(asked),
        "ExecuteStatement" => vec![statement(asked, parameters)?],
        "BatchExecuteStatement" => statements(asked, "Statements", None)?,
        "ExecuteTransaction" => statements(asked, "TransactStatements", Some("ExecuteTransaction"))?,
        // An iterator begins with the ARN of its stream.
        "GetRecords" => {
            let iterator = asked
                .text("ShardIterator")
                .filter(|iterator| iterator.starts_with("arn:"));
            let stream = iterator.and_then(|iterator| iterator.split('|').next());
            let all = asked.arn("table/*/stream/*");
            vec![Need::new("dynamodb:GetRecords", stream.unwrap_or(&all))]
        }
        _ => return Ok(None),
    }))
}

/// A call about items of one table, or of an index of it.
fn item(asked: &Asked<'_>, action: &str, fields: &Map<String, Value>) -> Need {
    let table = table(asked, text_in(fields, "TableName").unwrap_or("*"));
    let resource = match text_in(fields, "IndexName") {
        Some(index) => format!("{table}/index/{index}"),
        None => table,
    };
    let need = Need::new(asked.action(action), resource);
    let leading = match action {
        // A scan goes through all keys.
        "Scan" => return need.with("dynamodb:Attributes", attributes(fields)),
        "Query" => expression::partition(fields).map(|key| vec![key]),
        "PutItem" => leading(fields.get("Item")),
        _ => leading(fields.get("Key")),
    };
    with_keys(need, leading).with("dynamodb:Attributes", attributes(fields))
}

/// The partition key of an item that has one attribute only; of more, a request does not tell which it is.
fn leading(item: Option<&Value>) -> Option<Vec<String>> {
    let fields = item?.as_object().filter(|fields| fields.len() == 1)?;
    Some(vec![expression::scalar(fields.values().next()?)?])
}

fn with_keys(mut need: Need, keys: Option<Vec<String>>) -> Need {
    if let Some(keys) = keys {
        return need.with(LEADING_KEYS, keys);
    }
    need.untold.push(LEADING_KEYS.to_owned());
    need
}

/// A table may be named by its ARN.
fn table(asked: &Asked<'_>, name: &str) -> String {
    if name.starts_with("arn:") {
        name.to_owned()
    } else {
        asked.arn(format_args!("table/{name}"))
    }
}

/// The top-level attributes that a call is about.
fn attributes(fields: &Map<String, Value>) -> Vec<String> {
    let empty = Map::new();
    let names = fields
        .get("ExpressionAttributeNames")
        .and_then(Value::as_object)
        .unwrap_or(&empty);
    let expressions = [
        "ProjectionExpression",
        "KeyConditionExpression",
        "FilterExpression",
        "ConditionExpression",
        "UpdateExpression",
    ];
    let in_expressions = expressions.iter().filter_map(|name| text_in(fields, name));
    let mut found: Vec<String> = in_expressions
        .flat_map(|text| expression::attributes(text, names))
        .collect();
    // Older parameters name attributes by the keys of maps.
    let maps = [
        "Key",
        "Item",
        "KeyConditions",
        "QueryFilter",
        "ScanFilter",
        "Expected",
        "AttributeUpdates",
    ];
    let maps = maps.iter().filter_map(|name| fields.get(*name)?.as_object());
    found.extend(maps.flat_map(Map::keys).cloned());
    found.extend(texts_in(fields, "AttributesToGet").into_iter().map(str::to_owned));
    found.sort();
    found.dedup();
    found
}

/// The item that a request of a batch writes, or the key that it deletes.
fn written(request: &Value) -> Option<&Value> {
    let put = request.get("PutRequest").and_then(|put| put.get("Item"));
    put.or_else(|| request.get("DeleteRequest")?.get("Key"))
}

/// A right for each table.
fn batch(asked: &Asked<'_>) -> Vec<Need> {
    let tables = asked.parameters.get("RequestItems").and_then(Value::as_object);
    let tables = tables.into_iter().flatten();
    let needs = tables.map(|(name, requests)| {
        let items: Vec<&Value> = if let Some(keys) = requests.get("Keys") {
            each(keys)
        } else {
            each(requests).into_iter().filter_map(written).collect()
        };
        let keys: Option<Vec<String>> = items
            .iter()
            .map(|item| leading(Some(item)))
            .map(|key| Some(key?.remove(0)))
            .collect();
        let mut names: Vec<String> = items
            .iter()
            .filter_map(|item| item.as_object())
            .flat_map(Map::keys)
            .cloned()
            .collect();
        names.extend(requests.as_object().map(attributes).unwrap_or_default());
        names.sort();
        names.dedup();
        let need = Need::new(asked.action(&asked.operation), table(asked, name));
        with_keys(need, keys).with("dynamodb:Attributes", names)
    });
    needs.collect()
}

/// The right of each part of a transaction.
fn transaction(asked: &Asked<'_>) -> Vec<Need> {
    let kinds = [
        ("Get", "GetItem"),
        ("Put", "PutItem"),
        ("Update", "UpdateItem"),
        ("Delete", "DeleteItem"),
        ("ConditionCheck", "ConditionCheckItem"),
    ];
    let parts = asked.parameters.get("TransactItems").map(each).unwrap_or_default();
    let needs = parts.into_iter().flat_map(|part| {
        let present = kinds
            .iter()
            .filter_map(|(kind, action)| Some((action, part.get(kind)?.as_object()?)));
        present.map(|(action, fields)| {
            item(asked, action, fields).with("dynamodb:EnclosingOperation", [asked.operation.as_str()])
        })
    });
    needs.collect()
}

fn statements(asked: &Asked<'_>, list: &str, enclosing: Option<&str>) -> Result<Vec<Need>, Unnamed> {
    let parts = asked.parameters.get(list).map(each).unwrap_or_default();
    let parts = parts.into_iter().filter_map(Value::as_object);
    let needs = parts.map(|fields| Ok(statement(asked, fields)?.with("dynamodb:EnclosingOperation", enclosing)));
    needs.collect()
}

/// The right of a statement in `PartiQL`. Which key it is about, its text does not tell.
/// Source: DynamoDB developer guide, "IAM security policies with `PartiQL` for DynamoDB".
fn statement(asked: &Asked<'_>, fields: &Map<String, Value>) -> Result<Need, Unnamed> {
    let text = text_in(fields, "Statement").unwrap_or_default();
    let read = read_partiql(&Text::literal(text));
    let (verb, (name, index)) = read.ok_or_else(|| Unnamed::Unreadable {
        service: asked.service.clone(),
        why: "a statement of PartiQL names no table".to_owned(),
    })?;
    let action = match verb.as_str() {
        "SELECT" => "PartiQLSelect",
        "INSERT" => "PartiQLInsert",
        "UPDATE" => "PartiQLUpdate",
        _ => "PartiQLDelete",
    };
    let table = table(asked, name.as_literal().unwrap_or_default());
    let index = index.as_ref().and_then(Text::as_literal);
    let resource = index.map_or(table.clone(), |index| format!("{table}/index/{index}"));
    let mut need = with_keys(Need::new(asked.action(action), resource), None);
    if action == "PartiQLSelect" {
        if text.to_ascii_lowercase().contains("where") {
            need.untold.push("dynamodb:FullTableScan".to_owned());
        } else {
            need = need.with("dynamodb:FullTableScan", ["true"]);
        }
    }
    Ok(need)
}
