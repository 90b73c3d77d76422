import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ConfigError } from "../../src/config/config-error.ts";
import { parseConstraint } from "../../src/tuning/constraint.ts";
import { digitsOf, gridSize, indexOf, rangeValues, sampleIndexes } from "../../src/tuning/grid.ts";
import { loadSession, type TuningSession } from "../../src/tuning/load-session.ts";
import { openSweepMarket } from "../../src/tuning/open-sweep-market.ts";
import { planSession } from "../../src/tuning/plan-session.ts";

const BASE = `
pods:
  - {pod_id: a, strategy: ema-cross, params: {fast: 5, slow: 20}, symbols: [BTC/USDT], initial_fraction: 1, max_fraction: 1}
backtest: {start: "2021-01-01", end: "2021-12-31"}
data: {path: synthetic}
`;

function load(text: string): TuningSession {
  const folder = mkdtempSync(join(tmpdir(), "mcbot-session-"));
  writeFileSync(join(folder, "base.yaml"), BASE);
  writeFileSync(join(folder, "session.yaml"), text);
  return loadSession(join(folder, "session.yaml"), {});
}

function problemsOf(text: string): string[] {
  try {
    load(text);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.issues.map(
      ({ line, column, value, expected }) => `${line}:${column} ${JSON.stringify(value)} ${expected}`,
    );
  }
  return [];
}

const grids = (...lines: string[]): string =>
  `base: base.yaml\ngrids:\n${lines.map((line) => `  - ${line}\n`).join("")}`;
const FAST = '{path: "pods[0].params.fast", values: [3, 5, 8]}';

describe("a session file", () => {
  it.each([
    ["an unknown path", grids('{path: "pods[0].params.fsat", values: [3]}'), /^3:\d+ .*/],
    [
      "an unknown key of the config",
      grids('{path: "orchestrator.speed", values: [3]}'),
      /^3:12 "orchestrator.speed" the path of a key/,
    ],
    ["a pod that is not there", grids('{path: "pods[3].params.fast", values: [3]}'), /^3:12 .* an entry that exists/],
    ["a value that the schema refuses", grids('{path: "pods[0].params.fast", values: [3, "x"]}'), /^3:47 "x"/],
    ["an empty list", grids('{path: "pods[0].params.fast", values: []}'), /^3:\d+ .*at least one/],
    ["the same path twice", grids(FAST, FAST), /^4:12 .*each path once: it is grids\[0\]/],
    ["the same value twice", grids('{path: "pods[0].params.fast", values: [3, 3]}'), /each value once/],
    ["a range without a step", grids('{path: "pods[0].params.fast", from: 3, to: 9}'), /all of from, to and step/],
    ["an empty range", grids('{path: "pods[0].params.fast", from: 9, to: 3, step: 1}'), /at least 9/],
    [
      "values and a range",
      grids('{path: "pods[0].params.fast", values: [3], from: 3, to: 9, step: 1}'),
      /either values/,
    ],
    ["data as a grid", grids('{path: "backtest.capital", values: [3]}'), /a decision to tune/],
    ["costs as a grid", grids('{path: "portfolio.cost_bps", values: [1, 2]}'), /a decision to tune/],
    ["parameters of the cost model", grids('{path: "portfolio.quoted.alpha", values: [1, 2]}'), /a decision to tune/],
    ["an unknown key", `${grids(FAST)}sped: 3\n`, /one of version, base/],
    ["a constraint that is none", `${grids(FAST)}constraints: ["profit > 3"]\n`, /METRIC one of total_return/],
  ])("refuses %s with its place", (_, text, pattern) => {
    expect(problemsOf(text).join("\n")).toMatch(pattern);
  });

  it("says all that is wrong at once", () => {
    const text = grids(
      '{path: "orchestrator.speed", values: [3]}',
      '{path: "pods[0].params.fast", values: ["x", 5, "y"]}',
    );
    expect(problemsOf(text)).toHaveLength(3);
  });

  it("is refused when it is not there, is no mapping, or names a base that is not there", () => {
    expect(() => loadSession(join(tmpdir(), "no-such-session.yaml"), {})).toThrow(
      /no-such-session\.yaml cannot be read/,
    );
    expect(problemsOf("").length).toBeGreaterThan(0);
    expect(problemsOf(grids(FAST).replace("base.yaml", "none.yaml")).join()).toMatch(/none\.yaml/);
  });

  it("runs as its base config runs, unless it says otherwise", () => {
    expect(load(grids(FAST)).file.mode).toBe("orchestrated");
    expect(load(`${grids(FAST)}mode: strategy\n`).file.mode).toBe("strategy");
    const folder = mkdtempSync(join(tmpdir(), "mcbot-session-"));
    writeFileSync(
      join(folder, "one.yaml"),
      `strategy: {name: ema-cross}\nsymbols: [BTC/USDT]\ntimeframe: 1D\nbacktest: {start: "2021-01-01", end: "2021-12-31"}\n`,
    );
    writeFileSync(join(folder, "s.yaml"), grids(FAST).replace("base.yaml", "one.yaml"));
    expect(loadSession(join(folder, "s.yaml"), {}).file.mode).toBe("strategy");
  });

  it("may vary costs as a sensitivity table", () => {
    expect(load(`${grids('{path: "portfolio.cost_bps", values: [1, 2]}')}purpose: sensitivity\n`).grids).toHaveLength(
      1,
    );
  });
});

describe("a grid", () => {
  it("counts ranges as a person would", () => {
    expect(rangeValues(0.1, 0.5, 0.1)).toEqual([0.1, 0.2, 0.3, 0.4, 0.5]);
    expect(rangeValues(5, 20, 6)).toEqual([5, 11, 17]);
    expect(rangeValues(5, 4, 1)).toEqual([]);
  });

  it("is a product in declared order, the last grid fastest", () => {
    const two = [
      { path: "a", values: [1, 2] },
      { path: "b", values: [10, 20, 30] },
    ];
    expect(gridSize(two)).toBe(6);
    expect([0, 1, 2, 3, 4, 5].map((i) => digitsOf(two, i).join())).toEqual(["0,0", "0,1", "0,2", "1,0", "1,1", "1,2"]);
    for (let i = 0; i < 6; i++) expect(indexOf(two, digitsOf(two, i))).toBe(i);
  });

  it("is sampled over its whole space, by seed", () => {
    const sample = sampleIndexes(1_000_000, 500, 7);
    expect(new Set(sample).size).toBe(500);
    expect(sampleIndexes(1_000_000, 500, 7)).toEqual(sample);
    expect(sampleIndexes(1_000_000, 500, 8)).not.toEqual(sample);
    const thirds = [0, 1, 2].map((k) => sample.filter((index) => Math.floor((3 * index) / 1_000_000) === k).length);
    expect(Math.min(...thirds)).toBeGreaterThan(120);
  });
});

describe("a plan", () => {
  const plan = (text: string): ReturnType<typeof planSession> => {
    const session = load(text);
    return planSession(session, openSweepMarket(session.base.config, session.grids, "synthetic"), "synthetic");
  };

  it("leaves points out that break a rule between keys, and counts them", () => {
    const both = grids(
      '{path: "pods[0].params.fast", values: [3, 10, 30]}',
      '{path: "pods[0].params.slow", values: [8, 20]}',
    );
    const { plan: made, jobs } = plan(both);
    expect(jobs.map(({ params }) => Object.values(params).join())).toEqual(["3,8", "3,20", "10,20"]);
    expect(Object.values(made.infeasible)).toEqual([3]);
    expect(Object.keys(made.infeasible)[0]).toMatch(/fast must be below slow/);
  });

  it("gives the same point the same id, whatever else is in the session", () => {
    const [first] = plan(grids(FAST)).jobs;
    const again = plan(`${grids('{path: "pods[0].params.fast", values: [9, 3]}')}seed: 9\n`).jobs[1];
    expect(again?.job_id).toBe(first?.job_id);
    expect(first?.job_id).toMatch(/^[0-9a-f]{16}$/);
  });

  it("says when it samples", () => {
    const { plan: made, jobs } = plan(
      `${grids('{path: "pods[0].params.fast", from: 2, to: 19, step: 1}')}max_jobs: 5\n`,
    );
    expect([made.grid_points, made.sampled, jobs.length]).toEqual([18, 5, 5]);
  });

  it("keeps the hold-out out of the ranked span", () => {
    const { plan: made } = plan(grids(FAST));
    expect(made.spans).toEqual({
      ranked: { start: "2021-01-01", end: "2021-10-19" },
      holdout: { start: "2021-10-20", end: "2021-12-31" },
    });
  });
});

describe("a constraint", () => {
  it.each([
    ["max_drawdown < 0.25", { metric: "max_drawdown", comparison: "<", bound: 0.25 }],
    ["  trades>=30 ", { metric: "trades", comparison: ">=", bound: 30 }],
    ["sharpe > -1e-2", { metric: "sharpe", comparison: ">", bound: -0.01 }],
  ])("reads %s", (text, expected) => {
    expect(parseConstraint(text)).toMatchObject(expected);
  });

  it.each(["max_drawdown", "trades = 30", "trades > thirty", "profit > 1", "trades > 30 or 1"])(
    "refuses %s",
    (text) => {
      expect(parseConstraint(text)).toBeNull();
    },
  );
});
