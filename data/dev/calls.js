// The calls of the session, from this page and from everywhere else.

import { chart } from "./chart.js";
import { at, clock, duration, element, plural } from "./elements.js";

/** As many as the server keeps. */
const MOST = 200;

let calls = [];
/** The number of the one that the result shows. */
let chosen = null;
/** The request of a call whose number is not known yet. */
let awaited = null;
let open = () => {};
let drawing = false;

export const onOpen = (opened) => {
  open = opened;
};

export const update = (all) => {
  calls = all;
  find();
};

export const add = (call) => {
  if (!calls.some((one) => one.number === call.number)) calls = [...calls, call].slice(-MOST);
  find();
};

/** The call of this request is in the result, or this one. */
export const mark = ({ request_id = null, number = null }) => {
  chosen = number;
  awaited = request_id;
  find();
};

const find = () => {
  if (awaited) {
    const found = calls.findLast((call) => call.request_id === awaited);
    if (found) [chosen, awaited] = [found.number, null];
  }
  if (drawing) return;
  drawing = true;
  // Calls may come faster than anybody looks.
  requestAnimationFrame(() => {
    drawing = false;
    draw();
  });
};

const draw = () => {
  at("sums").textContent = sums();
  at("forget").disabled = calls.length === 0;
  at("rows").replaceChildren(...calls.toReversed().map(row));
  if (calls.length === 0) {
    at("rows").append(element("tr", {}, element("td", { colspan: "8", class: "quiet" }, "None yet.")));
  }
  const place = at("chart");
  place.replaceChildren(chart(calls, Math.max(place.clientWidth, 240), chosen, open));
};

const sums = () => {
  if (calls.length === 0) return "";
  const failed = calls.filter((call) => call.ending !== "ok").length;
  const times = calls.map((call) => call.duration_ms).filter((time) => time != null).sort((a, b) => a - b);
  const parts = [plural(calls.length, "call"), `${failed || "none"} failed`];
  if (times.length > 0) parts.push(`median ${duration(times[Math.floor((times.length - 1) / 2)])}`);
  return parts.join(", ");
};

const row = (call) => {
  const name = call.deployed || call.qualifier !== "$LATEST" ? `${call.function}:${call.qualifier}` : call.function;
  const end = call.ending === "ok" ? "ok" : call.error;
  const cell = (text, attributes = {}) => element("td", attributes, text);
  return element("tr", { "aria-current": call.number === chosen ? "true" : null, click: () => open(call.number) },
    element("td", {}, element("button", { type: "button", class: "number", "aria-label": `Show call ${call.number}` }, String(call.number))),
    cell(clock(call.at)),
    cell(call.how === "page" ? "this page" : call.how, { class: "from", title: call.how }),
    cell(name, { class: "from more", title: call.deployed ? "deployed to this machine" : "this folder" }),
    element("td", {}, element("span", { class: `ending ${call.ending === "ok" ? "ok" : "failed"}` }, end)),
    cell(duration(call.duration_ms), { class: "n" }),
    cell(duration(call.init_ms), { class: "n more" }),
    cell(call.max_memory_mb == null ? "" : `${call.max_memory_mb} MB`, { class: "n more" }));
};

new ResizeObserver(() => find()).observe(at("chart"));
