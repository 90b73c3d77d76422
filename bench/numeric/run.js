// npm run bench:numeric [-- --quick] [--only KERNEL,KERNEL]

import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { describeMachine } from "../lib/machine.js";
import { printSuite } from "../lib/suites.js";
import { KERNELS, run, title } from "./suite.js";

const { values } = parseArgs({ options: { quick: { type: "boolean", default: false }, only: { type: "string" } } });
const only = values.only?.split(",") ?? KERNELS;
const unknown = only.find((kernel) => !KERNELS.includes(kernel));
if (unknown !== undefined) throw new Error(`no kernel '${unknown}'; known: ${KERNELS.join(", ")}`);
const machine = describeMachine();
console.log(machine);
const result = await run({ quick: values.quick, only });
printSuite("numeric", title, result);
writeFileSync(new URL("last.json", import.meta.url), `${JSON.stringify({ machine, ...values, ...result }, null, 2)}\n`);
