import { type DynamoDBDocument, paginateQuery, type TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import type { Tables } from '../config';

export interface Transfer {
  id: string;
  from: string;
  to: string;
  amount: number;
}

type Items = NonNullable<TransactWriteCommandInput['TransactItems']>;

export class EntryRepository {
  static readonly INDEX = 'by-account';

  constructor(
    private readonly db: DynamoDBDocument,
    private readonly tables: Tables,
  ) {}

  async post(transfer: Transfer, seal: string): Promise<void> {
    const TransactItems: Items = [
      this.balance(transfer.from, -transfer.amount),
      this.balance(transfer.to, transfer.amount),
      { Put: { TableName: this.tables.entries, Item: { ...transfer, seal } } },
    ];
    await this.db.transactWrite({ TransactItems, ClientRequestToken: transfer.id });
  }

  async ofAccount(account: string): Promise<Transfer[]> {
    const pages = paginateQuery(
      { client: this.db },
      {
        TableName: this.tables.entries,
        IndexName: EntryRepository.INDEX,
        KeyConditionExpression: '#from = :account',
        ExpressionAttributeNames: { '#from': 'from' },
        ExpressionAttributeValues: { ':account': account },
      },
    );
    const all: Transfer[] = [];
    for await (const page of pages) all.push(...((page.Items ?? []) as Transfer[]));
    return all;
  }

  private balance(id: string, amount: number): Items[number] {
    return {
      Update: {
        TableName: this.tables.accounts,
        Key: { id },
        UpdateExpression: 'ADD balance :amount',
        ExpressionAttributeValues: { ':amount': amount },
      },
    };
  }
}
