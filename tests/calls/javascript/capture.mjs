// Common calls as the AWS SDK for JavaScript sends them; nothing leaves the machine.
//
// One line of JSON for each: {"operation", "needs", "method", "url", "headers", "body"}, the body in base64.
// `needs` is what a careful reader of the Service Authorization Reference expects.

import * as cloudwatch from "@aws-sdk/client-cloudwatch";
import * as dynamodb from "@aws-sdk/client-dynamodb";
import * as events from "@aws-sdk/client-eventbridge";
import * as lambda from "@aws-sdk/client-lambda";
import * as logs from "@aws-sdk/client-cloudwatch-logs";
import * as s3 from "@aws-sdk/client-s3";
import * as secrets from "@aws-sdk/client-secrets-manager";
import * as sfn from "@aws-sdk/client-sfn";
import * as sns from "@aws-sdk/client-sns";
import * as sqs from "@aws-sdk/client-sqs";
import * as ssm from "@aws-sdk/client-ssm";
import * as sts from "@aws-sdk/client-sts";
import * as document from "@aws-sdk/lib-dynamodb";
import { Readable } from "node:stream";

const account = "123456789012";
const here = (service, resource) => `arn:aws:${service}:eu-west-1:${account}:${resource}`;
const object = (key) => `arn:aws:s3:::shop-photos/${key}`;
const table = here("dynamodb", "table/orders");
const queue = { QueueUrl: `https://sqs.eu-west-1.amazonaws.com/${account}/jobs` };
const jobs = here("sqs", "jobs");
const item = { TableName: "orders", Key: { id: { S: "1" } } };
const photo = { Bucket: "shop-photos", Key: "in/cat 1.jpg" };
const group = here("logs", "log-group:/aws/lambda/other");
const machine = here("states", "stateMachine:rollup");

// Client, command, input, what it needs.
const calls = [
  [s3, "GetObject", photo, [`s3:GetObject ${object("in/cat 1.jpg")}`]],
  [s3, "GetObject", { ...photo, VersionId: "v1" }, [`s3:GetObjectVersion ${object("in/cat 1.jpg")}`]],
  [s3, "HeadObject", photo, [`s3:GetObject ${object("in/cat 1.jpg")}`]],
  [s3, "PutObject", { ...photo, Body: "x" }, [`s3:PutObject ${object("in/cat 1.jpg")}`]],
  [s3, "PutObject", { ...photo, Body: Readable.from("xy"), ContentLength: 2 }, [`s3:PutObject ${object("in/cat 1.jpg")}`]],
  [
    s3,
    "PutObject",
    { ...photo, Body: "x", ACL: "private", Tagging: "a=b" },
    ["s3:PutObject", "s3:PutObjectAcl", "s3:PutObjectTagging"].map((action) => `${action} ${object("in/cat 1.jpg")}`),
  ],
  [
    s3,
    "CopyObject",
    { ...photo, CopySource: "shop-raw/a%20b" },
    ["s3:GetObject arn:aws:s3:::shop-raw/a b", `s3:PutObject ${object("in/cat 1.jpg")}`],
  ],
  [s3, "DeleteObject", photo, [`s3:DeleteObject ${object("in/cat 1.jpg")}`]],
  [
    s3,
    "DeleteObjects",
    { Bucket: "shop-photos", Delete: { Objects: [{ Key: "a&b" }, { Key: "c", VersionId: "1" }] } },
    [`s3:DeleteObject ${object("a&b")}`, `s3:DeleteObjectVersion ${object("c")}`],
  ],
  [s3, "ListObjectsV2", { Bucket: "shop-photos", Prefix: "in/" }, ["s3:ListBucket arn:aws:s3:::shop-photos"]],
  [s3, "ListObjects", { Bucket: "shop-photos" }, ["s3:ListBucket arn:aws:s3:::shop-photos"]],
  [s3, "HeadBucket", { Bucket: "shop-photos" }, ["s3:ListBucket arn:aws:s3:::shop-photos"]],
  [s3, "ListBuckets", {}, ["s3:ListAllMyBuckets arn:aws:s3:::*"]],
  [s3, "CreateMultipartUpload", photo, [`s3:PutObject ${object("in/cat 1.jpg")}`]],
  [s3, "UploadPart", { ...photo, UploadId: "u", PartNumber: 1, Body: "x" }, [`s3:PutObject ${object("in/cat 1.jpg")}`]],
  [
    s3,
    "CompleteMultipartUpload",
    { ...photo, UploadId: "u", MultipartUpload: { Parts: [{ PartNumber: 1, ETag: "e" }] } },
    [`s3:PutObject ${object("in/cat 1.jpg")}`],
  ],
  [s3, "AbortMultipartUpload", { ...photo, UploadId: "u" }, [`s3:AbortMultipartUpload ${object("in/cat 1.jpg")}`]],
  [s3, "ListParts", { ...photo, UploadId: "u" }, [`s3:ListMultipartUploadParts ${object("in/cat 1.jpg")}`]],
  [s3, "GetObjectTagging", photo, [`s3:GetObjectTagging ${object("in/cat 1.jpg")}`]],
  [
    s3,
    "PutObjectTagging",
    { ...photo, Tagging: { TagSet: [{ Key: "a", Value: "b" }] } },
    [`s3:PutObjectTagging ${object("in/cat 1.jpg")}`],
  ],
  [s3, "GetBucketLocation", { Bucket: "shop-photos" }, ["s3:GetBucketLocation arn:aws:s3:::shop-photos"]],
  [s3, "GetBucketCors", { Bucket: "shop-photos" }, ["s3:GetBucketCORS arn:aws:s3:::shop-photos"]],
  [
    s3,
    "GetObject",
    { ...photo, Bucket: here("s3", "accesspoint/readers") },
    [`s3:GetObject ${here("s3", "accesspoint/readers/object/in/cat 1.jpg")}`],
  ],

  [dynamodb, "GetItem", item, [`dynamodb:GetItem ${table}`]],
  [dynamodb, "PutItem", { TableName: "orders", Item: item.Key }, [`dynamodb:PutItem ${table}`]],
  [dynamodb, "DeleteItem", item, [`dynamodb:DeleteItem ${table}`]],
  [
    dynamodb,
    "UpdateItem",
    { ...item, UpdateExpression: "SET a = :a", ExpressionAttributeValues: { ":a": { S: "b" } } },
    [`dynamodb:UpdateItem ${table}`],
  ],
  [
    dynamodb,
    "Query",
    {
      TableName: "orders",
      IndexName: "by-day",
      KeyConditionExpression: "d = :d",
      ExpressionAttributeValues: { ":d": { S: "1" } },
    },
    [`dynamodb:Query ${table}/index/by-day`],
  ],
  [dynamodb, "Scan", { TableName: "orders" }, [`dynamodb:Scan ${table}`]],
  [dynamodb, "DescribeTable", { TableName: table }, [`dynamodb:DescribeTable ${table}`]],
  [
    dynamodb,
    "BatchGetItem",
    { RequestItems: { orders: { Keys: [item.Key] }, users: { Keys: [item.Key] } } },
    [`dynamodb:BatchGetItem ${table}`, `dynamodb:BatchGetItem ${here("dynamodb", "table/users")}`],
  ],
  [
    dynamodb,
    "TransactWriteItems",
    {
      TransactItems: [
        { Put: { TableName: "orders", Item: item.Key } },
        { ConditionCheck: { TableName: "users", Key: item.Key, ConditionExpression: "attribute_exists(id)" } },
      ],
    },
    [`dynamodb:ConditionCheckItem ${here("dynamodb", "table/users")}`, `dynamodb:PutItem ${table}`],
  ],
  [dynamodb, "ExecuteStatement", { Statement: 'SELECT * FROM "orders"' }, [`dynamodb:PartiQLSelect ${table}`]],
  [document, "Put", { TableName: "orders", Item: { id: "1" } }, [`dynamodb:PutItem ${table}`], "PutItem"],
  [
    document,
    "BatchWrite",
    { RequestItems: { orders: [{ DeleteRequest: { Key: { id: "1" } } }] } },
    [`dynamodb:BatchWriteItem ${table}`],
    "BatchWriteItem",
  ],

  [sqs, "SendMessage", { ...queue, MessageBody: "x" }, [`sqs:SendMessage ${jobs}`]],
  [sqs, "SendMessageBatch", { ...queue, Entries: [{ Id: "1", MessageBody: "x" }] }, [`sqs:SendMessage ${jobs}`]],
  [sqs, "ReceiveMessage", queue, [`sqs:ReceiveMessage ${jobs}`]],
  [sqs, "DeleteMessage", { ...queue, ReceiptHandle: "x" }, [`sqs:DeleteMessage ${jobs}`]],
  [sqs, "DeleteMessageBatch", { ...queue, Entries: [{ Id: "1", ReceiptHandle: "x" }] }, [`sqs:DeleteMessage ${jobs}`]],
  [sqs, "GetQueueUrl", { QueueName: "jobs" }, [`sqs:GetQueueUrl ${jobs}`]],
  [sqs, "GetQueueAttributes", queue, [`sqs:GetQueueAttributes ${jobs}`]],

  [sns, "Publish", { TopicArn: here("sns", "alerts"), Message: "x" }, [`sns:Publish ${here("sns", "alerts")}`]],
  [sns, "Publish", { PhoneNumber: "+15550100", Message: "x" }, ["sns:Publish +15550100"]],
  [
    sns,
    "PublishBatch",
    { TopicArn: here("sns", "alerts"), PublishBatchRequestEntries: [{ Id: "1", Message: "x" }] },
    [`sns:Publish ${here("sns", "alerts")}`],
  ],
  [
    sns,
    "Subscribe",
    { TopicArn: here("sns", "alerts"), Protocol: "sqs", Endpoint: jobs },
    [`sns:Subscribe ${here("sns", "alerts")}`],
  ],

  [
    secrets,
    "GetSecretValue",
    { SecretId: "prod/stripe" },
    [`secretsmanager:GetSecretValue ${here("secretsmanager", "secret:prod/stripe-??????")}`],
  ],
  [
    secrets,
    "PutSecretValue",
    { SecretId: here("secretsmanager", "secret:prod/stripe-AbCdEf"), SecretString: "x" },
    [`secretsmanager:PutSecretValue ${here("secretsmanager", "secret:prod/stripe-AbCdEf")}`],
  ],
  [
    secrets,
    "BatchGetSecretValue",
    { SecretIdList: ["a"] },
    ["secretsmanager:BatchGetSecretValue *", `secretsmanager:GetSecretValue ${here("secretsmanager", "secret:a-??????")}`],
  ],

  [ssm, "GetParameter", { Name: "/shop/key:3" }, [`ssm:GetParameter ${here("ssm", "parameter/shop/key")}`]],
  [
    ssm,
    "GetParameters",
    { Names: ["/shop/a", "b"] },
    ["b", "shop/a"].map((name) => `ssm:GetParameters ${here("ssm", `parameter/${name}`)}`),
  ],
  [ssm, "GetParametersByPath", { Path: "/shop" }, [`ssm:GetParametersByPath ${here("ssm", "parameter/shop")}`]],
  [ssm, "PutParameter", { Name: "/shop/a", Value: "x" }, [`ssm:PutParameter ${here("ssm", "parameter/shop/a")}`]],

  [
    events,
    "PutEvents",
    { Entries: [{ Source: "shop", DetailType: "Sold", Detail: "{}" }] },
    [`events:PutEvents ${here("events", "event-bus/default")}`],
  ],
  [
    events,
    "PutRule",
    { Name: "nightly", ScheduleExpression: "rate(1 day)" },
    [`events:PutRule ${here("events", "rule/nightly")}`],
  ],

  [lambda, "Invoke", { FunctionName: "resize" }, [`lambda:InvokeFunction ${here("lambda", "function:resize")}`]],
  [
    lambda,
    "Invoke",
    { FunctionName: here("lambda", "function:resize"), Qualifier: "live", Payload: "[1]" },
    [`lambda:InvokeFunction ${here("lambda", "function:resize:live")}`],
  ],
  [
    lambda,
    "InvokeWithResponseStream",
    { FunctionName: "resize:3" },
    [`lambda:InvokeFunction ${here("lambda", "function:resize:3")}`],
  ],
  [lambda, "GetFunction", { FunctionName: "resize" }, [`lambda:GetFunction ${here("lambda", "function:resize")}`]],
  [lambda, "ListFunctions", {}, ["lambda:ListFunctions *"]],

  [sfn, "StartExecution", { stateMachineArn: machine }, [`states:StartExecution ${machine}`]],
  [sfn, "StartSyncExecution", { stateMachineArn: `${machine}:live` }, [`states:StartSyncExecution ${machine}`]],
  [
    sfn,
    "DescribeExecution",
    { executionArn: here("states", "execution:rollup:1") },
    [`states:DescribeExecution ${here("states", "execution:rollup:1")}`],
  ],
  [sfn, "SendTaskSuccess", { taskToken: "t", output: "{}" }, ["states:SendTaskSuccess *"]],

  [sts, "GetCallerIdentity", {}, []],
  [
    sts,
    "AssumeRole",
    { RoleArn: `arn:aws:iam::${account}:role/reader`, RoleSessionName: "x" },
    [`sts:AssumeRole arn:aws:iam::${account}:role/reader`],
  ],

  [
    logs,
    "PutLogEvents",
    { logGroupName: "/aws/lambda/other", logStreamName: "s", logEvents: [] },
    [`logs:PutLogEvents ${group}:log-stream:s`],
  ],
  [logs, "FilterLogEvents", { logGroupName: "/aws/lambda/other" }, [`logs:FilterLogEvents ${group}:log-stream:`]],
  [logs, "StartLiveTail", { logGroupIdentifiers: [group] }, [`logs:StartLiveTail ${group}:log-stream:`]],
  [logs, "DescribeLogGroups", {}, [`logs:DescribeLogGroups ${here("logs", "log-group::log-stream:")}`]],

  [
    cloudwatch,
    "PutMetricData",
    { Namespace: "Shop", MetricData: [{ MetricName: "Sold", Value: 1 }] },
    ["cloudwatch:PutMetricData *"],
  ],
  // More than 10 KB are compressed.
  [
    cloudwatch,
    "PutMetricData",
    { Namespace: "Shop", MetricData: Array(900).fill({ MetricName: "Sold", Value: 1, Timestamp: new Date(0) }) },
    ["cloudwatch:PutMetricData *"],
  ],
  [
    cloudwatch,
    "GetMetricData",
    { StartTime: new Date(0), EndTime: new Date(1), MetricDataQueries: [] },
    ["cloudwatch:GetMetricData *"],
  ],
  [
    cloudwatch,
    "DescribeAlarmHistory",
    { AlarmName: "errors" },
    [`cloudwatch:DescribeAlarmHistory ${here("cloudwatch", "alarm:errors")}`],
  ],
];

async function bytes(body) {
  if (body === undefined || body === null) return Buffer.alloc(0);
  if (typeof body === "string" || body instanceof Uint8Array) return Buffer.from(body);
  const chunks = [];
  for await (const chunk of body) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

for (const [service, command, input, needs, operation] of calls) {
  const clientOf = service === document ? dynamodb : service;
  const Client = Object.entries(clientOf).find(([name]) => name.endsWith("Client") && !name.startsWith("__"))[1];
  const captured = [];
  const requestHandler = {
    async handle(request) {
      captured.push({ request, body: await bytes(request.body) });
      throw new Error("captured");
    },
  };
  const client = new Client({
    region: "eu-west-1",
    credentials: { accessKeyId: "AKIAEXAMPLE", secretAccessKey: "secret" },
    maxAttempts: 1,
    requestHandler,
  });
  const sender = service === document ? document.DynamoDBDocumentClient.from(client) : client;
  await sender.send(new service[`${command}Command`](input)).catch((error) => {
    if (captured.length !== 1) throw error;
  });
  const [{ request, body }] = captured;
  const query = new URLSearchParams();
  const names = Object.entries(request.query ?? {});
  for (const [name, value] of names) query.append(name, value ?? "");
  const encoded = names.length === 0 ? "" : `?${query}`;
  console.log(
    JSON.stringify({
      operation: operation ?? command,
      needs,
      method: request.method,
      url: `${request.protocol}//${request.hostname}${request.path}${encoded}`,
      headers: { host: request.hostname, ...request.headers },
      body: body.toString("base64"),
    }),
  );
}
