// npm run bench [-- --quick] [-- --only NAME]: our own suites. Seeded, contenders interleaved, results compared before
// anything is timed; tables on the terminal, everything in bench/last.json.

import { writeFileSync } from "node:fs";
import { readArguments } from "./lib/arguments.js";
import { describeMachine } from "./lib/machine.js";
import { loadSuites, printSuite } from "./lib/suites.js";

const { quick, only } = readArguments(process.argv.slice(2), { flags: ["quick"], lists: ["only"] });
const machine = describeMachine();
console.log(machine);
const suites = {};
for (const { name, title, run } of await loadSuites(only)) {
  const result = await run({ quick });
  printSuite(name, title, result);
  suites[name] = result;
}
writeFileSync(new URL("last.json", import.meta.url), `${JSON.stringify({ machine, quick, suites }, null, 2)}\n`);
