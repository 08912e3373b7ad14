import type { DynamoDBDocument } from '@aws-sdk/lib-dynamodb';

export abstract class Repository<T extends { id: string }> {
  protected constructor(
    protected readonly db: DynamoDBDocument,
    protected readonly table: string,
  ) {}

  async find(id: string): Promise<T | undefined> {
    const found = await this.db.get({ TableName: this.table, Key: { id } });
    return found.Item as T | undefined;
  }
}
