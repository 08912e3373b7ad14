// Prints the statements that the CDK gives the role of a function. Run by access.py where the library is installed.
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { App, Stack } from "aws-cdk-lib";
import * as lambda from "aws-cdk-lib/aws-lambda";

const { FUNCTION, ACCOUNT: account, REGION: region } = process.env;
const copy = join(process.cwd(), "function.mjs");
writeFileSync(copy, readFileSync(FUNCTION));
const { default: grant } = await import(pathToFileURL(copy));
rmSync(copy);

const app = new App();
const stack = new Stack(app, "Stack", { env: { account, region } });
const fn = new lambda.Function(stack, "Function", {
  runtime: lambda.Runtime.NODEJS_22_X,
  handler: "index.handler",
  code: lambda.Code.fromInline("exports.handler = async () => {};"),
});
grant({ stack, fn });
const made = Object.values(app.synth().getStackArtifact("Stack").template.Resources);
const policies = made.filter((resource) => resource.Type === "AWS::IAM::Policy");
console.log(JSON.stringify(policies.flatMap((policy) => policy.Properties.PolicyDocument.Statement)));
