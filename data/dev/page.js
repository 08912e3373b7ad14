// The page: what its parts tell each other, and what the server tells them.

import * as calls from "./calls.js";
import { commands } from "./commands.js";
import * as editor from "./editor.js";
import { at, clock, copyButton, element, say, worded } from "./elements.js";
import * as events from "./events.js";
import * as functions from "./functions.js";
import * as result from "./result.js";
import * as server from "./server.js";

let endpoint = "";
let given = [];
let running = false;
/** What is wrong with what is deployed here; told once. */
let damaged = null;

const isMac = /Mac|iPhone|iPad/.test(navigator.platform);

/** Tells what went wrong with something that was asked of the server. */
const tell = (error) => say(error.message);

const run = async () => {
  const callee = functions.callee();
  if (running || !callee) return;
  if (!editor.isJson()) {
    say("The event is not JSON yet");
    at("verdict").click();
    return;
  }
  running = true;
  at("run").disabled = true;
  result.running();
  calls.mark({});
  try {
    const text = editor.text();
    const call = await server.invoke(callee.deployed ? callee.name : null, callee.qualifier, text);
    result.show(call, () => use(call));
    calls.mark({ request_id: call.request_id });
  } catch (error) {
    result.refused(error.message);
  } finally {
    running = false;
    at("run").disabled = false;
  }
};

/** Shows a call of the session. */
const look = async (number) => {
  try {
    const call = await server.call(number);
    calls.mark({ number });
    result.show(call, () => use(call));
  } catch (error) {
    tell(error);
  }
};

/** Puts the event of a call into the editor. */
const use = (call) => {
  leave();
  editor.open(call.number ? `the event of call ${call.number}` : "the event of this call", call.event);
  events.mark(null);
  editor.focus();
};

/** An event that was edited and not saved is not lost when another one takes its place. */
const leave = () => {
  const { title, text } = { title: editor.source().title, text: editor.text() };
  if (editor.isEdited() && text.trim() !== "") events.keepDraft(title, text);
};

const open = async ({ path, service, kind, draft }) => {
  try {
    if (draft) {
      leave();
      editor.open(draft.title, draft.text);
      events.mark("draft");
      return;
    }
    const text = path ? await server.saved(path) : await server.sample(service, kind);
    leave();
    // A file ends with a line break, which would look like an empty line.
    if (path) editor.open(path.replace(/^(tests\/)?events\//, "").replace(/\.json$/, ""), text.trimEnd(), path);
    else editor.open(`${service} ${kind}`, text);
    events.mark(path ?? `${service} ${kind}`);
  } catch (error) {
    tell(error);
  }
};

// Saving.

const dialog = at("saving");
const [name, wrong, yes] = [at("saving-name"), at("saving-wrong"), at("saving-yes")];
/** The name that the person was asked about: only this one is replaced. */
let asked = null;

const ask = () => {
  if (!editor.isJson()) {
    say("The event is not JSON yet");
    at("verdict").click();
    return;
  }
  const { path, title } = editor.source();
  const proposal = path?.startsWith("events/") ? title : title.replaceAll(" ", "-").replace(/[^\w.-]/g, "");
  name.value = proposal === "new" ? "" : proposal;
  doubt(null, "");
  mustAsk();
  dialog.showModal();
  name.select();
};

const doubt = (of, text) => {
  asked = of;
  wrong.replaceChildren(...worded(text));
  yes.textContent = of ? "Replace it" : "Save";
};

/** Asks whether a file may be replaced; `false` when there is none, or that was asked already. */
const mustAsk = () => {
  const path = `events/${name.value.replace(/\.json$/, "")}.json`;
  if (asked === name.value || !events.has(path)) return false;
  doubt(name.value, `\`${path}\` is there already.`);
  return true;
};

const save = async () => {
  if (mustAsk()) return;
  try {
    const { path } = await server.save(name.value, editor.text(), asked === name.value);
    dialog.close();
    editor.saved(path);
    say(`Saved as ${path}`);
    events.update(await server.events());
    events.mark(path);
  } catch (error) {
    doubt(error.status === 409 ? name.value : null, error.message);
  }
};

dialog.querySelector("form").addEventListener("submit", (event) => {
  event.preventDefault();
  save();
});
at("saving-cancel").addEventListener("click", () => dialog.close());
name.addEventListener("input", () => doubt(null, ""));

// What the server tells.

const state = (now) => {
  const place = at("state");
  place.dataset.state = now.state;
  const words = { up: "up", building: `${now.path} changed, building …`, failed: "not reloaded" };
  place.textContent = words[now.state];
  at("trouble").hidden = now.state !== "failed";
  at("trouble-title").textContent = "The change could not be taken up";
  if (now.state === "failed") at("trouble-text").textContent = now.message;
};

const look_around = async () => {
  try {
    const overview = await server.overview();
    ({ endpoint, given } = overview);
    functions.update(overview.functions);
    const title = overview.functions[0].name;
    at("title").textContent = title;
    document.title = `${title} · lfn dev`;
    addresses(overview);
    if (overview.damaged && overview.damaged !== damaged) say(overview.damaged);
    damaged = overview.damaged;
    return overview;
  } catch (error) {
    tell(error);
    return null;
  }
};

const addresses = ({ endpoint, url }) => {
  const place = at("addresses");
  const shown = `${endpoint} ${url}`;
  if (place.dataset.shown === shown) return;
  place.dataset.shown = shown;
  const line = (name, address, title) =>
    element("li", { title }, element("span", { class: "quiet" }, name), element("code", {}, address.split("//")[1]), copyButton("Copy", () => address, `Copy ${address}`));
  place.replaceChildren(line("Invoke", endpoint, "For SDKs and the AWS CLI"), line("URL", url, "The function’s URL"));
};

let first = true;

const begin = async () => {
  const [overview, all, list] = await Promise.all([
    look_around(),
    server.calls().catch(() => []),
    server.events().catch(() => ({ saved: [], services: [] })),
  ]);
  if (!overview) return;
  state(overview.state);
  calls.update(all);
  events.update(list);
  if (!first) return;
  first = false;
  if (editor.restore()) events.mark(editor.source().path ?? editor.source().title);
  else if (events.first()) await open({ path: events.first().path });
  else editor.open("new", "{}");
};

server.listen({
  begin,
  call: calls.add,
  state: async (now) => {
    const before = at("state").dataset.state;
    state(now);
    if (now.state === "building") return;
    await look_around();
    events.update(await server.events().catch(() => ({ saved: [], services: [] })));
    if (now.state === "up" && before !== "up") at("state").textContent = `reloaded ${clock(Date.now())}`;
  },
  lost: () => {
    const place = at("state");
    place.dataset.state = "lost";
    place.textContent = "lfn dev does not answer";
  },
});

// Deploys to this machine tell nobody.
setInterval(() => {
  if (document.visibilityState === "visible" && at("state").dataset.state === "up") look_around();
}, 4000);

// The parts, and the keys.

const terminal = () => {
  const callee = functions.callee();
  if (!callee) return;
  const { path } = editor.source();
  const event = { text: editor.text(), path: editor.isEdited() ? null : path };
  const lines = commands(callee, event, endpoint, given);
  at("commands").replaceChildren(...Object.entries(lines).map(([name, line]) => copyButton(name, () => line, line.length > 600 ? `${line.slice(0, 600)} …` : line)));
};

editor.onChange(terminal);
functions.onChange(terminal);
events.onOpen(open);
calls.onOpen(look);
at("run").addEventListener("click", run);
at("save").addEventListener("click", ask);
at("forget").addEventListener("click", () => server.forget().then(() => calls.update([]), tell));
if (matchMedia("(max-width: 759px)").matches) at("details").open = false;
if (isMac) at("run").querySelector("kbd").textContent = "⌘ ⏎";

document.addEventListener("keydown", (event) => {
  if (dialog.open) return;
  const command = event.ctrlKey || event.metaKey;
  const writes = event.target.matches("input, textarea, select");
  if (command && event.key === "Enter") run();
  else if (command && event.key === "s") ask();
  else if (event.key === "/" && !writes && !command) at("search").focus();
  else return;
  event.preventDefault();
});

result.empty();
