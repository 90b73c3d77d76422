// Goal: values from the environment and from flags take the place of the file's, are checked alike, and never vanish.

import { describe, expect, it } from "vitest";
import { applyOverrides } from "../../src/config/overrides.ts";
import { issues, MINIMAL, parse } from "./support.ts";

const LIMIT = "MCBOT__ORCHESTRATOR__RISK__DAILY_LOSS_LIMIT";

describe("environment", () => {
  it("overrides a key of the file and a key the file does not have", () => {
    const text = `${MINIMAL}orchestrator: {risk: {daily_loss_limit: 0.05}}\n`;
    expect(parse(text, { env: { [LIMIT]: "0.02" } }).config.orchestrator.risk.daily_loss_limit).toBe(0.02);
    expect(parse(MINIMAL, { env: { [LIMIT]: "0.02" } }).config.orchestrator.risk.daily_loss_limit).toBe(0.02);
  });

  it("reads values as YAML", () => {
    const env = {
      MCBOT__PODS__0__PAUSED: "true",
      MCBOT__PODS__0__RISK__SYSTEM_STOP_LOSS: "null",
      MCBOT__PODS__0__PARAMS__LOOKBACK: "12",
      MCBOT__PODS__0__SYMBOLS: "[ETH/USDT, SOL/USDT]",
      MCBOT__BACKTEST__START: "2024-01-01",
      MCBOT__EXECUTION__CAPITAL: "50%",
    };
    const { pods, backtest, execution } = parse(MINIMAL, { env }).config;
    expect(pods[0]).toMatchObject({ paused: true, params: { lookback: 12 }, symbols: ["ETH/USDT", "SOL/USDT"] });
    expect(pods[0]?.risk.system_stop_loss).toBeNull();
    expect([backtest.start, execution.capital]).toEqual(["2024-01-01", "50%"]);
  });

  it("takes null in the file for a mapping to fill", () => {
    const { config } = parse(`${MINIMAL}portfolio: {impact: null}\n`, { env: { MCBOT__PORTFOLIO__IMPACT__BPS: "7" } });
    expect(config.portfolio.impact).toEqual({ bps: 7 });
  });

  it("leaves other variables alone", () => {
    const env = { MCBOT_DATA: "x", MCBOT: "y", mcbot__data__path: "z", PATH: "/bin", MCBOT__DATA__PATH: undefined };
    expect(parse(MINIMAL, { env }).config).toEqual(parse(MINIMAL).config);
  });

  it.each([
    ["MCBOT__ORCHESTRATOR__KELLY_FRACTON", "orchestrator.kelly_fracton", "MCBOT__ORCHESTRATOR__KELLY_FRACTION"],
    ["MCBOT__ORCHESTRATR__MAX_PODS", "orchestratr.max_pods", "MCBOT__ORCHESTRATOR__MAX_PODS"],
    ["MCBOT__PODS__0__RISK__MAX_LEVERAG", "pods[0].risk.max_leverag", "MCBOT__PODS__0__RISK__MAX_LEVERAGE"],
    ["MCBOT__BACKTEST__START__DAY", "backtest.start.day", null],
    ["MCBOT__PODS__FIRST__PAUSED", "pods.first.paused", null],
    ["MCBOT__", '[""]', "MCBOT__PODS"],
  ])("%s names no key: an error that names the variable", (name, path, near) => {
    expect(issues(MINIMAL, { env: { [name]: "1" } })).toEqual([
      {
        file: `environment variable ${name}`,
        line: null,
        column: null,
        path,
        code: "UNKNOWN_OVERRIDE",
        value: "1",
        expected: "a variable named after a key of the file",
        hint: near === null ? null : `nearest known variable: ${near}`,
      },
    ]);
  });

  it("does not print what may be a secret", () => {
    expect(issues(MINIMAL, { env: { MCBOT__EXECUTION__API_SECRET: "abc" } })[0]?.value).toBe("(hidden)");
  });

  it("a pod that is not there is an error, also in a list that is not there", () => {
    const env = { MCBOT__PODS__3__PAUSED: "true" };
    expect(issues(MINIMAL, { env })[0]).toMatchObject({
      file: "environment variable MCBOT__PODS__3__PAUSED",
      path: "pods[3].paused",
      code: "UNKNOWN_OVERRIDE",
      expected: "an entry that exists: pods has 1, counted from 0",
    });
    expect(issues("backtest: {}\n", { env })[0]?.path).toBe("pods");
    expect(issues("backtest: {}\n", { env })[1]?.expected).toBe("an entry that exists: pods has 0, counted from 0");
  });

  it.each([
    ["3", "a fraction above 0 and at most 1", "a fraction, not a percentage: 0.03"],
    ["", "a fraction above 0 and at most 1", "leave the key out to use its default"],
    ["[1", "valid YAML: Flow sequence must end with a ]", null],
  ])("a bad value %j is reported at the variable", (value, expected, hint) => {
    const [issue, ...others] = issues(MINIMAL, { env: { [LIMIT]: value } });
    expect(others).toEqual([]);
    expect(issue).toMatchObject({ file: `environment variable ${LIMIT}`, line: null, expected, hint });
    expect(issue?.path).toBe("orchestrator.risk.daily_loss_limit");
  });

  it("a rule broken by a variable is reported at the variable, after the issues of the file", () => {
    const env = { MCBOT__PODS__0__INITIAL_FRACTION: "0.9" };
    const found = issues(`${MINIMAL}backtest: {capital: 0}\n`, { env });
    expect(found.map(({ file, path }) => [file, path])).toEqual([
      ["test.yaml", "backtest.capital"],
      ["environment variable MCBOT__PODS__0__INITIAL_FRACTION", "pods[0].initial_fraction"],
    ]);
  });

  it("something of the wrong type in the way is the file's fault", () => {
    const found = issues(`${MINIMAL}portfolio: 3\n`, { env: { MCBOT__PORTFOLIO__COST_BPS: "1" } });
    expect(found.map(({ file, path }) => [file, path])).toEqual([["test.yaml", "portfolio"]]);
  });
});

describe("flags", () => {
  it("win over environment and file", () => {
    const env = { MCBOT__DATA__PATH: "./from-env" };
    const { config } = parse(`${MINIMAL}data: {path: ./from-file}\n`, {
      env,
      overrides: [["data.path", "./from-flag", "--data"]],
    });
    expect(config.data.path).toBe("./from-flag");
  });

  it("are checked like the file", () => {
    expect(issues(MINIMAL, { overrides: [["data.seed", -1, "--seed"]] })).toEqual([
      {
        file: "flag --seed",
        line: null,
        column: null,
        path: "data.seed",
        code: "OUT_OF_RANGE",
        value: -1,
        expected: "a whole number of at least 0",
        hint: null,
      },
    ]);
  });

  it.each([
    ["data.pth", "data.pth", "nearest known key: data.path"],
    ["data..path", '["data..path"]', null],
  ])("an unknown path %s is an error that names the flag", (path, shown, hint) => {
    expect(issues(MINIMAL, { overrides: [[path, 1, "--set"]] })[0]).toMatchObject({
      file: "flag --set",
      path: shown,
      code: "UNKNOWN_OVERRIDE",
      hint,
    });
  });

  it("set one place, also where the same object stands in two", () => {
    const shared = { lookback: 5 };
    const data = { pods: [{ params: shared }, { params: shared }] };
    const at = { path: ["pods", 0, "params", "lookback"], value: 9, origin: { kind: "flag", name: "x" } } as const;
    expect(applyOverrides(data, [at]).data).toEqual({
      pods: [{ params: { lookback: 9 } }, { params: { lookback: 5 } }],
    });
  });

  it("do not change the object they came from", () => {
    const value = { lot: 1 };
    const overrides = [
      ['data.instruments["BTC/USDT"]', value, "--set"],
      ['data.instruments["BTC/USDT"].tick', 2, "--set"],
    ] as const;
    const { config } = parse(MINIMAL, { overrides });
    expect(config.data.instruments).toEqual({ "BTC/USDT": { lot: 1, tick: 2 } });
    expect(value).toEqual({ lot: 1 });
  });
});
