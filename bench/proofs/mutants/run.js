// npm run proof:mutants [-- FILE...]: does a test notice when one operator or loop bound of a kernel is wrong?
//
// Each mutant is compiled on its own and meets the kernels' tests of definition, golden vectors and properties; tests that
// compare two builds of one source, and pinned hashes, do not count. Results are kept in FOLDER and a rerun continues;
// `--fresh` forgets them, `--survivors` repeats those that survived.

import { fork } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mutationsOf } from "./mutations.js";
import { TESTS } from "./tests.js";

const ROOT = new URL("../../..", import.meta.url).pathname;
const FOLDER = join(tmpdir(), "mcbot-mutants");
const RESULTS = join(FOLDER, "results.json");
const PARALLEL = 2;
/** A mutant that runs longer than this does not end: killed. */
const LIMIT_MS = 60_000;

const flags = process.argv.slice(2).filter((argument) => argument.startsWith("--"));
const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
if (flags.includes("--fresh")) rmSync(FOLDER, { recursive: true, force: true });
mkdirSync(FOLDER, { recursive: true });

const results = existsSync(RESULTS) ? JSON.parse(readFileSync(RESULTS, "utf8")) : {};
const files = Object.keys(TESTS).filter((file) => wanted.length === 0 || wanted.includes(file));
const mutants = files.flatMap(mutantsOf);
const isOpen = ({ id }) =>
  results[id] === undefined || (flags.includes("--survivors") && results[id].outcome === "survived");
const queue = mutants.filter(isOpen);
console.log(`${mutants.length} mutants of ${files.length} files, ${queue.length} to run`);

await Promise.all(Array.from({ length: PARALLEL }, (_, lane) => work(join(FOLDER, `sandbox-${lane}`))));
report();

function mutantsOf(file) {
  const source = readFileSync(join(ROOT, "assembly", file), "utf8");
  const lines = source.split("\n");
  return mutationsOf(source).map(({ at, length, to, line, kind }) => {
    const text = source.slice(0, at) + to + source.slice(at + length);
    const column = at - source.lastIndexOf("\n", at - 1);
    const change = `${source.slice(at, at + length)} → ${to}`;
    return { id: `${file}:${line}:${column} ${change} | ${lines[line - 1].trim()}`, file, text, kind };
  });
}

/** Takes mutants from the queue until it is empty. */
async function work(sandbox) {
  fill(sandbox);
  let worker = await start(sandbox);
  while (queue.length > 0) {
    const { id, file, text, kind } = queue.shift();
    const result = await ask(worker, { file, text, tests: TESTS[file] });
    if (result.outcome === "timeout") {
      worker.kill("SIGKILL");
      worker = await start(sandbox);
    }
    results[id] = { kind, ...result };
    writeFileSync(RESULTS, JSON.stringify(results, null, 1));
    if (Object.keys(results).length % 50 === 0) report();
  }
  worker.kill();
}

function fill(sandbox) {
  rmSync(sandbox, { recursive: true, force: true });
  mkdirSync(join(sandbox, "dist"), { recursive: true });
  for (const folder of ["assembly", "src", "tests", "config"])
    cpSync(join(ROOT, folder), join(sandbox, folder), { recursive: true });
  for (const file of ["package.json", "tsconfig.json"]) cpSync(join(ROOT, file), join(sandbox, file));
  cpSync(join(ROOT, "dist/kernels.wasm"), join(sandbox, "dist/kernels.wasm"));
  symlinkSync(join(ROOT, "node_modules"), join(sandbox, "node_modules"));
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
    const died = () => settle({ outcome: "timeout" });
    const timer = setTimeout(() => settle({ outcome: "timeout" }), limit);
    worker.once("message", settle);
    worker.once("exit", died);
    worker.send(message);
  });
}

function report() {
  const rows = {};
  const survivors = [];
  for (const { id, file } of mutants) {
    const outcome = results[id]?.outcome;
    if (outcome === undefined || outcome === "invalid" || outcome === "same") continue;
    rows[file] ??= { mutants: 0, killed: 0 };
    rows[file].mutants++;
    if (outcome === "survived") survivors.push(id);
    else rows[file].killed++;
  }
  const all = Object.values(rows).reduce((a, b) => ({ mutants: a.mutants + b.mutants, killed: a.killed + b.killed }));
  rows.all = all;
  for (const row of Object.values(rows)) row.percent = Number(((100 * row.killed) / row.mutants).toFixed(1));
  console.table(rows);
  writeFileSync(join(FOLDER, "survivors.txt"), `${survivors.join("\n")}\n`);
  console.log(`${survivors.length} survivors: ${join(FOLDER, "survivors.txt")}`);
  process.exitCode = all.killed >= 0.95 * all.mutants ? 0 : 1;
}
