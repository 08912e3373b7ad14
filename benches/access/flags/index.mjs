import { SSMClient, GetParameterCommand, paginateGetParametersByPath } from "@aws-sdk/client-ssm";

const client = new SSMClient({});

export const handler = async () => {
  const flags = {};
  for await (const page of paginateGetParametersByPath({ client }, { Path: "/shop/flags", Recursive: true })) {
    for (const flag of page.Parameters) flags[flag.Name] = flag.Value;
  }
  const motd = await client.send(new GetParameterCommand({ Name: "/shop/motd" }));
  return { flags, motd: motd.Parameter.Value };
};
