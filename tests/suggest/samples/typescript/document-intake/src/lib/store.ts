import { waitUntilObjectExists } from '@aws-sdk/client-s3';
import type { Clients } from './clients';
import type { Kind } from './classify';

interface Names {
  bucket: string;
  table: string;
}

export class Store {
  constructor(
    private readonly clients: Clients,
    private readonly names: Names,
  ) {}

  async file(name: string, kind: Kind, text: string): Promise<void> {
    const { bucket: Bucket, table: TableName } = this.names;
    const Key = `filed/${kind}/${name}`;
    await this.clients.s3.copyObject({ Bucket, Key, CopySource: `${Bucket}/inbox/${name}` });
    await waitUntilObjectExists({ client: this.clients.s3, maxWaitTime: 20 }, { Bucket, Key });
    await Promise.all([
      this.clients.s3.putObject({ Bucket, Key: `text/${name}.txt`, Body: text }),
      this.clients.dynamodb.putItem({
        TableName,
        Item: { name: { S: name }, kind: { S: kind }, key: { S: Key } },
      }),
    ]);
    await this.clients.s3.deleteObject({ Bucket, Key: `inbox/${name}` });
  }
}
