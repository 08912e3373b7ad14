import { CostExplorerClient, GetCostAndUsageCommand } from '@aws-sdk/client-cost-explorer';
import { fromTemporaryCredentials } from '@aws-sdk/credential-providers';

const ACCOUNTS: Record<string, string> = {
  shop: '111122223333',
  data: '444455556666',
};

const roleOf = (account: string): string => `arn:aws:iam::${account}:role/cost-reader`;

function explorer(account: string): CostExplorerClient {
  const credentials = fromTemporaryCredentials({
    params: { RoleArn: roleOf(account), RoleSessionName: 'nightly-report', DurationSeconds: 900 },
  });
  return new CostExplorerClient({ region: 'us-east-1', credentials });
}

export async function collect(): Promise<Map<string, string>> {
  const totals = new Map<string, string>();
  for (const [name, account] of Object.entries(ACCOUNTS)) {
    totals.set(name, await total(explorer(account)));
  }
  return totals;
}

async function total(client: CostExplorerClient): Promise<string> {
  const { ResultsByTime } = await client.send(
    new GetCostAndUsageCommand({
      TimePeriod: { Start: '2026-01-01', End: '2026-02-01' },
      Granularity: 'MONTHLY',
      Metrics: ['UnblendedCost'],
    }),
  );
  return ResultsByTime?.[0]?.Total?.UnblendedCost?.Amount ?? '0';
}
