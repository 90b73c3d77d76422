// Goal: whatever the parent looks like, its parts are sound bars and add up to it exactly.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PURPOSE, RandomStream } from "../../src/market/synthetic/random-stream.ts";
import { bridgeMaximum, splitBar } from "../../src/market/synthetic/split-bar.ts";
import { type TickBar, tickBarAt, tickBars } from "../../src/market/synthetic/tick-bars.ts";

const parent = fc
  .record({
    open: fc.integer({ min: 1, max: 1e9 }),
    body: fc.double({ min: -0.5, max: 0.5, noNaN: true }),
    above: fc.double({ min: 0, max: 0.3, noNaN: true }),
    below: fc.double({ min: 0, max: 0.3, noNaN: true }),
    volume: fc.integer({ min: 0, max: 1e12 }),
    sigma: fc.double({ min: 1e-4, max: 0.3, noNaN: true }),
  })
  .map(({ open, body, above, below, volume, sigma }): TickBar => {
    const close = Math.max(1, Math.round(open * (1 + body)));
    const high = Math.ceil(Math.max(open, close) * (1 + above));
    const low = Math.max(1, Math.floor(Math.min(open, close) * (1 - below)));
    return { open, high, low, close, volume, sigma: open * sigma };
  });

describe("splitBar", () => {
  it.each([1, 2, 3, 24, 60])("into %i parts", (n) => {
    const shares = new Float64Array(n).fill(1 / n);
    const common = new Float64Array(n).fill(0.5);
    const out = tickBars(n);
    const property = fc.property(parent, fc.integer({ min: 0, max: 1e6 }), (bar, index) => {
      splitBar(bar, { shares, common, loading: 0.8 }, new RandomStream(1, 2, PURPOSE.hours).seek(index), out);
      const parts = Array.from({ length: n }, (_, i) => tickBarAt(out, i));
      for (const part of parts) {
        expect([part.open, part.high, part.low, part.close, part.volume].every(Number.isInteger)).toBe(true);
        expect(part.low).toBeLessThanOrEqual(Math.min(part.open, part.close));
        expect(part.high).toBeGreaterThanOrEqual(Math.max(part.open, part.close));
        expect(part.volume).toBeGreaterThanOrEqual(0);
      }
      expect({
        open: parts[0]?.open,
        high: Math.max(...parts.map((part) => part.high)),
        low: Math.min(...parts.map((part) => part.low)),
        close: parts.at(-1)?.close,
        volume: parts.reduce((sum, part) => sum + part.volume, 0),
      }).toEqual({ open: bar.open, high: bar.high, low: bar.low, close: bar.close, volume: bar.volume });
    });
    fc.assert(property, { seed: 1, numRuns: 300 });
  });

  it("reaches the parent's extremes even when the path never leaves its body", () => {
    const still = { open: 100, high: 110, low: 90, close: 100, volume: 10, sigma: 1e-30 };
    const out = tickBars(3);
    const split = { shares: new Float64Array(3).fill(1 / 3), common: new Float64Array(3), loading: 0 };
    splitBar(still, split, new RandomStream(1, 2, PURPOSE.hours), out);
    expect([Math.max(...out.high), Math.min(...out.low)]).toEqual([110, 90]);
    expect(out.volume.reduce((sum, volume) => sum + volume, 0)).toBe(10);
  });

  it("a bridge's maximum follows its law: P(max > x) = exp(−2x(x − by)/σ²)", () => {
    const random = new RandomStream(1, 0, PURPOSE.market);
    const n = 100_000;
    let above = 0;
    for (let i = 0; i < n; i++) if (bridgeMaximum(0.5, 1, random.uniform()) > 1) above++;
    // exp(−2 · 1 · 0.5) = 0.3679, standard error 0.0015.
    expect(Math.abs(above / n - 0.36788)).toBeLessThan(0.006);
    expect(bridgeMaximum(-3, 1, 0.999999)).toBeGreaterThanOrEqual(0);
  });
});
