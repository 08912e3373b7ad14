import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client, paginateListObjectsV2, type _Object } from '@aws-sdk/client-s3';
import { createPresignedPost } from '@aws-sdk/s3-presigned-post';
import { getParameter } from '@aws-lambda-powertools/parameters/ssm';
import { renderToStaticMarkup } from 'react-dom/server';
import { collect } from './accounts';
import { Email, REPORTS } from './email';

const lambda = new LambdaClient({});
const s3 = new S3Client({});

export const handler = async (): Promise<void> => {
  const recipients = await getParameter(`/reports/${process.env.STAGE}/recipients`);
  const totals = await collect();
  const day = new Date().toISOString().slice(0, 10);

  const { FunctionError } = await lambda.send(
    new InvokeCommand({
      FunctionName: process.env.RENDERER,
      Qualifier: 'live',
      Payload: Buffer.from(JSON.stringify({ day, totals })),
    }),
  );
  if (FunctionError) throw new Error(`the renderer failed: ${FunctionError}`);

  const old = await reportsBefore(day);
  const upload = await createPresignedPost(s3, { Bucket: REPORTS.bucket, Key: `${REPORTS.prefix}${day}.pdf`, Expires: 3600 });
  const { send } = await import('./mail');
  const html = renderToStaticMarkup(<Email day={day} links={old.map(({ Key }) => Key!)} upload={upload.url} />);
  await send({ to: recipients!.split(','), subject: `Report of ${day}`, html });
};

async function reportsBefore(day: string): Promise<_Object[]> {
  const found: _Object[] = [];
  const input = { Bucket: REPORTS.bucket, Prefix: REPORTS.prefix };
  for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, input)) {
    found.push(...Contents.filter(({ Key }) => Key! < REPORTS.prefix + day));
  }
  return found;
}
