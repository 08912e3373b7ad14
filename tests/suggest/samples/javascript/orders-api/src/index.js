"use strict";

const orders = require("./orders");

const routes = {
  "GET /orders": ({ queryStringParameters: q = {} }) => orders.listByCustomer(q.customer, q.cursor),
  "GET /orders/{id}": ({ pathParameters }) => orders.get(pathParameters.id),
  "POST /orders": ({ body }) => orders.place(JSON.parse(body)),
  "DELETE /orders/{id}": ({ pathParameters }) => orders.cancel(pathParameters.id),
};

exports.handler = async (event) => {
  const route = routes[event.routeKey];
  if (!route) return reply(404, { message: "no such route" });
  try {
    const result = await route(event);
    return result ? reply(200, result) : reply(404, { message: "not found" });
  } catch (error) {
    if (error.name === "TransactionCanceledException") return reply(409, { message: "out of stock" });
    throw error;
  }
};

const reply = (statusCode, body) => ({
  statusCode,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});
