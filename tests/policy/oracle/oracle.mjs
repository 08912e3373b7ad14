// Decides the cases of a JSON file with an independent evaluator and prints one verdict a line.
// Its licence (AGPL-3.0) is why it is a process of its own, installed for this test and never shipped.
import { readFileSync } from 'node:fs';
import { anonymousPrincipal, runSimulation } from '@cloud-copilot/iam-simulate';

for (const given of JSON.parse(readFileSync(process.argv[2], 'utf8'))) {
  const named = (policy, index) => ({ name: `p${index}`, policy });
  const result = await runSimulation({
    request: {
      action: given.action,
      principal: given.principal === '*' ? anonymousPrincipal : given.principal,
      resource: { resource: given.resource, accountId: given.resourceAccount },
      contextVariables: given.context,
    },
    identityPolicies: given.policies.map(named),
    serviceControlPolicies: [],
    resourceControlPolicies: [],
    resourcePolicy: given.resourcePolicy ?? undefined,
    permissionBoundaryPolicies: given.boundary ? [named(given.boundary, 0)] : undefined,
  }, {});
  const ignored = result.result?.ignoredContextKeys ?? [];
  if (result.resultType === 'error') console.log(`error: ${JSON.stringify(result.errors)}`);
  else if (ignored.length > 0) console.log(`error: ignored ${ignored.join(', ')}`);
  else console.log(result.overallResult);
}
