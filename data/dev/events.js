// The events that can be chosen: those of the project, and the samples of every service.

import { at, element, plural } from "./elements.js";

const list = at("events");
const search = at("search");

let saved = [];
let services = [];
/** An event that was edited, not saved, and left for another. */
let draft = null;
let current = null;
let open = () => {};

/** `open` is called with what was chosen: `{ path }`, `{ service, kind }` or `{ draft }`. */
export const onOpen = (opened) => {
  open = opened;
};

export const update = (events) => {
  saved = events.saved;
  services = events.services;
  show();
};

/** Whether the project has an event. */
export const first = () => saved[0] ?? null;

export const has = (path) => saved.some((one) => one.path === path);

export const keepDraft = (title, text) => {
  draft = { title, text };
  show();
};

/** Marks the one that is in the editor: a path, or `service kind`. */
export const mark = (id) => {
  current = id;
  for (const item of list.querySelectorAll(".item")) item.setAttribute("aria-pressed", String(item.dataset.id === id));
};

const item = (id, title, about, choice) =>
  element("button", { type: "button", class: "item", "data-id": id, "aria-pressed": String(id === current), click: () => open(choice) },
    element("b", {}, title), about && element("span", { class: "quiet" }, about));

const show = () => {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (...texts) => words.every((word) => texts.join(" ").toLowerCase().includes(word));
  const parts = [];
  const group = (title, items) => {
    if (items.length > 0) parts.push(element("h3", {}, title), ...items);
    return items.length;
  };
  let count = 0;
  if (draft && fits(draft.title, "not saved")) {
    count += group("Not saved", [item("draft", draft.title, "as you left it", { draft })]);
  }
  const own = saved.filter((one) => fits(one.path, "saved"));
  count += group("Saved", own.map((one) => item(one.path, one.name, one.path.startsWith("tests/") ? "tests/events" : null, { path: one.path })));
  // Who types the name of a service or kind means that one first.
  const named = (ones) => (words.length ? ones.toSorted((a, b) => words.includes(b.name) - words.includes(a.name)) : ones);
  for (const service of named(services)) {
    const kinds = service.kinds.filter((kind) => fits(service.name, service.title, kind.name, kind.about));
    const choice = (kind) => ({ service: service.name, kind: kind.name });
    count += group(service.title, named(kinds).map((kind) => item(`${service.name} ${kind.name}`, kind.name, kind.about, choice(kind))));
  }
  if (saved.length === 0 && words.length === 0) {
    parts.unshift(element("p", { class: "quiet pad" }, "No events are saved yet. Take a sample, change it, and save it as events/NAME.json."));
  }
  if (count === 0) parts.push(element("p", { class: "quiet pad" }, "Nothing fits."));
  list.replaceChildren(...parts);
  at("found").textContent = words.length ? plural(count, "event") : "";
};

search.addEventListener("input", () => {
  show();
  list.scrollTop = 0;
});
// The arrow keys go through the list, from the search on.
const walk = (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  const items = [...list.querySelectorAll(".item")];
  const to = items.indexOf(document.activeElement) + step;
  event.preventDefault();
  (to < 0 ? search : items[Math.min(to, items.length - 1)])?.focus();
};
list.addEventListener("keydown", walk);
search.addEventListener("keydown", (event) => {
  walk(event);
  if (event.key === "Enter") list.querySelector(".item")?.click();
});
