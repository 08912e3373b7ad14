use std::collections::HashMap;

use aws_sdk_dynamodb::types::{AttributeValue, Put, TransactWriteItem, Update};
use aws_sdk_dynamodb::{Client, Error};
use serde::{Deserialize, Serialize};

const STOCK: &str = "stock";
const BY_CUSTOMER: &str = "by-customer";

#[derive(Serialize, Deserialize)]
pub struct Order {
    pub id: String,
    pub item: String,
}

pub struct Store {
    client: Client,
    table: String,
}

impl Store {
    pub fn new(client: Client, table: impl Into<String>) -> Self {
        Self { client, table: table.into() }
    }

    pub async fn find(&self, id: &str) -> Result<Option<Order>, Error> {
        let found = self.client.get_item().table_name(&self.table).key("id", text(id)).send().await?;
        Ok(found.item().map(Order::from))
    }

    pub async fn of_customer(&self, customer: &str) -> Result<Vec<Order>, Error> {
        let mut pages = self
            .client
            .query()
            .table_name(&self.table)
            .index_name(BY_CUSTOMER)
            .key_condition_expression("customer = :c")
            .expression_attribute_values(":c", text(customer))
            .into_paginator()
            .items()
            .send();
        let mut orders = Vec::new();
        while let Some(item) = pages.next().await {
            orders.push(Order::from(&item?));
        }
        Ok(orders)
    }

    pub async fn place(&self, order: &Order) -> Result<(), Error> {
        let put = Put::builder().table_name(self.table.clone()).item("id", text(&order.id)).build()?;
        let update = Update::builder()
            .table_name(STOCK)
            .key("id", text(&order.item))
            .update_expression("ADD #left :one")
            .build()?;
        self.client
            .transact_write_items()
            .transact_items(TransactWriteItem::builder().put(put).build())
            .transact_items(TransactWriteItem::builder().update(update).build())
            .send()
            .await?;
        Ok(())
    }
}

fn text(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}

impl From<&HashMap<String, AttributeValue>> for Order {
    fn from(item: &HashMap<String, AttributeValue>) -> Self {
        let text = |name: &str| item.get(name).and_then(|value| value.as_s().ok()).cloned().unwrap_or_default();
        Self { id: text("id"), item: text("item") }
    }
}
