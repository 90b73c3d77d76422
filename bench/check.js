// npm run bench:check [-- --accept]: ratios between our own variants against bench/baseline.json. Ratios, because the
// machine that checks is not the one that recorded. A regression over 30 % fails; --accept records today's.

import { readFileSync, writeFileSync } from "node:fs";
import { readArguments } from "./lib/arguments.js";
import { describeMachine } from "./lib/machine.js";
import { loadSuites } from "./lib/suites.js";

const TOLERANCE = 1.3;
const { accept } = readArguments(process.argv.slice(2), { flags: ["accept"], lists: [] });
const file = new URL("baseline.json", import.meta.url);
const suites = (await loadSuites([])).filter(({ guarded }) => guarded !== false);

async function measure(names) {
  const ratios = {};
  for (const { name, run } of suites) {
    if (names !== null && !names.some((key) => key.startsWith(`${name}: `))) continue;
    const { guards = {} } = await run({ quick: true });
    for (const [guard, ratio] of Object.entries(guards)) ratios[`${name}: ${guard}`] = ratio;
  }
  return ratios;
}

const now = await measure(null);
if (accept) {
  const ratios = Object.fromEntries(Object.entries(now).map(([name, ratio]) => [name, Number(ratio.toPrecision(3))]));
  writeFileSync(file, `${JSON.stringify({ machine: describeMachine(), ratios }, null, 2)}\n`);
  console.log(`${Object.keys(ratios).length} ratios recorded`);
  process.exit(0);
}

const { ratios: baseline } = JSON.parse(readFileSync(file, "utf8"));
const slower = (ratios) => Object.keys(baseline).filter((name) => !(ratios[name] <= TOLERANCE * baseline[name]));
// A neighbour's burst is not a regression: what looks slower is measured once more.
let suspects = slower(now);
if (suspects.length > 0) {
  const again = await measure(suspects);
  for (const [name, ratio] of Object.entries(again)) now[name] = Math.min(now[name] ?? ratio, ratio);
  suspects = slower(now);
}
console.table(
  Object.fromEntries(
    Object.entries(now).map(([name, ratio]) => [
      name,
      { baseline: baseline[name] ?? "none", now: Number(ratio.toPrecision(3)) },
    ]),
  ),
);
const unknown = Object.keys(now).filter((name) => baseline[name] === undefined);
if (unknown.length > 0) console.log(`not in the baseline yet (--accept records them): ${unknown.join("; ")}`);
for (const name of suspects) console.error(`SLOWER: ${name} is ${now[name] ?? "missing"}, recorded ${baseline[name]}`);
console.log(`${Object.keys(baseline).length} ratios, ${suspects.length} worse by more than 30 %`);
process.exit(suspects.length === 0 ? 0 : 1);
