import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { cscv } from "../../src/tuning/stats/cscv.ts";
import { deflatedSharpe, expectedMaxSharpe } from "../../src/tuning/stats/deflated-sharpe.ts";
import { effectiveTrials } from "../../src/tuning/stats/effective-trials.ts";
import { normalCdf, normalQuantile } from "../../src/tuning/stats/normal.ts";
import { seededRandom } from "../support/random-script.ts";

describe("the normal distribution", () => {
  // Abramowitz & Stegun, tables 26.1 and 26.5, and R's pnorm and qnorm.
  it.each([
    [0, 0.5],
    [1, 0.8413447460685429],
    [-1.96, 0.024997895148220435],
    [3, 0.9986501019683699],
    [-6, 9.865876450376981e-10],
    [-8, 6.220960574271785e-16],
  ])("Φ(%d) = %d", (x, p) => {
    expect(Math.abs(normalCdf(x) - p)).toBeLessThan(1e-14);
  });

  it.each([
    [0.975, 1.959963984540054],
    [0.9, 1.2815515655446004],
    [0.999999, 4.753424308822899],
    [1e-12, -7.034483825301132],
  ])("Φ⁻¹(%d) = %d", (p, x) => {
    expect(Math.abs(normalQuantile(p) - x)).toBeLessThan(1e-9);
  });

  it("has a quantile that is the inverse over the whole range, and its ends", () => {
    for (let p = 1e-9; p < 1; p += 0.00917) expect(Math.abs(normalCdf(normalQuantile(p)) - p)).toBeLessThan(1e-13);
    expect([normalQuantile(0), normalQuantile(1)]).toEqual([Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]);
    expect([normalQuantile(-0.1), normalCdf(Number.NaN)]).toEqual([Number.NaN, Number.NaN]);
    expect([normalCdf(-40), normalCdf(40)]).toEqual([0, 1]);
  });
});

describe("the deflated Sharpe ratio", () => {
  const { cases, tolerance } = JSON.parse(
    readFileSync(new URL("../golden/deflated-sharpe.json", import.meta.url), "utf8"),
  );

  it.each(cases as GoldenCase[])("$id", (c) => {
    const trialVariance = c.varianceOfTrialAnnualSharpe / c.periodsPerYear;
    const sharpe = c.annualSharpe / Math.sqrt(c.periodsPerYear);
    const dsr = deflatedSharpe({
      sharpe,
      returns: c.T,
      skewness: c.skew,
      kurtosis: c.kurtosis,
      trialVariance,
      trials: c.trials,
    });
    expect(Math.abs(expectedMaxSharpe(trialVariance, c.trials) - c.expect.expectedMaxSharpePerPeriod)).toBeLessThan(
      tolerance.abs,
    );
    expect(Math.abs(dsr - c.expect.dsr)).toBeLessThan(tolerance.abs);
  });

  it("asks nothing of a single trial beyond a positive ratio", () => {
    expect(expectedMaxSharpe(0.01, 1)).toBe(0);
    expect(deflatedSharpe({ sharpe: 0, returns: 100, skewness: 0, kurtosis: 3, trialVariance: 1, trials: 1 })).toBe(
      0.5,
    );
  });
});

interface GoldenCase {
  id: string;
  annualSharpe: number;
  periodsPerYear: number;
  T: number;
  skew: number;
  kurtosis: number;
  varianceOfTrialAnnualSharpe: number;
  trials: number;
  expect: { expectedMaxSharpePerPeriod: number; dsr: number };
}

describe("the probability of backtest overfitting", () => {
  // By hand: 2 blocks, so 2 splits. A earns in block 1 and loses in block 2, B the other way round. Split 1: A is best in block 1 and the worse of two in block 2, rank 1 of 2, ω = 1/3 ≤ ½. Split 2: B likewise.
  it("is 1 where the best half never holds", () => {
    const a = [1, 3, -1, -3];
    const b = [-1, -3, 1, 3];
    expect(cscv([a, b], 2)).toEqual({ pbo: 1, blocks: 2, splits: 2 });
  });

  // By hand: 4 blocks, 6 splits. A earns in every block, B and C lose in every block: A is always best, rank 3, ω = 3/4.
  it("is 0 where one trial is best everywhere", () => {
    const a = [2, 1, 2, 1, 2, 1, 2, 1];
    const b = [-2, -1, -2, -1, -2, -1, -2, -1];
    const c = [-3, -1, -3, -1, -3, -1, -3, -1];
    expect(cscv([a, b, c], 4)).toEqual({ pbo: 0, blocks: 4, splits: 6 });
  });

  // By hand: A earns in blocks 1 and 2, B in 3 and 4, C (never best in sample) a little everywhere, all with equal spread.
  // In sample {1,2}: A best, out of sample A last: overfit. {3,4}: B, overfit. The four mixed splits: A and B stand at +1
  // and −1, mean 0, C above both: C best, and out of sample again above A and B, ω = 3/4: not overfit. 2 of 6.
  it("counts splits, worked by hand", () => {
    const up = [0.9, 1.1];
    const down = [-0.9, -1.1];
    const a = [...up, ...up, ...down, ...down];
    const b = [...down, ...down, ...up, ...up];
    const c = [0.1, 0.3, 0.1, 0.3, 0.1, 0.3, 0.1, 0.3];
    expect(cscv([a, b, c], 4)).toEqual({ pbo: 2 / 6, blocks: 4, splits: 6 });
  });

  it("needs two trials and two returns in a block", () => {
    expect(cscv([[1, 2, 3, 4]], 2)).toBeNull();
    expect(cscv([[1], [2]], 2)).toBeNull();
  });
});

describe("the effective number of trials", () => {
  const random = seededRandom(7);
  const noise = (): Float64Array => Float64Array.from({ length: 730 }, () => random() + random() - random() - random());

  it("counts two hundred correlated copies as one", () => {
    const base = noise();
    const copies = Array.from({ length: 200 }, () => {
      const own = noise();
      return base.map((value, i) => value + 0.3 * (own[i] as number));
    });
    expect(effectiveTrials(copies)).toBe(1);
  });

  it("counts independent trials each, and none that never moves", () => {
    expect(effectiveTrials(Array.from({ length: 60 }, noise))).toBe(60);
    expect(effectiveTrials([new Float64Array(730), noise(), new Float64Array(730)])).toBe(1);
  });

  it("counts two families as two", () => {
    const families = [noise(), noise()];
    const trials = Array.from({ length: 50 }, (_, i) => {
      const own = noise();
      return (families[i % 2] as Float64Array).map((value, d) => value + 0.2 * (own[d] as number));
    });
    expect(effectiveTrials(trials)).toBe(2);
  });
});
