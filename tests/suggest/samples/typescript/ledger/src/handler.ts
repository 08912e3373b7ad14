import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { Kinesis } from '@aws-sdk/client-kinesis';
import { GenerateMacCommand, KMSClient } from '@aws-sdk/client-kms';
import { container } from './container';
import type { Transfer } from './repositories';

const kms = new KMSClient({});
const kinesis = new Kinesis({});

export async function handler(event: SQSEvent): Promise<SQSBatchResponse> {
  const batchItemFailures: { itemIdentifier: string }[] = [];
  for (const { messageId, body } of event.Records) {
    try {
      await post(JSON.parse(body) as Transfer);
    } catch (error) {
      console.error(messageId, error);
      batchItemFailures.push({ itemIdentifier: messageId });
    }
  }
  return { batchItemFailures };
}

async function post(transfer: Transfer): Promise<void> {
  const { accounts, entries } = container;
  const from = await accounts.find(transfer.from);
  if (!from) throw new Error('no such account');
  const seal = await sign(Buffer.from(JSON.stringify(transfer)));
  await entries.post(transfer, seal);
  const history = await entries.ofAccount(transfer.from);
  await kinesis.putRecords({
    StreamName: 'ledger-feed',
    Records: history.map((entry) => ({ PartitionKey: transfer.from, Data: Buffer.from(JSON.stringify(entry)) })),
  });
}

async function sign(Message: Uint8Array): Promise<string> {
  const { Mac } = await kms.send(
    new GenerateMacCommand({ KeyId: process.env.KEY_ID, MacAlgorithm: 'HMAC_SHA_256', Message }),
  );
  return Buffer.from(Mac!).toString('hex');
}
