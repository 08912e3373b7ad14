import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";

const client = new SecretsManagerClient();
const cache = new Map();
const TTL = 5 * 60 * 1000;

export async function getSecret(SecretId) {
  const hit = cache.get(SecretId);
  if (hit && hit.until > Date.now()) return hit.value;
  const { SecretString: value } = await client.send(new GetSecretValueCommand({ SecretId }));
  cache.set(SecretId, { value, until: Date.now() + TTL });
  return value;
}
