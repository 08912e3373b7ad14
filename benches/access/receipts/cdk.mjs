import * as dynamodb from "aws-cdk-lib/aws-dynamodb";
import * as iam from "aws-cdk-lib/aws-iam";
import * as s3 from "aws-cdk-lib/aws-s3";

export default ({ stack, fn }) => {
  s3.Bucket.fromBucketName(stack, "Scans", "shop-receipts").grantRead(fn, "scans/*");
  dynamodb.Table.fromTableName(stack, "Receipts", "receipts").grantWriteData(fn);
  // The library has no grant for Textract: a statement is written by hand.
  fn.addToRolePolicy(new iam.PolicyStatement({ actions: ["textract:AnalyzeExpense"], resources: ["*"] }));
};
