// The same call from a terminal.

/** In quotes for a POSIX shell, where need be. */
const quoted = (text) => (/^[\w./:=@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

/**
 * The lines that call `callee` with an event: its text, or its path when it is saved as it is. `given` are the flags that
 * lead lfn to this function.
 */
export const commands = ({ name, deployed, qualifier }, { text, path }, endpoint, given = []) => {
  const lfn = ["lfn invoke", ...given.map(quoted)].join(" ");
  const inline = quoted(/^\s*["{[]/.test(text) ? text.trim() : ` ${text.trim()}`);
  const event = path ? quoted(path) : inline;
  if (deployed) {
    return { lfn: `${lfn} --local --function ${name} --qualifier ${quoted(qualifier)} --event ${event}` };
  }
  const data = path ? quoted(`@${path}`) : inline;
  const payload = path ? `fileb://${quoted(path)}` : inline;
  const asked = qualifier === "$LATEST" ? "" : `?Qualifier=${qualifier}`;
  const option = qualifier === "$LATEST" ? "" : ` --qualifier ${qualifier}`;
  return {
    lfn: `${lfn} --working-tree --event ${event}`,
    curl: `curl ${quoted(`${endpoint}/2015-03-31/functions/${name}/invocations${asked}`)} --data-binary ${data}`,
    aws: `AWS_ENDPOINT_URL_LAMBDA=${endpoint} aws lambda invoke --function-name ${name}${option} --cli-binary-format raw-in-base64-out --payload ${payload} /dev/stdout`,
  };
};
