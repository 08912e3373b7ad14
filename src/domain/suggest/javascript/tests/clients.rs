//! Which calls are calls of AWS.

use super::told;

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn calls_of_every_kind_are_found() {
    let cases: &[(&str, &[&str])] = &[
        // Version 3: commands count where they are made, whoever sends them.
        (
            "import { S3Client, GetObjectCommand as Get } from '@aws-sdk/client-s3'; new S3Client({}).send(new Get({ Bucket: 'b' }))",
            &["s3 GetObject Bucket=b"],
        ),
        (
            "import * as s3 from '@aws-sdk/client-s3'; const c = new s3.PutObjectCommand({ Bucket: 'b' }); await any.send(c)",
            &["s3 PutObject Bucket=b"],
        ),
        (
            "const { SFNClient, StartExecutionCommand } = require('@aws-sdk/client-sfn'); new StartExecutionCommand({ stateMachineArn: a })",
            &["sfn StartExecution stateMachineArn=?"],
        ),
        (
            "const { SendMessageCommand } = await import('@aws-sdk/client-sqs'); new SendMessageCommand({ QueueUrl: process.env.Q })",
            &["sqs SendMessage QueueUrl=$Q"],
        ),
        (
            "async function f() { const s3 = await import('@aws-sdk/client-s3'); return new s3.HeadObjectCommand({ Bucket: 'b' }); }",
            &["s3 HeadObject Bucket=b"],
        ),
        (
            "import s3 = require('@aws-sdk/client-s3'); new s3.HeadBucketCommand({ Bucket: 'b' })",
            &["s3 HeadBucket Bucket=b"],
        ),
        // Version 3: a method for each operation.
        (
            "import { S3 } from '@aws-sdk/client-s3'; const s3 = new S3({}); await s3.getObject({ Bucket: 'b' }); s3.destroy()",
            &["s3 getObject Bucket=b"],
        ),
        // Version 2.
        (
            "const AWS = require('aws-sdk'); const s3 = new AWS.S3(); s3.getObject({ Bucket: 'b' }).promise()",
            &["S3 getObject Bucket=b"],
        ),
        (
            "import AWS from 'aws-sdk'; const s3 = new AWS.S3({ params: { Bucket: 'b' } }); s3.upload({ Key: 'k' }).promise()",
            &["S3 upload Bucket=b Key=k"],
        ),
        (
            "const S3 = require('aws-sdk/clients/s3'); new S3().headObject({ Bucket: 'b' }, cb)",
            &["s3 headObject Bucket=b"],
        ),
        (
            "import { SQS } from 'aws-sdk'; const sqs = new SQS(); sqs.sendMessage({ QueueUrl: 'u' }, (e) => {})",
            &["SQS sendMessage QueueUrl=u"],
        ),
        (
            "const AWS = require('aws-sdk'); const db = new AWS.DynamoDB.DocumentClient(); await db.put({ TableName: 't' }).promise()",
            &["dynamodb PutItem TableName=t"],
        ),
        (
            "const { DocumentClient } = require('aws-sdk/clients/dynamodb'); new DocumentClient().batchGet({ RequestItems: { t: {} } })",
            &["dynamodb BatchGetItem RequestItems={t:{}}"],
        ),
        (
            "const AWS = require('aws-sdk'); const s3 = new AWS.S3(); s3.getSignedUrl('getObject', { Bucket: 'b' }); \
             s3.waitFor('objectExists', { Bucket: 'w' }).promise(); s3.createPresignedPost({ Bucket: 'p' })",
            &[
                "S3 getObject Bucket=b",
                "S3 HeadObject Bucket=w",
                "S3 putObject Bucket=p",
            ],
        ),
        (
            "const AWS = require('aws-sdk'); AWS.config.update({}); const e = new AWS.Endpoint('x'); e.get({}); new AWS.EC2MetadataCredentials().get()",
            &[],
        ),
        // Wrappers keep the client.
        (
            "const X = require('aws-xray-sdk-core'); const AWS = X.captureAWS(require('aws-sdk')); new AWS.SNS().publish({ TopicArn: 't' })",
            &["SNS publish TopicArn=t"],
        ),
        (
            "import X from 'aws-xray-sdk'; import { S3 } from '@aws-sdk/client-s3'; const s3 = X.captureAWSv3Client(new S3({})); s3.headBucket({ Bucket: 'b' })",
            &["s3 headBucket Bucket=b"],
        ),
        (
            "import { Tracer } from '@aws-lambda-powertools/tracer'; import { S3 } from '@aws-sdk/client-s3'; const tracer = new Tracer(); \
             const s3 = tracer.captureAWSv3Client(new S3({})); s3.headBucket({ Bucket: 'b' })",
            &["s3 headBucket Bucket=b"],
        ),
        // The document client of version 3.
        (
            "import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb'; import { DynamoDBClient } from '@aws-sdk/client-dynamodb'; \
             const doc = DynamoDBDocumentClient.from(new DynamoDBClient({})); doc.send(new GetCommand({ TableName: 't' }))",
            &["dynamodb GetItem TableName=t"],
        ),
        (
            "import { DynamoDBDocument } from '@aws-sdk/lib-dynamodb'; const doc = DynamoDBDocument.from(c); doc.transactWrite({ TransactItems: [] }); doc.destroy()",
            &["dynamodb TransactWriteItems TransactItems=[]"],
        ),
        // Helpers.
        (
            "import { Upload } from '@aws-sdk/lib-storage'; const up = new Upload({ client, params: { Bucket: 'b', Key: 'k' } }); await up.done()",
            &["s3 Upload Bucket=b Key=k"],
        ),
        (
            "import { getSignedUrl } from '@aws-sdk/s3-request-presigner'; import { GetObjectCommand } from '@aws-sdk/client-s3'; \
             getSignedUrl(c, new GetObjectCommand({ Bucket: 'b' }), { expiresIn: 60 })",
            &["s3 GetObject Bucket=b"],
        ),
        (
            "import { createPresignedPost } from '@aws-sdk/s3-presigned-post'; createPresignedPost(c, { Bucket: 'b', Key: 'k' })",
            &["s3 PutObject Bucket=b Key=k"],
        ),
        (
            "import { paginateListObjectsV2, waitUntilObjectExists } from '@aws-sdk/client-s3'; \
             for await (const page of paginateListObjectsV2({ client }, { Bucket: 'b' })) {} waitUntilObjectExists({ client, maxWaitTime: 5 }, { Bucket: 'w' })",
            &["s3 ListObjectsV2 Bucket=b", "s3 HeadObject Bucket=w"],
        ),
        (
            "import { getParameter } from '@aws-lambda-powertools/parameters/ssm'; await getParameter('/shop/key')",
            &["ssm GetParameter Name=/shop/key"],
        ),
        (
            "import ssm from '@middy/ssm'; middy(h).use(ssm({ fetchData: { key: '/shop/key', url: process.env.P } }))",
            &["ssm GetParameters Names=/shop/key", "ssm GetParameters Names=$P"],
        ),
        (
            "import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb'; new DynamoDBPersistenceLayer({ tableName: 't' })",
            &[
                "dynamodb GetItem TableName=t",
                "dynamodb PutItem TableName=t",
                "dynamodb UpdateItem TableName=t",
                "dynamodb DeleteItem TableName=t",
            ],
        ),
        // What only looks like it.
        (
            "cache.get({ TableName: 't' }); bus.send({ QueueUrl: 'q' }); s3.getObject({ Bucket: 'b' })",
            &[],
        ),
        (
            "import { GetObjectCommand } from './commands'; client.send(new GetObjectCommand({}))",
            &[],
        ),
        (
            "import { Client } from 'pg'; const c = new Client(); c.query({ TableName: 't' })",
            &[],
        ),
        (
            "import { S3Client } from '@aws-sdk/client-s3'; const s3 = new S3Client({}); s3.send(command); s3.getObject({})",
            &[],
        ),
        ("class GetItemCommand {} new GetItemCommand({ TableName: 't' })", &[]),
    ];
    for (text, expected) in cases {
        assert_eq!(told(&[("a.ts", text)]), *expected, "{text}");
    }
}

#[test]
fn clients_are_followed_wherever_they_are_kept() {
    let head = "import { S3 } from '@aws-sdk/client-s3';\n";
    for text in [
        "const clients = { s3: new S3({}) }; clients.s3.headBucket({ Bucket: 'b' })",
        "const getClient = () => new S3({}); getClient().headBucket({ Bucket: 'b' })",
        "let s3; function client() { if (!s3) { s3 = new S3({}); } return s3; } client().headBucket({ Bucket: 'b' })",
        "let s3: S3 | undefined; const client = () => (s3 ??= new S3({})); client().headBucket({ Bucket: 'b' })",
        "class A { s3 = new S3({}); m() { return this.s3.headBucket({ Bucket: 'b' }); } }",
        "class A { #s3 = new S3({}); m() { return this.#s3.headBucket({ Bucket: 'b' }); } }",
        "class A { constructor() { this.s3 = new S3({}); } m() { return this.s3.headBucket({ Bucket: 'b' }); } }",
        "class A { constructor(private readonly s3: S3) {} m() { return this.s3.headBucket({ Bucket: 'b' }); } }",
        "class A { constructor(private s3 = new S3({})) {} m() { return this.s3.headBucket({ Bucket: 'b' }); } }",
        "class A { constructor(client) { this.s3 = client; } m() { this.s3.headBucket({ Bucket: 'b' }); } } new A(new S3({}))",
        "class A { private s3: S3; constructor(deps: Deps) { this.s3 = deps.s3; } m() { this.s3.headBucket({ Bucket: 'b' }); } }",
        "class A { static s3 = new S3({}); } A.s3.headBucket({ Bucket: 'b' })",
        "class A { static #one: A; static get() { return (A.#one ??= new A()); } s3 = new S3({}); } A.get().s3.headBucket({ Bucket: 'b' })",
        "class A { get s3() { return new S3({}); } m() { this.s3.headBucket({ Bucket: 'b' }); } }",
        "class Base { protected s3 = new S3({}); } class A extends Base { m() { this.s3.headBucket({ Bucket: 'b' }); } }",
        "class Mine extends S3 {} new Mine({}).headBucket({ Bucket: 'b' })",
        "function f(s3: S3) { s3.headBucket({ Bucket: 'b' }); }",
        "function f(s3) { s3.headBucket({ Bucket: 'b' }); } f(new S3({}))",
        "function f({ s3 }) { s3.headBucket({ Bucket: 'b' }); } f({ s3: new S3({}) })",
        "function f({ s3 }: { s3: S3 }) { s3.headBucket({ Bucket: 'b' }); }",
        "const f = (s3 = new S3({})) => s3.headBucket({ Bucket: 'b' });",
        "interface Deps { s3: S3 } const f = (deps: Deps) => deps.s3.headBucket({ Bucket: 'b' });",
        "type Deps = Readonly<{ s3: S3 }>; const f = (deps: Deps) => deps.s3.headBucket({ Bucket: 'b' });",
        "const make = ({ s3 }) => async (event) => s3.headBucket({ Bucket: 'b' }); export const handler = make({ s3: new S3({}) });",
        "const { headBucket } = new S3({}); headBucket({ Bucket: 'b' })",
        "const s3 = new S3({}); const call = s3.headBucket.bind(s3); call({ Bucket: 'b' })",
        "const repo = { s3: new S3({}), check() { return this.s3.headBucket({ Bucket: 'b' }); } };",
        "import { once } from 'lodash'; const client = once(() => new S3({})); client().headBucket({ Bucket: 'b' })",
    ] {
        assert_eq!(
            told(&[("a.ts", &format!("{head}{text}"))]),
            ["s3 headBucket Bucket=b"],
            "{text}"
        );
    }
}
