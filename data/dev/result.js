// What came of a call: its ending, figures, result or error, and log.

import { at, clock, copyButton, duration, element, plural, worded } from "./elements.js";
import { painted, pretty } from "./json.js";

const box = at("result");
const ending = at("ending");

/** More lines than this are shown without looking at each. */
const MOST_LINES = 5_000;

let ticking;

/** Nothing has been called yet. */
export const empty = () => {
  stop();
  ending.textContent = "";
  ending.className = "ending";
  at("which").textContent = "";
  at("result-tools").replaceChildren();
  box.replaceChildren(
    element("div", { class: "empty" },
      element("p", {}, "Choose an event or write one, and run it."),
      element("p", { class: "quiet" }, element("kbd", {}, "Ctrl ⏎"), " runs it, ", element("kbd", {}, "Ctrl S"), " saves it, ", element("kbd", {}, "/"), " searches. Calls from SDKs, the AWS CLI and the function’s URL appear below.")),
  );
};

/** A call is under way. */
export const running = () => {
  stop();
  const began = Date.now();
  const tick = () => {
    const seconds = Math.floor((Date.now() - began) / 1000);
    ending.textContent = seconds > 0 ? `running, ${plural(seconds, "second")}` : "running";
  };
  ending.className = "ending running";
  tick();
  ticking = setInterval(tick, 1000);
};

const stop = () => clearInterval(ticking);

/** The request was refused before anything was called. */
export const refused = (message) => {
  stop();
  end("failed", "Not run");
  at("which").textContent = "";
  at("result-tools").replaceChildren();
  box.replaceChildren(fault({ kind: "Not run", message: worded(message) }));
};

const end = (kind, text) => {
  ending.className = `ending ${kind}`;
  ending.textContent = text;
};

/** A call, old or new. `use` is called to put its event into the editor. */
export const show = (call, use) => {
  stop();
  const took = duration(call.duration_ms);
  if (call.ending === "ok") end("ok", took ? `Succeeded in ${took}` : "Succeeded");
  else if (call.ending === "failed") end("failed", took ? `Failed after ${took}` : "Failed");
  else end("failed", "Could not run");
  const who = call.how === "page" ? "" : `${call.how}, `;
  at("which").textContent = `${who}${clock(call.at)}`;
  at("result-tools").replaceChildren(
    element("button", { type: "button", class: "small", title: "Put the event of this call into the editor", click: use }, "Reuse event"),
    copyButton("Copy", () => pretty(call.payload), "Copy the result"),
  );
  box.replaceChildren(...[figures(call), outcome(call), log(call)].filter(Boolean));
};

const figures = (call) => {
  const init = call.init_ms == null ? null : duration(call.init_ms);
  const memory = call.max_memory_mb == null ? null : `${call.max_memory_mb} of ${call.memory_mb} MB`;
  const figure = (name, value) =>
    value && element("div", {}, element("dt", {}, name), element("dd", {}, value));
  const all = [
    figure("Duration", duration(call.duration_ms)),
    figure("Billed", call.billed_ms == null ? null : `${call.billed_ms.toLocaleString()} ms`),
    figure("Init", init),
    figure("Memory", memory ?? (call.memory_mb == null ? null : `${call.memory_mb} MB`)),
    figure("Version", call.version),
  ].filter(Boolean);
  return all.length ? element("dl", { class: "figures" }, ...all) : null;
};

const outcome = (call) => {
  if (call.ending === "refused") return pane(fault({ kind: "Could not run", message: worded(call.payload) }));
  if (call.ending === "failed") return pane(failure(call.payload));
  if (call.payload === "") return pane(element("p", { class: "quiet pad" }, "The result is empty."));
  return pane(element("pre", { class: "code", "aria-label": "Result" }, ...painted(pretty(call.payload))));
};

const pane = (...children) => element("div", { class: "pane scroll", tabindex: "0", role: "region", "aria-label": "Result" }, ...children);

/** The error as the runtime reports it: type, message, and where it happened. */
const failure = (payload) => {
  let error;
  try {
    error = JSON.parse(payload);
  } catch {
    return fault({ kind: "The function failed", message: [payload] });
  }
  const { errorType, errorMessage, stackTrace, trace } = error ?? {};
  const head = [errorType, errorMessage].filter(Boolean).join(": ");
  // Node.js repeats type and message as the first line.
  const lines = [stackTrace ?? trace ?? []].flat().map(String).filter((line) => line !== head);
  return element("div", {},
    fault({ kind: errorType ?? "The function failed", message: [errorMessage ?? ""], lines }),
    element("details", { class: "raw" }, element("summary", {}, "As JSON"), element("pre", { class: "code" }, ...painted(pretty(payload)))));
};

const fault = ({ kind, message, lines = [] }) =>
  element("div", { class: "fault" },
    element("b", {}, kind),
    element("p", {}, ...message),
    lines.length ? element("pre", { class: "trace" }, lines.map((line) => line.trimEnd()).join("\n")) : null);

const log = (call) => {
  const text = call.log.replace(/\u001b\[[0-9;]*m/g, "").trimEnd();
  if (text === "") return null;
  const lines = text.split("\n");
  const parts = lines.length > MOST_LINES ? [text] : lines.map((line) => element("span", { class: grade(line) }, `${line}\n`));
  return element("div", { class: "log" },
    element("div", { class: "subhead" },
      element("h3", {}, "Log"),
      element("span", { class: "quiet" }, `${call.deployed ? "the end, " : ""}${plural(lines.length, "line")}`),
      copyButton("Copy", () => call.log, "Copy the log")),
    element("div", { class: "pane scroll", tabindex: "0", role: "region", "aria-label": "Log" }, element("pre", { class: "code lines" }, ...parts)));
};

/** Lambda's own lines stand back, and what went wrong stands out. */
const grade = (line) => {
  if (/^(START|END|REPORT|INIT_START|INIT_REPORT|EXTENSION|LOGS)\b/.test(line) || line.includes('"type":"platform.')) return "own";
  if (/^\[(ERROR|CRITICAL)\]|\t(ERROR|FATAL)\t|"level": ?"(ERROR|CRITICAL|FATAL)"|^Traceback |Task timed out/.test(line)) return "bad";
  if (/^\[WARN(ING)?\]|\tWARN\t|"level": ?"WARN(ING)?"/.test(line)) return "doubt";
  return "";
};
