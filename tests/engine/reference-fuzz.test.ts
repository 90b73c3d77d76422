// Goal: engine and float reference agree on markets nobody looked at: holes, late listings, outages, tiny and large prices,
// timeframes coarser than the bars, every strategy, short mode, stop and band at random.
// Method: seeded random markets and portfolios; every day's equity to 1e-6; chunked and slice-by-slice runs give one hash.

import { describe, expect, it } from "vitest";
import type { OrchestratorFile } from "../../src/config/schema.ts";
import { simulate } from "../../src/engine/backtest.ts";
import { resolveConfig } from "../../src/library.ts";
import { compareWithReference } from "../support/compare-with-reference.ts";
import { madeMarket, walk } from "../support/made-market.ts";
import { seededRandom } from "../support/random-script.ts";

const FIRST = Date.UTC(2023, 0, 1);
const SYMBOLS = ["AA/USDT", "BB/USDT", "CC/USDT"];
const BASES = {
  "1h": { perDay: 24, days: 60, candles: ["1h", "4h", "6h", "1D"] },
  "4h": { perDay: 6, days: 120, candles: ["4h", "12h", "1D"] },
  "1D": { perDay: 1, days: 300, candles: ["1D"] },
} as const;
/** Short windows, so that little history shows everything. */
const PARAMS: Readonly<Record<string, object>> = {
  tsmom: { lookback: 5, vol_window: 7 },
  "vw-tsmom": { lookback: 4, vol_window: 4 },
  donchian: { entry_period: 6, exit_period: 3, vol_window: 5 },
  "donchian-ensemble": { lookbacks: [2, 3, 5], vol_window: 5 },
  "vol-adaptive": { ema_fast: 2, ema_slow: 5, rsi_period: 3, adx_period: 3, vol_window: 4 },
  "ema-cross": { fast: 2, slow: 5 },
};

function randomCase(seed: number) {
  const random = seededRandom(seed * 7919);
  const pick = <T>(options: readonly T[]): T => options[Math.floor(random() * options.length)] as T;
  const base = pick(Object.keys(BASES) as (keyof typeof BASES)[]);
  const { perDay, days, candles } = BASES[base];
  const length = days * perDay;
  const symbols = SYMBOLS.slice(0, 1 + Math.floor(random() * 3));
  const closes = symbols.map((_, s) => {
    const shape = {
      start: pick([2e-6, 0.03, 0.7, 50, 40_000]),
      step: pick([0.005, 0.02, 0.06]),
      missing: pick([0, 0.02, 0.1]),
    };
    // The second is listed late, the third is gone for a while.
    return walk(seed * 10 + s, length, shape).map((close, i) =>
      (s === 1 && i < length * 0.4) || (s === 2 && i > length * 0.6 && i < length * 0.7) ? null : close,
    );
  });
  const count = 1 + Math.floor(random() * 4);
  const pods = Array.from({ length: count }, (_, i) => {
    const strategy = pick(Object.keys(PARAMS));
    return {
      pod_id: `p${i}`,
      strategy,
      params: { ...PARAMS[strategy], short_mode: pick(["full", "hedge_only", "disabled"]) },
      symbols: symbols.filter((_, s) => s === i % symbols.length || random() < 0.5),
      timeframe: pick<string>(candles),
      initial_fraction: Math.floor(90 / count) / 100,
      max_fraction: 1,
      risk: {
        max_leverage: pick([0.5, 2, 10]),
        system_stop_loss: pick([null, 0.02, 0.1]),
        use_trailing_stop: random() < 0.5,
        trailing_stop_atr_multiplier: pick([0.5, 1, 3]),
        stop_cooldown_days: pick([null, null, 1, 3]),
        rebalance_threshold: pick([0, 0.05, 0.2]),
        rebalance_to: pick(["target", "edge"] as const),
      },
    };
  });
  const date = (day: number): string => new Date(FIRST + day * 86_400_000).toISOString().slice(0, 10);
  const file: OrchestratorFile = {
    pods,
    orchestrator: { risk: { max_gross_leverage: pick([0.6, 1.2, 3]) } },
    backtest: { start: date(pick([5, 20])), end: date(days - 3), capital: pick([10_000, 1e6]) },
    portfolio: { netting: pick(["net", "net", "gross"] as const) },
  };
  const used = new Set(pods.flatMap((pod) => pod.symbols));
  const market = madeMarket(
    Object.fromEntries(symbols.flatMap((symbol, s) => (used.has(symbol) ? [[symbol, closes[s] ?? []]] : []))),
    FIRST,
    base,
  );
  return { config: resolveConfig(file), market };
}

describe("random markets with holes", () => {
  it.each(Array.from({ length: 60 }, (_, i) => i + 1))("seed %i", (seed) => {
    const { config, market } = randomCase(seed);
    const { worst, where } = compareWithReference(config, market);
    expect(worst, where).toBeLessThan(1e-6);
    const options = { orchestrated: false };
    expect(simulate(config, market, { ...options, chunk: 37 }).resultHash).toBe(
      simulate(config, market, { ...options, fast: true }).resultHash,
    );
  });
});
