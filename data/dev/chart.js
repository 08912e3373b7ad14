// The durations of the last calls, each a stem with a dot, on a scale of powers of ten: a cold start of a second
// and a warm call of a millisecond are both to be read. A ring is where init ends, a diamond a failure.

import { clock, drawn, duration } from "./elements.js";

const MOST = 60;
const HEIGHT = 168;
const [LEFT, RIGHT, TOP, BOTTOM] = [52, 12, 10, 10];

const label = (milliseconds) => (milliseconds >= 1000 ? `${milliseconds / 1000} s` : `${milliseconds} ms`);

const total = (call) => (call.duration_ms ?? 0) + (call.init_ms ?? 0);

/** A drawing of these calls, oldest first, so wide. `choose` is called with the one that was clicked. */
export const chart = (calls, width, chosen, choose) => {
  const shown = calls.slice(-MOST);
  const times = shown.flatMap((call) => [call.duration_ms, total(call)]).filter((time) => time > 0);
  const low = Math.floor(Math.log10(Math.max(0.1, Math.min(1, ...times))));
  const high = Math.max(low + 2, Math.ceil(Math.log10(Math.max(10, ...times))));
  const floor = HEIGHT - BOTTOM;
  const y = (time) => floor - ((Math.log10(Math.max(time, 10 ** low)) - low) / (high - low)) * (floor - TOP);
  const slots = Math.max(shown.length, 24);
  const step = (width - LEFT - RIGHT) / slots;
  const x = (index) => width - RIGHT - (shown.length - index - 0.5) * step;

  const lines = [];
  for (let power = low; power <= high; power += 1) {
    const at = y(10 ** power);
    lines.push(drawn("line", { class: "grid", x1: LEFT, x2: width - RIGHT, y1: at, y2: at }));
    lines.push(drawn("text", { class: "tick", x: LEFT - 8, y: at + 3.5, "text-anchor": "end" }, label(10 ** power)));
  }
  const marks = shown.map((call, index) => {
    const at = x(index);
    const top = y(total(call));
    const dot = y(call.duration_ms ?? 0);
    const cold = call.init_ms != null;
    const failed = call.ending !== "ok";
    const parts = [drawn("rect", { class: "hit", x: at - step / 2, y: TOP, width: step, height: floor - TOP })];
    parts.push(drawn("line", { class: "stem", x1: at, x2: at, y1: floor, y2: dot }));
    if (cold) {
      parts.push(drawn("line", { class: "init", x1: at, x2: at, y1: dot, y2: top + 4 }));
      parts.push(drawn("circle", { class: "ring", cx: at, cy: top, r: 4 }));
    }
    parts.push(
      failed
        ? drawn("path", { class: "diamond", d: `M${at} ${dot - 5.5}l5.5 5.5l-5.5 5.5l-5.5 -5.5z` })
        : drawn("circle", { class: "dot", cx: at, cy: dot, r: 3.5 }),
    );
    const init = cold ? `, init ${duration(call.init_ms)}` : "";
    const end = failed ? `, ${call.error}` : "";
    const title = `${call.number}: ${call.how}, ${clock(call.at)}, ${duration(call.duration_ms) || "not run"}${init}${end}`;
    const selected = call.number === chosen ? " chosen" : "";
    return drawn("g", { class: `mark${selected}`, click: () => choose(call.number) }, drawn("title", {}, title), ...parts);
  });
  const alt = shown.length
    ? `Durations of the last ${shown.length} calls, ${duration(Math.min(...times))} to ${duration(Math.max(...times))}. The table has each.`
    : "No calls yet";
  return drawn("svg", { role: "img", "aria-label": alt, width, height: HEIGHT, viewBox: `0 0 ${width} ${HEIGHT}` }, ...lines, ...marks);
};
