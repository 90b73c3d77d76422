import type { Config } from "../config/schema.ts";
import { type EnginePlan, planRange } from "../engine/plan.ts";
import { decimalOf } from "../lib/decimal.ts";
import type { Market } from "../market/market.ts";
import { LiveFunding } from "./live-source.ts";

/** Funding times of one symbol that one slice can carry: hourly ones over a week without any bar. */
const FUNDING_PER_SYMBOL = 168;

export interface LiveTerms {
  /** Open of the first slice of the books, epoch ms. */
  readonly startMs: number;
  readonly capitalMicro: number;
  /** Live: an exchange fills. Paper: the next open does. Stops leave as orders in both (spec 5.1). */
  readonly mode: "paper" | "live";
}

/**
 * The plan of a paper or live session: that of a backtest over a range without end, one slice at a time.
 *
 * @param config resolved; `data.instruments` holds the venue's rules.
 * @param warmup bars before the start, of every symbol the pods trade.
 */
export function planLive(config: Config, warmup: Market, { startMs, capitalMicro, mode }: LiveTerms): EnginePlan {
  const range = { startMs, endMs: Number.POSITIVE_INFINITY };
  const capital = capitalMicro / 1e6;
  const plan = planRange({ ...config, backtest: { ...config.backtest, capital } }, warmup, range, 1, true);
  const symbols = warmup.bars.map(({ symbol }) => symbol);
  const perSlice = FUNDING_PER_SYMBOL * symbols.length;
  return {
    ...plan,
    setup: {
      ...plan.setup,
      funding: { perSlice, perChunk: perSlice },
      fills: mode === "live" ? "venue" : "open",
      stops: "order",
    },
    funding: new LiveFunding(symbols, perSlice),
    // Volumes come in the venue's steps; history may happen to show fewer decimals.
    volumeDecimals: plan.volumeDecimals.map((decimals, s) => Math.max(decimals, lotDecimals(config, symbols[s] ?? ""))),
  };
}

function lotDecimals({ data }: Config, symbol: string): number {
  const rules = data.instruments[symbol];
  const lots = [rules ?? []].flat().flatMap(({ lot }) => lot ?? []);
  return Math.max(0, ...lots.map((lot) => decimalOf(lot).decimals));
}
