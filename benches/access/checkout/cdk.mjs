import * as events from "aws-cdk-lib/aws-events";
import * as sfn from "aws-cdk-lib/aws-stepfunctions";

export default ({ stack, fn }) => {
  sfn.StateMachine.fromStateMachineName(stack, "Order", "order").grantStartExecution(fn);
  events.EventBus.fromEventBusName(stack, "Shop", "shop").grantPutEventsTo(fn);
};
