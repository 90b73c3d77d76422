// Goal: each metric is its definition, and says why where it has no value.
// Method: closed forms on round numbers (the arithmetic is in the comment), identities as properties, and every refusal.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cagr } from "../../src/analytics/cagr.ts";
import { calmar } from "../../src/analytics/calmar.ts";
import { costTotals } from "../../src/analytics/costs.ts";
import { curveMetrics } from "../../src/analytics/curve-metrics.ts";
import { dailyReturns } from "../../src/analytics/daily-returns.ts";
import { drawdownCurve, maxDrawdown } from "../../src/analytics/drawdown.ts";
import { exposure } from "../../src/analytics/exposure.ts";
import { known, unknown } from "../../src/analytics/metric.ts";
import { profitFactor } from "../../src/analytics/profit-factor.ts";
import { sharpe } from "../../src/analytics/sharpe.ts";
import { sharpeStandardError } from "../../src/analytics/sharpe-standard-error.ts";
import { sortino } from "../../src/analytics/sortino.ts";
import { totalReturn } from "../../src/analytics/total-return.ts";
import { turnover } from "../../src/analytics/turnover.ts";
import { rollingVolatility, volatility } from "../../src/analytics/volatility.ts";
import { winRate } from "../../src/analytics/win-rate.ts";
import { DAY, T0 } from "./record.ts";

/** n/2 pairs of the two values. */
const pairs = (a: number, b: number, n: number): number[] => Array.from({ length: n }, (_, i) => (i % 2 === 0 ? a : b));
const days = (n: number): number[] => Array.from({ length: n }, (_, d) => T0 + d * DAY);
const returnsArbitrary = fc.array(fc.double({ min: -0.2, max: 0.2, noNaN: true }), { minLength: 20, maxLength: 60 });

describe("daily returns", () => {
  it("begin at the capital and are 0 on a base that is not positive", () => {
    expect([...dailyReturns([110, 99, 0, 50], 100)]).toEqual([
      expect.closeTo(0.1, 12),
      expect.closeTo(-0.1, 12),
      -1,
      0,
    ]);
  });
});

describe("total return and CAGR", () => {
  it("compound to the year", () => {
    expect(totalReturn(100, 121)).toEqual({ value: expect.closeTo(0.21, 12) });
    expect(cagr(100, 121, 730)).toEqual({ value: expect.closeTo(0.1, 12) }); // two years: √1.21
    expect(cagr(100, 400, 365 / 2)).toEqual({ value: expect.closeTo(15, 9) }); // half a year: 4² − 1
  });

  it("a total loss is −1, whatever the time", () => {
    expect(cagr(100, 0, 365)).toEqual({ value: -1 });
    expect(cagr(100, -5, 365)).toEqual({ value: -1 });
  });

  it("need capital and a month", () => {
    expect(totalReturn(0, 5)).toEqual({ value: null, reason: "no capital at the start" });
    expect(cagr(0, 5, 365)).toEqual({ value: null, reason: "no capital at the start" });
    expect(cagr(100, 130, 29)).toEqual({ value: null, reason: "needs 30 days, has 29" });
  });
});

describe("volatility", () => {
  // 20 returns of ±1 %: Σ(r − 0)² = 20 × 1e-4, ÷ 19.
  const expected = 0.01 * Math.sqrt(20 / 19) * Math.sqrt(365);

  it("is the sample deviation times √365", () => {
    expect(volatility(pairs(0.01, -0.01, 20)).value).toBeCloseTo(expected, 14);
  });

  it("of equal returns is 0, not the noise of their mean", () => {
    expect(volatility(pairs(0.1, 0.1, 21))).toEqual({ value: 0 });
  });

  it("rolling: the last 30 returns, and not before there are 30", () => {
    const returns = Float64Array.from([...pairs(5, -5, 40), ...pairs(0.01, -0.01, 30)]);
    expect(rollingVolatility(returns).value).toBeCloseTo(0.01 * Math.sqrt(30 / 29) * Math.sqrt(365), 14);
    expect(rollingVolatility(returns.subarray(0, 29))).toEqual({
      value: null,
      reason: "needs 30 daily returns, has 29",
    });
  });
});

describe("Sharpe ratio", () => {
  it("is mean over sample deviation, annualised", () => {
    // +2 % and −1 %: mean 0.5 %, deviation 1.5 % × √(20/19).
    expect(sharpe(pairs(0.02, -0.01, 20)).value).toBeCloseTo((1 / 3 / Math.sqrt(20 / 19)) * Math.sqrt(365), 12);
  });

  it("ignores the scale of returns and changes its sign with them", () => {
    const property = fc.property(returnsArbitrary, fc.double({ min: 0.1, max: 10, noNaN: true }), (returns, scale) => {
      const one = sharpe(returns);
      const scaled = sharpe(returns.map((r) => r * scale));
      const turned = sharpe(returns.map((r) => -r));
      if (one.value === null) return scaled.value === null && turned.value === null;
      // Equal up to rounding of the products: relative to the terms of the mean, not to the mean.
      expect(scaled.value).toBeCloseTo(one.value, 6);
      expect(turned.value).toBeCloseTo(-one.value, 6);
      return true;
    });
    fc.assert(property, { seed: 11, numRuns: 100 });
  });

  it("says why there is none", () => {
    expect(sharpe(pairs(0.02, -0.01, 19))).toEqual({ value: null, reason: "needs 20 daily returns, has 19" });
    expect(sharpe(pairs(0, 0, 30))).toEqual({ value: null, reason: "daily returns do not vary" });
    expect(sharpe(pairs(0.1, 0.1, 31))).toEqual({ value: null, reason: "daily returns do not vary" });
    expect(sharpe(pairs(0.02, -0.01, 4), 4).value).toBeGreaterThan(0);
  });
});

describe("standard error of the Sharpe ratio", () => {
  it("of two equally likely values: γ₃ = 0, γ₄ = 1, so variance (1 + ½S² − ½S²) ÷ n = 1 ÷ n", () => {
    expect(sharpeStandardError(pairs(0.02, -0.01, 20)).value).toBeCloseTo(Math.sqrt(365 / 20), 10);
  });

  it("of a skewed series, by Mertens' formula written out", () => {
    // Three of 1 % to one of −1 %: mean 0.5 %, m₂ = 0.75e-4, γ₃ = −0.75e-6 ÷ 0.75e-4^1.5, γ₄ = 1.3125e-8 ÷ 0.75e-4².
    const returns = Array.from({ length: 24 }, (_, i) => (i % 4 === 3 ? -0.01 : 0.01));
    const ratio = 0.005 / Math.sqrt((0.75e-4 * 24) / 23);
    const skewness = -0.75e-6 / (0.75e-4 * Math.sqrt(0.75e-4));
    const kurtosis = 1.3125e-8 / (0.75e-4 * 0.75e-4);
    const variance = 1 + 0.5 * ratio * ratio - skewness * ratio + ((kurtosis - 3) / 4) * ratio * ratio;
    expect(sharpeStandardError(returns).value).toBeCloseTo(Math.sqrt((365 * variance) / 24), 10);
  });

  it("is there exactly when the ratio is, finite and not negative", () => {
    const property = fc.property(returnsArbitrary, (returns) => {
      const error = sharpeStandardError(returns).value;
      return (sharpe(returns).value === null) === (error === null) && (error === null || error >= 0);
    });
    fc.assert(property, { seed: 12, numRuns: 100 });
    expect(sharpeStandardError([])).toEqual({ value: null, reason: "needs 20 daily returns, has 0" });
    expect(sharpeStandardError(pairs(0, 0, 20))).toEqual({ value: null, reason: "daily returns do not vary" });
  });
});

describe("Sortino ratio", () => {
  it("divides by the downside over all days", () => {
    // Mean 0.5 %; downside √(½ × 1e-4).
    expect(sortino(pairs(0.02, -0.01, 20)).value).toBeCloseTo((0.005 / Math.sqrt(0.5e-4)) * Math.sqrt(365), 12);
  });

  it("says why there is none", () => {
    expect(sortino(pairs(0.02, 0, 20))).toEqual({ value: null, reason: "no losing day" });
    expect(sortino([0.1])).toEqual({ value: null, reason: "needs 20 daily returns, has 1" });
  });
});

describe("drawdown", () => {
  it("is the deepest fall, from its peak to the first close at the peak again", () => {
    expect(maxDrawdown([100, 120, 90, 110, 120, 100], 100)).toEqual({ depth: 0.25, peak: 1, trough: 2, recovered: 4 });
  });

  it("measures the first fall from the capital, and knows when it is not over", () => {
    expect(maxDrawdown([80, 90, 70], 100)).toEqual({ depth: 0.3, peak: -1, trough: 2, recovered: null });
  });

  it("keeps the earlier of two equals, and ends each at its own recovery", () => {
    expect(maxDrawdown([100, 50, 100, 50, 100], 100)).toEqual({ depth: 0.5, peak: 0, trough: 1, recovered: 2 });
    expect(maxDrawdown([90, 100, 50], 100)).toEqual({ depth: 0.5, peak: 1, trough: 2, recovered: null });
  });

  it("does not exist on a curve that never falls", () => {
    expect(maxDrawdown([100, 101, 101], 100)).toBeNull();
    expect(maxDrawdown([], 100)).toBeNull();
  });

  it("lies in [0, 1] for positive equity, and is the largest of the drawdown curve", () => {
    const equity = fc.array(fc.double({ min: 0.01, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 50 });
    const property = fc.property(equity, fc.double({ min: 1, max: 1e6, noNaN: true }), (curve, start) => {
      const depth = maxDrawdown(curve, start)?.depth ?? 0;
      expect(depth).toBe(Math.max(...drawdownCurve(curve, start)));
      return depth >= 0 && depth <= 1;
    });
    fc.assert(property, { seed: 13, numRuns: 200 });
  });
});

describe("Calmar ratio", () => {
  it("is CAGR over drawdown, and passes on why one is missing", () => {
    expect(calmar(known(0.3), known(0.15))).toEqual({ value: 2 });
    expect(calmar(known(0.3), known(0))).toEqual({ value: null, reason: "no drawdown" });
    expect(calmar(unknown("a"), known(0.1))).toEqual({ value: null, reason: "a" });
    expect(calmar(known(0.3), unknown("b"))).toEqual({ value: null, reason: "b" });
  });
});

describe("trades", () => {
  it("win rate: breaking even is not a win", () => {
    expect(winRate([5, -1, 0, 2])).toEqual({ value: 0.5 });
    expect(winRate([])).toEqual({ value: null, reason: "no finished trade" });
  });

  it("profit factor: gains over losses", () => {
    expect(profitFactor([5, -2, 1, -1])).toEqual({ value: 2 });
    expect(profitFactor([5, 0])).toEqual({ value: null, reason: "no losing trade" });
    expect(profitFactor([])).toEqual({ value: null, reason: "no finished trade" });
  });
});

describe("turnover and exposure", () => {
  it("turnover: 73 days, the mean equity traded once: five times a year", () => {
    expect(turnover(100, pairs(50, 150, 40), 73)).toEqual({ value: 5 });
    expect(turnover(100, [100], 19)).toEqual({ value: null, reason: "needs 20 days, has 19" });
    expect(turnover(100, [-1], 20)).toEqual({ value: null, reason: "mean equity is not positive" });
  });

  it("exposure: share of slices with a position, mean leverage over all of them", () => {
    const { timeInMarket, meanLeverage } = exposure([0, 50, 100, 200], [100, 100, 100, 200]);
    expect(timeInMarket).toEqual({ value: 0.75 });
    expect(meanLeverage).toEqual({ value: (0 + 0.5 + 1 + 1) / 4 });
    expect(exposure([], []).timeInMarket).toEqual({ value: null, reason: "no slice" });
    expect(exposure([1], [0]).meanLeverage).toEqual({ value: null, reason: "equity was never positive" });
  });
});

describe("costs", () => {
  it("bridge from before costs to net", () => {
    expect(costTotals(1000, 1070, 20, 10, unknown("no rates"), 5)).toEqual({
      fees: 20,
      slippage: 10,
      netting_saving: 5,
      funding: { value: null, reason: "no rates" },
      pnl_before_costs: 100,
      pnl: 70,
      total_return_before_costs: { value: 0.1 },
    });
    expect(costTotals(1000, 1070, 20, 10, known(-7), 5)).toMatchObject({
      funding: { value: -7 },
      pnl_before_costs: 93,
    });
    expect(costTotals(0, 0, 0, 0, known(0), 0).total_return_before_costs.value).toBeNull();
  });
});

describe("metrics of a curve", () => {
  it("date the drawdown by the closes of its days", () => {
    const { max_drawdown_period } = curveMetrics(days(4), [110, 88, 99, 110], 100);
    expect(max_drawdown_period).toEqual({
      peak: "2024-01-01",
      trough: "2024-01-02",
      recovered: "2024-01-04",
      length_days: 3,
    });
  });

  it("count from the day before when the fall begins at the start", () => {
    const { max_drawdown, max_drawdown_period } = curveMetrics(days(3), [90, 80, 85], 100);
    expect(max_drawdown.value).toBeCloseTo(0.2, 12);
    expect(max_drawdown_period).toEqual({ peak: "2024-01-01", trough: "2024-01-02", recovered: null, length_days: 3 });
  });

  it("need no day to say that there is none", () => {
    const metrics = curveMetrics([], [], 100);
    expect(metrics.total_return).toEqual({ value: 0 });
    expect(metrics.cagr).toEqual({ value: null, reason: "needs 30 days, has 0" });
    expect(metrics.max_drawdown).toEqual({ value: null, reason: "no day" });
    expect(metrics.end_equity).toBe(100);
  });

  it("of a pod without capital are all unknown", () => {
    const {
      start_equity: _start,
      end_equity: _end,
      max_drawdown_period: _period,
      ...metrics
    } = curveMetrics(days(40), pairs(0, 0, 40), 0);
    for (const metric of Object.values(metrics))
      expect(metric).toEqual({ value: null, reason: "no capital at the start" });
  });

  it("never hold a number that JSON cannot write", () => {
    expect(known(Number.POSITIVE_INFINITY)).toEqual({ value: null, reason: "the result is not a finite number" });
  });
});
