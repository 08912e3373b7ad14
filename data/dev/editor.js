// The event in the making: a plain text area, with colours and line numbers laid under it.

import { at, bytes, worded } from "./elements.js";
import { painted, pretty, problem } from "./json.js";

const KEPT = "lfn-event";
const box = at("editor");
const area = at("text");
const [gutter, paint] = [box.querySelector(".gutter"), box.querySelector(".paint")];
const verdict = at("verdict");

/** Where the text came from: what it is called, the file when it is one, and what it was then. */
let origin = { title: "new", path: null, text: "{}" };
let wrong = null;
let listener = () => {};

export const text = () => area.value;
export const isJson = () => wrong === null;
export const isEdited = () => area.value !== origin.text;
export const source = () => origin;
export const focus = () => area.focus();
export const onChange = (changed) => {
  listener = changed;
};

/** Puts a text in. */
export const open = (title, text, path = null) => {
  origin = { title, path, text };
  area.value = text;
  area.scrollTo(0, 0);
  show();
};

/** The text is saved now, under this path. */
export const saved = (path) => {
  origin = { title: path.replace(/^events\//, "").replace(/\.json$/, ""), path, text: area.value };
  show();
};

const follow = () => {
  paint.scrollTo(area.scrollLeft, area.scrollTop);
  gutter.scrollTop = area.scrollTop;
};

const show = () => {
  const now = area.value;
  wrong = problem(now);
  paint.replaceChildren(...painted(now), "\n");
  const lines = now.split("\n").length;
  gutter.textContent = Array.from({ length: lines }, (_, index) => index + 1).join("\n");
  follow();
  area.setAttribute("aria-invalid", wrong ? "true" : "false");
  verdict.classList.toggle("wrong", wrong !== null);
  verdict.disabled = wrong === null;
  const words = wrong
    ? `Line ${wrong.line}, column ${wrong.column}: ${wrong.message}`
    : `JSON, ${bytes(new TextEncoder().encode(now).length)}`;
  verdict.replaceChildren(...worded(words));
  verdict.title = wrong ? "Go there" : "";
  at("origin").textContent = `${origin.path ?? origin.title}${isEdited() ? ", edited" : ""}`;
  keep();
  listener();
};

const keep = () => {
  try {
    sessionStorage.setItem(KEPT, JSON.stringify({ origin, text: area.value }));
  } catch {
    // A browser that keeps nothing, or too large an event: it is in the editor all the same.
  }
};

/** What was in the editor before the page was loaded again; `false` when there was nothing. */
export const restore = () => {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEPT));
    if (!kept) return false;
    origin = kept.origin;
    area.value = kept.text;
    show();
    return true;
  } catch {
    return false;
  }
};

/** Replaces the text as if it had been typed, so that it can be undone. */
const retype = (text) => {
  area.focus();
  area.select();
  if (!document.execCommand("insertText", false, text)) area.value = text;
  area.setSelectionRange(0, 0);
  area.scrollTo(0, 0);
  show();
};

area.addEventListener("input", show);
area.addEventListener("scroll", follow);
new ResizeObserver(follow).observe(area);
at("format").addEventListener("click", () => retype(pretty(area.value)));
verdict.addEventListener("click", () => {
  if (!wrong) return;
  area.focus();
  area.setSelectionRange(wrong.at, Math.min(wrong.at + 1, area.value.length));
});
