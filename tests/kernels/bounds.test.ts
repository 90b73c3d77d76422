// Goal: a kernel stays inside the arrays it is given, and asks for as much scratch as it uses.
// Method: every array has exactly the length its docblock names, between guards; after each call, at every size around the
// blocks, the guards hold what they held.

import { describe, expect, it } from "vitest";
import { instantiateKernels } from "../../src/kernels/load.ts";
import { randomProblem, randomReturns } from "../support/matrices.ts";
import { plainKernels } from "../support/plain-kernels.ts";

const SIZES = [1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 17, 18, 33];
const DAYS = [2, 3, 30, 31];
/** More than a kernel writes in one step too many. */
const GUARD = 16;
const MARK = 12345.6789;
/** No two guards hold the same, so that an entry copied from one to another shows. */
const markOf = (guard: number): number => MARK + guard;

describe.each([
  ["wasm", instantiateKernels],
  ["plain", plainKernels],
])("bounds (%s)", (_, make) => {
  /** Arrays between guards, in one arena. */
  const arrays = () => {
    const { exports, arena } = make(2_000_000);
    const guards: Float64Array[] = [];
    const watch = (view: Float64Array) => {
      view.fill(markOf(guards.length));
      guards.push(view);
    };
    const guard = () => watch(arena.viewF64(arena.f64(GUARD), GUARD));
    guard();
    return {
      exports,
      array: (length: number, content: ArrayLike<number> = []) => {
        // An arena rounds up to 16 bytes: what is left over belongs to the guard.
        const at = arena.f64(length);
        const whole = arena.viewF64(at, length + (length & 1));
        whole.set(content);
        if ((length & 1) === 1) watch(whole.subarray(length));
        guard();
        return at;
      },
      expectGuards: (what: string) => {
        guards.forEach((view, i) => {
          expect(
            view.every((x) => x === markOf(i)),
            what,
          ).toBe(true);
        });
      },
    };
  };

  it.each(SIZES)("estimators, n = %i", (n) => {
    for (const days of DAYS) {
      const { exports, array, expectGuards } = arrays();
      const returns = array(days * n, randomReturns(days, n, n));
      const [cov, report] = [array(n * n), array(exports.covarianceReportLength())];
      const work = array(exports.covarianceWorkLength(days, n));
      expect(exports.sampleCovariance(returns, days, n, cov, work, report)).toBe(0);
      expectGuards(`sample, ${days} days`);
      expect(exports.ewmaCovariance(returns, days, n, 0.97, 1, cov, work, report)).toBe(0);
      expectGuards(`ewma, ${days} days`);
      expect(exports.ledoitWolfCovariance(returns, days, n, cov, work, report)).toBe(0);
      expectGuards(`ledoit-wolf, ${days} days`);
      exports.correlation(cov, n, array(n * n));
      expectGuards("correlation");
    }
  });

  it.each(SIZES)("solvers, n = %i", (n) => {
    for (let seed = 1; seed <= 6; seed++) {
      const { exports, array, expectGuards } = arrays();
      const { cov, budget } = randomProblem(n, 31 * n + seed);
      // The second half of the seeds: an asset without budget, so Σ is reduced.
      if (seed > 3 && n > 1) budget[n >> 1] = 0;
      const [sigma, budgets, weights] = [array(n * n, cov), array(n, budget), array(n)];
      const [ercWork, ercReport] = [array(exports.riskBudgetWorkLength(n)), array(exports.riskBudgetReportLength())];
      expect(
        exports.riskBudget(sigma, n, budgets, 1e-10, 60, 0, 0, weights, ercWork, ercReport),
      ).toBeGreaterThanOrEqual(0);
      expectGuards("risk budget");
      expect(
        exports.riskBudget(sigma, n, budgets, 1e-13, 60, 1, 1, weights, ercWork, ercReport),
      ).toBeGreaterThanOrEqual(0);
      expectGuards("risk budget, warm");
      const [fractions, scratch] = [array(n), array(n)];
      const [work, report] = [array(exports.kellyWorkLength(n)), array(exports.kellyReportLength())];
      expect(exports.kelly(sigma, budgets, n, 0, fractions, work, report)).toBe(0);
      expectGuards("kelly");
      // A limit that scales everything down.
      expect(exports.kellyCap(sigma, budgets, n, 1e-9, fractions, scratch)).toBeLessThan(1);
      expectGuards("kelly cap");
      exports.riskShares(sigma, n, weights, scratch);
      expectGuards("risk shares");
      expect(exports.isSymmetric(sigma, n)).toBe(1);
    }
  });

  it.each(SIZES)("scratch is what the docblocks say, n = %i", (n) => {
    const { exports } = make(0);
    const even = n + (n & 1);
    expect(exports.kellyWorkLength(n)).toBe(n * n + 1 + 2 * n);
    expect(exports.riskBudgetWorkLength(n)).toBe(16 * even + 2 * n * n + 1);
    for (const days of DAYS)
      expect(exports.covarianceWorkLength(days, n)).toBe(4 * Math.ceil(n / 4) * (days + (days & 1)));
  });

  it.each(SIZES)("attribution and detectors, n = %i", (n) => {
    const { exports, array, expectGuards } = arrays();
    const demand = array(
      n,
      Array.from({ length: n }, (_, i) => (i % 3 === 2 ? -1 : 5 + i)),
    );
    const [out, weight, remainder] = [array(n), array(n), array(n)];
    const net = Array.from({ length: n }, (_, i) => (i % 3 === 2 ? -1 : 5 + i)).reduce((a, b) => a + b, 0);
    for (const filled of [0, 1, net - 1, net]) {
      exports.attribute(demand, 0, n, filled, out, weight, remainder);
      expectGuards(`attribute ${filled} of ${net}`);
    }
    const weights = Array.from({ length: n }, (_, i) => 1 + ((i * 7) % 11));
    const divisor = weights.reduce((a, b) => a + b, 0);
    const [parts, whole] = [array(n), array(n, weights)];
    for (let total = 0; total <= 2 * divisor; total++) {
      exports.apportion(total, whole, n, divisor, parts, remainder);
      expectGuards(`apportion ${total}`);
    }
    const settings = array(exports.pageHinkleySettingsLength(), [0.1, 8, 1, 1, 1]);
    const [state, scores] = [array(exports.pageHinkleyLength(n)), array(n)];
    for (let t = 0; t < 5; t++) exports.pageHinkleyTick(settings, state, n, demand, scores);
    exports.pageHinkleyRestart(state, n, n - 1);
    expectGuards("page-hinkley, many streams");
    const [one, many] = [array(exports.pageHinkleyLength(1)), array(n)];
    exports.pageHinkleyRun(settings, one, demand, n, many, array(n));
    expectGuards("page-hinkley, one stream");
    const pods = array(exports.degradationLength(n));
    for (let p = 0; p < n; p++)
      for (let t = 0; t < 40; t++) exports.degradationStep(settings, pods, n, p, 0.01 * (t % 7), 1);
    exports.degradationRun(settings, array(exports.degradationLength(1)), demand, n, many);
    expectGuards("degradation");
  });
});
