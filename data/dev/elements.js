// Elements are made here and nowhere else. Text is put in as text, so that no event, result or log can become
// markup.

/** The element of this id. */
export const at = (id) => document.getElementById(id);

const fill = (node, attributes, children) => {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(name, value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child != null));
  return node;
};

/** An element with attributes, listeners by the name of their event, and children: elements or text. */
export const element = (name, attributes = {}, ...children) =>
  fill(document.createElement(name), attributes, children);

/** The same for a part of a drawing. */
export const drawn = (name, attributes = {}, ...children) =>
  fill(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);

/** A message of ours, whose values stand in backticks: elements and texts. */
export const worded = (text) => text.split("`").map((part, index) => (index % 2 ? element("code", {}, part) : part));

let silence;

/** Says something for a moment, also to a screen reader. */
export const say = (text) => {
  const said = at("said");
  said.replaceChildren(...worded(text));
  said.classList.add("shown");
  clearTimeout(silence);
  silence = setTimeout(() => said.classList.remove("shown"), 2500);
};

/** A button that copies what the function returns. */
export const copyButton = (label, what, title) =>
  element("button", {
    type: "button",
    class: "small",
    title,
    click: async () => {
      try {
        await navigator.clipboard.writeText(what());
        say("Copied");
      } catch {
        say("The browser does not let this page copy");
      }
    },
  }, label);

/** Milliseconds as people read them; figures stay as exact as they came. */
export const duration = (milliseconds) => {
  if (milliseconds == null) return "";
  if (milliseconds >= 10_000) return `${(milliseconds / 1000).toFixed(1)} s`;
  if (milliseconds >= 1_000) return `${(milliseconds / 1000).toFixed(2)} s`;
  return `${milliseconds.toFixed(milliseconds < 100 ? 2 : 0)} ms`;
};

/** The time of day. */
export const clock = (at) =>
  new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });

export const bytes = (count) => {
  if (count < 1000) return `${count} bytes`;
  return count < 1_000_000 ? `${(count / 1000).toFixed(1)} kB` : `${(count / 1_000_000).toFixed(1)} MB`;
};

export const plural = (count, one, many = `${one}s`) => `${count.toLocaleString()} ${count === 1 ? one : many}`;
