import * as iam from "aws-cdk-lib/aws-iam";
import * as ssm from "aws-cdk-lib/aws-ssm";

export default ({ stack, fn }) => {
  ssm.StringParameter.fromStringParameterName(stack, "Motd", "/shop/motd").grantRead(fn);
  // The library has no grant for a path: a statement is written by hand.
  const path = "arn:aws:ssm:eu-west-1:123456789012:parameter/shop/flags";
  fn.addToRolePolicy(
    new iam.PolicyStatement({ actions: ["ssm:GetParametersByPath"], resources: [path, `${path}/*`] }),
  );
};
