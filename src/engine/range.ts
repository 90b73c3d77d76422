import type { Config } from "../config/schema.ts";
import { msToDate } from "../lib/utc.ts";
import type { Market } from "../market/market.ts";

/** A range left open is the whole of the data. */
export function withRange(config: Config, { bars }: Market): Config {
  const first = Math.min(...bars.map(({ timeMs }) => timeMs[0] ?? Number.POSITIVE_INFINITY));
  const last = Math.max(...bars.map(({ timeMs }) => timeMs.at(-1) ?? Number.NEGATIVE_INFINITY));
  const { start, end } = config.backtest;
  return { ...config, backtest: { ...config.backtest, start: start ?? msToDate(first), end: end ?? msToDate(last) } };
}
