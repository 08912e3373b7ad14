import type { DynamoDBDocument } from '@aws-sdk/lib-dynamodb';
import { Repository } from './base';

export interface Account {
  id: string;
  owner: string;
}

export class AccountRepository extends Repository<Account> {
  constructor(db: DynamoDBDocument, table: string) {
    super(db, table);
  }
}
