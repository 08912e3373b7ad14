"use strict";
// Everything that comes from the archive is shown with textContent, never as markup.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const KINDS = ["Own code", "Dependencies", "Native binaries", "Source maps", "Tests"];
  const byId = (id) => document.getElementById(id);
  const element = (tag, className, text) => {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  };
  const bytes = (count) => {
    if (count < 1024) return `${count} B`;
    const units = ["KB", "MB", "GB"];
    let value = count / 1024;
    let unit = 0;
    while (value >= 1024 && unit < units.length - 1) {
      value /= 1024;
      unit += 1;
    }
    return `${value.toFixed(1)} ${units[unit]}`;
  };
  const count = (number, thing) => `${number.toLocaleString("en")} ${thing}${number === 1 ? "" : "s"}`;
  const percent = (part, whole) => `${((100 * part) / Math.max(whole, 1)).toFixed(1)}%`;

  // The tree: dependencies, then folders, then files.
  const folder = (name, parent, owner) => ({ name, parent, owner, children: [], below: new Map() });
  const root = folder("Archive", null, null);
  const owners = data.owners.map((owner) => {
    const name = owner.version ? `${owner.name} ${owner.version}` : owner.name;
    return folder(name, root, owner);
  });
  for (const [path, size, compressed, at, kind] of data.files) {
    const owner = owners[at];
    const prefix = `${owner.owner.path}/`;
    const inside = path.startsWith(prefix) ? path.slice(prefix.length) : path;
    const steps = inside.split("/");
    const name = steps.pop();
    let node = owner;
    for (const step of steps) {
      let next = node.below.get(step);
      if (!next) {
        next = folder(step, node, owner.owner);
        node.below.set(step, next);
        node.children.push(next);
      }
      node = next;
    }
    node.children.push({ name, parent: node, owner: owner.owner, path, sizes: [compressed, size], kind });
  }
  root.children = owners.filter((owner) => owner.children.length > 0);
  // A folder with nothing but one folder goes by both names.
  const join = (node) => {
    if (!node.children) return;
    while (node !== root && node.children.length === 1 && node.children[0].children) {
      node.name = `${node.name}/${node.children[0].name}`;
      node.children = node.children[0].children;
      for (const child of node.children) child.parent = node;
    }
    node.children.forEach(join);
  };
  join(root);

  const state = { at: root, size: 0, words: [], kind: null };
  const wanted = (file) =>
    (state.kind === null || file.kind === state.kind) &&
    state.words.every((word) => file.path.toLowerCase().includes(word) || file.owner.name.toLowerCase().includes(word));

  // What each node weighs under the filter; the largest first.
  const weigh = (node) => {
    if (!node.children) {
      const holds = wanted(node);
      node.weight = holds ? node.sizes[state.size] : 0;
      node.sums = holds ? node.sizes : [0, 0];
      node.files = holds ? 1 : 0;
      node.mostly = node.kind;
      return;
    }
    node.weight = 0;
    node.files = 0;
    node.sums = [0, 0];
    for (const child of node.children) {
      weigh(child);
      node.weight += child.weight;
      node.files += child.files;
      node.sums = [node.sums[0] + child.sums[0], node.sums[1] + child.sums[1]];
    }
    node.children.sort((a, b) => b.weight - a.weight);
    node.mostly = node.children[0]?.mostly ?? 0;
  };

  // Squarified treemap: Bruls, Huizing and van Wijk, 2000.
  const squarify = (nodes, x, y, width, height, place) => {
    let rest = nodes.filter((node) => node.weight > 0);
    let total = rest.reduce((sum, node) => sum + node.weight, 0);
    while (rest.length > 0 && width > 0 && height > 0) {
      const scale = (width * height) / total;
      const side = Math.min(width, height);
      let row = 0;
      let sum = 0;
      let worst = Infinity;
      while (row < rest.length) {
        const next = sum + rest[row].weight;
        const large = rest[0].weight * scale;
        const small = rest[row].weight * scale;
        const area = next * scale;
        const ratio = Math.max((side * side * large) / (area * area), (area * area) / (side * side * small));
        if (ratio > worst) break;
        worst = ratio;
        sum = next;
        row += 1;
      }
      const depth = (sum * scale) / side;
      let along = 0;
      for (const node of rest.slice(0, row)) {
        const length = (node.weight * scale) / depth;
        if (width >= height) place(node, x, y + along, depth, length);
        else place(node, x + along, y, length, depth);
        along += length;
      }
      if (width >= height) {
        x += depth;
        width -= depth;
      } else {
        y += depth;
        height -= depth;
      }
      total -= sum;
      rest = rest.slice(row);
    }
  };

  const map = byId("map");
  let boxes = [];
  const HEAD = 20;
  const draw = (focus) => {
    weigh(root);
    // What is looked for may be elsewhere.
    if (state.at.weight === 0 && root.weight > 0) state.at = root;
    map.replaceChildren();
    boxes = [];
    const box = (node, x, y, width, height, depth) => {
      if (width < 4 || height < 4) return;
      // Where there is no room for what is inside, a folder is one box in the colour of most of it.
      const open = node.children && width > 22 && height > 22;
      const look = open ? `folder m${node.mostly}` : node.children ? `folder shut k${node.mostly}` : `file k${node.kind}`;
      const made = element("button", `box ${look}`);
      made.type = "button";
      made.tabIndex = -1;
      if (depth === 0) made.classList.add("top");
      made.style.left = `${x + 0.5}px`;
      made.style.top = `${y + 0.5}px`;
      made.style.width = `${width - 1}px`;
      made.style.height = `${height - 1}px`;
      made.setAttribute("aria-label", `${node.name}, ${bytes(node.weight)}, ${percent(node.weight, root.weight)}`);
      const roomy = width > 44 && height > 19;
      if (roomy) {
        const label = element("span", "", node.name);
        if (node.children) {
          const size = element("span", "size", `  ${bytes(node.weight)}`);
          if (width > 150) {
            size.style.display = "inline";
            size.style.padding = "0";
            label.append(size);
          }
        }
        made.append(label);
        if (!node.children && height > 38) made.append(element("span", "size", bytes(node.weight)));
      }
      boxes.push({ made, node });
      map.append(made);
      if (!open) return;
      const head = roomy ? HEAD : 2;
      const inner = [x + 2, y + head, width - 4, height - head - 2];
      if (inner[2] > 6 && inner[3] > 6) {
        squarify(node.children, ...inner, (child, ...place) => box(child, ...place, depth + 1));
      }
    };
    const { clientWidth, clientHeight } = map;
    squarify(state.at.children, 1, 1, clientWidth - 2, clientHeight - 2, (node, ...place) => box(node, ...place, 0));
    if (boxes.length === 0) map.append(element("div", "nothing", "No file matches"));
    else (boxes.find((each) => each.node === focus) || boxes[0]).made.tabIndex = 0;
    if (focus) boxes.find((each) => each.made.tabIndex === 0)?.made.focus();
    crumbs();
    legend();
    const filtered = state.words.length > 0 || state.kind !== null;
    byId("matched").textContent = filtered
      ? `${count(root.files, "file")} match: ${bytes(root.sums[0])} in the archive, ${bytes(root.sums[1])} unzipped`
      : "";
  };

  const go = (node, focus) => {
    hide();
    state.at = node;
    draw(focus);
  };
  const enter = (node, keyboard) => {
    const target = node.children ? node : node.parent;
    if (target !== state.at) go(target, keyboard ? target.children.find((child) => child.weight > 0) : null);
  };
  const leave = () => {
    if (state.at.parent) go(state.at.parent, state.at);
  };

  const crumbs = () => {
    const path = [];
    for (let node = state.at; node; node = node.parent) path.unshift(node);
    const made = path.flatMap((node, index) => {
      const button = element("button", "", node === root ? data.name : node.name);
      button.type = "button";
      if (node === state.at) button.setAttribute("aria-current", "location");
      else button.addEventListener("click", () => go(node));
      return index === 0 ? [button] : [element("i", "", "/"), button];
    });
    made.push(element("i", "", `\u00a0 ${bytes(state.at.weight)}`));
    byId("crumbs").replaceChildren(...made);
  };

  const legend = () => {
    const sums = KINDS.map(() => [0, 0]);
    for (const [, size, compressed, , kind] of data.files) {
      sums[kind][0] += compressed;
      sums[kind][1] += size;
    }
    const held = document.activeElement?.dataset?.kind;
    const made = KINDS.flatMap((name, kind) => {
      if (sums[kind][1] === 0) return [];
      const button = element("button");
      button.type = "button";
      button.dataset.kind = kind;
      button.title = "Show only these";
      button.setAttribute("aria-pressed", String(state.kind === kind));
      button.append(element("span", `dot k${kind}`), element("span", "", name));
      button.append(element("span", "size", bytes(sums[kind][state.size])));
      button.addEventListener("click", () => {
        state.kind = state.kind === kind ? null : kind;
        draw();
      });
      return [button];
    });
    byId("legend").replaceChildren(...made);
    if (held !== undefined) made.find((button) => button.dataset.kind === held)?.focus();
  };

  // The tooltip follows the pointer, or stands by the box that has the focus.
  const tip = byId("tip");
  const hide = () => {
    tip.hidden = true;
  };
  const show = (node, x, y) => {
    const lines = [element("b", "", node.path || node.name)];
    const [compressed, size] = node.sums;
    lines.push(element("span", "", `${bytes(compressed)} in the archive (${percent(compressed, data.size)}), ${bytes(size)} unzipped`));
    lines.push(element("span", "", node.children ? count(node.files, "file") : KINDS[node.kind]));
    const owner = node.owner;
    if (owner && !owner.own) {
      if (node.parent !== root) lines.push(element("span", "", owner.version ? `${owner.name} ${owner.version}` : owner.name));
      if (owner.by.length > 0) lines.push(element("span", "", `needed by ${owner.by.join(" › ")}`));
    }
    tip.replaceChildren(...lines);
    tip.hidden = false;
    const { width, height } = tip.getBoundingClientRect();
    tip.style.left = `${Math.max(8, Math.min(x + 14, innerWidth - width - 8))}px`;
    tip.style.top = `${y + 18 + height > innerHeight ? Math.max(8, y - height - 10) : y + 18}px`;
  };
  const boxOf = (event) => boxes.find((each) => each.made === event.target.closest?.(".box"));
  map.addEventListener("pointermove", (event) => {
    const found = boxOf(event);
    if (found) show(found.node, event.clientX, event.clientY);
    else hide();
  });
  map.addEventListener("pointerleave", hide);
  map.addEventListener("focusin", (event) => {
    const found = boxOf(event);
    if (!found || !found.made.matches(":focus-visible")) return;
    const place = found.made.getBoundingClientRect();
    show(found.node, place.left, Math.min(place.top + 14, innerHeight));
  });
  map.addEventListener("focusout", hide);
  map.addEventListener("click", (event) => {
    const found = boxOf(event);
    if (found) enter(found.node, event.detail === 0);
  });
  map.addEventListener("keydown", (event) => {
    const at = boxes.findIndex((each) => each.made === document.activeElement);
    if (event.key === "Escape" || event.key === "Backspace") {
      event.preventDefault();
      leave();
      return;
    }
    if (at < 0) return;
    const centre = (each) => {
      const { left, top, width, height } = each.made.getBoundingClientRect();
      return [left + width / 2, top + height / 2];
    };
    const steps = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };
    let next = null;
    if (event.key === "Home") next = boxes[0];
    else if (event.key === "End") next = boxes[boxes.length - 1];
    else if (steps[event.key]) {
      const [dx, dy] = steps[event.key];
      const [x, y] = centre(boxes[at]);
      let best = Infinity;
      for (const each of boxes) {
        const [toX, toY] = centre(each);
        const ahead = (toX - x) * dx + (toY - y) * dy;
        const aside = Math.abs((toX - x) * dy) + Math.abs((toY - y) * dx);
        const distance = ahead + 2 * aside;
        if (ahead > 1 && distance < best) {
          best = distance;
          next = each;
        }
      }
    } else return;
    event.preventDefault();
    if (!next) return;
    boxes[at].made.tabIndex = -1;
    next.made.tabIndex = 0;
    next.made.focus();
  });

  const switches = [byId("compressed"), byId("raw")];
  const choose = (size) => {
    state.size = size;
    switches.forEach((button, index) => {
      button.setAttribute("aria-checked", String(index === size));
      button.tabIndex = index === size ? 0 : -1;
    });
    draw();
  };
  switches.forEach((button, index) => {
    button.addEventListener("click", () => choose(index));
    button.addEventListener("keydown", (event) => {
      if (!event.key.startsWith("Arrow")) return;
      event.preventDefault();
      choose(1 - index);
      switches[1 - index].focus();
    });
  });
  byId("search").addEventListener("input", (event) => {
    state.words = event.target.value.toLowerCase().split(/\s+/).filter(Boolean);
    draw();
  });
  byId("theme").addEventListener("click", () => {
    const page = document.documentElement;
    const now = page.style.colorScheme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
    page.style.colorScheme = now === "dark" ? "light" : "dark";
  });
  let drawn = "";
  new ResizeObserver(() => {
    const size = `${map.clientWidth} ${map.clientHeight}`;
    if (size !== drawn) {
      drawn = size;
      draw();
    }
  }).observe(map);

  // The parts of the page that never change.
  document.title = `${data.name}: ${bytes(data.size)}`;
  byId("name").textContent = data.name;
  byId("digest").textContent = `${count(data.files.length, "file")}, sha256 ${data.sha256}`;
  const meter = (label, value, limit, what) => {
    const made = element("div", value > limit ? "meter over" : "meter");
    made.append(element("span", "label", label), element("b", "", bytes(value)));
    made.append(element("span", "", ` of ${bytes(limit)} ${what}`));
    const track = element("div", "track");
    const fill = element("div", "fill");
    fill.style.width = `${Math.min(100, (100 * value) / Math.max(limit, 1))}%`;
    track.append(fill);
    made.append(track);
    byId("meters").append(made);
  };
  if (data.limits.budget !== null) meter("Budget", data.size, data.limits.budget, "allowed");
  meter("Archive", data.size, data.limits.direct, "sent directly");
  meter("Unzipped", data.unzipped, data.limits.unzipped, "allowed");
  const item = (section, size, title, text, code) => {
    const made = element("div", "item");
    const body = element("div");
    body.append(element("div", "", title));
    for (const line of text) body.append(element("p", "quiet", line));
    if (code) body.append(element("code", "", code));
    made.append(element("b", "", bytes(size)), body);
    byId(section).append(made);
    byId(section).hidden = false;
  };
  for (const each of data.droppable) {
    const shown = each.exclude.slice(0, 6).map((pattern) => JSON.stringify(pattern)).join(", ");
    const more = each.exclude.length > 6 ? ` … and ${each.exclude.length - 6} more` : "";
    item("droppable", each.compressed, `${each.what}, ${count(each.files, "file")}`, [each.reason], `exclude: [${shown}]${more}`);
  }
  for (const each of data.duplicates.slice(0, 40)) {
    const copies = each.copies.map((copy) => {
      const by = copy.needed_by.length > 0 ? `, for ${copy.needed_by.join(" › ")}` : "";
      return `${copy.version ?? "no version"} in ${copy.path}${by}`;
    });
    item("duplicates", each.wasted, each.name, copies);
  }
  draw();
})();
