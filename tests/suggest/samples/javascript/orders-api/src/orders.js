const { randomUUID } = require("node:crypto");
const { GetCommand, QueryCommand, TransactWriteCommand, UpdateCommand } = require("@aws-sdk/lib-dynamodb");
const db = require("./db");
const { tables, indexes, pageSize } = require("./config");

const cache = new Map();

async function get(id) {
  if (cache.has(id)) return cache.get(id);
  const { Item } = await db.send(new GetCommand({ TableName: tables.orders, Key: { id } }));
  if (Item) cache.set(id, Item);
  return Item;
}

async function listByCustomer(customer, cursor) {
  const params = {
    TableName: tables.orders,
    IndexName: indexes.byCustomer,
    KeyConditionExpression: "customer = :c",
    ExpressionAttributeValues: { ":c": customer },
    Limit: pageSize,
  };
  if (cursor) params.ExclusiveStartKey = JSON.parse(Buffer.from(cursor, "base64url"));
  const page = await db.send(new QueryCommand(params));
  return { items: page.Items, cursor: page.LastEvaluatedKey };
}

async function place({ customer, lines }) {
  const order = { id: randomUUID(), customer, lines, state: "placed" };
  const TransactItems = lines.map(({ sku, quantity }) => ({
    Update: {
      TableName: tables.stock,
      Key: { sku },
      UpdateExpression: "ADD available :minus",
      ConditionExpression: "available >= :quantity",
      ExpressionAttributeValues: { ":minus": -quantity, ":quantity": quantity },
    },
  }));
  TransactItems.push({ Put: { TableName: tables.orders, Item: order } });
  await db.send(new TransactWriteCommand({ TransactItems, ClientRequestToken: order.id }));
  return order;
}

async function cancel(id) {
  const command = new UpdateCommand({
    TableName: tables.orders,
    Key: { id },
    UpdateExpression: "SET #s = :s",
    ExpressionAttributeNames: { "#s": "state" },
    ExpressionAttributeValues: { ":s": "cancelled" },
    ReturnValues: "ALL_NEW",
  });
  const { Attributes } = await db.send(command);
  cache.delete(id);
  return Attributes;
}

module.exports = { get, listByCustomer, place, cancel };
