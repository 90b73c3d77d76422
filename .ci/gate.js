// The gates of a change: doctor (is everything there and sound), fast (unit tests and the shipped config's golden run),
// regression (everything, the same result in other processes and workers). Fails closed: a tool that is missing, a test that
// is skipped, a warning of any tool, a folder of tests that is empty fail the gate.

import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { runGuarded, suiteFailure } from "./guard.js";

const reports = process.env.MCBOT_TEST_REPORT ?? mkdtempSync(join(tmpdir(), "mcbot-gate-"));
const failures = [];

/** Runs a command, shows what it prints, and returns it. */
function run(name, command, args, { quiet = false } = {}) {
  console.log(`-- ${name}`);
  const outcome = runGuarded(name, command, args, { MCBOT_TEST_REPORT: reports });
  if (!quiet) process.stdout.write(outcome.stdout);
  process.stderr.write(outcome.stderr);
  failures.push(...outcome.failures);
  return outcome.stdout;
}

function require(name, isSo, found) {
  console.log(`${isSo ? "ok  " : "FAIL"} ${name}${found ? `: ${found}` : ""}`);
  if (!isSo) failures.push(name);
}

function requireAllRan(suite) {
  const failure = suiteFailure(suite, join(reports, `${suite}.json`));
  require(failure ?? `${suite}: every test ran and passed`, failure === null);
}

function sha256(bytes) {
  return createHash("sha256").update(bytes).digest("hex");
}

function doctor() {
  const { engines, devDependencies, dependencies } = JSON.parse(readFileSync("package.json", "utf8"));
  const least = engines.node.replace(">=", "").split(".").map(Number);
  const node = process.versions.node.split(".").map(Number);
  const order = node.map((part, i) => Math.sign(part - least[i])).find((sign) => sign !== 0) ?? 0;
  require(`Node ${engines.node}`, order >= 0, process.version);
  const resolve = createRequire(join(process.cwd(), "package.json"));
  for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) {
    const path = join("node_modules", name, "package.json");
    const found = existsSync(path) ? resolve(join(process.cwd(), path)).version : "missing";
    if (found !== version) require(`${name} ${version}`, false, found);
  }
  require("packages at their exact versions", !failures.length);
  for (const tool of ["asc", "tsc", "biome", "vitest"])
    run(tool, "npx", ["--no-install", tool, "--version"], { quiet: true });

  run(
    "kernels",
    "npx",
    [
      "--no-install",
      "asc",
      "assembly/index.ts",
      "--target",
      "release",
      "--outFile",
      join(reports, "k.wasm"),
      "--textFile",
      "",
    ],
    { quiet: true },
  );
  const built = existsSync("dist/kernels.wasm") ? sha256(readFileSync("dist/kernels.wasm")) : "not built";
  const fresh = existsSync(join(reports, "k.wasm")) ? sha256(readFileSync(join(reports, "k.wasm"))) : "not compiled";
  require("dist/kernels.wasm is what assembly/ compiles to", built === fresh, built);

  const configs = readdirSync("config").filter((name) => name.endsWith(".yaml"));
  require("shipped configs", configs.length > 0, configs.join(", "));
  for (const name of configs) {
    const file = join("config", name);
    // A tuning session names its base; everything else is a config.
    const isSession = /^base:/m.test(readFileSync(file, "utf8"));
    const check = isSession ? ["tune", "plan", file] : ["config", "validate", file];
    run(name, process.execPath, ["dist/cli/main.js", ...check], { quiet: true });
  }
  const data = process.env.MCBOT_DATA;
  require("MCBOT_DATA", data !== undefined && existsSync(join(data, "1d")), data ?? "not set");
  run("mcbot doctor", process.execPath, ["dist/cli/main.js", "doctor"]);
}

function fast() {
  const folders = readdirSync("tests", { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !["data", "e2e", "golden", "support", "reference"].includes(entry.name))
    .map(({ name }) => `tests/${name}/`);
  run("unit tests and the shipped configs", "npx", [
    "--no-install",
    "vitest",
    "run",
    ...folders,
    "tests/e2e/shipped.test.ts",
  ]);
  requireAllRan("unit");
}

async function regression() {
  run("all tests, with coverage", "npx", ["--no-install", "vitest", "run", "--coverage"]);
  requireAllRan("unit");
  run("tests on real data", "npx", ["--no-install", "vitest", "run", "--config", "vitest.data.config.ts"]);
  requireAllRan("data");

  const config = "config/seven-pods.yaml";
  const hashes = [];
  for (const flags of [["--fast"], []]) {
    const out = mkdtempSync(join(tmpdir(), "mcbot-gate-run-"));
    const text = run(
      `process ${flags}`,
      process.execPath,
      ["dist/cli/main.js", "orchestrate", "backtest", config, "--data", "synthetic", "--json", "--out", out, ...flags],
      { quiet: true },
    );
    rmSync(out, { recursive: true, force: true });
    hashes.push(/"result_hash":"([0-9a-f]{64})"/.exec(text)?.[1] ?? "none");
  }
  for (const workers of [1, 2, 4])
    hashes.push(...(await Promise.all(Array.from({ length: workers }, () => inWorker(config)))));
  require("one result hash in 2 processes and 1, 2, 4 workers", new Set(hashes).size === 1 &&
    hashes[0] !== "none", hashes[0]);
}

function inWorker(config) {
  const source = `
    import { parentPort, workerData } from "node:worker_threads";
    import { openMarket, readConfig, runBacktest } from ${JSON.stringify(new URL("../dist/index.js", import.meta.url).href)};
    const config = readConfig(workerData);
    const onSynthetic = { ...config, data: { ...config.data, path: "synthetic" } };
    parentPort.postMessage(runBacktest(onSynthetic, openMarket(onSynthetic), { fast: true }).result.header.result_hash);`;
  return new Promise((resolve) => {
    const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`), { workerData: config });
    worker.once("message", resolve).once("error", (error) => resolve(`worker: ${error.message}`));
  });
}

const gates = { doctor, fast, regression };
const [name] = process.argv.slice(2);
if (!Object.hasOwn(gates, name)) {
  console.error(`gate: expected one of ${Object.keys(gates).join(", ")}`);
  process.exit(2);
}
await gates[name]();
for (const failure of failures) console.error(`gate:${name} failed: ${failure}`);
console.log(`gate:${name}: ${failures.length === 0 ? "passed" : `${failures.length} failed`}`);
process.exit(failures.length === 0 ? 0 : 13);
