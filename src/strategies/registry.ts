import { buyAndHold } from "./buy-and-hold.ts";
import { donchian } from "./donchian.ts";
import { donchianEnsemble } from "./donchian-ensemble.ts";
import { emaCross } from "./ema-cross.ts";
import { ensemble } from "./ensemble.ts";
import type { AnyStrategy } from "./strategy.ts";
import { tsmom } from "./tsmom.ts";
import { volAdaptive } from "./vol-adaptive.ts";
import { vwTsmom } from "./vw-tsmom.ts";

// In the order of the documentation.
const builtIn: readonly AnyStrategy[] = [
  tsmom,
  vwTsmom,
  donchian,
  donchianEnsemble,
  volAdaptive,
  emaCross,
  buyAndHold,
  ensemble,
];

/**
 * Strategies that were loaded from files, by name. A name holds the hash of the source, so the same name is the same
 * strategy wherever it was loaded, and the order of loading means nothing.
 */
const loaded = new Map<string, { readonly strategy: AnyStrategy; readonly file: string }>();

/** Of the built-in ones. */
export const strategyNames: readonly string[] = builtIn.map((strategy) => strategy.name);

/** The strategy of that name, built in or loaded from a file, or undefined. */
export function findStrategy(name: string): AnyStrategy | undefined {
  return builtIn.find((strategy) => strategy.name === name) ?? loaded.get(name)?.strategy;
}

/** The file that a strategy was loaded from; undefined for a built-in one. */
export function strategyFile(name: string): string | undefined {
  return loaded.get(name)?.file;
}

/** Makes a strategy known that was loaded from a file. */
export function registerStrategy(strategy: AnyStrategy, file: string): void {
  loaded.set(strategy.name, { strategy, file });
}
