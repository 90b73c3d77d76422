// npm run bench:peers [-- --quick] [-- --only NAME]: other engines beside ours, installed into bench/.peers/ from PyPI and
// npm. A peer module in bench/peers/ is shaped like a suite (lib/suites.js); one that cannot run is named with the reason.

import { writeFileSync } from "node:fs";
import { readArguments } from "./lib/arguments.js";
import { describeMachine } from "./lib/machine.js";
import { printSuite } from "./lib/suites.js";

/** Modules of bench/peers/ that are run; files beside them are theirs. */
const PEERS = ["engine", "numeric", "sweep"];

const { quick, only } = readArguments(process.argv.slice(2), { flags: ["quick"], lists: ["only"] });
const unknown = only.find((name) => !PEERS.includes(name));
if (unknown !== undefined) {
  console.error(`no peers '${unknown}'; peers: ${PEERS.join(", ")}`);
  process.exit(1);
}
const machine = describeMachine();
console.log(machine);
const suites = {};
for (const name of PEERS.filter((peer) => only.length === 0 || only.includes(peer))) {
  const { title, run } = await import(`./peers/${name}.js`);
  suites[name] = await run({ quick });
  printSuite(name, title, suites[name]);
}
writeFileSync(new URL("last-peers.json", import.meta.url), `${JSON.stringify({ machine, quick, suites }, null, 2)}\n`);
