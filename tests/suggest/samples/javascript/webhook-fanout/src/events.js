import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";

const bridge = new EventBridgeClient({});

export const publish = async (source, events) => {
  const Entries = [];
  for (const event of events) {
    Entries.push({
      EventBusName: process.env.BUS,
      Source: source,
      DetailType: event.type,
      Detail: JSON.stringify(event.data),
    });
  }
  return bridge.send(new PutEventsCommand({ Entries }));
};
