import { z } from 'zod';

const schema = z.object({
  STATE_MACHINE_ARN: z.string().startsWith('arn:'),
  AUDIT_STREAM: z.string().min(1),
  IDEMPOTENCY_TABLE: z.string().min(1),
});

export type Env = z.infer<typeof schema>;

export const env: Env = schema.parse(process.env);
