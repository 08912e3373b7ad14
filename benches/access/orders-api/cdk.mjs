import * as dynamodb from "aws-cdk-lib/aws-dynamodb";

export default ({ stack, fn }) => {
  const orders = dynamodb.Table.fromTableAttributes(stack, "Orders", {
    tableArn: "arn:aws:dynamodb:eu-west-1:123456789012:table/orders",
    globalIndexes: ["by-customer"],
  });
  orders.grantReadWriteData(fn);
};
