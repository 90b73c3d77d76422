// Goal: capital goes where spec 4.2 says: named cases with answers known in closed form, and invariants over random histories.
// Method: lives with exactly the covariance asked for, through the allocator with its kernels.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { allocate, type MadePod, returnsWith } from "../support/pods.ts";

/** Nothing but the base weights acts: no caps, wide boxes. */
const open = { risk: { max_portfolio_volatility: 5, max_single_pod_risk_pct: 1 } } as const;
const wide = { min_fraction: 0, max_fraction: 1 };
const living = (returns: readonly number[][], extra: MadePod = wide): MadePod[] =>
  returns.map((series) => ({ ...extra, returns: series }));

describe("base weights", () => {
  it.each(["risk_parity", "inverse_volatility", "equal_weight"] as const)(
    "two pods of equal volatility: 50 : 50 (%s)",
    (allocation_method) => {
      const { final, run } = allocate(living(returnsWith([0.01, 0.01], 0.3)), { ...open, allocation_method });
      expect(final[0]).toBeCloseTo(0.5, 10);
      expect(final[1]).toBeCloseTo(0.5, 10);
      expect(run).toMatchObject({ solved: 2, fallback: false });
    },
  );

  it.each([0, 0.9, -0.5])("volatility 2 : 1 at correlation %f: twice the weight", (correlation) => {
    const { final } = allocate(living(returnsWith([0.02, 0.01], correlation)), open);
    expect((final[1] as number) / (final[0] as number)).toBeCloseTo(2, 8);
  });

  it("a hedge earns more than inverse volatility gives it", () => {
    // Three pods, two of them alike: risk parity gives the third more than a third.
    const [a, b] = returnsWith([0.01, 0.01, 0.01], 0) as [number[], number[], number[]];
    const twin = a.map((x, t) => 0.95 * x + Math.sqrt(1 - 0.95 ** 2) * (b[t] as number));
    const [, , third] = returnsWith([0.01, 0.01, 0.01], 0, 90, [], 2) as [number[], number[], number[]];
    const { final } = allocate(living([a, twin, third]), open);
    expect(final[2]).toBeGreaterThan(1.15 * (final[0] as number));
    expect(final[0]).toBeCloseTo(final[1] as number, 1);
  });

  it("follows the risk budget", () => {
    const [a, b] = returnsWith([0.01, 0.01], 0) as [number[], number[]];
    const { final } = allocate(
      [
        { ...wide, returns: a, risk_budget: 4 },
        { ...wide, returns: b },
      ],
      open,
    );
    expect((final[0] as number) / (final[1] as number)).toBeCloseTo(2, 8);
  });

  it("falls back by name when Σ cannot be used, not merely when it is singular", () => {
    const [a] = returnsWith([0.01], 0) as [number[]];
    const singular = allocate(living([a, a, a.map((x) => 2 * x)]), open);
    expect(singular.run).toMatchObject({ method: "risk_parity", fallback: false });
    expect(singular.final[2]).toBeCloseTo((singular.final[0] as number) / 2, 6);
    // Measurable on its own days, without variance on the common ones.
    const still = [...a.slice(0, 60), ...Array.from({ length: 30 }, () => 0)];
    const young = returnsWith([0.01], 0, 25)[0] as number[];
    const zero = allocate(living([still, young]), open);
    expect(zero.run).toMatchObject({ method: "equal_weight", fallback: true });
    expect(zero.final).toEqual([0.5, 0.5]);
  });
});

describe("adaptive Kelly", () => {
  const kelly = { ...open, allocation_method: "adaptive_kelly", kelly_fraction: 1, kelly_confidence_ramp: 90 } as const;
  const daily = (means: readonly number[], days = 90) => living(returnsWith([0.01, 0.01], 0, days, means));

  it("is pure risk parity on the first days and pure Kelly at the end of the ramp", () => {
    const young = allocate(daily([0.001, 0.0002], 30), { ...kelly, kelly_confidence_ramp: 1e9 });
    expect(young.final[0]).toBeCloseTo(0.5, 6);
    const old = allocate(daily([0.0005, 0.0001]), { ...kelly, risk: { ...open.risk, max_portfolio_volatility: 4 } });
    // f = μ ÷ σ² = 5 and 1, scaled to Σ = 1.
    expect(old.final[0]).toBeCloseTo(5 / 6, 6);
    expect(old.final[1]).toBeCloseTo(1 / 6, 6);
  });

  it("gives a pod with negative expectation 0 from the Kelly part", () => {
    const { final } = allocate(daily([0.0005, -0.0001]), { ...kelly, kelly_fraction: 0.5 });
    expect(final[0]).toBeCloseTo(0.5 * 0.5 + 0.5 * 1, 6);
    expect(final[1]).toBeCloseTo(0.5 * 0.5, 6);
  });

  it("leaves the Kelly share in the reserve when every expectation is negative", () => {
    const { final, run } = allocate(daily([-0.0005, -0.0001]), { ...kelly, kelly_fraction: 0.4 });
    expect(final[0]).toBeCloseTo(0.3, 6);
    expect(run.reserve).toBeCloseTo(0.4, 6);
  });

  it("halves what Kelly takes from the base when the fraction halves: it acts once", () => {
    const part = (kelly_fraction: number): number =>
      allocate(daily([-0.001, -0.001]), { ...kelly, kelly_fraction }).run.reserve;
    expect(part(0.2)).toBeCloseTo(2 * part(0.1), 8);
  });

  it("scales down to the volatility limit", () => {
    const { run } = allocate(daily([0.005, 0.005]), {
      ...kelly,
      risk: { max_portfolio_volatility: 0.05, max_single_pod_risk_pct: 1 },
    });
    expect(run.volatility).toBeLessThanOrEqual(0.05 + 1e-12);
    expect(run.reserve).toBeGreaterThan(0.5);
  });
});

describe("life-cycle slots", () => {
  const two = living(returnsWith([0.01, 0.01], 0));
  const withThird = (third: MadePod, held: number) => allocate([...two, third], open, { current: [0.3, 0.3, held] });

  it.each<[string, MadePod, number, number]>([
    ["incubation holds its initial fraction", { state: "incubation", initial_fraction: 0.12 }, 0.2, 0.12],
    ["production that cannot be measured keeps its target", { state: "production", targetFraction: 0.17 }, 0.1, 0.17],
    ["warning keeps half of what it held at its entry", { state: "warning", warningFraction: 0.1 }, 0.15, 0.1],
    [
      "warning never falls below the minimum",
      { state: "warning", warningFraction: 0.005, min_fraction: 0.05 },
      0.15,
      0.05,
    ],
    ["warning is never raised above what it holds", { state: "warning", warningFraction: 0.1 }, 0.06, 0.06],
    ["probation holds the minimum", { state: "probation", min_fraction: 0.04 }, 0.2, 0.04],
    ["probation is never raised above what it holds", { state: "probation", min_fraction: 0.04 }, 0.01, 0.01],
    ["retired but not flat keeps what it holds", { state: "retired" }, 0.08, 0.08],
  ])("%s", (_, pod, held, expected) => {
    const { pods, final } = withThird(pod, held);
    expect(pods[2]?.slot).toBeCloseTo(expected, 11);
    expect(final[2]).toBeCloseTo(expected, 11);
    expect((final[0] as number) + (final[1] as number)).toBeCloseTo(1 - expected, 9);
  });

  it("retired and flat gets nothing", () => {
    expect(allocate([...two, { state: "retired" }], open, { flat: [false, false, true] }).final[2]).toBe(0);
  });

  it("slots above 1 in sum are scaled to fit, retired holdings first", () => {
    const pods: MadePod[] = [0.5, 0.5, 0.5].map((initial_fraction) => ({
      state: "incubation",
      initial_fraction,
      max_fraction: 1,
    }));
    const { final } = allocate([...pods, { state: "retired" }], open, { current: [0.2, 0.2, 0.2, 0.4] });
    expect(final.slice(0, 3)).toEqual([0.2, 0.2, 0.2].map((fraction) => expect.closeTo(fraction, 10)));
    expect(final[3]).toBeCloseTo(0.4, 10);
  });

  it("until two production pods are measurable the others keep their targets", () => {
    const [a] = returnsWith([0.01], 0) as [number[]];
    const { final, run } = allocate([{ returns: a, targetFraction: 0.22 }, { targetFraction: 0.13 }], open);
    expect(run.solved).toBe(0);
    expect(final).toEqual([expect.closeTo(0.22, 10), expect.closeTo(0.13, 10)]);
  });

  it("an idle pod (fewer than 20 days that are not 0) is not measured: it does not look safest", () => {
    const idle = Array.from({ length: 90 }, (_, t) => (t % 5 === 0 ? 0.0001 : 0)).map((x, t) => (t < 10 ? 0 : x));
    const { run, final } = allocate([...two, { returns: idle, targetFraction: 0.1 }], open);
    expect(run.solved).toBe(2);
    expect(final[2]).toBeCloseTo(0.1, 10);
  });

  it("one pod and eleven pods", () => {
    expect(allocate([{ returns: returnsWith([0.01], 0)[0] as number[], targetFraction: 0.3 }], open).final).toEqual([
      expect.closeTo(0.3, 10),
    ]);
    const eleven = allocate(
      living(
        returnsWith(
          Array.from({ length: 11 }, (_, i) => 0.005 + 0.001 * i),
          0.2,
        ),
      ),
      open,
    );
    expect(eleven.run.solved).toBe(11);
    expect(eleven.final.reduce((sum, fraction) => sum + fraction, 0)).toBeCloseTo(1, 9);
  });
});

describe("limits", () => {
  it("no pod exceeds what it holds plus the step limit; the rest stays in the reserve", () => {
    const { final, run } = allocate(
      living(returnsWith([0.01, 0.01], 0)),
      { ...open, rebalance: { max_increase: 0.1 } },
      { current: [0.2, 0.4] },
    );
    expect(final).toEqual([expect.closeTo(0.3, 10), expect.closeTo(0.5, 10)]);
    expect(run.reserve).toBeCloseTo(0.2, 10);
  });

  it("ex-ante volatility above the cap scales every fraction, slots included", () => {
    const pods: MadePod[] = [...living(returnsWith([0.02, 0.02], 0)), { state: "incubation", initial_fraction: 0.1 }];
    const { run, final } = allocate(pods, { risk: { max_portfolio_volatility: 0.1, max_single_pod_risk_pct: 1 } });
    const scale = 0.1 / (run.volatility as number);
    expect(scale).toBeLessThan(1);
    expect(final[2]).toBeCloseTo(0.1 * scale, 10);
    expect(run.pods[2]?.volatility).toBeCloseTo(0.1 * scale - 0.1, 10);
  });

  it("with three pods a risk share above the limit is cut to it; with two the limit does not apply", () => {
    const returns = returnsWith([0.03, 0.01, 0.01], 0);
    const boxed = living(returns, { min_fraction: 0.3, max_fraction: 0.4 });
    const { run } = allocate(boxed, { risk: { max_portfolio_volatility: 5, max_single_pod_risk_pct: 0.5 } });
    expect(run.unmet).toEqual(["pod-00"]); // its minimum alone is above the limit
    const free = allocate(living(returns, { min_fraction: 0.1, max_fraction: 0.34 }), {
      allocation_method: "equal_weight",
      risk: { max_portfolio_volatility: 5, max_single_pod_risk_pct: 0.5 },
    });
    const share = riskShare(free.final, [0.03, 0.01, 0.01], 0);
    expect(share).toBeCloseTo(0.5, 8);
    expect(free.run.pods[0]?.prc_trim).toBeLessThan(0);
    const pair = allocate(living(returnsWith([0.03, 0.01], 0)), {
      allocation_method: "equal_weight",
      risk: { max_portfolio_volatility: 5, max_single_pod_risk_pct: 0.5 },
    });
    expect(pair.final[0]).toBeCloseTo(0.5, 10);
  });

  it("small changes move nothing, unless a state changed or a risk cut is deep", () => {
    const pods = living(returnsWith([0.01, 0.01], 0));
    expect(allocate(pods, open, { current: [0.495, 0.5] }).run.moved).toBe(false);
    expect(allocate(pods, open, { current: [0.495, 0.5], triggers: ["state_change"] }).run.moved).toBe(true);
    expect(allocate(pods, open, { current: [0.4, 0.5] }).run.moved).toBe(true);
    const capped = {
      risk: { max_portfolio_volatility: 0.01, max_single_pod_risk_pct: 1 },
      rebalance: { min_turnover: 1, max_increase: 1 },
    };
    expect(allocate(pods, capped, { current: [0.5, 0.5] }).run.moved).toBe(true);
  });
});

describe("over random histories", () => {
  const podOf = fc.record({
    state: fc.constantFrom(
      "incubation",
      "production",
      "production",
      "production",
      "warning",
      "probation",
      "retired",
    ) as fc.Arbitrary<NonNullable<MadePod["state"]>>,
    min: fc.double({ min: 0, max: 0.1, noNaN: true }),
    span: fc.double({ min: 0, max: 0.5, noNaN: true }),
    deviation: fc.double({ min: 0.0005, max: 0.05, noNaN: true }),
    mean: fc.double({ min: -0.003, max: 0.003, noNaN: true }),
    days: fc.integer({ min: 0, max: 120 }),
    held: fc.double({ min: 0, max: 1, noNaN: true }),
    seed: fc.integer({ min: 1, max: 1e6 }),
  });
  const method = fc.constantFrom(
    "equal_weight",
    "risk_parity",
    "adaptive_kelly",
    "inverse_volatility",
  ) as fc.Arbitrary<"risk_parity">;
  const estimator = fc.constantFrom("sample", "ewma", "ledoit_wolf") as fc.Arbitrary<"sample">;

  it("bounds hold before step 5, parts sum exactly, Σ ≤ 1, the reserve is never negative", () => {
    const property = fc.property(
      fc.array(podOf, { minLength: 1, maxLength: 9 }),
      method,
      estimator,
      fc.boolean(),
      (specs, allocation_method, kind, tight) => {
        const holdings = specs.reduce((sum, { held }) => sum + held, 0);
        const current = specs.map(({ held }) => (holdings > 1 ? held / holdings : held));
        const made = specs.map(
          ({ state, min, span, deviation, mean, days, seed }): MadePod => ({
            state,
            min_fraction: min,
            initial_fraction: min + span / 2,
            max_fraction: min + span,
            warningFraction: min,
            targetFraction: min + span / 2,
            returns: days < 2 ? [] : (returnsWith([deviation], 0, days, [mean], seed)[0] as number[]),
          }),
        );
        const { run, pods } = allocate(
          made,
          {
            allocation_method,
            correlation: { estimator: kind },
            rebalance: { max_increase: tight ? 0.1 : 1 },
            risk: { max_portfolio_volatility: tight ? 0.1 : 0.5, max_single_pod_risk_pct: tight ? 0.3 : 0.6 },
          },
          { current },
        );
        let total = 0;
        for (const [p, pod] of pods.entries()) {
          const { base, kelly, slot, box, step_limit, volatility, prc_trim, final } = pod;
          expect(base + kelly + slot + box + step_limit + volatility + prc_trim).toBe(final);
          expect(final).toBeGreaterThanOrEqual(0);
          const boxed = base + kelly + slot + box;
          const { min_fraction = 0, max_fraction = 1 } = made[p] as MadePod;
          if (pod.state === "production" && slot === 0 && run.solved >= 2) {
            expect(boxed).toBeLessThanOrEqual(max_fraction + 1e-11);
            const minima = made.reduce(
              (sum, each, q) =>
                sum + (pods[q]?.state === "production" && pods[q]?.slot === 0 ? (each.min_fraction ?? 0) : 0),
              0,
            );
            const available = pods.reduce((sum, each) => sum + each.base + each.kelly, 0);
            if (minima <= available) expect(boxed).toBeGreaterThanOrEqual(min_fraction - 1e-11);
          }
          total += final;
        }
        expect(total).toBeLessThanOrEqual(1);
        expect(run.reserve).toBe(1 - total);
        expect(run.reserve).toBeGreaterThanOrEqual(0);
      },
    );
    fc.assert(property, { seed: 11, numRuns: 400 });
  });
});

function riskShare(weights: readonly number[], deviations: readonly number[], i: number): number {
  const variances = weights.map((w, j) => (w * (deviations[j] as number)) ** 2);
  return (variances[i] as number) / variances.reduce((sum, v) => sum + v, 0);
}
