// The page of `lfn dev` in a browser, as a person uses it. `node page.mjs SCENE '{"page": …}'`; what is wrong ends it.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { chromium } from "playwright-core";

// A machine under load is slow, not wrong.
const PATIENCE = 90_000;

/** Runs what is in the editor, to the end. */
const run = async (page) => {
  await page.keyboard.press("Control+Enter");
  await page.locator("#run:not([disabled])").waitFor();
};
const shows = (page, where, text) => page.locator(where).filter({ hasText: text }).first().waitFor();
const pick = async (page, words) => {
  await page.fill("#search", words);
  await page.keyboard.press("Enter");
  await page.locator('#events .item[aria-pressed="true"]').waitFor();
};
const write = (page, text) => page.fill("#text", text);

const scenes = {
  /** Finds a saved event, runs it, sees what came of it; then one that fails. */
  async calls(page) {
    await page.keyboard.press("/");
    await page.keyboard.type("hello");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await shows(page, "#origin", "events/hello.json");
    assert.match(await page.inputValue("#text"), /"name": "Ada"/);
    await run(page);
    await shows(page, "#ending", "Succeeded in");
    await shows(page, "#result", '"greeting": "Hello, Ada"');
    // A number that no program of JavaScript's can hold is shown as it is.
    await shows(page, "#result", "12345678901234567890");
    await shows(page, ".log", "greeting Ada");
    await shows(page, ".log", "REPORT RequestId:");
    await shows(page, ".figures", "Billed");

    await pick(page, "fails");
    await run(page);
    await shows(page, "#ending", "Failed after");
    await shows(page, ".fault b", "ValueError");
    await shows(page, ".fault p", "out of paint");
    await shows(page, ".fault .trace", "in handler");
    await shows(page, "#sums", "2 calls, 1 failed");
    assert.equal(await page.locator("#chart .diamond").count(), 1);
    assert.equal(await page.locator("#chart .dot").count(), 1);

    // A sample of `lfn event`, and back to the first call.
    await pick(page, "s3 put");
    await shows(page, "#origin", "s3 put");
    await run(page);
    await shows(page, "#result", '"greeting": "Hello, s3"');
    await page.locator("#rows tr").nth(2).click();
    await shows(page, "#result", "Hello, Ada");
    await page.getByRole("button", { name: "Reuse event" }).click();
    assert.match(await page.inputValue("#text"), /"name": "Ada"/);
    await page.click("#forget");
    await shows(page, "#rows", "None yet");
  },

  /** Writes an event, is told what is wrong with it, and saves it; a file is replaced only after a question. */
  async saves(page, { folder }) {
    const file = join(folder, "events/shop/new.json");
    await write(page, '{\n  "a": [1, 2,]\n}');
    await shows(page, "#verdict", "Line 2, column 14");
    await page.keyboard.press("Control+Enter");
    await page.keyboard.press("Control+s");
    assert.equal(await page.locator("#saving").evaluate((dialog) => dialog.open), false);
    await shows(page, "#rows", "None yet");
    await write(page, '{"a":[1,2.50]}');
    await page.click("#format");
    const text = '{\n  "a": [\n    1,\n    2.50\n  ]\n}';
    assert.equal(await page.inputValue("#text"), text);

    await page.keyboard.press("Control+s");
    await page.fill("#saving-name", "../out");
    await page.keyboard.press("Enter");
    await shows(page, "#saving-wrong", "is no name for an event");
    await page.fill("#saving-name", "shop/new");
    await page.keyboard.press("Enter");
    await page.locator("#saving").waitFor({ state: "hidden" });
    assert.equal(await readFile(file, "utf8"), `${text}\n`);
    await shows(page, '#events .item[aria-pressed="true"]', "shop/new");

    await write(page, "[]");
    await page.click("#save");
    assert.equal(await page.inputValue("#saving-name"), "shop/new");
    await shows(page, "#saving-yes", "Replace it");
    await page.fill("#saving-name", "hello");
    await shows(page, "#saving-yes", "Save");
    await page.keyboard.press("Enter");
    await shows(page, "#saving-wrong", "events/hello.json is there already");
    await page.click("#saving-cancel");
    assert.match(await readFile(join(folder, "events/hello.json"), "utf8"), /Ada/);
    await page.click("#save");
    await page.click("#saving-yes");
    await page.locator("#saving").waitFor({ state: "hidden" });
    assert.equal(await readFile(file, "utf8"), "[]\n");

    // What was not saved is not lost: neither by another event, nor by a page that is loaded again.
    await write(page, '{"draft": true}');
    await pick(page, "hello");
    await page.fill("#search", "");
    await page.locator('#events [data-id="draft"]').click();
    assert.equal(await page.inputValue("#text"), '{"draft": true}');
    await page.reload();
    await page.locator("#events .item").first().waitFor();
    assert.equal(await page.inputValue("#text"), '{"draft": true}');
  },

  /** Calls from elsewhere appear while the page is open. */
  async hears(page, { endpoint, url }) {
    await shows(page, "#rows", "None yet");
    console.log("ready");
    await shows(page, "#rows tr", "Invoke");
    await shows(page, "#sums", "1 call,");
    await fetch(`${url}orders?id=7`);
    await shows(page, "#rows tr", "GET /orders?id=7");
    await fetch(`${endpoint}/2015-03-31/functions/thumbs/invocations`, {
      method: "POST", body: '{"fail": true}', headers: { "X-Amz-Invocation-Type": "Event" },
    });
    await shows(page, "#rows tr", "ValueError");
    await page.getByRole("button", { name: "Show call 2" }).press("Enter");
    await shows(page, "#which", "GET /orders?id=7");
    await page.getByRole("button", { name: "Reuse event" }).click();
    assert.match(await page.inputValue("#text"), /"rawPath":\s*"\/orders"/);
  },

  /** A saved file is the next edition; one that cannot be taken up is told. */
  async reloads(page, { folder }) {
    const [app, yaml] = [join(folder, "app.py"), join(folder, "lambda.yaml")];
    await writeFile(app, "def handler(event, context): return 'second'\n");
    await shows(page, "#state", "reloaded");
    await run(page);
    await shows(page, "#result", '"second"');
    const before = await readFile(yaml, "utf8");
    await writeFile(yaml, before.replace("handler:", "handle:"));
    await shows(page, "#trouble", "unknown key `handle`");
    await shows(page, "#state", "not reloaded");
    await run(page);
    await shows(page, "#result", '"second"');
    await writeFile(yaml, before.replace("128MB", "256MB"));
    await page.locator("#trouble").waitFor({ state: "hidden" });
    await shows(page, "#settings", "256 MB");
    await writeFile(join(folder, "events/later.json"), "{}");
    await shows(page, "#events", "later");
  },

  /** What looks like markup stays text, wherever it comes from. */
  async inert(page) {
    const markup = "<img src=x onerror=window.taken=1><script>window.taken=1</script>";
    await write(page, JSON.stringify({ name: markup }));
    await run(page);
    await shows(page, "#result", `Hello, ${markup}`);
    await shows(page, ".log", `greeting ${markup}`);
    await write(page, JSON.stringify({ fail: markup }));
    await run(page);
    await shows(page, ".fault p", markup);
    await page.locator("#rows tr").first().click();
    await shows(page, ".fault p", markup);
    await pick(page, "markup");
    await shows(page, ".paint", "<script>");
    const taken = await page.evaluate(() => [window.taken, document.querySelectorAll("main img, main script").length]);
    assert.deepEqual(taken, [undefined, 0]);
    const refused = await page.evaluate(() => {
      try {
        document.querySelector("#result").innerHTML = "<b>x</b>";
      } catch (error) {
        return error.name;
      }
      return "it was let in";
    });
    assert.equal(refused, "TypeError", "the policy of the page allows no markup from text");
  },

  /** A deployed version is chosen and called; lines for the terminal do what they say. */
  async deployed(page, { folder, path }) {
    const terminal = (line) => execFileSync("sh", ["-c", line], { cwd: folder, env: { PATH: path, HOME: folder } }).toString();
    const copied = async (name) => {
      await page.locator("#commands").getByRole("button", { name, exact: true }).click();
      await shows(page, "#said", "Copied");
      return page.evaluate(() => navigator.clipboard.readText());
    };
    await pick(page, "hello");
    const plain = await copied("lfn");
    assert.equal(plain, "lfn invoke --working-tree --event events/hello.json");
    assert.match(terminal(plain), /Hello, Ada/);
    assert.match(terminal(await copied("curl")), /Hello, Ada/);
    await write(page, JSON.stringify({ name: "it's $HOME" }));
    assert.match(terminal(await copied("curl")), /Hello, it's \$HOME/);
    assert.match(await copied("aws"), /--payload '\{"name":"it'\\''s \$HOME"\}'/);

    await page.locator("#functions .item", { hasText: "deployed to this machine, 2 versions" }).click();
    await shows(page, "#editions", "→ 2");
    await page.selectOption("#qualifier", "1");
    await shows(page, "#settings", "128 MB");
    await run(page);
    await shows(page, ".figures", "of 128 MB");
    await shows(page, "#result", "Hello, it's $HOME");
    assert.match(terminal(await copied("lfn")), /Hello, it's \$HOME/);
    await shows(page, "#settings", "SECRET");
    assert.equal((await page.content()).includes("hidden-value"), false);
  },

  /** Light and dark, wide and narrow, with a keyboard and with a screen reader. */
  async looks(page) {
    await pick(page, "fails");
    await run(page);
    await shows(page, "#rows tr", "ValueError");
    for (const scheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme: scheme });
      const dull = await page.evaluate(contrast);
      assert.deepEqual(dull, [], scheme);
      const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      const light = ground.match(/\d+/g).map(Number)[0] > 128;
      assert.equal(light, scheme === "light", ground);
    }
    for (const [width, height] of [[360, 740], [800, 600], [1280, 720], [1920, 1080]]) {
      await page.setViewportSize({ width, height });
      const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.equal(over, 0, `${width} × ${height}`);
      await page.locator("#run").scrollIntoViewIfNeeded();
      assert.ok(await page.locator("#run").isVisible());
    }
    const nameless = await page.evaluate(() => {
      const named = (node) => node.textContent.trim() || node.ariaLabel || node.labels?.length || node.getAttribute("aria-labelledby");
      return [...document.querySelectorAll("button, input, select, textarea, [tabindex], [role=img]")]
        .filter((node) => node.checkVisibility() && !named(node) && !node.disabled)
        .map((node) => node.outerHTML);
    });
    assert.deepEqual(nameless, []);
    // From the text on, with the keyboard alone.
    await page.focus("#text");
    const passed = [];
    for (let step = 0; step < 8; step += 1) {
      await page.keyboard.press("Tab");
      passed.push(await page.evaluate(() => document.activeElement.id));
    }
    assert.ok(passed.includes("qualifier") && passed.includes("run"), passed.join(" "));
  },
};

/** Texts that stand out too little from what is behind them. Source: WCAG 2.2, success criterion 1.4.3. */
const contrast = () => {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const over = (colors) => {
    canvas.clearRect(0, 0, 1, 1);
    for (const color of colors) {
      canvas.fillStyle = color;
      canvas.fillRect(0, 0, 1, 1);
    }
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const luminance = ([red, green, blue]) => {
    const linear = [red, green, blue].map((part) => (part <= 10.31475 ? part / 3294.6 : ((part / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  };
  const wrong = [];
  for (const node of document.querySelectorAll("body *")) {
    const text = [...node.childNodes].filter((child) => child.nodeType === 3 && child.textContent.trim());
    if (text.length === 0 || !node.checkVisibility() || node.matches("textarea, option, .said, .skip, svg *, :disabled, noscript *")) continue;
    const behind = [];
    for (let at = node; at; at = at.parentElement) behind.unshift(getComputedStyle(at).backgroundColor);
    const ground = luminance(over(behind));
    const ink = luminance(over([...behind, getComputedStyle(node).color]));
    const ratio = (Math.max(ground, ink) + 0.05) / (Math.min(ground, ink) + 0.05);
    if (ratio < 4.5) wrong.push(`${ratio.toFixed(2)}: ${node.className} ${node.textContent.trim().slice(0, 40)}`);
  }
  return wrong;
};

const [name, told] = process.argv.slice(2);
const dev = JSON.parse(told);
const browser = await chromium.launch({
  executablePath: dev.browser,
  timeout: PATIENCE,
  args: [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
  ],
});
try {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    permissions: ["clipboard-read", "clipboard-write"],
  });
  context.setDefaultTimeout(PATIENCE);
  const page = await context.newPage();
  const [said, strange] = [[], []];
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && said.push(message.text()));
  page.on("pageerror", (error) => said.push(error.message));
  page.on("dialog", (dialog) => said.push(dialog.message()));
  context.on("request", (request) => request.url().startsWith(dev.page) || strange.push(request.url()));
  await page.goto(dev.page);
  await page.locator("#events .item").first().waitFor();
  await scenes[name](page, dev);
  // What the page is told of on purpose: a name that is refused, markup that is.
  const expected = { saves: /status of 400/, inert: /TrustedHTML/ }[name];
  assert.deepEqual(said.filter((line) => !expected?.test(line)), [], "the console is silent");
  assert.deepEqual(strange, [], "nothing is asked of anybody else");
} finally {
  await browser.close();
}
