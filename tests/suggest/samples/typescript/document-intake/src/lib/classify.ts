import { ConverseCommand, type ConverseCommandInput, type Message } from '@aws-sdk/client-bedrock-runtime';
import { Clients } from './clients';

export const KINDS = ['invoice', 'contract', 'other'] as const;
export type Kind = (typeof KINDS)[number];

const base = {
  modelId: process.env.MODEL_ID,
  inferenceConfig: { maxTokens: 10, temperature: 0 },
};

export async function classify(clients: Clients, text: string): Promise<Kind> {
  const messages: Message[] = [{ role: 'user', content: [{ text: `One word of ${KINDS.join(', ')}:\n${text}` }] }];
  const input: ConverseCommandInput = { ...base, messages };
  const { output } = await clients.bedrock.send(new ConverseCommand(input));
  const answer = output?.message?.content?.[0]?.text?.trim().toLowerCase();
  return KINDS.find((kind) => kind === answer) ?? 'other';
}
