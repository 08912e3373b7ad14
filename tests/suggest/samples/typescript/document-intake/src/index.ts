import { Logger } from '@aws-lambda-powertools/logger';
import type { S3Event } from 'aws-lambda';
import { Clients } from './lib/clients';
import { classify } from './lib/classify';
import { Store } from './lib/store';
import { textOf } from './lib/text';

const logger = new Logger();
const clients = Clients.shared();
const store = new Store(clients, { bucket: process.env.BUCKET!, table: process.env.TABLE! });

export const handler = async (event: S3Event): Promise<void> => {
  for (const { s3 } of event.Records) {
    const name = s3.object.key.split('/').pop()!;
    const text = await textOf(clients, process.env.BUCKET!, `inbox/${name}`);
    const kind = await classify(clients, text);
    await store.file(name, kind, text);
    logger.info('filed', { name, kind });
  }
};
