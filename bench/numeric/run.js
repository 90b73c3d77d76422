// npm run bench:numeric [-- --quick]

import { writeFileSync } from "node:fs";
import { describeMachine } from "../lib/machine.js";
import { printSuite } from "../lib/suites.js";
import { run, title } from "./suite.js";

const quick = process.argv.includes("--quick");
const unknown = process.argv.slice(2).filter((argument) => argument !== "--quick");
if (unknown.length > 0) throw new Error(`unknown option '${unknown[0]}'; known: --quick`);
const machine = describeMachine();
console.log(machine);
const result = await run({ quick });
printSuite("numeric", title, result);
writeFileSync(new URL("last.json", import.meta.url), `${JSON.stringify({ machine, quick, ...result }, null, 2)}\n`);
