// The API of the page's own server.

/** A refusal, with its status. */
export class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

const ask = async (method, path, body) => {
  let response;
  try {
    response = await fetch(path, { method, body, headers: { "X-Lfn-Page": "1" } });
  } catch {
    throw new Refused(0, "lfn dev does not answer: has it ended?");
  }
  const text = await response.text();
  if (response.ok) return text;
  let message = text;
  try {
    message = JSON.parse(text).message;
  } catch {
    // It is no answer of ours; the text says what there is to say.
  }
  throw new Refused(response.status, message || `the server answered ${response.status}`);
};

const query = (values) =>
  Object.entries(values)
    .filter(([, value]) => value != null)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join("&");

const json = async (...call) => JSON.parse(await ask(...call));

export const overview = () => json("GET", "/api/overview");
export const events = () => json("GET", "/api/events");
export const calls = () => json("GET", "/api/calls");
export const call = (number) => json("GET", `/api/calls/${number}`);
export const forget = () => json("DELETE", "/api/calls");

/** Texts as they are: a number with many digits stays what it is. */
export const saved = (path) => ask("GET", `/api/events/saved?${query({ path })}`);
export const sample = (service, kind) => ask("GET", `/api/events/sample?${query({ service, kind })}`);

export const save = (name, text, replace) =>
  json("PUT", `/api/events/saved?${query({ name, replace: replace ? "yes" : null })}`, text);

/** Calls the folder's function when no name is given. */
export const invoke = (name, qualifier, text) =>
  json("POST", `/api/invoke?${query({ function: name, qualifier })}`, text);

/** Listens to what happens. After every gap, `begin` is called: there may be news that nobody told. */
export const listen = ({ begin, call, state, lost }) => {
  const source = new EventSource("/api/news");
  source.addEventListener("open", begin);
  source.addEventListener("missed", begin);
  source.addEventListener("call", (event) => call(JSON.parse(event.data)));
  source.addEventListener("state", (event) => state(JSON.parse(event.data)));
  source.addEventListener("error", () => {
    lost();
    // A browser gives up by itself after some kinds of failure.
    if (source.readyState === EventSource.CLOSED) setTimeout(() => listen({ begin, call, state, lost }), 1000);
  });
};
