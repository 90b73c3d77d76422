import { existsSync, mkdirSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { sync as writeFileAtomic } from "write-file-atomic";
import { z } from "zod";
import { isStrategyFile } from "../../config/context.ts";
import { nearest } from "../../config/hints.ts";
import { checkCandles } from "../../engine/user-strategies/check-file.ts";
import { loadStrategy, StrategyFileError } from "../../engine/user-strategies/load-strategy.ts";
import { strategyTemplate, testTemplate } from "../../engine/user-strategies/template.ts";
import { penOf } from "../../reporting/pen.ts";
import { renderTable } from "../../reporting/table.ts";
import { type CheckItem, checkStrategy } from "../../strategies/check/check-strategy.ts";
import { findStrategy, strategyNames } from "../../strategies/registry.ts";
import type { AnyStrategy } from "../../strategies/strategy.ts";
import type { UserStrategy } from "../../strategies/user-strategy.ts";
import { EXIT } from "../exit-codes.ts";
import { styleOf } from "../terminal.ts";
import { UsageError } from "../usage-error.ts";
import { readParams } from "./read-params.ts";

interface ListedParam {
  readonly name: string;
  readonly default: unknown;
}

/** Members that show an ensemble at work where none are given. */
const SHOWN_MEMBERS = [{ name: "tsmom" }, { name: "donchian" }, { name: "ema-cross" }];

/** `strategy list`: what can be named in a config, with its parameters. */
export function listStrategies({ json }: { json?: boolean }): void {
  const strategies = strategyNames.map((name) => {
    const strategy = findStrategy(name) as AnyStrategy;
    const params = defaultsOf(strategy);
    return { name, params: listParams(params), warmup: strategy.warmup(params, findStrategy) };
  });
  if (json === true) {
    process.stdout.write(`${JSON.stringify({ schema_version: 1, strategies })}\n`);
    return;
  }
  const rows = strategies.map(({ name, params, warmup }) => [
    name,
    String(warmup),
    params.map((param) => `${param.name} ${JSON.stringify(param.default)}`).join(", ") || "none",
  ]);
  const columns = [
    { title: "Strategy" },
    { title: "Warm-up", align: "right" as const },
    { title: "Parameters and defaults", wraps: true },
  ];
  process.stdout.write(`${renderTable(columns, rows, penOf(styleOf(process.stdout, process.env)))}\n`);
}

function defaultsOf(strategy: AnyStrategy): unknown {
  return strategy.params.parse(strategy.name === "ensemble" ? { sub_strategies: SHOWN_MEMBERS } : {});
}

function listParams(params: unknown): ListedParam[] {
  return Object.entries(params as object)
    .filter(([name]) => name !== "sub_strategies")
    .map(([name, value]) => ({ name, default: value }));
}

/** `strategy new NAME`: writes NAME.ts and a test of it, and overwrites nothing. */
export function newStrategy(name: string, { out, json }: { out: string; json?: boolean }): void {
  if (!/^[a-z][a-z0-9-]{0,40}$/.test(name)) {
    throw new UsageError(`${name} is no name for a strategy: lower-case letters, digits and "-", for example my-trend`);
  }
  const files = [
    [join(out, `${name}.ts`), strategyTemplate(name)],
    [join(out, `${name}.test.js`), testTemplate(name)],
  ] as const;
  for (const [file] of files) if (existsSync(file)) throw new UsageError(`${file} exists already: nothing was written`);
  mkdirSync(out, { recursive: true });
  for (const [file, text] of files) writeFileAtomic(file, text);
  if (json === true) {
    process.stdout.write(`${JSON.stringify({ schema_version: 1, files: files.map(([file]) => file) })}\n`);
    return;
  }
  const path = join(out, `${name}.ts`);
  process.stdout.write(
    `${files.map(([file]) => `Wrote ${file}\n`).join("")}\nNext:\n  mcbot strategy check ./${path}\n  mcbot backtest run ./${path} BTC/USDT --data synthetic\n`,
  );
}

export interface StrategyCheckFlags {
  readonly param: readonly string[];
  readonly json?: boolean;
}

/** `strategy check NAME|PATH`: look-ahead, chunks, determinism, start-dependence, on the SYNTHETIC market. */
export function checkStrategyCommand(name: string, flags: StrategyCheckFlags): void {
  const { strategy, user } = openStrategy(name);
  const given = {
    ...(strategy.name === "ensemble" ? { sub_strategies: SHOWN_MEMBERS } : {}),
    ...readParams(flags.param),
  };
  const parsed = strategy.params.safeParse(given);
  if (!parsed.success) throw new UsageError(`parameters of ${name}:\n${z.prettifyError(parsed.error)}`);
  const params = parsed.data;
  const items = checkStrategy({ strategy, params, candles: checkCandles(), find: findStrategy, ...(user && { user }) });
  const failed = items.filter(({ ok }) => !ok);
  if (flags.json === true) {
    process.stdout.write(
      `${JSON.stringify({ schema_version: 1, strategy: strategy.name, ok: failed.length === 0, items })}\n`,
    );
  } else {
    process.stdout.write(render(strategy, items));
  }
  if (failed.length > 0) process.exitCode = EXIT.error;
}

function render(strategy: AnyStrategy, items: readonly CheckItem[]): string {
  const lines = items.map(
    ({ name, ok, detail }) => `${ok ? "ok  " : "FAIL"}  ${name.replaceAll("_", " ").padEnd(17)} ${detail}`,
  );
  return `${strategy.name}, on 1,000 daily candles of the SYNTHETIC market\n\n${lines.join("\n")}\n`;
}

function openStrategy(name: string): { strategy: AnyStrategy; user?: UserStrategy<unknown> } {
  if (isStrategyFile(name)) {
    try {
      const { strategy, user } = loadStrategy(name.startsWith(".") ? name : `./${basename(name)}`, resolve(name));
      return { strategy, user };
    } catch (error) {
      if (error instanceof StrategyFileError) throw new UsageError(error.message);
      throw error;
    }
  }
  const strategy = findStrategy(name);
  if (strategy !== undefined) return { strategy };
  const known = nearest(name, strategyNames);
  throw new UsageError(
    `no strategy ${name}${known === null ? "" : `: nearest known strategy: ${known}`}; a file starts with ./`,
  );
}
