import { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { S3 } from '@aws-sdk/client-s3';
import { TextractClient } from '@aws-sdk/client-textract';

export class Clients {
  private static instance?: Clients;

  readonly s3 = new S3({});
  readonly dynamodb = new DynamoDB({});
  readonly textract = new TextractClient({});
  readonly bedrock = new BedrockRuntimeClient({ maxAttempts: 2 });

  private constructor() {}

  static shared(): Clients {
    Clients.instance ??= new Clients();
    return Clients.instance;
  }
}
