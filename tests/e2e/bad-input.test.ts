// Goal: bad input gets a clear, complete error with its place and a hint, the right exit code, and leaves nothing behind.
// Method: the example and a small data folder, one thing wrong at a time, through the command line in its own process.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { EXAMPLE, mcbot, temporaryFolder } from "../support/cli.ts";

const example = readFileSync(EXAMPLE, "utf8");
/** Line of the example that holds `text`, from 1. */
const lineOf = (text: string): number => example.split("\n").findIndex((line) => line.includes(text)) + 1;

interface Case {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  /** What stderr must say, besides file, line and column. */
  readonly says: readonly (string | RegExp)[];
}

const configs: readonly Case[] = [
  {
    name: "misspelt key",
    from: "kelly_fraction:",
    to: "kelly_fracton:",
    says: ["orchestrator.kelly_fracton", "kelly_fraction"],
  },
  {
    name: "misspelt key, nested",
    from: "max_leverage: 2.0",
    to: "max_leverge: 2.0",
    says: ["pods[0].risk.max_leverge", "max_leverage"],
  },
  {
    name: "percentage for a fraction",
    from: "initial_fraction: 0.15",
    to: "initial_fraction: 15",
    says: ["pods[0].initial_fraction", "15", "0.15"],
  },
  {
    name: "percentage for a limit",
    from: "daily_loss_limit: 0.03",
    to: "daily_loss_limit: 3",
    says: ["orchestrator.risk.daily_loss_limit", "3", "0.03"],
  },
  {
    name: "fractions above 1",
    from: "initial_fraction: 0.15\n    max_fraction: 0.40",
    to: "initial_fraction: 0.85\n    max_fraction: 0.90",
    says: ["initial_fraction", /1\.05|sum/i],
  },
  {
    name: "initial below minimum",
    from: "min_fraction: 0.05",
    to: "min_fraction: 0.20",
    says: ["min_fraction", "0.2"],
  },
  {
    name: "unknown strategy",
    from: "strategy: tsmom",
    to: "strategy: tsmon",
    says: ["pods[0].strategy", "tsmon", "tsmom"],
  },
  {
    name: "unknown parameter",
    from: "lookback: 30",
    to: "loockback: 30",
    says: ["pods[0].params.loockback", "lookback"],
  },
  { name: "parameter out of range", from: "lookback: 30", to: "lookback: 0", says: ["pods[0].params.lookback", "0"] },
  { name: "pod twice", from: "pod-donchian-alt", to: "pod-tsmom-major", says: ["pod_id", "pod-tsmom-major"] },
  {
    name: "malformed symbol",
    from: "[BTC/USDT, ETH/USDT]",
    to: "[BTCUSDT, ETH/USDT]",
    says: ["pods[0].symbols[0]", "BTCUSDT", "BASE/QUOTE"],
  },
  { name: "bad timeframe", from: 'timeframe: "1D"', to: 'timeframe: "7m"', says: ["pods[0].timeframe", "7m"] },
  { name: "bad date", from: 'start: "2024-01-01"', to: 'start: "2024-02-30"', says: ["backtest.start", "2024-02-30"] },
  { name: "range backwards", from: 'end: "2025-12-31"', to: 'end: "2023-12-31"', says: ["backtest", "2023-12-31"] },
  {
    name: "missing range",
    from: 'start: "2024-01-01", end: "2025-12-31", ',
    to: "",
    says: ["backtest.start", "backtest.end", "a date"],
  },
  {
    name: "text for a number",
    from: "capital: 100000",
    to: "capital: lots",
    says: ["backtest.capital", "lots", "number"],
  },
  { name: "YAML syntax", from: "pods:", to: "pods: [", says: [/YAML|flow|sequence|\]/i] },
  {
    name: "duplicate key",
    from: "  kelly_fraction: 0.25",
    to: "  kelly_fraction: 0.25\n  kelly_fraction: 0.5",
    says: ["kelly_fraction"],
  },
];

describe("a config", () => {
  it.each(configs)("with $name is refused with its place", ({ from, to, says }) => {
    const cwd = temporaryFolder();
    expect(example.split(from).length).toBeGreaterThan(1);
    writeFileSync(join(cwd, "bad.yaml"), example.replace(from, to));
    const { code, stdout, stderr } = mcbot(["orchestrate", "backtest", "bad.yaml"], { cwd });
    expect(stderr).toMatch(/bad\.yaml:\d+:\d+/);
    for (const text of says) expect(stderr).toMatch(text instanceof RegExp ? text : literal(text));
    expect(code).toBe(4);
    expect(stdout).toBe("");
    expect(existsSync(join(cwd, "runs"))).toBe(false);
  });

  it("with two mistakes reports both, in the order of the file", () => {
    const cwd = temporaryFolder();
    writeFileSync(
      join(cwd, "bad.yaml"),
      example.replace("kelly_fraction:", "kelly_fracton:").replace("lookback: 30", "lookback: -1"),
    );
    const { stderr } = mcbot(["config", "validate", "bad.yaml"], { cwd });
    expect(stderr).toContain(`bad.yaml:${lineOf("kelly_fraction:")}:3`);
    expect(stderr.indexOf("kelly_fracton")).toBeLessThan(stderr.indexOf("pods[0].params.lookback"));
  });

  it("that is not there is refused", () => {
    const { code, stderr } = mcbot(["orchestrate", "backtest", "none.yaml"], { cwd: temporaryFolder() });
    expect(code).toBe(4);
    expect(stderr).toContain("none.yaml");
  });
});

const HEADER = "timestamp,open,high,low,close,volume";
const rows = (count: number): string[] =>
  Array.from(
    { length: count },
    (_, i) => `${new Date(Date.UTC(2023, 11, 1) + i * 86_400_000).toISOString().slice(0, 19)}Z,100,110,90,105,1000`,
  );

interface DataCase {
  readonly name: string;
  /** Changes the rows of BTC-USDT-1d.csv. */
  readonly damage: (lines: string[]) => string[];
  readonly says: readonly string[];
  readonly code: number;
}

const data: readonly DataCase[] = [
  {
    name: "NaN",
    damage: (lines) => lines.with(5, lines[5]!.replace("105", "NaN")),
    says: ["BTC-USDT-1d.csv:6", "close", "NaN"],
    code: 2,
  },
  {
    name: "high below close",
    damage: (lines) => lines.with(5, lines[5]!.replace("110", "104")),
    says: ["BTC-USDT-1d.csv:6", "high", "104"],
    code: 2,
  },
  {
    name: "high below low",
    damage: (lines) => lines.with(5, lines[5]!.replace("110", "80")),
    says: ["BTC-USDT-1d.csv:6", "high", "80"],
    code: 2,
  },
  {
    name: "a price of 0",
    damage: (lines) => lines.with(5, lines[5]!.replace("90", "0")),
    says: ["BTC-USDT-1d.csv:6", "low", "0"],
    code: 2,
  },
  {
    name: "negative volume",
    damage: (lines) => lines.with(5, lines[5]!.replace("1000", "-1")),
    says: ["BTC-USDT-1d.csv:6", "volume", "-1"],
    code: 2,
  },
  {
    name: "a row twice",
    damage: (lines) => lines.toSpliced(6, 0, lines[5]!),
    says: ["BTC-USDT-1d.csv:7", "timestamp"],
    code: 2,
  },
  {
    name: "rows out of order",
    damage: (lines) => lines.with(5, lines[6]!).with(6, lines[5]!),
    says: ["BTC-USDT-1d.csv:7", "timestamp"],
    code: 2,
  },
  {
    name: "a field too few",
    damage: (lines) => lines.with(5, lines[5]!.replace(",1000", "")),
    says: ["BTC-USDT-1d.csv:6"],
    code: 2,
  },
  {
    name: "another header",
    damage: (lines) => lines.with(0, "time,o,h,l,c,v"),
    says: ["BTC-USDT-1d.csv:1", "timestamp,open,high,low,close,volume"],
    code: 2,
  },
  { name: "nothing in it", damage: () => [], says: ["BTC-USDT-1d.csv", "EMPTY_FILE"], code: 2 },
  {
    name: "a truncated last line",
    damage: (lines) => lines.toSpliced(-1, 1).with(-1, lines.at(-2)!.slice(0, 25)),
    says: ["BTC-USDT-1d.csv"],
    code: 2,
  },
];

describe("a data file", () => {
  const config = `pods: [{pod_id: a, strategy: buy-and-hold, symbols: [BTC/USDT]}]
backtest: {start: "2023-12-10", end: "2023-12-20"}\n`;
  const run = (text: string, extra = config) => {
    const cwd = temporaryFolder();
    mkdirSync(join(cwd, "bars/1d"), { recursive: true });
    writeFileSync(join(cwd, "bars/1d/BTC-USDT-1d.csv"), text);
    writeFileSync(join(cwd, "a.yaml"), extra);
    const result = mcbot(["orchestrate", "backtest", "a.yaml", "--data", "bars"], { cwd });
    return { ...result, wrote: existsSync(join(cwd, "runs")) };
  };

  it("that is sound runs", () => {
    expect(run(`${[HEADER, ...rows(31)].join("\n")}\n`)).toMatchObject({ code: 0, wrote: true });
  });

  it.each(data)("with $name is refused with its place", ({ damage, says, code }) => {
    const lines = damage([HEADER, ...rows(31)]);
    const result = run(lines.length === 0 ? "" : `${lines.join("\n")}\n`);
    for (const text of says) expect(result.stderr).toContain(text);
    expect(result).toMatchObject({ code, wrote: false });
  });

  it("for a symbol that is not there: says which there are", () => {
    const result = run(`${[HEADER, ...rows(31)].join("\n")}\n`, config.replace("BTC/USDT", "BTD/USDT"));
    expect(result.stderr).toContain("BTD/USDT");
    expect(result.stderr).toContain("BTC/USDT");
    expect(result).toMatchObject({ code: 3, wrote: false });
  });

  it("of funding that is required and not there is unavailable; with a bad row it is refused with its place", () => {
    const required = `${config}data: {funding: required}\n`;
    const missing = run(`${[HEADER, ...rows(31)].join("\n")}\n`, required);
    expect(missing.stderr).toContain("BTC-USDT-funding.csv");
    expect(missing).toMatchObject({ code: 3, wrote: false });

    const cwd = temporaryFolder();
    for (const folder of ["bars/1d", "bars/funding"]) mkdirSync(join(cwd, folder), { recursive: true });
    writeFileSync(join(cwd, "bars/1d/BTC-USDT-1d.csv"), `${[HEADER, ...rows(31)].join("\n")}\n`);
    const text = "timestamp,funding_rate\n2023-12-01T00:00:00Z,0.01%\n";
    writeFileSync(join(cwd, "bars/funding/BTC-USDT-funding.csv"), text);
    writeFileSync(join(cwd, "a.yaml"), config);
    const bad = mcbot(["orchestrate", "backtest", "a.yaml", "--data", "bars"], { cwd });
    expect(bad.stderr).toContain("BTC-USDT-funding.csv:2: funding_rate");
    expect(bad.code).toBe(2);
  });

  it("without funding rates runs, and says that nothing is paid", () => {
    const { code, stdout } = run(`${[HEADER, ...rows(31)].join("\n")}\n`);
    expect(code).toBe(0);
    expect(stdout).toContain("funding of BTC/USDT: there are no rates");
  });

  it("in a folder that is not there is unavailable, not synthetic", () => {
    const cwd = temporaryFolder();
    const { code, stderr } = mcbot(["orchestrate", "backtest", EXAMPLE, "--data", "nowhere"], { cwd });
    expect(code).toBe(3);
    expect(stderr).toContain("nowhere");
  });
});

describe("a command line", () => {
  it.each([
    [["orchestrate", "backtest", EXAMPLE, "--fsat"], "--fast"],
    [["orchestrate", "backtset", EXAMPLE], "backtest"],
    [["orchestrate", "backtest"], "config"],
    [["backtest", "run", "tsmom", "BTC/USDT", "--start", "yesterday"], "2024-01-31"],
    [["backtest", "run", "tsmom", "BTC/USDT", "--param", "lookback"], "key=value"],
    [["data", "synth", "--out", "x", "--timeframes", "7m"], "7m"],
    [["explain", "order", "BTC/USDT"], "--at"],
  ])("%j is wrong usage", (args, says) => {
    const { code, stderr } = mcbot(args, { cwd: temporaryFolder() });
    expect(stderr).toContain(says);
    expect(code).toBe(2);
  });

  it("an unknown environment override is refused by name", () => {
    const env = { MCBOT__ORCHESTRATOR__RISK__DAILY_LOS_LIMIT: "0.02" };
    const { code, stderr } = mcbot(["config", "validate", EXAMPLE], { cwd: temporaryFolder(), env });
    expect(stderr).toContain("MCBOT__ORCHESTRATOR__RISK__DAILY_LOS_LIMIT");
    expect(code).toBe(4);
  });
});

function literal(text: string): RegExp {
  return new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
}

describe("a run that cannot be", () => {
  it.each([
    [["backtest", "run", "tsmom", "BTC/USDT", "--start", "2030-01-01"], 3, "no bar from 2030-01-01"],
    [["backtest", "run", "buy-and-hold", "DOGE/USDT", "--capital", "8999999999"], 2, "2^53"],
    [["backtest", "run", "buy-and-hold", "BTC/USDT", "--capital", "1e10"], 4, "backtest.capital"],
  ])("%j exits %i and says why", (args, exit, says) => {
    const cwd = temporaryFolder();
    const { code, stderr } = mcbot(args, { cwd });
    expect(stderr).toContain(says);
    expect(code).toBe(exit);
    expect(existsSync(join(cwd, "runs"))).toBe(false);
  });

  it("warns when a pod starts with less than 1,000", () => {
    const { code, stderr } = mcbot(["backtest", "run", "tsmom", "BTC/USDT", "--capital", "500"], {
      cwd: temporaryFolder(),
    });
    expect(stderr).toContain("at least 1000");
    expect(code).toBe(0);
  });
});
