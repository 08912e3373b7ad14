import { SQSClient, SendMessageBatchCommand } from "@aws-sdk/client-sqs";

const sqs = new SQSClient({});
const QueueUrl = "https://sqs.eu-west-1.amazonaws.com/123456789012/fulfil";

export const handler = async (event) => {
  const Entries = event.Records.map((record, at) => ({ Id: String(at), MessageBody: record.body }));
  await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
};
