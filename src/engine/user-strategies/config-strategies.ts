import { dirname, resolve } from "node:path";
import { type ConfigContext, contextFromRegistry, isStrategyFile, type StrategyFiles } from "../../config/context.ts";
import { isMapping } from "../../config/path.ts";
import * as registry from "../../strategies/registry.ts";
import { loadStrategy, StrategyFileError } from "./load-strategy.ts";

/** Where the file is that a config names as a strategy. */
export type LocateStrategy = (name: string) => string;

/** The context of a config whose strategies may be files: loads those that `data` names. */
export function contextForConfig(data: unknown, locate: LocateStrategy): ConfigContext {
  const files: StrategyFiles = new Map();
  for (const name of strategiesIn(data)) {
    try {
      files.set(name, { ok: true, id: loadStrategy(name, locate(name)).id });
    } catch (error) {
      if (!(error instanceof StrategyFileError)) throw error;
      files.set(name, { ok: false, problem: error.message });
    }
  }
  return contextFromRegistry(registry, files);
}

/** Files are relative to the config that names them. */
export function besideConfig(configPath: string): LocateStrategy {
  return (name) => resolve(dirname(configPath), name.split("#")[0] as string);
}

/** Every file that a config names as a strategy, or as a member of one, at any depth. */
export function strategiesIn(data: unknown): string[] {
  const files = new Set<string>();
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const entry of value) visit(entry);
    if (!isMapping(value)) return;
    for (const [key, entry] of Object.entries(value)) {
      if (namesStrategy(key) && typeof entry === "string" && isStrategyFile(entry)) files.add(entry);
      else visit(entry);
    }
  };
  visit(data);
  return [...files];
}

/** Keys of a config whose value is a strategy: of a pod, and of a member. */
function namesStrategy(key: string): boolean {
  return key === "strategy" || key === "name";
}

/** `data` with every strategy file named by its id: the source it was checked with, and no other. */
export function pinStrategies(data: unknown, { strategyId }: ConfigContext): unknown {
  const visit = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(visit);
    if (!isMapping(value)) return value;
    const entries = Object.entries(value).map(([key, entry]) => {
      const isFile = namesStrategy(key) && typeof entry === "string" && isStrategyFile(entry);
      return [key, isFile ? (strategyId(entry) ?? entry) : visit(entry)] as const;
    });
    return Object.fromEntries(entries);
  };
  return visit(data);
}

/** Where the files are that a resolved config names, by id. */
export function strategyFilesOf(resolved: unknown): Record<string, string> {
  const known = strategiesIn(resolved).map((id) => [id, registry.strategyFile(id)] as const);
  return Object.fromEntries(known.filter((entry): entry is [string, string] => entry[1] !== undefined));
}
