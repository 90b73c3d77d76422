import { buyAndHold } from "./buy-and-hold.ts";
import { donchian } from "./donchian.ts";
import { donchianEnsemble } from "./donchian-ensemble.ts";
import { emaCross } from "./ema-cross.ts";
import type { StrategyDefinition } from "./strategy.ts";
import { tsmom } from "./tsmom.ts";
import { volAdaptive } from "./vol-adaptive.ts";
import { vwTsmom } from "./vw-tsmom.ts";

/** A strategy whose parameters are known only to its own schema: pass on what `params` parsed. */
export type AnyStrategy = StrategyDefinition<unknown>;

// In the order of the documentation.
const strategies: readonly AnyStrategy[] = [
  tsmom,
  vwTsmom,
  donchian,
  donchianEnsemble,
  volAdaptive,
  emaCross,
  buyAndHold,
];

export const strategyNames: readonly string[] = strategies.map((strategy) => strategy.name);

/** The built-in strategy of that name, or undefined. */
export function findStrategy(name: string): AnyStrategy | undefined {
  return strategies.find((strategy) => strategy.name === name);
}
