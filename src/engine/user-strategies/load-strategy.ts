import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { dirname, extname, relative, resolve } from "node:path";
import { compileFunction } from "node:vm";
import type { Jiti } from "jiti";
import * as zod from "zod";
import { math } from "../../kernels/math.ts";
import { assert } from "../../lib/assert.ts";
import { lazyPackage } from "../../lib/lazy-package.ts";
import { registerStrategy } from "../../strategies/registry.ts";
import type { AnyStrategy } from "../../strategies/strategy.ts";
import { defineStrategy, fromUserStrategy, type UserStrategy } from "../../strategies/user-strategy.ts";
import { guarded } from "./guard.ts";
import { checkSource } from "./source-rules.ts";

/** A strategy's file cannot be used; the message says where and why, a line for each reason. */
export class StrategyFileError extends Error {
  override readonly name = "StrategyFileError";
}

export interface LoadedStrategy {
  /** "./mine.ts#0123456789abcdef": the file as written and the hash of its source. */
  readonly id: string;
  readonly strategy: AnyStrategy;
  /** What the file exports, for checks of the column form. */
  readonly user: UserStrategy<unknown>;
  /** Every file it is made of. */
  readonly files: readonly string[];
}

/** Hex digits of the source's SHA-256 in a strategy's id. */
const HASH_DIGITS = 16;
const TYPESCRIPT = new Set([".ts", ".mts", ".cts"]);
/** What may be imported without being a file of the strategy. */
const PACKAGES: Readonly<Record<string, unknown>> = { mcbot: { defineStrategy, math }, zod };

const jitiPackage = lazyPackage<typeof import("jiti")>("jiti");
let jiti: Jiti | undefined;

/**
 * Loads a strategy from a file and makes it known to the registry. Its source and that of every file it imports are checked
 * (source-rules.ts) and hashed by content and place relative to the strategy, so a moved folder is the same strategy.
 * Synchronous, without a cache and without state of the host: every thread that loads the same files gets the same strategy.
 *
 * @param name as written in a config: "./mine.ts", or with the hash it must have ("./mine.ts#…").
 * @param entry where that file is.
 * @throws StrategyFileError
 */
export function loadStrategy(name: string, entry: string): LoadedStrategy {
  const [written = name, expected] = name.split("#");
  const sources = readSources(entry);
  const id = `${written}#${hashOf(entry, sources)}`;
  if (expected !== undefined && id !== name) {
    throw new StrategyFileError(`${entry}: its source has changed: it is ${id} now, ${name} was asked for`);
  }
  const compiled = new Map([...sources].map(([file, source]) => [file, compile(file, source)]));
  const user = validate(
    entry,
    guarded(() => evaluate(entry, compiled)),
  );
  const strategy = fromUserStrategy(id, user, guarded);
  registerStrategy(strategy, entry);
  return { id, strategy, user, files: [...sources.keys()] };
}

/** The file and all it imports, each checked; every problem of every file is reported at once. */
function readSources(entry: string): Map<string, string> {
  const sources = new Map<string, string>();
  const problems: string[] = [];
  const waiting = [entry];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (sources.has(file)) continue;
    const text = readSource(file, problems);
    sources.set(file, text);
    const { imports, problems: own } = checkSource(text, TYPESCRIPT.has(extname(file)));
    problems.push(...own.map(({ line, column, message }) => `${file}:${line}:${column}: ${message}`));
    for (const { from, line, column } of imports) {
      if (Object.hasOwn(PACKAGES, from)) continue;
      if (from.startsWith(".")) waiting.push(resolve(dirname(file), from));
      else problems.push(`${file}:${line}:${column}: "${from}": import only mcbot, zod and files beside the strategy`);
    }
  }
  if (problems.length > 0) throw new StrategyFileError(problems.join("\n"));
  return sources;
}

function readSource(file: string, problems: string[]): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    const reason = code === "ENOENT" ? "there is no such file (imports name the extension: ./indicators.ts)" : code;
    problems.push(`${file}: ${reason}`);
    return "";
  }
}

function hashOf(entry: string, sources: ReadonlyMap<string, string>): string {
  const folder = dirname(entry);
  const parts = [...sources].map(([file, text]) => [relative(folder, file).replaceAll("\\", "/"), text] as const);
  parts.sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, HASH_DIGITS);
}

type Module = (exports: object, require: (name: string) => unknown, module: object) => void;

/** A source as a function of a module, types removed. It was parsed before: what fails here is a bug. */
function compile(file: string, source: string): Module {
  jiti ??= jitiPackage().createJiti(import.meta.url, { fsCache: false, moduleCache: false });
  const code = jiti.transform({ source, ts: TYPESCRIPT.has(extname(file)), filename: file });
  assert(!code.includes("__JITI_ERROR__"), `strategy: ${file} was parsed and cannot be transformed`);
  return compileFunction(code, ["exports", "require", "module"], { filename: file }) as Module;
}

/** Runs the modules, each once, and returns what the entry exports as default. */
function evaluate(entry: string, compiled: ReadonlyMap<string, Module>): unknown {
  const modules = new Map<string, { exports: Record<string, unknown> }>();
  const run = (file: string): Record<string, unknown> => {
    const known = modules.get(file);
    if (known !== undefined) return known.exports;
    const module = { exports: {} as Record<string, unknown> };
    modules.set(file, module);
    const require = (name: string): unknown => PACKAGES[name] ?? run(resolve(dirname(file), name));
    (compiled.get(file) as Module)(module.exports, require, module);
    return module.exports;
  };
  try {
    return run(entry).default;
  } catch (error) {
    throw new StrategyFileError(`${entry}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function validate(file: string, exported: unknown): UserStrategy<unknown> {
  const missing = (what: string): StrategyFileError =>
    new StrategyFileError(`${file}: ${what} (mcbot strategy new NAME writes an example)`);
  if (typeof exported !== "object" || exported === null) throw missing("it has no default export that is a strategy");
  const strategy = exported as Partial<Record<keyof UserStrategy, unknown>>;
  if (typeof strategy.name !== "string" || strategy.name === "") throw missing("its strategy has no name");
  if (!(strategy.params instanceof zod.ZodType)) throw missing("params must be a zod schema");
  if (typeof strategy.warmup !== "function") throw missing("warmup must be a function of the parameters");
  const forms = [strategy.start, strategy.weights].filter((form) => form !== undefined);
  if (forms.length === 0) throw missing("it has neither start nor weights");
  if (!forms.every((form) => typeof form === "function")) throw missing("start and weights must be functions");
  return exported as UserStrategy<unknown>;
}
