import { FirehoseClient, PutRecordCommand } from "@aws-sdk/client-firehose";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { SESClient, SendEmailCommand } from "@aws-sdk/client-ses";

const s3 = new S3Client({});
const ses = new SESClient({});
const firehose = new FirehoseClient({});

export const handler = async ({ to, order }) => {
  const template = await s3.send(new GetObjectCommand({ Bucket: "shop-mail", Key: "templates/receipt.html" }));
  const body = (await template.Body.transformToString()).replace("{{order}}", order);
  await ses.send(
    new SendEmailCommand({
      Source: "shop@shop.example",
      Destination: { ToAddresses: [to] },
      Message: { Subject: { Data: "Your receipt" }, Body: { Html: { Data: body } } },
    }),
  );
  const Data = Buffer.from(JSON.stringify({ to, order }));
  await firehose.send(new PutRecordCommand({ DeliveryStreamName: "mail-log", Record: { Data } }));
};
