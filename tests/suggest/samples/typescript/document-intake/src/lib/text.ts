import { type Block, BlockType, DetectDocumentTextCommand } from '@aws-sdk/client-textract';
import type { Clients } from './clients';

const isLine = (block: Block): boolean => block.BlockType === BlockType.LINE;

export async function textOf({ textract }: Clients, bucket: string, key: string): Promise<string> {
  const Document = { S3Object: { Bucket: bucket, Name: key } };
  const { Blocks = [] } = await textract.send(new DetectDocumentTextCommand({ Document }));
  return Blocks.filter(isLine)
    .map(({ Text }) => Text)
    .join('\n');
}
