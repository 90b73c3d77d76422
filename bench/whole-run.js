// npm run bench:whole [-- --quick]: S3 and S4 of the goals: whole processes on five years of minute bars of five symbols.
// Makes the seeded market once (bench/.cache, about 1 GB), imports it, runs five pods over the store. The peer of the import is
// a plain C parser of the same files, compiled with gcc where there is one.

import { execFileSync, spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { syntheticBars } from "../dist/market/synthetic.js";

const quick = process.argv.includes("--quick");
const YEARS = quick ? 1 : 5;
const SYMBOLS = ["AVAX/USDT", "BNB/USDT", "BTC/USDT", "ETH/USDT", "SOL/USDT"];
const STRATEGIES = ["ema-cross", "tsmom", "donchian", "vol-adaptive", "vw-tsmom"];
const ROUNDS = 3;
const folder = join(import.meta.dirname, ".cache", `${YEARS}y`);
const mcbot = join(import.meta.dirname, "../dist/cli/main.js");
const csvOf = (symbol) => join(folder, "csv", "1m", `${symbol.replace("/", "-")}-1m.csv`);

function makeMarket() {
  if (existsSync(join(folder, "complete"))) return;
  mkdirSync(join(folder, "csv", "1m"), { recursive: true });
  for (const symbol of SYMBOLS) {
    const endMs = Date.UTC(2026, 0, 1);
    const fromMs = Date.UTC(2026 - YEARS, 0, 1);
    const [bars] = syntheticBars({ seed: 1, symbols: [symbol], timeframe: "1m", fromMs, endMs });
    const file = openSync(csvOf(symbol), "w");
    writeSync(file, "# SYNTHETIC market, seed 1\ntimestamp,open,high,low,close,volume\n");
    let text = "";
    for (let i = 0; i < bars.timeMs.length; i++) {
      text += `${bars.timeMs[i]},${bars.open[i]},${bars.high[i]},${bars.low[i]},${bars.close[i]},${bars.volume[i]}\n`;
      if (text.length > 1 << 20) {
        writeSync(file, text);
        text = "";
      }
    }
    writeSync(file, text);
    closeSync(file);
  }
  writeFileSync(join(folder, "complete"), "");
}

/** Wall seconds and peak resident MB of a process. */
function measure(command, args) {
  return new Promise((done, fail) => {
    const started = performance.now();
    const child = spawn(command, args, { stdio: ["ignore", "ignore", "inherit"] });
    let peak = 0;
    const timer = setInterval(() => {
      try {
        peak = Math.max(
          peak,
          Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1] ?? 0),
        );
      } catch {
        // It has ended.
      }
    }, 20);
    child.on("exit", (code) => {
      clearInterval(timer);
      if (code !== 0) fail(new Error(`${command} ${args.join(" ")} ended with ${code}`));
      else done({ seconds: (performance.now() - started) / 1000, megabytes: peak / 1024 });
    });
  });
}

async function best(command, args, before = () => {}) {
  const rounds = [];
  for (let i = 0; i < ROUNDS; i++) {
    before();
    rounds.push(await measure(command, args));
  }
  return { seconds: Math.min(...rounds.map((r) => r.seconds)), megabytes: Math.max(...rounds.map((r) => r.megabytes)) };
}

function compileParser() {
  try {
    const program = join(folder, "parse");
    execFileSync("gcc", ["-O3", "-march=native", "-o", program, join(import.meta.dirname, "parse-csv.c")]);
    return program;
  } catch (error) {
    console.log(`C parser skipped: ${error.code === "ENOENT" ? "no gcc" : error.message}`);
    return null;
  }
}

makeMarket();
const store = join(folder, "store");
const config = join(folder, "five-pods.yaml");
const pods = STRATEGIES.map(
  (strategy) =>
    `  - {pod_id: pod-${strategy}, strategy: ${strategy}, symbols: [${SYMBOLS.join(", ")}], timeframe: "1h", initial_fraction: 0.18}\n`,
);
writeFileSync(
  config,
  `data: {path: ${store}, base_timeframe: "1m", funding: none}\nbacktest: {start: "${2026 - YEARS}-01-01", end: "2025-12-31", capital: 100000}\npods:\n${pods.join("")}`,
);
const rows = [];
const imported = await best(process.execPath, [mcbot, "data", "import", join(folder, "csv"), "--out", store], () =>
  rmSync(store, { recursive: true, force: true }),
);
rows.push({ what: "import CSV, whole process", ...imported });
const parseFiles = join(import.meta.dirname, "lib/parse-files.js");
rows.push({
  what: "our parser, same files",
  ...(await best(process.execPath, [parseFiles, ...SYMBOLS.map(csvOf)])),
});
const parser = compileParser();
if (parser !== null) rows.push({ what: "C parser, same files", ...(await best(parser, SYMBOLS.map(csvOf))) });
const run = ["orchestrate", "backtest", config, "--fast", "--json", "--out", join(folder, "runs")];
rows.push({ what: "run from the store, whole process", ...(await best(process.execPath, [mcbot, ...run])) });
rows.push({ what: "node that does nothing", ...(await best(process.execPath, ["-e", ""])) });
console.table(
  rows.map(({ what, seconds, megabytes }) => ({
    what,
    seconds: +seconds.toFixed(3),
    megabytes: Math.round(megabytes),
  })),
);
