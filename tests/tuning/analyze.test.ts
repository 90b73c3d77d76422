// Goal: what is ranked, what never is, and the four verdicts with their reasons. Method: made sweep results and daily curves through
// the analyzer, which reads nothing else.

import { describe, expect, it } from "vitest";
import { type AnalysisSettings, analyze } from "../../src/tuning/analyze.ts";
import { walkForward } from "../../src/tuning/folds.ts";
import { foldMetrics, pointMetrics, TALLY, TALLY_SLOT } from "../../src/tuning/point-outcome.ts";
import { sessionSchema } from "../../src/tuning/session-schema.ts";
import type { SweepPoint, SweepResults } from "../../src/tuning/sweep-results.ts";
import { seededRandom } from "../support/random-script.ts";

const CAPITAL = 10_000;
const DAY_MS = 86_400_000;

interface Made {
  readonly sweep: SweepResults;
  readonly equity: (Float64Array | null)[];
}

/** A point by its daily drift; null = its job failed. */
function made(drifts: readonly (number | null)[], { days = 400, trades = 50, seed = 1 } = {}): Made {
  const dayMs = Float64Array.from({ length: days }, (_, day) => Date.UTC(2021, 0, 1) + day * DAY_MS);
  const random = seededRandom(seed);
  const noise = Array.from({ length: days }, () => random() - 0.5);
  const equity = drifts.map((drift) => {
    if (drift === null) return null;
    let worth = CAPITAL;
    return Float64Array.from(noise, (shock, day) => {
      // Every point has moves of its own beside those it shares.
      worth *=
        1 + (Number.isNaN(drift) ? 0 : drift + 0.01 * shock + 0.002 * Math.sign(((day * 7919 + drift * 1e7) % 13) - 6));
      return worth;
    });
  });
  const points = equity.map((curve, i): SweepPoint => {
    const own = { job_id: `job${i}`, params: { x: i } };
    if (curve === null) {
      return { ...own, status: "failed", error: "boom", result_hash: null, tally: null, metrics: null, folds: null };
    }
    const tally = new Float64Array(TALLY.length);
    const idle = Number.isNaN(drifts[i]);
    tally[TALLY_SLOT.trades] = idle ? 0 : trades;
    tally[TALLY_SLOT.slices] = days;
    tally[TALLY_SLOT.held] = idle ? 0 : days;
    return {
      ...own,
      status: "ok",
      error: null,
      result_hash: `${drifts[i]}`,
      tally: [...tally],
      metrics: pointMetrics({ equity: curve, tally }, dayMs, CAPITAL),
      folds: [],
    };
  });
  const flat = foldMetrics(new Float64Array(days).fill(CAPITAL), dayMs, CAPITAL, 0, days);
  const failed = points.filter(({ status }) => status === "failed").length;
  const best = points.reduce((top, point) =>
    (point.metrics?.sharpe ?? -9) > (top.metrics?.sharpe ?? -9) ? point : top,
  );
  return {
    equity,
    sweep: {
      schema_version: 1,
      plan_id: "p",
      market: "made",
      synthetic: true,
      data_hash: "d",
      engine_hash: "e",
      base_hash: "b",
      mode: "strategy",
      ranked: { start: "2021-01-01", end: "2022-02-04" },
      holdout: null,
      base_timeframe: "1d",
      days,
      capital: CAPITAL,
      day_ms: [...dayMs],
      grids: [{ path: "x", values: drifts.map((_, i) => i) }],
      grid_points: drifts.length,
      sampled: null,
      infeasible: {},
      indexes: drifts.map((_, i) => i),
      folds: [],
      points,
      baselines: (["current", "buy_and_hold", "no_trade"] as const).map((name) => ({ name, metrics: flat })),
      negative_control: { job_id: best.job_id, shifts: [1, 2], sharpes: [0.1, -0.2] },
      lineage: { status: "known", trials: drifts.length, prior_effective: 0 },
      counts: { jobs: points.length, ok: points.length - failed, failed },
    },
  };
}

const settings = (rest: Partial<AnalysisSettings> = {}): AnalysisSettings => ({
  ...sessionSchema.parse({ base: "b", grids: [{ path: "x", values: [1] }] }),
  ...rest,
});
const judge = ({ sweep, equity }: Made, rest: Partial<AnalysisSettings> = {}) => analyze(sweep, equity, settings(rest));

/** Twenty points of which one failed: within what is tolerated. */
const EDGE = [0.002, null, ...Array.from({ length: 18 }, (_, i) => 0.0001 * i)];

describe("verdicts", () => {
  it("CANDIDATES where every gate is met; a failed job has no rank and no number", () => {
    const result = judge(made(EDGE));
    expect(result).toMatchObject({
      verdict: "CANDIDATES",
      binding: null,
      counts: { points: 20, failed: 1, ranked: 19 },
    });
    expect(result.top[0]).toMatchObject({ job_id: "job0", rank: 1, is_candidate: true });
    expect(result.top.some(({ job_id }) => job_id === "job1")).toBe(false);
    expect(result.sensitivity[0]?.values[1]).toEqual({ value: 1, sharpe: null });
  });

  it.each(["sharpe", "sortino", "calmar", "total_return", "deflated_sharpe"] as const)(
    "a failed job never ranks by %s, among honest losers either",
    (objective) => {
      const losers = [-0.001, null, ...Array.from({ length: 18 }, (_, i) => -0.0015 - 0.0001 * i)];
      const { top, counts, verdict } = judge(made(losers), { objective, top: 100 });
      expect(verdict).toBe("NO_VIABLE_CANDIDATE");
      expect(counts).toMatchObject({ failed: 1, ranked: 19 });
      expect(top.map(({ job_id }) => job_id)).not.toContain("job1");
      expect(top.some(({ is_candidate }) => is_candidate)).toBe(false);
    },
  );

  it("NO_VIABLE_CANDIDATE names the binding constraint and by how much it is missed", () => {
    const result = judge(made(EDGE), { constraints: ["trades >= 60", "max_drawdown < 0.99"] });
    expect(result.verdict).toBe("NO_VIABLE_CANDIDATE");
    expect(result.binding).toEqual({ name: "trades", value: 50, bound: ">= 60", short_by: 10 });
    expect(result.reasons[0]).toMatch(/trades >= 60 is missed by 10/);
  });

  it("NO_VIABLE_CANDIDATE when the negative control wins, or a baseline does", () => {
    const control = made(EDGE);
    const shuffled = { ...control.sweep, negative_control: { ...control.sweep.negative_control, sharpes: [99, 0] } };
    const won = analyze(shuffled, control.equity, settings());
    expect(won).toMatchObject({ verdict: "NO_VIABLE_CANDIDATE", negative_control: { wins: true, highest: 99 } });
    expect(won.binding).toMatchObject({ name: "sharpe_above_negative_control", bound: "> 99" });
    const baselines = control.sweep.baselines.map((each) => ({ ...each, metrics: { ...each.metrics, sharpe: 98 } }));
    const beaten = analyze({ ...control.sweep, baselines }, control.equity, settings());
    expect(beaten.binding).toMatchObject({ name: "sharpe_above_current", bound: "> 98" });
  });

  it("NO_SIGNAL where nothing was held, where all points are one run, and where all earn the same", () => {
    expect(judge(made([Number.NaN, Number.NaN])).reasons).toEqual(["no point ever held anything"]);
    expect(judge(made([0.001, 0.001, 0.001]))).toMatchObject({
      verdict: "NO_SIGNAL",
      sensitivity: [{ path: "x", flag: "DEAD" }],
      top: [{ tied_with: 2, is_candidate: false }, {}, {}],
    });
  });

  it.each([
    ["every job failed", made([null, null]), /every job failed/],
    [
      "more than 5 % of jobs failed",
      made([0.002, null, ...new Array(17).fill(0.001)]),
      /1 of 19 jobs failed, more than 5 %/,
    ],
    ["there are too few days", made(EDGE, { days: 59 }), /59 daily returns, at least 60/],
  ])("INVALID_INPUT where %s", (_, input, reason) => {
    const result = judge(input);
    expect(result.verdict).toBe("INVALID_INPUT");
    expect(result.reasons.join()).toMatch(reason);
    expect(result.top.some(({ is_candidate }) => is_candidate)).toBe(false);
  });

  it("offers nothing without a lineage: no deflated Sharpe ratio is known", () => {
    const { sweep, equity } = made(EDGE);
    const result = analyze({ ...sweep, lineage: { status: "unknown", reason: "gone" } }, equity, settings());
    expect(result).toMatchObject({ verdict: "NO_VIABLE_CANDIDATE", trials: { lineage: null, effective_total: null } });
    expect(result.reasons[0]).toBe("lineage unknown: gone");
    // Ranked by something else it is listed, and still not offered.
    const byReturn = analyze(
      { ...sweep, lineage: { status: "unknown", reason: "gone" } },
      equity,
      settings({ objective: "total_return" }),
    );
    expect(byReturn.top[0]).toMatchObject({ deflated_sharpe: null, is_candidate: false });
    expect(byReturn.verdict).toBe("NO_VIABLE_CANDIDATE");
  });

  it("asks more of the same point the more was tried before", () => {
    const { sweep, equity } = made(EDGE.map((drift) => drift && drift / 1.6));
    const dsr = (prior: number): number =>
      analyze({ ...sweep, lineage: { status: "known", trials: 20, prior_effective: prior } }, equity, settings()).top[0]
        ?.deflated_sharpe as number;
    expect(dsr(10)).toBeLessThan(dsr(0));
    expect(dsr(1000)).toBeLessThan(dsr(10));
  });

  it("ties go to the tie-breaks, then to grid order, and are counted", () => {
    const { sweep, equity } = made([0.001, 0.0015, 0.0015]);
    const objective = "total_return";
    const { top } = analyze(sweep, equity, settings({ objective }));
    expect(top.map(({ job_id, tied_with }) => [job_id, tied_with])).toEqual([
      ["job1", 1],
      ["job2", 1],
      ["job0", 0],
    ]);
  });

  it("marks a lone spike", () => {
    const { top } = judge(made([0.0001, 0.0001, 0.002, 0.0001, 0.0001]));
    expect(top[0]).toMatchObject({ job_id: "job2", plateau: { neighbours: 2, is_spike: true } });
  });
});

describe("walk-forward windows", () => {
  const folds = { scheme: "anchored", count: 4, purge_bars: 48, embargo_bars: 72, holdout: 0 } as const;
  const HOUR_MS = 3_600_000;

  it("leave out what is purged before a test window and embargoed after it, in whole days", () => {
    const cut = walkForward(100, HOUR_MS, folds);
    expect(cut.map(({ test }) => [test.from, test.to])).toEqual([
      [20, 40],
      [40, 60],
      [60, 80],
      [80, 100],
    ]);
    // Two days of purge: training ends at 18, 38, 58, 78.
    expect(cut.map(({ train }) => [train.from, train.to])).toEqual([
      [0, 18],
      [0, 38],
      [0, 58],
      [0, 78],
    ]);
    const trained = cut[3]?.trains.flatMap((yes, day) => (yes ? [day] : []));
    // Three days after each earlier test window.
    const expected = Array.from({ length: 78 }, (_, day) => day).filter((day) => !(day >= 40 && day % 20 < 3));
    expect(trained).toEqual(expected);
    for (const { trains, test } of cut) {
      for (let day = test.from - 2; day < 100; day++) expect(trains[day]).toBe(false);
    }
  });

  it("keep their length when they roll, and a part of a day counts as a whole one", () => {
    const cut = walkForward(100, HOUR_MS, { ...folds, scheme: "rolling", purge_bars: 1, embargo_bars: 0 });
    expect(cut.map(({ train }) => [train.from, train.to])).toEqual([
      [0, 19],
      [20, 39],
      [40, 59],
      [60, 79],
    ]);
  });

  it("are none where there are fewer days than parts", () => {
    expect(walkForward(4, DAY_MS, folds)).toEqual([]);
  });
});
