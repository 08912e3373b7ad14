import * as cloudwatch from "aws-cdk-lib/aws-cloudwatch";
import * as dynamodb from "aws-cdk-lib/aws-dynamodb";
import * as lambda from "aws-cdk-lib/aws-lambda";
import { DynamoEventSource } from "aws-cdk-lib/aws-lambda-event-sources";

export default ({ stack, fn }) => {
  const orders = dynamodb.Table.fromTableAttributes(stack, "Orders", {
    tableArn: "arn:aws:dynamodb:eu-west-1:123456789012:table/orders",
    tableStreamArn: "arn:aws:dynamodb:eu-west-1:123456789012:table/orders/stream/*",
  });
  dynamodb.Table.fromTableName(stack, "Totals", "totals").grantWriteData(fn);
  cloudwatch.Metric.grantPutMetricData(fn);
  fn.addEventSource(new DynamoEventSource(orders, { startingPosition: lambda.StartingPosition.LATEST }));
};
