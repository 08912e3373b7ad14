import * as secretsmanager from "aws-cdk-lib/aws-secretsmanager";
import * as sns from "aws-cdk-lib/aws-sns";

export default ({ stack, fn }) => {
  secretsmanager.Secret.fromSecretNameV2(stack, "Stripe", "prod/stripe").grantRead(fn);
  sns.Topic.fromTopicArn(stack, "Payments", "arn:aws:sns:eu-west-1:123456789012:payments").grantPublish(fn);
};
