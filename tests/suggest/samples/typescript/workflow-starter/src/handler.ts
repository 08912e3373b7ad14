import middy from '@middy/core';
import httpErrorHandler from '@middy/http-error-handler';
import httpJsonBodyParser from '@middy/http-json-body-parser';
import ssm from '@middy/ssm';
import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import { Tracer } from '@aws-lambda-powertools/tracer';
import { SFN, type StartExecutionCommandInput } from '@aws-sdk/client-sfn';
import { audit } from './audit';
import { env } from './env';

interface Order {
  id: string;
  lines: { sku: string; quantity: number }[];
}

interface Context {
  limits: { maximum: number };
}

const tracer = new Tracer({ serviceName: 'workflow' });
const sfn = tracer.captureAWSv3Client(new SFN({}));

const persistenceStore = new DynamoDBPersistenceLayer({ tableName: env.IDEMPOTENCY_TABLE });
const config = new IdempotencyConfig({ eventKeyJmesPath: 'id' });

const start = makeIdempotent(
  async (order: Order): Promise<string | undefined> => {
    const input: StartExecutionCommandInput = {
      stateMachineArn: env.STATE_MACHINE_ARN,
      name: `order-${order.id}`,
      input: JSON.stringify(order),
    };
    const { executionArn } = await sfn.startExecution(input);
    return executionArn;
  },
  { persistenceStore, config },
);

const baseHandler = async (event: { body: Order }, context: Context) => {
  const { body: order } = event;
  if (order.lines.length > context.limits.maximum) return { statusCode: 422 };
  const execution = await start(order);
  await audit('started', { order: order.id, execution });
  return { statusCode: 202, body: JSON.stringify({ execution }) };
};

export const handler = middy(baseHandler)
  .use(httpJsonBodyParser())
  .use(ssm({ fetchData: { limits: '/shop/fulfilment/limits' }, setToContext: true, cacheExpiry: 60_000 }))
  .use(httpErrorHandler());
