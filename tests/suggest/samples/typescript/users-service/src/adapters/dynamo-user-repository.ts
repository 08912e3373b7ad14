import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DynamoDBDocumentClient,
  GetCommand,
  type GetCommandInput,
  PutCommand,
} from '@aws-sdk/lib-dynamodb';
import type { User, UserRepository } from '../domain/ports.js';
import { Table, tableName } from './tables.js';

export class DynamoUserRepository implements UserRepository {
  private readonly table = tableName(Table.Users);

  constructor(private readonly db: DynamoDBDocumentClient = DynamoDBDocumentClient.from(new DynamoDBClient({}))) {}

  async get(id: string): Promise<User | undefined> {
    const input: GetCommandInput = { TableName: this.table, Key: { id }, ConsistentRead: true };
    const { Item } = await this.db.send(new GetCommand(input));
    return Item as User | undefined;
  }

  async save(user: User): Promise<void> {
    try {
      await this.db.send(
        new PutCommand({
          TableName: this.table,
          Item: user,
          ConditionExpression: 'version = :before',
          ExpressionAttributeValues: { ':before': user.version - 1 },
        }),
      );
    } catch (error: unknown) {
      if (error instanceof ConditionalCheckFailedException) throw new Error('changed meanwhile', { cause: error });
      throw error;
    }
  }
}
