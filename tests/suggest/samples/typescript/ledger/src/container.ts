import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocument } from '@aws-sdk/lib-dynamodb';
import { config } from './config';
import { AccountRepository, EntryRepository } from './repositories';

const documents = DynamoDBDocument.from(new DynamoDBClient({}), { marshallOptions: { removeUndefinedValues: true } });

export const container = {
  accounts: new AccountRepository(documents, config.tables.accounts),
  entries: new EntryRepository(documents, config.tables),
} as const;
