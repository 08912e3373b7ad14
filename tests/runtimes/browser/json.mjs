// The page's reading of JSON against the machine's own: they agree on what is JSON, and what is indented says the same.

import assert from "node:assert/strict";

import { commands } from "./commands.js";
import { pretty, problem } from "./json.js";

const CASES = 60_000;
const SEEDS = [
  '{"a": [1, -2.5e+3, true, null], "b": {"c": "d\\n\\u00e9\\"", "": []}, "e": {}}',
  '[0, 10, 1E5, "\\\\", [[], {}], false]', '"text"', "7", "null", '{"a":{"a":{"a":[{}]}}}', " \t\r\n[ 1 , 2 ] ",
];
const LETTERS = '{}[],:"\\ntrue0123456789.eE+-u \t\n\u00a0ä\u0001';

// The same numbers in every run.
let state = 42;
const random = (below) => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * below);
};
const changed = (text) => {
  const at = random(text.length + 1);
  const letter = LETTERS[random(LETTERS.length)];
  return [text.slice(0, at) + text.slice(at + 1), text.slice(0, at) + letter + text.slice(at), text.slice(0, at) + letter + text.slice(at + 1)][random(3)];
};
const parsed = (text) => {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return null;
  }
};

let good = 0;
for (let count = 0; count < CASES; count += 1) {
  let text = SEEDS[random(SEEDS.length)];
  for (let times = random(4); times > 0; times -= 1) text = changed(text);
  const found = problem(text);
  const own = parsed(text);
  assert.equal(found === null, own !== null, `${JSON.stringify(text)}: ${JSON.stringify(found)}`);
  if (found) assert.ok(found.at <= text.length && found.line >= 1 && found.column >= 1, JSON.stringify(found));
  else {
    good += 1;
    const even = pretty(text);
    assert.deepEqual(parsed(even), own, text);
    assert.equal(pretty(even), even, "what is even stays so");
  }
}
assert.ok(good > CASES / 5 && good < CASES * 0.8, `${good} of ${CASES} are JSON`);

assert.equal(pretty('{"n":12345678901234567890,"f":1.0,"e":{},"l":[]}'), '{\n  "n": 12345678901234567890,\n  "f": 1.0,\n  "e": {},\n  "l": []\n}');
assert.equal(pretty("[1,2"), "[1,2");
const { line, column, message } = problem('{\n  "a": 1,\n  b: 2\n}');
assert.deepEqual([line, column, message], [3, 3, "a name in quotes is expected here, and not `b`"]);
const large = `["${"x".repeat(6_000_000)}"]`;
assert.equal(problem(large), null);

const folder = { name: "thumbs", deployed: false, qualifier: "live" };
const { lfn } = commands(folder, { text: "{}", path: null }, "ENDPOINT", ["-C", "my functions", "--stage", "prod"]);
assert.equal(lfn, "lfn invoke -C 'my functions' --stage prod --working-tree --event '{}'");
const { curl, aws } = commands(folder, { text: "{}", path: "events/a.json" }, "ENDPOINT");
assert.equal(curl, "curl 'ENDPOINT/2015-03-31/functions/thumbs/invocations?Qualifier=live' --data-binary @events/a.json");
assert.match(aws, / --qualifier live .* --payload fileb:\/\/events\/a\.json /);
