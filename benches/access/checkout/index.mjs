import { SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";

const states = new SFNClient({});
const bridge = new EventBridgeClient({});

export const handler = async (order) => {
  await states.send(new StartExecutionCommand({ stateMachineArn: process.env.MACHINE, input: JSON.stringify(order) }));
  const Detail = JSON.stringify({ id: order.id });
  await bridge.send(
    new PutEventsCommand({ Entries: [{ EventBusName: "shop", Source: "checkout", DetailType: "Ordered", Detail }] }),
  );
};
