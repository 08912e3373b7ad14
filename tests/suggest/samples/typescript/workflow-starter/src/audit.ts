import { FirehoseClient, PutRecordBatchCommand, PutRecordCommand } from '@aws-sdk/client-firehose';
import { env } from './env';

let client: FirehoseClient | undefined;

function firehose(): FirehoseClient {
  client ??= new FirehoseClient({});
  return client;
}

type Fact = Record<string, unknown>;

const encode = (what: string, fact: Fact): Uint8Array =>
  new TextEncoder().encode(`${JSON.stringify({ what, at: Date.now(), ...fact })}\n`);

export async function audit(what: string, ...facts: Fact[]): Promise<void> {
  const DeliveryStreamName = env.AUDIT_STREAM;
  if (facts.length === 1) {
    const Record = { Data: encode(what, facts[0]) };
    await firehose().send(new PutRecordCommand({ DeliveryStreamName, Record }));
    return;
  }
  const Records = facts.map((fact) => ({ Data: encode(what, fact) }));
  await firehose().send(new PutRecordBatchCommand({ DeliveryStreamName, Records }));
}
