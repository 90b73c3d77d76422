// npm run proof:mutants [-- FILE...]: does a test notice when one operator or loop bound of a kernel is wrong?
//
// Each mutant is compiled on its own and meets the kernels' tests of definition, golden vectors and properties; tests that
// compare two builds of one source, and pinned hashes, do not count. Results are kept per kernel file, so a rerun continues and
// what has run of a changed kernel is forgotten.
//
//   --lanes N      workers side by side (default 2)
//   --minutes M    stop after M minutes; the next run goes on
//   --survivors    repeat those that survived
//   --fresh        forget the results of these files
//   --report       only say what is known

import { fork } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { mutationsOf } from "./mutations.js";
import { printReport } from "./report.js";
import { Results } from "./results.js";
import { TESTS } from "./tests.js";

const ROOT = new URL("../../..", import.meta.url).pathname;
const FOLDER = join(tmpdir(), "mcbot-mutants");
/** A mutant that runs longer than this does not end. */
const LIMIT_MS = 120_000;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    lanes: { type: "string", default: "2" },
    minutes: { type: "string", default: "Infinity" },
    survivors: { type: "boolean", default: false },
    fresh: { type: "boolean", default: false },
    report: { type: "boolean", default: false },
  },
});
const unknown = positionals.filter((file) => !(file in TESTS));
if (unknown.length > 0) throw new Error(`no kernel '${unknown[0]}'; known: ${Object.keys(TESTS).join(", ")}`);
const deadline = Date.now() + 60_000 * Number(options.minutes);

const files = Object.keys(TESTS).filter((file) => positionals.length === 0 || positionals.includes(file));
const kernels = files.map((file) => ({ file, source: readFileSync(join(ROOT, "assembly", file), "utf8") }));
const results = new Results(join(FOLDER, "results"), kernels);
if (options.fresh) for (const file of files) results.forget(file);
const mutants = kernels.flatMap(mutantsOf);
const queue = mutants.filter(isOpen);
console.log(`${mutants.length} mutants of ${files.length} files, ${queue.length} to run`);

if (!options.report && queue.length > 0) {
  await Promise.all(Array.from({ length: Number(options.lanes) }, work));
}
const { killed, ran } = printReport(mutants, results, join(FOLDER, "survivors.txt"));
process.exitCode = killed >= 0.95 * ran && mutants.every((mutant) => results.of(mutant) !== undefined) ? 0 : 1;

function isOpen(mutant) {
  const outcome = results.of(mutant);
  return outcome === undefined || (options.survivors && outcome === "survived");
}

function mutantsOf({ file, source }) {
  const lines = source.split("\n");
  return mutationsOf(source).map(({ at, length, to, line, kind }) => {
    const text = source.slice(0, at) + to + source.slice(at + length);
    const column = at - source.lastIndexOf("\n", at - 1);
    const change = `${source.slice(at, at + length)} → ${to}`;
    const context = `${source.slice(at - 40, at)}«${change}»${source.slice(at + length, at + length + 40)}`;
    return { id: `${file}:${line}:${column} ${change} | ${lines[line - 1].trim()}`, file, text, kind, context };
  });
}

/** Takes mutants from the queue until it is empty or the time is over. */
async function work() {
  const sandbox = mkdtempSync(join(FOLDER, "sandbox-"));
  try {
    fill(sandbox);
    let worker = await start(sandbox);
    while (queue.length > 0 && Date.now() < deadline) {
      const mutant = queue.shift();
      const result = await ask(worker, { file: mutant.file, text: mutant.text, tests: TESTS[mutant.file] });
      results.set(mutant, result);
      if (result.outcome === "timeout") {
        worker.kill("SIGKILL");
        worker = await start(sandbox);
      }
    }
    worker.kill();
  } finally {
    rmSync(sandbox, { recursive: true, force: true });
  }
}

function fill(sandbox) {
  mkdirSync(join(sandbox, "dist"));
  for (const folder of ["assembly", "src", "tests", "config"])
    cpSync(join(ROOT, folder), join(sandbox, folder), { recursive: true });
  for (const file of ["package.json", "tsconfig.json"]) cpSync(join(ROOT, file), join(sandbox, file));
  for (const folder of ["kernels", "lib"])
    cpSync(join(ROOT, "dist", folder), join(sandbox, "dist", folder), { recursive: true });
  cpSync(join(ROOT, "dist/kernels.wasm"), join(sandbox, "dist/kernels.wasm"));
  symlinkSync(join(ROOT, "node_modules"), join(sandbox, "node_modules"));
  writeFileSync(join(sandbox, "README"), "A copy in which mutants of the kernels are tested; it can be deleted.\n");
}

/** A worker on which the unmutated kernels pass: otherwise every mutant would count as killed. */
async function start(sandbox) {
  const worker = fork(new URL("worker.js", import.meta.url), [sandbox], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  await new Promise((resolve) => worker.once("message", resolve));
  const everything = [...new Set(files.flatMap((file) => TESTS[file]))];
  const { outcome, by } = await ask(worker, { file: "", text: null, tests: everything }, 10 * LIMIT_MS);
  if (outcome !== "survived") throw new Error(`the kernels as they are fail their tests: ${outcome} ${by}`);
  return worker;
}

function ask(worker, message, limit = LIMIT_MS) {
  return new Promise((resolve) => {
    const settle = (result) => {
      clearTimeout(timer);
      worker.off("message", settle);
      worker.off("exit", died);
      resolve(result);
    };
    const died = () => settle({ outcome: "timeout", by: "the end of its process" });
    const timer = setTimeout(() => settle({ outcome: "timeout", by: "time" }), limit);
    worker.once("message", settle);
    worker.once("exit", died);
    worker.send(message);
  });
}
