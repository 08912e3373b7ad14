import * as Gateway from "@aws-sdk/client-apigatewaymanagementapi";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocument, paginateScan } from "@aws-sdk/lib-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";

const TableName = process.env["CONNECTIONS"];

class Connections {
  #doc = DynamoDBDocument.from(new DynamoDBClient({}));

  async *all(room) {
    const input = {
      TableName,
      FilterExpression: "room = :room",
      ExpressionAttributeValues: { ":room": room },
      ProjectionExpression: "id",
    };
    for await (const page of paginateScan({ client: this.#doc, pageSize: 100 }, input)) {
      yield* page.Items ?? [];
    }
  }

  forget = (id) => this.#doc.delete({ TableName, Key: { id } });
}

class Broadcaster {
  #gateway;

  constructor(connections, endpoint) {
    this.connections = connections;
    this.#gateway = new Gateway.ApiGatewayManagementApiClient({ endpoint });
  }

  async send(room, message) {
    const Data = Buffer.from(JSON.stringify(message));
    for await (const { id } of this.connections.all(room)) {
      try {
        const command = new Gateway.PostToConnectionCommand({ ConnectionId: id, Data });
        await this.#gateway.send(command);
      } catch (error) {
        if (error instanceof Gateway.GoneException) await this.connections.forget(id);
        else console.error("could not reach", id, error);
      }
    }
  }
}

const broadcaster = new Broadcaster(new Connections(), process.env.ENDPOINT);

export async function handler({ Records }) {
  for (const { eventName, dynamodb } of Records) {
    if (eventName !== "INSERT") continue;
    const message = unmarshall(dynamodb.NewImage);
    await broadcaster.send(message.room, message);
  }
}
