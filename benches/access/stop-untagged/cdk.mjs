import * as iam from "aws-cdk-lib/aws-iam";

// The library has no grant for instances: statements are written by hand.
export default ({ fn }) => {
  fn.addToRolePolicy(new iam.PolicyStatement({ actions: ["ec2:DescribeInstances"], resources: ["*"] }));
  fn.addToRolePolicy(
    new iam.PolicyStatement({
      actions: ["ec2:StopInstances"],
      resources: ["arn:aws:ec2:eu-west-1:123456789012:instance/*"],
    }),
  );
};
