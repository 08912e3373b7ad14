// Lambda calls this with the event and what it knows about the invocation.
export const handler = async (event, context) => {
  const greeting = process.env.GREETING ?? "Hello";
  return {
    message: `${greeting}, ${event?.name ?? "world"}!`,
    function: context.functionName,
    version: context.functionVersion,
    request: context.awsRequestId,
  };
};
