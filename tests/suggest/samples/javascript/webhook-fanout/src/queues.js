import { SendMessageBatchCommand, SQSClient } from "@aws-sdk/client-sqs";

const sqs = new SQSClient({});
const URLS = {
  payments: process.env.PAYMENTS_QUEUE_URL,
  refunds: process.env.REFUNDS_QUEUE_URL,
};

export async function enqueue(kind, events) {
  const QueueUrl = URLS[kind];
  for (let start = 0; start < events.length; start += 10) {
    const Entries = events.slice(start, start + 10).map((event, index) => ({
      Id: `${index}`,
      MessageBody: JSON.stringify(event),
    }));
    const { Failed } = await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
    if (Failed?.length) throw new Error(`${Failed.length} messages were not sent`);
  }
}
