// The functions that can be called: the choice, and what is known of it.

import { at, bytes, element, plural } from "./elements.js";

let all = [];
let chosen = null;
let listener = () => {};

const key = (one) => `${one.deployed ? "deployed" : "folder"} ${one.name}`;
const select = at("qualifier");

export const onChange = (changed) => {
  listener = changed;
};

/** Whom to call: `{ name, deployed, qualifier }`. */
export const callee = () => chosen && { name: chosen.name, deployed: chosen.deployed, qualifier: select.value };

/** Takes up what there is now; the choice stays where it can. */
export const update = (functions) => {
  const before = JSON.stringify(all);
  if (JSON.stringify(functions) === before) return;
  all = functions;
  const again = chosen && all.find((one) => key(one) === key(chosen));
  choose(again ?? all[0], again ? select.value : null);
};

/** Where an alias points: `3`, or `3 (10% on 2)`. */
const points = ({ version, other }) => {
  const share = other ? ` (${Number((other[1] * 100).toFixed(2))}% on ${other[0]})` : "";
  return `${version ?? "$LATEST"}${share}`;
};

const choose = (one, qualifier = null) => {
  chosen = one;
  const named = one.aliases.map((alias) => [alias.name, `${alias.name} → ${points(alias)}`]);
  const plain = one.editions.map((edition) => [edition.qualifier, edition.qualifier]);
  // What is deployed is called through its alias, as callers do.
  const options = one.deployed ? [...named, ...plain] : [...plain, ...named];
  select.replaceChildren(...options.map(([value, label]) => element("option", { value }, label)));
  if (options.some(([value]) => value === qualifier)) select.value = qualifier;
  at("callee").textContent = `${one.name} :`;
  show();
};

/** The edition that the qualifier stands for; of two, the one that most calls go to. */
const edition = () => {
  const alias = chosen.aliases.find((alias) => alias.name === select.value);
  const qualifier = alias ? String(alias.version ?? "$LATEST") : select.value;
  return chosen.editions.find((one) => one.qualifier === qualifier) ?? chosen.editions[0];
};

const show = () => {
  at("functions").replaceChildren(
    ...all.map((one) => {
      const versions = one.editions.length - 1;
      const about = one.deployed ? `deployed to this machine, ${plural(versions, "version")}` : "this folder, kept up";
      const current = one === chosen;
      return element("button", { type: "button", class: "item", "aria-pressed": String(current), click: () => choose(one) },
        element("b", {}, one.name), element("span", { class: "quiet" }, about));
    }),
  );
  const of = edition();
  const rows = [
    ["Edition", of.qualifier],
    ["Runtime", of.architecture ? `${of.runtime}, ${of.architecture}` : of.runtime],
    ["Handler", of.handler],
    ["Memory", `${of.memory_mb} MB`],
    ["Timeout", plural(of.timeout_s, "second")],
    ["/tmp", `${of.storage_mb} MB`],
    ["Logs", of.log_format],
    ["Code", of.code_bytes == null ? null : bytes(of.code_bytes)],
    ["Layers", of.layers.length ? of.layers.map((arn) => arn.split(":").slice(-2).join(":")).join(", ") : null],
  ];
  at("settings").replaceChildren(
    ...rows.filter(([, value]) => value).flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]),
    element("dt", {}, "Environment"),
    element("dd", { class: "chips" }, ...(of.environment.length ? of.environment.map((name) => element("code", {}, name)) : ["none"])),
  );
  at("editions").replaceChildren(...(chosen.deployed ? releases() : []));
  listener();
};

const releases = () => {
  const aliases = chosen.aliases.map((alias) => row(alias.name, `→ ${points(alias)}`));
  const versions = chosen.editions
    .filter((one) => one.qualifier !== "$LATEST")
    .map((one) => row(one.qualifier, one.modified.slice(0, 16).replace("T", " ")));
  return [...aliases, ...versions];
};

const row = (qualifier, about) => {
  const pick = () => {
    select.value = qualifier;
    show();
  };
  return element("button", { type: "button", class: "item line", "aria-pressed": String(select.value === qualifier), click: pick },
    element("b", {}, qualifier), element("span", { class: "quiet" }, about));
};

select.addEventListener("change", show);
