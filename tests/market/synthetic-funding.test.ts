// Goal: funding of the synthetic market is every 8 h, the same for ever, and follows the trend it could know.

import { describe, expect, it } from "vitest";
import { SYNTHETIC_START_MS, syntheticBars } from "../../src/market/synthetic.ts";
import { syntheticFunding } from "../../src/market/synthetic-funding.ts";
import { DAY_MS, HOUR_MS } from "../../src/market/timeframe.ts";

const END = Date.UTC(2026, 0, 1);

describe("syntheticFunding", () => {
  const all = syntheticFunding(1, "BTC/USDT", 0, END);

  it("comes at 00:00, 08:00 and 16:00 from the second day on", () => {
    expect(all.timeMs[0]).toBe(SYNTHETIC_START_MS + DAY_MS);
    expect(all.timeMs).toHaveLength(((END - SYNTHETIC_START_MS) / DAY_MS - 1) * 3);
    for (const [i, ms] of all.timeMs.entries()) expect(ms).toBe(SYNTHETIC_START_MS + DAY_MS + i * 8 * HOUR_MS);
  });

  it("does not depend on the range", () => {
    const [from, to] = [Date.UTC(2021, 0, 1), Date.UTC(2021, 0, 3, 8)];
    const part = syntheticFunding(1, "BTC/USDT", from, to);
    const first = all.timeMs.indexOf(from);
    expect(part.timeMs).toHaveLength(7);
    expect(part.rate).toEqual(all.rate.slice(first, first + 7));
    expect(syntheticFunding(1, "BTC/USDT", to, from).rate).toHaveLength(0);
  });

  it("is plausible: eight decimals, mostly positive, within the clamp", () => {
    for (const symbol of ["BTC/USDT", "DOGE/USDT"]) {
      const { rate } = syntheticFunding(2, symbol, 0, END);
      const positive = rate.filter((r) => r > 0).length / rate.length;
      expect(positive).toBeGreaterThan(0.5);
      expect(positive).toBeLessThan(0.95);
      for (const r of rate) {
        expect(Math.abs(r)).toBeLessThanOrEqual(0.003);
        expect(r).toBe(Number(r.toFixed(8)));
      }
    }
  });

  it("has the sign of the week before", () => {
    const close = syntheticBars({ seed: 1, symbols: ["BTC/USDT"], timeframe: "1D", endMs: END })[0]
      ?.close as Float64Array;
    for (const [i, ms] of all.timeMs.entries()) {
      const day = Math.floor((ms - SYNTHETIC_START_MS) / DAY_MS);
      if (day < 8) continue;
      const week = (close[day - 1] as number) / (close[day - 8] as number) - 1;
      if (Math.abs(week) > 0.2) expect(Math.sign(all.rate[i] as number)).toBe(Math.sign(week));
    }
  });
});
