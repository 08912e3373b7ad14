// JSON as text: where it is wrong, evenly indented, and in colours. Numbers and strings stay as they were
// written, which `JSON.parse` and `JSON.stringify` would not keep.

import { element } from "./elements.js";

/** More than this is shown without colours. */
const MOST_PAINTED = 200_000;

const TOKEN =
  /([ \t\n\r]+)|([{}[\],:])|("[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\u0000-\u001f]*)*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.+-]))|((?:true|false|null)(?!\w))|("[^"\n]*"?|[^ \t\n\r{}[\],:"]+)/y;
const KINDS = [null, "space", "mark", "string", "number", "word", "wrong"];

/** The parts of a text, each with its kind and place. */
const tokens = function* (text) {
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const at = TOKEN.lastIndex;
    const found = TOKEN.exec(text);
    yield { text: found[0], kind: KINDS[found.findLastIndex((group) => group !== undefined)], at };
    // Another walk through a text may have begun meanwhile.
    TOKEN.lastIndex = at + found[0].length;
  }
};

const place = (text, at) => {
  const before = text.slice(0, at).split("\n");
  return { at, line: before.length, column: before.at(-1).length + 1 };
};

/** What is wrong with a text, and where; `null` when it is JSON. */
export const problem = (text) => {
  const open = [];
  let next = "a value";
  const after = () => (open.length === 0 ? "the end" : `\`,\` or \`${open.at(-1) === "{" ? "}" : "]"}\``);
  const wrong = (token) => {
    const shown = token.text.length > 24 ? `${token.text.slice(0, 24)}…` : token.text;
    return { ...place(text, token.at), message: `${next} is expected here, and not \`${shown}\`` };
  };
  for (const token of tokens(text)) {
    const { kind, text: mark } = token;
    if (kind === "space") continue;
    const values = next === "a value" || next === "a value or `]`";
    const keys = next === "a name in quotes" || next === "a name in quotes or `}`";
    if (kind === "wrong" && mark.startsWith('"') && (values || keys)) {
      const message = mark.length > 1 && mark.endsWith('"') ? "this string has a wrong escape or a control character" : "this string has no end";
      return { ...place(text, token.at), message };
    }
    if (values && (kind === "string" || kind === "number" || kind === "word")) next = after();
    else if (values && mark === "{") {
      open.push(mark);
      next = "a name in quotes or `}`";
    } else if (values && mark === "[") {
      open.push(mark);
      next = "a value or `]`";
    } else if (keys && kind === "string") next = "`:`";
    else if (next === "`:`" && mark === ":") next = "a value";
    else if (next.startsWith("`,`") && mark === ",") next = open.at(-1) === "{" ? "a name in quotes" : "a value";
    else if (next.endsWith(`\`${mark}\``) && (mark === "}" || mark === "]")) {
      open.pop();
      next = after();
    } else return wrong(token);
  }
  if (next === "the end") return null;
  return { ...place(text, text.length), message: `it ends too early: ${next} is expected` };
};

/** The text evenly indented, or as it is when it is no JSON. */
export const pretty = (text) => {
  if (problem(text)) return text;
  let out = "";
  let depth = 0;
  let before = "";
  const line = () => {
    out += `\n${"  ".repeat(depth)}`;
  };
  for (const { kind, text: part } of tokens(text)) {
    if (kind === "space") continue;
    const closes = part === "}" || part === "]";
    if (closes && kind === "mark") depth -= 1;
    if (kind !== "mark" || closes || part === "{" || part === "[") {
      if (before === "," || (before === "{" && !closes) || (before === "[" && !closes)) line();
      else if (closes && before !== "{" && before !== "[") line();
    }
    out += part === ":" && kind === "mark" ? ": " : part;
    if (kind === "mark" && (part === "{" || part === "[")) depth += 1;
    before = kind === "mark" ? part : "";
  }
  return out;
};

/** The text in colours: a list of elements and texts. */
export const painted = (text) => {
  if (text.length > MOST_PAINTED) return [text];
  const parts = [];
  let string;
  for (const { kind, text: part } of tokens(text)) {
    if (kind === "mark" && part === ":" && string) string.className = "j-name";
    if (kind === "space" || kind === "mark") parts.push(part);
    else parts.push(element("span", { class: `j-${kind}` }, part));
    if (kind === "string") string = parts.at(-1);
    else if (kind !== "space") string = null;
  }
  return parts;
};
