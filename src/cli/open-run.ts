import { existsSync, readdirSync } from "node:fs";
import { ConfigError } from "../config/config-error.ts";
import type { FileForm } from "../config/file-form.ts";
import { type LoadedConfig, loadConfig } from "../config/load.ts";
import { locate } from "../config/locate.ts";
import type { Config } from "../config/schema.ts";
import { SYNTHETIC } from "../config/sections/data.ts";
import { readYaml } from "../config/yaml-source.ts";
import { besideConfig, contextForConfig } from "../engine/user-strategies/config-strategies.ts";
import { msToDate } from "../lib/utc.ts";
import { openConfigMarket } from "../library.ts";
import { seriesOf } from "../market/column-series.ts";
import type { Market } from "../market/market.ts";
import { Progress } from "./progress.ts";
import { UsageError } from "./usage-error.ts";

/** Last day of the synthetic market when no end is given: it has none of its own. */
const SYNTHETIC_END = "2025-12-31";

export interface OpenedMarket {
  readonly market: Market;
  /** With `data.path` as it was opened, so that the same config makes the same run elsewhere. */
  readonly config: Config;
  /** The first line of every run: where prices come from. */
  readonly notice: string;
  /** What the market was opened from: a folder, or "synthetic". */
  readonly dataPath: string;
}

/** Reads a config file with the environment and the flags that every command shares. */
export function openConfig(path: string, { data }: { data?: string | undefined }): LoadedConfig {
  const overrides = data === undefined ? [] : [["data.path", data, "--data"] as const];
  return loadConfig(path, {
    context: (data) => contextForConfig(data, besideConfig(path)),
    env: process.env,
    overrides,
  });
}

/** A command takes one form of config: refuses the other and names the command that takes it. */
export function requireForm({ form }: LoadedConfig, wanted: FileForm["name"], file: string): void {
  if (form.name === wanted) return;
  const command = form.name === "orchestrator" ? "mcbot orchestrate backtest" : "mcbot eda run";
  throw new UsageError(`${file} is a file of the ${form.name} form: run it with ${command} ${file}`);
}

/** A range left open is the whole of the data. */
export function withWholeRange(config: Config, { bars }: Market): Config {
  const filled = bars.map(seriesOf).filter(({ rows }) => rows > 0);
  const first = Math.min(...filled.map((series) => series.timeAt(0)));
  const last = Math.max(...filled.map((series) => series.timeAt(series.rows - 1)));
  const { start, end } = config.backtest;
  return { ...config, backtest: { ...config.backtest, start: start ?? msToDate(first), end: end ?? msToDate(last) } };
}

/** A backtest needs a range: refuses a config without one, at the place where it belongs. */
export function requireRange({ config, text }: LoadedConfig, file: string): void {
  const problems = (["start", "end"] as const)
    .filter((key) => config.backtest[key] === null)
    .map((key) => ({
      path: ["backtest", key],
      code: "MISSING" as const,
      value: undefined,
      expected: "a date: a backtest runs over a range",
      hint: 'for example backtest: {start: "2024-01-01", end: "2025-12-31"}',
    }));
  if (problems.length > 0) {
    throw new ConfigError(locate(problems, { file, source: readYaml(text), overrides: [] }), text);
  }
}

/**
 * Opens the market a config names. Where the config names none and the default folder is empty, the synthetic market
 * stands in, and the notice says so.
 *
 * @param isDefaultPath nobody chose `data.path`.
 */
export function openMarketFor(config: Config, isDefaultPath: boolean): OpenedMarket {
  const missing = isDefaultPath && isEmptyFolder(config.data.path);
  const path = missing ? SYNTHETIC : config.data.path;
  const end = config.backtest.end ?? (path === SYNTHETIC ? SYNTHETIC_END : null);
  const opened = { ...config, data: { ...config.data, path } };
  const progress = new Progress("market", path === SYNTHETIC ? "days" : "symbols", process.stderr);
  const ranged = { ...opened, backtest: { ...config.backtest, end } };
  const market = progress.during((update) => openConfigMarket(ranged, update));
  const reason = missing ? ` (no data in ${config.data.path}: --data FOLDER runs on real prices)` : "";
  return { market, config: opened, notice: `Market: ${market.label}${reason}`, dataPath: path };
}

function isEmptyFolder(path: string): boolean {
  return !existsSync(path) || readdirSync(path).length === 0;
}
