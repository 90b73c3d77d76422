// Goal: what keys must be to each other, on both sides of every limit, and which doubts are only warnings.

import { describe, expect, it } from "vitest";
import { issues, MINIMAL, parse } from "./support.ts";

const accepts = (text: string) => expect(() => parse(text)).not.toThrow();
/** [line:column path value expected hint] of the one issue. */
const only = (text: string, options = {}) => {
  const [issue, ...others] = issues(text, options);
  expect(others).toEqual([]);
  return [`${issue?.line}:${issue?.column}`, issue?.path, issue?.value, issue?.expected, issue?.hint];
};
const pods = (...lines: string[]) =>
  `pods:\n${lines.map((line, i) => `  - {pod_id: p${i}, strategy: tsmom, symbols: [BTC/USDT], ${line}}\n`).join("")}`;

describe("fractions", () => {
  it("min ≤ initial ≤ max, equal allowed", () => {
    accepts(pods("min_fraction: 0.1, initial_fraction: 0.1, max_fraction: 0.1"));
    expect(only(pods("initial_fraction: 0.5"))).toEqual([
      "2:74",
      "pods[0].initial_fraction",
      0.5,
      "at most 0.4, the max_fraction",
      null,
    ]);
    expect(only(pods("initial_fraction: 0.01")).slice(1, 4)).toEqual([
      "pods[0].initial_fraction",
      0.01,
      "at least 0.02, the min_fraction",
    ]);
    expect(only(pods("min_fraction: 0.3, max_fraction: 0.2")).slice(1, 4)).toEqual([
      "pods[0].min_fraction",
      0.3,
      "at most 0.2, the max_fraction",
    ]);
  });

  it("a conflict with a default points at the key that is given", () => {
    const [place, path, value] = only(`${MINIMAL}    max_fraction: 0.05\n`);
    expect([place, path, value]).toEqual(["5:19", "pods[0].initial_fraction", 0.1]);
  });

  it("sum to 1 at most, whatever the rounding", () => {
    accepts(pods(...Array.from({ length: 10 }, () => "initial_fraction: 0.1")));
    // In this order doubles sum to 1.0000000000000002.
    accepts(pods("initial_fraction: 0.2", "initial_fraction: 0.4", "initial_fraction: 0.3", "initial_fraction: 0.1"));
    const tooMuch = pods("initial_fraction: 0.4", "initial_fraction: 0.4", "initial_fraction: 0.3");
    expect(only(tooMuch)).toEqual([
      "4:74",
      "pods[2].initial_fraction",
      0.3,
      "at most 0.2: the initial_fraction of all pods sum to 1 at most",
      "they are 0.4 + 0.4 + 0.3",
    ]);
  });
});

describe("pods", () => {
  const eleven = pods(...Array.from({ length: 11 }, () => "initial_fraction: 0.02"));

  it("more than max_pods is an error that names the key", () => {
    expect(only(eleven)).toEqual([
      "12:5",
      "orchestrator.max_pods",
      10,
      "at least 11, the number of pods",
      "raise orchestrator.max_pods to 11, or remove pods",
    ]);
    expect(only(`${eleven}orchestrator: {max_pods: 3}\n`)[0]).toBe("13:26");
    accepts(`${eleven}orchestrator: {max_pods: 11}\n`);
  });

  it("have one quote currency", () => {
    const text = "pods: [{pod_id: a, strategy: tsmom, symbols: [BTC/USDT, ETH/USDC]}]\n";
    expect(only(text)).toEqual([
      "1:57",
      "pods[0].symbols[1]",
      "ETH/USDC",
      "a symbol quoted in USDT",
      "an account has one quote currency over all pods",
    ]);
  });

  it("have candles that base bars can build", () => {
    accepts(`${pods('timeframe: "4h"')}data: {base_timeframe: 1h}\n`);
    expect(only(`${pods('timeframe: "4h"')}data: {base_timeframe: 3h}\n`).slice(1, 4)).toEqual([
      "pods[0].timeframe",
      "4h",
      "a multiple of 3h, the data.base_timeframe",
    ]);
  });

  it("may name members, whose parameters get their defaults", () => {
    const { config } = parse(`pods:
  - pod_id: a
    strategy: ensemble
    params: {aggregation: equal_weight}
    sub_strategies: [{name: tsmom, params: {lookback: 5}}, {name: donchian, weight: 2}]
    symbols: [BTC/USDT]
`);
    expect(config.pods[0]).toMatchObject({
      params: { aggregation: "equal_weight" },
      sub_strategies: [
        { name: "tsmom", params: { lookback: 5, vol_target: 0.3 }, weight: 1 },
        { name: "donchian", params: { entry_period: 20, exit_period: 10 }, weight: 2 },
      ],
    });
    expect(config.pods[0]?.params).not.toHaveProperty("sub_strategies");
  });

  it("a fault of a member is told once, at the member", () => {
    const text = `pods: [{pod_id: a, strategy: ensemble, params: {aggregation: equal_weight}, symbols: [BTC/USDT],
  sub_strategies: [{name: nothing}, {nam: tsmom}]}]\n`;
    expect(issues(text).map(({ path, code }) => [path, code])).toEqual([
      ["pods[0].sub_strategies[0].name", "UNKNOWN_STRATEGY"],
      ["pods[0].sub_strategies[1].name", "MISSING"],
      ["pods[0].sub_strategies[1].nam", "UNKNOWN_KEY"],
    ]);
  });

  it("a context may say no more than where and what", () => {
    const refuse = (path: string) => ({
      strategyNames: ["mine"],
      strategyId: (name: string) => name,
      fileProblem: () => null,
      parseParams: () => ({ ok: false as const, issues: [{ path: [path], message: "a prime" }] }),
    });
    const text = "pods: [{pod_id: a, strategy: mine, params: {n: 4}, symbols: [BTC/USDT]}]\n";
    expect(issues(text, { context: refuse("n") })[0]).toMatchObject({ column: 48, code: "INVALID", value: 4 });
    expect(issues(text, { context: refuse("m") })[0]).toMatchObject({
      column: 44,
      code: "MISSING",
      expected: "a prime",
    });
  });

  it("a strategy that needs members says so", () => {
    const text = "pods: [{pod_id: a, strategy: ensemble, params: {aggregation: equal_weight}, symbols: [BTC/USDT]}]\n";
    expect(only(text).slice(1, 4)).toEqual(["pods[0].sub_strategies", undefined, "a list with at least one entry"]);
  });
});

describe("account", () => {
  it("drawdown_warning lies below max_drawdown", () => {
    const risk = (warning: number) => `${MINIMAL}    risk: {max_drawdown: 0.2, drawdown_warning: ${warning}}\n`;
    accepts(risk(0.19));
    expect(only(risk(0.2)).slice(1)).toEqual([
      "pods[0].risk.drawdown_warning",
      0.2,
      "below 0.2, the max_drawdown",
      "leave it out for min(0.10, 2/3 of max_drawdown)",
    ]);
  });

  it("lambda null belongs to the default delta and alpha", () => {
    const degradation = (keys: string) => `${MINIMAL}orchestrator: {degradation: {${keys}}}\n`;
    accepts(degradation("lambda: null, delta: 0.005, alpha: 0.9999"));
    accepts(degradation("lambda: 50, delta: 0.01, alpha: 0.99"));
    expect(only(degradation("delta: 0.01"))).toEqual([
      "5:37",
      "orchestrator.degradation.lambda",
      null,
      "a number above 0, unless delta and alpha have their defaults",
      "the threshold is known for delta 0.005 and alpha 0.9999 only",
    ]);
    expect(only(degradation("lambda: null, alpha: 1"))[0]).toBe("5:38");
    expect(only(degradation("alpha: 0.99"))[0]).toBe("5:37");
  });

  it("start ≤ end, both real days", () => {
    accepts(`${MINIMAL}backtest: {start: 2024-02-29, end: 2024-02-29}\n`);
    expect(only(`${MINIMAL}backtest: {start: 2024-03-01, end: 2024-02-29}\n`).slice(1, 4)).toEqual([
      "backtest.end",
      "2024-02-29",
      "2024-03-01, the start, or later",
    ]);
  });

  it("cost_model quoted needs its parameters", () => {
    const quoted = "quoted: {half_spread_bps: 1, alpha: 2, cap_bps: 10, penalty_bps: 5, max_safe: 0.5}";
    accepts(`${MINIMAL}portfolio: {cost_model: quoted, ${quoted}}\n`);
    expect(only(`${MINIMAL}portfolio: {cost_model: quoted}\n`).slice(0, 4)).toEqual([
      "5:25",
      "portfolio.quoted",
      undefined,
      "a mapping, because cost_model is quoted",
    ]);
  });

  it("dated instrument rules ascend", () => {
    const dated = (first: string, second: string) =>
      `${MINIMAL}data: {instruments: {BTC/USDT: [{from: ${first}, lot: 1}, {from: ${second}, lot: 2}]}}\n`;
    accepts(dated("2023-01-01", "2024-01-01"));
    expect(only(dated("2024-01-01", "2024-01-01")).slice(1, 4)).toEqual([
      'data.instruments["BTC/USDT"][1].from',
      "2024-01-01",
      "a date after 2024-01-01, the one before it",
    ]);
  });

  it("a value that is refused takes no part in a rule", () => {
    const text = `${MINIMAL}    initial_fraction: 90\n    max_fraction: 0.2\nbacktest: {start: soon, end: 2024-01-01}\n`;
    expect(issues(text).map(({ path }) => path)).toEqual(["pods[0].initial_fraction", "backtest.start"]);
  });

  it("no rule is asked about a section of the wrong kind", () => {
    const text = "orchestrator: 3\nbacktest: []\npods: [1, {risk: 2, symbols: 3, sub_strategies: [4]}]\n";
    expect(issues(text).map(({ path }) => path)).toEqual([
      "orchestrator",
      "backtest",
      "pods[0]",
      "pods[1].pod_id",
      "pods[1].strategy",
      "pods[1].risk",
      "pods[1].symbols",
      "pods[1].sub_strategies[0]",
    ]);
  });
});

describe("warnings", () => {
  const warnings = (text: string) =>
    parse(text).warnings.map(({ line, column, path, code }) => [line, column, path, code]);

  it("none for a plain file", () => {
    expect(warnings(MINIMAL)).toEqual([]);
  });

  it("below 1,000 of initial capital per pod", () => {
    accepts(`${MINIMAL}backtest: {capital: 10000}\n`);
    expect(warnings(`${MINIMAL}backtest: {capital: 10000}\n`)).toEqual([]);
    expect(parse(`${MINIMAL}backtest: {capital: 9990}\n`).warnings).toEqual([
      {
        file: "test.yaml",
        line: 2,
        column: 5,
        path: "pods[0].initial_fraction",
        code: "SMALL_CAPITAL",
        value: 0.1,
        expected: "at least 1000 of initial capital per pod; a gets 999",
        hint: "of a capital of 9990 that is a fraction of 0.101",
      },
    ]);
    expect(warnings(`${MINIMAL}execution: {capital: 500}\n`)[0]?.[3]).toBe("SMALL_CAPITAL");
  });

  it("keys that are taken and not simulated yet", () => {
    const text = `${MINIMAL}portfolio:
  cost_model: quoted
  quoted: {half_spread_bps: 1, alpha: 2, cap_bps: 10, penalty_bps: 5, max_safe: 0.5}
`;
    expect(warnings(text)).toEqual([[6, 15, "portfolio.cost_model", "NO_EFFECT"]]);
  });

  it("what is allowed and probably not meant", () => {
    const text = `${MINIMAL}execution: {mode: live}
portfolio: {quoted: {half_spread_bps: 1, alpha: 2, cap_bps: 10, penalty_bps: 5, max_safe: 0.5}}
data: {instruments: {BTC/USDC: {lot: 1}}, market: spot, funding: required}
monitoring: {host: 0.0.0.0}
`;
    expect(warnings(text)).toEqual([
      [5, 19, "orchestrator.risk.recovery.mode", "RISKY"],
      [6, 21, "portfolio.quoted", "NO_EFFECT"],
      [7, 32, 'data.instruments["BTC/USDC"]', "NO_EFFECT"],
      [7, 66, "data.funding", "NO_EFFECT"],
      [8, 20, "monitoring.host", "RISKY"],
    ]);
  });
});
