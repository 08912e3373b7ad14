import * as sqs from "aws-cdk-lib/aws-sqs";
import { SqsEventSource } from "aws-cdk-lib/aws-lambda-event-sources";

const queue = (stack, name) => sqs.Queue.fromQueueArn(stack, name, `arn:aws:sqs:eu-west-1:123456789012:${name}`);

export default ({ stack, fn }) => {
  queue(stack, "fulfil").grantSendMessages(fn);
  fn.addEventSource(new SqsEventSource(queue(stack, "orders-in")));
};
