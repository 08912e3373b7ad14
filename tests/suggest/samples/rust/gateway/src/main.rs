//! Invokes one function for each kind of event, and keeps what it gave.

use std::collections::HashMap;
use std::env;

use aws_sdk_dynamodb::operation::get_item::GetItemInput;
use aws_sdk_dynamodb::{Client as Dynamo, types::AttributeValue, types::PutRequest, types::WriteRequest};
use aws_sdk_lambda::{Client as Functions, primitives::Blob};
use lambda_runtime::{Error, LambdaEvent, run, service_fn};

struct Gateway {
    functions: Functions,
    dynamo: Dynamo,
    table: String,
}

enum Kind {
    Order,
    Index,
}

impl Kind {
    fn function(&self) -> &'static str {
        match self {
            Kind::Order => "orders",
            Kind::Index => "index-orders",
        }
    }
}

impl Gateway {
    async fn new() -> Result<Self, Error> {
        let config = aws_config::load_from_env().await;
        let table = match env::var("TABLE") {
            Ok(table) => table,
            Err(_) => return Err("TABLE is not set".into()),
        };
        Ok(Gateway { functions: Functions::new(&config), dynamo: Dynamo::new(&config), table })
    }

    async fn handle(&self, event: LambdaEvent<String>) -> Result<(), Error> {
        let kind = if event.payload.contains("order") { Kind::Order } else { Kind::Index };
        let seen = GetItemInput::builder()
            .table_name(&self.table)
            .key("id", AttributeValue::S(event.context.request_id.clone()))
            .send_with(&self.dynamo)
            .await?;
        if seen.item.is_some() {
            return Ok(());
        }
        self.functions
            .invoke()
            .function_name(kind.function())
            .payload(Blob::new(event.payload))
            .send()
            .await?;
        self.keep(vec![event.context.request_id]).await
    }

    async fn keep(&self, ids: Vec<String>) -> Result<(), Error> {
        let puts = ids
            .into_iter()
            .map(|id| {
                let put = PutRequest::builder().item("id", AttributeValue::S(id)).build().expect("an item");
                WriteRequest::builder().put_request(put).build()
            })
            .collect();
        let mut items = HashMap::new();
        items.insert(self.table.clone(), puts);
        self.dynamo.batch_write_item().set_request_items(Some(items)).send().await?;
        Ok(())
    }
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    let gateway = Gateway::new().await?;
    let gateway = &gateway;
    run(service_fn(|event| gateway.handle(event))).await
}
