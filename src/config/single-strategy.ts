import { z } from "zod";
import type { Draft } from "./draft.ts";
import { fraction } from "./fields.ts";
import type { Path } from "./path.ts";
import type { CheckedFile } from "./schema.ts";
import { configSchema } from "./schema.ts";
import { pod } from "./sections/pod.ts";

const { strategy: name, params, sub_strategies, symbols, timeframe, asset_allocation, risk } = pod.shape;
const { backtest, portfolio, data, execution, monitoring, notification } = configSchema.shape;

/**
 * The single-strategy file: one strategy with all the capital, for people who have no portfolio of pods. What is run is the
 * strategy, so there is no stop unless one is asked for.
 */
export const singleStrategySchema = z.strictObject({
  strategy: z.strictObject({ name, params, sub_strategies }).describe("What trades"),
  symbols: symbols.describe("What it trades, BASE/QUOTE"),
  timeframe: timeframe.describe("Candle length of its signals"),
  asset_allocation: asset_allocation.describe("How the equity is divided among the symbols"),
  risk: risk
    .unwrap()
    .extend({
      system_stop_loss: fraction({ above: 0, below: 1 })
        .nullable()
        .default(null)
        .describe("Stop distance from the average entry, fraction of it; null is off"),
    })
    .prefault({})
    .describe("Limits and stops"),
  backtest,
  portfolio,
  data,
  execution,
  monitoring,
  notification,
});

/** A single-strategy file as written: everything with a default may be missing. */
export type SingleStrategyFile = z.input<typeof singleStrategySchema>;
type Checked = z.output<typeof singleStrategySchema>;

/** Name of the one pod when the strategy's own (a path) cannot be one. */
const POD_ID = "strategy";

/** The file as the orchestrator file that means the same: one pod with all the capital. */
export function asOnePod({ strategy, symbols, timeframe, asset_allocation, risk, ...rest }: Draft<Checked>): Draft {
  const given = strategy?.name;
  const onlyPod = {
    pod_id: given !== undefined && /^[A-Za-z0-9][\w.-]{0,63}$/.test(given) ? given : POD_ID,
    strategy: given,
    params: strategy?.params,
    sub_strategies: strategy?.sub_strategies,
    symbols,
    timeframe,
    asset_allocation,
    risk,
    initial_fraction: 1,
    max_fraction: 1,
  };
  return { ...rest, pods: [onlyPod] } as Draft<CheckedFile>;
}

const OF_STRATEGY: readonly unknown[] = ["params", "sub_strategies"];
const AT_TOP: readonly unknown[] = ["symbols", "timeframe", "asset_allocation", "risk"];

/** Where in the file a value of that orchestrator file stands; null when the file has no such key. */
export function placeInSingleFile([section, index, key, ...rest]: Path): Path | null {
  if (section === "orchestrator") return null;
  if (section !== "pods") return [section, index, key, ...rest].filter((part) => part !== undefined);
  if (key === undefined || index !== 0) return ["strategy"];
  if (key === "strategy") return ["strategy", "name"];
  if (OF_STRATEGY.includes(key)) return ["strategy", key, ...rest];
  return AT_TOP.includes(key) ? [key, ...rest] : null;
}
