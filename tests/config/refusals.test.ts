// Goal: every mistake is answered with its place, what was found, what is wanted and what to do.
// Method: one small file per mistake. The place is not typed as numbers but marked in the text: ▸ stands before the
// character the issue must point at, and is removed before the text is read.

import { describe, expect, it } from "vitest";
import type { IssueCode } from "../../src/config/problem.ts";
import { issues } from "./support.ts";

interface Case {
  readonly text: string;
  readonly path: string;
  readonly code: IssueCode;
  readonly value: unknown;
  readonly expected: string;
  readonly hint: string | null;
}

const POD = "pods:\n  - pod_id: a\n    strategy: tsmom\n    symbols: [BTC/USDT]\n";
const pod = (line: string) => `${POD}    ${line}\n`;
const top = (line: string) => `${POD}${line}\n`;

const FRACTION = "a fraction above 0 and at most 1";
const STRATEGIES =
  "one of buy-and-hold, donchian, donchian-ensemble, ensemble, tsmom, vol-adaptive, or a file such as ./my-strategy.ts";
const TOP_KEYS = "one of orchestrator, pods, backtest, portfolio, data, execution, monitoring, notification";
const STEP = "a number above 0 with at most 12 decimals, such as 0.001";
const SYMBOL = "a symbol BASE/QUOTE such as BTC/USDT";
const WEBHOOK = "the name of an environment variable, such as env:DISCORD_ALERTS, or null";

const CASES: Record<string, Case> = {
  "unknown key": {
    text: top("orchestrator:\n  rebalance:\n    ▸drift_treshold: 0.1"),
    path: "orchestrator.rebalance.drift_treshold",
    code: "UNKNOWN_KEY",
    value: 0.1,
    expected: "one of trigger, calendar_days, drift_threshold, min_turnover, max_increase",
    hint: "nearest known key: drift_threshold",
  },
  "unknown section": {
    text: top("▸portfolios: {cost_bps: 1}"),
    path: "portfolios",
    code: "UNKNOWN_KEY",
    value: { cost_bps: 1 },
    expected: TOP_KEYS,
    hint: "nearest known key: portfolio",
  },
  "key one level too high": {
    text: top("monitoring: {port: 1}\nnotification: {▸alerts: null}"),
    path: "notification.alerts",
    code: "UNKNOWN_KEY",
    value: null,
    expected: "one of discord, webhook",
    hint: "alerts belongs in notification.discord",
  },
  "key of another section": {
    text: top("backtest: {▸cost_bps: 4}"),
    path: "backtest.cost_bps",
    code: "UNKNOWN_KEY",
    value: 4,
    expected: "one of start, end, capital",
    hint: "nearest known key: start; cost_bps is a key of portfolio",
  },
  "missing key": {
    text: "pods:\n  - ▸pod_id: a\n    symbols: [BTC/USDT]\n",
    path: "pods[0].strategy",
    code: "MISSING",
    value: undefined,
    expected: "the name of a strategy",
    hint: null,
  },
  "missing pods": {
    text: "▸orchestrator: {}\n",
    path: "pods",
    code: "MISSING",
    value: undefined,
    expected: "a list with at least one entry",
    hint: null,
  },
  "no pods": {
    text: "pods: ▸[]\n",
    path: "pods",
    code: "OUT_OF_RANGE",
    value: [],
    expected: "a list with at least one entry",
    hint: null,
  },
  "not a mapping": {
    text: "▸- 1\n- 2\n",
    path: "",
    code: "WRONG_TYPE",
    value: [1, 2],
    expected: "a mapping",
    hint: null,
  },
  "percentage as number": {
    text: pod("initial_fraction: ▸15"),
    path: "pods[0].initial_fraction",
    code: "OUT_OF_RANGE",
    value: 15,
    expected: FRACTION,
    hint: "a fraction, not a percentage: 0.15",
  },
  "small percentage": {
    text: top("orchestrator: {risk: {daily_loss_limit: ▸3}}"),
    path: "orchestrator.risk.daily_loss_limit",
    code: "OUT_OF_RANGE",
    value: 3,
    expected: FRACTION,
    hint: "a fraction, not a percentage: 0.03",
  },
  "percentage as text": {
    text: pod("risk: {system_stop_loss: ▸7%}"),
    path: "pods[0].risk.system_stop_loss",
    code: "WRONG_TYPE",
    value: "7%",
    expected: "a fraction above 0 and below 1, or null",
    hint: "a fraction, not a percentage: 0.07",
  },
  "below the bound": {
    text: top("portfolio: {slippage_bps: ▸-1}"),
    path: "portfolio.slippage_bps",
    code: "OUT_OF_RANGE",
    value: -1,
    expected: "a number from 0 to 10000",
    hint: null,
  },
  "not a number": {
    text: pod("risk: {max_leverage: ▸.nan}"),
    path: "pods[0].risk.max_leverage",
    code: "WRONG_TYPE",
    value: Number.NaN,
    expected: "a number above 0 and at most 125",
    hint: null,
  },
  "quoted number": {
    text: pod('risk: {max_leverage: ▸"2.0"}'),
    path: "pods[0].risk.max_leverage",
    code: "WRONG_TYPE",
    value: "2.0",
    expected: "a number above 0 and at most 125",
    hint: "remove the quotes: 2.0",
  },
  "number with separators": {
    text: top("backtest: {capital: ▸100_000}"),
    path: "backtest.capital",
    code: "WRONG_TYPE",
    value: "100_000",
    expected: "a number above 0 and at most 9000000000",
    hint: "write 100000",
  },
  "broken day count": {
    text: top("orchestrator: {rebalance: {calendar_days: ▸3.5}}"),
    path: "orchestrator.rebalance.calendar_days",
    code: "WRONG_TYPE",
    value: 3.5,
    expected: "a whole number of at least 1",
    hint: null,
  },
  "window too short to measure": {
    text: top("orchestrator: {correlation: {lookback: ▸10}}"),
    path: "orchestrator.correlation.lookback",
    code: "OUT_OF_RANGE",
    value: 10,
    expected: "a whole number of at least 20",
    hint: null,
  },
  "YAML 1.1 boolean": {
    text: pod("paused: ▸yes"),
    path: "pods[0].paused",
    code: "WRONG_TYPE",
    value: "yes",
    expected: "true or false",
    hint: "write true",
  },
  "misspelt choice": {
    text: top("orchestrator:\n  allocation_method: ▸risk-parity"),
    path: "orchestrator.allocation_method",
    code: "NOT_ALLOWED",
    value: "risk-parity",
    expected: "one of equal_weight, risk_parity, adaptive_kelly, inverse_volatility",
    hint: "nearest: risk_parity",
  },
  "unknown choice": {
    text: top("orchestrator: {risk: {recovery: {mode: ▸auto}}}"),
    path: "orchestrator.risk.recovery.mode",
    code: "NOT_ALLOWED",
    value: "auto",
    expected: "one of cooldown, manual",
    hint: null,
  },
  "section without content": {
    text: top("portfolio: {}\ndata: ▸null"),
    path: "data",
    code: "WRONG_TYPE",
    value: null,
    expected: "a mapping",
    hint: "leave the key out to use its default",
  },
  "text instead of a list": {
    text: "pods:\n  - pod_id: a\n    strategy: tsmom\n    symbols: ▸BTC/USDT\n",
    path: "pods[0].symbols",
    code: "WRONG_TYPE",
    value: "BTC/USDT",
    expected: "a list with at least one entry",
    hint: "write a list: [BTC/USDT]",
  },
  "joined symbol": {
    text: "pods:\n  - pod_id: a\n    strategy: tsmom\n    symbols:\n      - ETH/USDT\n      - ▸BTCUSDT\n",
    path: "pods[0].symbols[1]",
    code: "BAD_FORMAT",
    value: "BTCUSDT",
    expected: SYMBOL,
    hint: "write BTC/USDT",
  },
  "lower-case symbol of a file name": {
    text: "pods: [{pod_id: a, strategy: tsmom, symbols: [▸btc-usdt]}]\n",
    path: "pods[0].symbols[0]",
    code: "BAD_FORMAT",
    value: "btc-usdt",
    expected: SYMBOL,
    hint: "write BTC/USDT",
  },
  "derivative symbol": {
    text: "pods: [{pod_id: a, strategy: tsmom, symbols: [▸'BTC/USDT:USDT']}]\n",
    path: "pods[0].symbols[0]",
    code: "BAD_FORMAT",
    value: "BTC/USDT:USDT",
    expected: SYMBOL,
    hint: "write BTC/USDT",
  },
  "timeframe that does not divide a day": {
    text: pod("timeframe: ▸7m"),
    path: "pods[0].timeframe",
    code: "INVALID",
    value: "7m",
    expected: 'a timeframe that divides a UTC day, such as "1D", "4h" or "15m"',
    hint: null,
  },
  "timeframe in capitals": {
    text: pod("timeframe: ▸4H"),
    path: "pods[0].timeframe",
    code: "INVALID",
    value: "4H",
    expected: 'a timeframe that divides a UTC day, such as "1D", "4h" or "15m"',
    hint: "write 4h",
  },
  "day that does not exist": {
    text: top("backtest:\n  start: ▸2023-02-29"),
    path: "backtest.start",
    code: "BAD_FORMAT",
    value: "2023-02-29",
    expected: 'a calendar date, such as "2024-01-31", or null',
    hint: null,
  },
  "reserved pod name": {
    text: "pods: [{pod_id: ▸UNASSIGNED, strategy: tsmom, symbols: [BTC/USDT]}]\n",
    path: "pods[0].pod_id",
    code: "INVALID",
    value: "UNASSIGNED",
    expected: 'letters, digits, "-", "_" or ".", at most 64, and not UNASSIGNED',
    hint: null,
  },
  "pod name as number": {
    text: "pods: [{pod_id: ▸7, strategy: tsmom, symbols: [BTC/USDT]}]\n",
    path: "pods[0].pod_id",
    code: "WRONG_TYPE",
    value: 7,
    expected: 'letters, digits, "-", "_" or ".", at most 64, and not UNASSIGNED',
    hint: 'quote it: "7"',
  },
  "Sharpe ratio of zero": {
    text: pod("backtest_sharpe: ▸0"),
    path: "pods[0].backtest_sharpe",
    code: "INVALID",
    value: 0,
    expected: "a number other than 0, or null",
    hint: null,
  },
  "unknown strategy": {
    text: "pods: [{pod_id: a, strategy: ▸donchain, symbols: [BTC/USDT]}]\n",
    path: "pods[0].strategy",
    code: "UNKNOWN_STRATEGY",
    value: "donchain",
    expected: STRATEGIES,
    hint: "nearest known strategy: donchian",
  },
  "strategy file that was not loaded": {
    text: "pods: [{pod_id: a, strategy: ▸./mine.ts, symbols: [BTC/USDT]}]\n",
    path: "pods[0].strategy",
    code: "UNKNOWN_STRATEGY",
    value: "./mine.ts",
    expected: STRATEGIES,
    hint: "no strategy was loaded from this file",
  },
  "unknown parameter": {
    text: pod("params: {▸lookbak: 20}"),
    path: "pods[0].params.lookbak",
    code: "UNKNOWN_KEY",
    value: 20,
    expected: "one of lookback, vol_target",
    hint: "nearest known key: lookback",
  },
  "parameter out of range": {
    text: pod("params:\n      vol_target: 0.2\n      lookback: ▸0"),
    path: "pods[0].params.lookback",
    code: "OUT_OF_RANGE",
    value: 0,
    expected: "a whole number of at least 1",
    hint: null,
  },
  "parameters that do not fit a default": {
    text: "pods: [{pod_id: a, strategy: donchian, params: ▸{entry_period: 8}, symbols: [BTC/USDT]}]\n",
    path: "pods[0].params.exit_period",
    code: "CONFLICT",
    value: 10,
    expected: "below entry_period",
    hint: null,
  },
  "member with a wrong parameter": {
    text: "pods: [{pod_id: a, strategy: ensemble, params: {aggregation: equal_weight}, sub_strategies: [{name: tsmom, params: {lookback: ▸x}}], symbols: [BTC/USDT]}]\n",
    path: "pods[0].sub_strategies[0].params.lookback",
    code: "WRONG_TYPE",
    value: "x",
    expected: "a whole number of at least 1",
    hint: null,
  },
  "members of a strategy that has none": {
    text: pod("▸sub_strategies: [{name: buy-and-hold}]"),
    path: "pods[0].sub_strategies",
    code: "UNKNOWN_KEY",
    value: [{ name: "buy-and-hold", params: {}, weight: 1 }],
    expected: "a strategy that combines others",
    hint: "tsmom has no sub_strategies",
  },
  "members inside params": {
    text: "pods: [{pod_id: a, strategy: ensemble, params: {▸sub_strategies: []}, symbols: [BTC/USDT]}]\n",
    path: "pods[0].params.sub_strategies",
    code: "UNKNOWN_KEY",
    value: [],
    expected: "sub_strategies of the pod",
    hint: "move it one level up, beside params",
  },
  "secret in the file": {
    text: top("execution: {▸apiKey: abcdef}"),
    path: "execution.apiKey",
    code: "SECRET_IN_FILE",
    value: "(hidden)",
    expected:
      "one of venue, mode, style, position_mode, exchange_stops, base_url, capital, limit_timeout_seconds, limit_drift_bps, grace_seconds, reconcile_seconds, reconcile_observations, state_dir",
    hint: "secrets never go into this file: use the environment, or a secrets file with mode 0600",
  },
  "webhook address in the file": {
    text: top("notification:\n  discord: {alerts: ▸'https://discord.com/api/webhooks/1/x'}"),
    path: "notification.discord.alerts",
    code: "BAD_FORMAT",
    value: "(hidden)",
    expected: WEBHOOK,
    hint: "put the address in the environment, and its variable's name here",
  },
  "venue on the internet": {
    text: top("execution: {base_url: ▸'https://127.0.0.1.example.com'}"),
    path: "execution.base_url",
    code: "INVALID",
    value: "https://127.0.0.1.example.com",
    expected: "a loopback URL, such as http://127.0.0.1:8080, or null",
    hint: null,
  },
  "share of nothing": {
    text: top('execution: {capital: ▸"0%"}'),
    path: "execution.capital",
    code: "INVALID",
    value: "0%",
    expected: 'a number above 0, a share such as "50%", or null',
    hint: null,
  },
  "instrument under a bad symbol": {
    text: top("data: {instruments: {▸BTCUSDT: {lot: 1}}}"),
    path: "data.instruments.BTCUSDT",
    code: "BAD_KEY",
    value: "BTCUSDT",
    expected: SYMBOL,
    hint: "write BTC/USDT",
  },
  "instrument rule inside a union": {
    text: top("data:\n  instruments:\n    BTC/USDT: {lot: ▸-0.1}"),
    path: 'data.instruments["BTC/USDT"].lot',
    code: "OUT_OF_RANGE",
    value: -0.1,
    expected: STEP,
    hint: null,
  },
  "lot of 0": {
    text: top("data:\n  instruments:\n    BTC/USDT: [{from: 2024-01-01, lot: ▸0}]"),
    path: 'data.instruments["BTC/USDT"][0].lot',
    code: "OUT_OF_RANGE",
    value: 0,
    expected: STEP,
    hint: null,
  },
  "tick that is no decimal": {
    text: top("data:\n  instruments:\n    BTC/USDT: {tick: ▸0.3333333333333333}"),
    path: 'data.instruments["BTC/USDT"].tick',
    code: "INVALID",
    value: 0.3333333333333333,
    expected: STEP,
    hint: null,
  },
  "minimum notional below 0": {
    text: top("data:\n  instruments:\n    BTC/USDT: {min_notional: ▸-5}"),
    path: 'data.instruments["BTC/USDT"].min_notional',
    code: "OUT_OF_RANGE",
    value: -5,
    expected: "a number of at least 0",
    hint: null,
  },
  "dated rule without a date": {
    text: top("data: {instruments: {BTC/USDT: [▸{lot: 1}]}}"),
    path: 'data.instruments["BTC/USDT"][0].from',
    code: "MISSING",
    value: undefined,
    expected: 'a calendar date, such as "2024-01-31"',
    hint: null,
  },
  "negative warm-up": {
    text: top("data: {warmup_bars: ▸-1}"),
    path: "data.warmup_bars",
    code: "OUT_OF_RANGE",
    value: -1,
    expected: '"all", or a whole number of at least 0',
    hint: null,
  },
  "duplicate key": {
    text: top("portfolio:\n  cost_bps: 1\n  ▸cost_bps: 2"),
    path: "portfolio.cost_bps",
    code: "DUPLICATE_KEY",
    value: "cost_bps",
    expected: "each key once",
    hint: "it is in line 6 already",
  },
  "merge key": {
    text: top("x: &x {cost_bps: 1}\nportfolio: {▸<<: *x}")
      .replace("x: &x", "backtest: &x")
      .replace("cost_bps", "capital"),
    path: 'portfolio["<<"]',
    code: "UNKNOWN_KEY",
    value: { capital: 1 },
    expected: "one of cost_bps, slippage_bps, impact, cost_model, quoted, netting",
    hint: "nearest known key: impact",
  },
  tab: {
    text: "orchestrator:\n▸\tkelly_fraction: 1\n",
    path: "",
    code: "YAML_SYNTAX",
    value: "\t",
    expected: "valid YAML: Tabs are not allowed as indentation",
    hint: "indent with spaces",
  },
  "custom tag": {
    text: "pods: ▸!js/function 'x'\n",
    path: "",
    code: "YAML_SYNTAX",
    value: "!js/function",
    expected: "valid YAML: Unresolved tag: !js/function",
    hint: "remove the tag",
  },
  "two documents": {
    text: "pods: []\n▸---\npods: []\n",
    path: "",
    code: "YAML_SYNTAX",
    value: "---\npods: []\n",
    expected: "one document in the file",
    hint: "remove the line ---",
  },
};

describe("refusals", () => {
  it.each(Object.entries(CASES))("%s", (_, { text: marked, ...issue }) => {
    const before = marked.slice(0, marked.indexOf("▸")).split("\n");
    const place = { file: "test.yaml", line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
    expect(issues(marked.replace("▸", ""))).toEqual([{ ...place, ...issue }]);
  });

  it("come all at once, in the order of the file, whatever their kind", () => {
    const text = `portfolio: {cost_bps: x, cost_bps: 1}
pods:
  - pod_id: a
    strategy: tsmo
    initial_fraction: 50
    symbols: [BTC/USDT, BTC/USDT]
  - pod_id: a
    strategy: tsmom
    params: {lookback: 0}
    min_fraction: 0.5
    symbols: [ETH/EUR]
    risk: {drawdown_warning: 0.2, max_lever: 1}
backtest: {start: 2024-02-01, end: 2024-01-01}
`;
    expect(issues(text).map(({ line, column, path }) => `${line}:${column} ${path}`)).toEqual([
      "1:23 portfolio.cost_bps",
      "1:26 portfolio.cost_bps",
      "4:15 pods[0].strategy",
      "5:23 pods[0].initial_fraction",
      "6:25 pods[0].symbols[1]",
      "7:13 pods[1].pod_id",
      "9:24 pods[1].params.lookback",
      "10:19 pods[1].min_fraction",
      "11:15 pods[1].symbols[0]",
      "12:30 pods[1].risk.drawdown_warning",
      "12:35 pods[1].risk.max_lever",
      "13:36 backtest.end",
    ]);
  });

  it("a syntax error stands alone: what follows it is guesswork", () => {
    expect(issues("pods: [\nnonsense: 1\n").every(({ code }) => code === "YAML_SYNTAX")).toBe(true);
  });
});
