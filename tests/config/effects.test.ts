// Goal: every key of the configuration does something: ten keys of an earlier system were parsed and never read (spec 9).
// Method: the list of keys is read from the schema; each has a row that changes it and expects other decisions (the result hash
// covers signals, wishes, orders, fills, cash, transfers, states and alerts), or names the issue that brings its effect.

import { describe, expect, it } from "vitest";
import type { Description } from "../../src/config/description.ts";
import { orchestratorForm } from "../../src/config/file-form.ts";
import type { OrchestratorFile } from "../../src/config/schema.ts";
import { simulate } from "../../src/engine/backtest.ts";
import { openConfigMarket, resolveConfig } from "../../src/library.ts";

type Changes = Readonly<Record<string, unknown>>;
/** The value to change a key to, on top of what a base needs for it to matter; or the issue that will bring the effect. */
type Row = { readonly to: unknown; readonly given?: Changes } | { readonly later: string };

const on = (to: unknown, given: Changes = {}): Row => ({ to, given });
const later = (issue: string): Row => ({ later: issue });

/** Graduation is reached by all pods within the run unless a row raises one criterion. */
const graduating: Changes = {
  "orchestrator.graduation.min_live_days": 60,
  "orchestrator.graduation.min_sharpe": -50,
  "orchestrator.graduation.max_drawdown": 0.99,
  "orchestrator.graduation.min_trade_count": 0,
  "orchestrator.graduation.min_calmar": -50,
  "orchestrator.graduation.max_portfolio_correlation": 1,
};
const kelly: Changes = { "orchestrator.allocation_method": "adaptive_kelly" };
const halting: Changes = { "orchestrator.risk.max_portfolio_drawdown": 0.05 };
const trailing: Changes = { "pods[0].risk.use_trailing_stop": true };
const stressed: Changes = {
  "orchestrator.retirement.max_drawdown_breach": 0.9,
  "orchestrator.retirement.consecutive_loss_months": 60,
};
/** Limits of the account out of the way of what a row is about. */
const calm: Changes = { "orchestrator.risk.max_portfolio_drawdown": 0.9, "orchestrator.risk.daily_loss_limit": 0.9 };

const leveraged: Changes = {
  ...calm,
  "pods[0].symbols": ["BTC/USDT"],
  "pods[0].params.vol_target": 5,
  "pods[0].risk.max_leverage": 10,
};

/** A pod that merges two views. */
const merging: Changes = {
  "pods[0].strategy": "ensemble",
  "pods[0].params": {},
  "pods[0].sub_strategies": [
    { name: "tsmom", params: { lookback: 30 }, weight: 1 },
    { name: "donchian", weight: 1 },
  ],
};
const QUOTED = { half_spread_bps: 5, alpha: 2, cap_bps: 10, penalty_bps: 5, max_safe: 0.5 };
const quoted: Changes = { "portfolio.cost_model": "quoted", "portfolio.quoted": QUOTED };

const rows: Readonly<Record<string, Row>> = {
  "orchestrator.allocation_method": on("equal_weight"),
  "orchestrator.kelly_fraction": on(1, kelly),
  "orchestrator.kelly_confidence_ramp": on(10, kelly),
  "orchestrator.max_pods": on(2),
  "orchestrator.rebalance.trigger": on("threshold"),
  "orchestrator.rebalance.calendar_days": on(20),
  "orchestrator.rebalance.drift_threshold": on(0.5),
  "orchestrator.rebalance.min_turnover": on(0.5),
  "orchestrator.rebalance.max_increase": on(0.005),
  "orchestrator.risk.max_portfolio_volatility": on(0.05),
  "orchestrator.risk.max_portfolio_drawdown": on(0.05),
  "orchestrator.risk.max_gross_leverage": on(0.2),
  "orchestrator.risk.max_single_pod_risk_pct": on(0.95, { "pods[0].risk_budget": 20, ...calm }),
  "orchestrator.risk.daily_loss_limit": on(0.01),
  "orchestrator.risk.recovery.mode": on("manual", halting),
  "orchestrator.risk.recovery.cooldown_days": on(20, halting),
  "orchestrator.risk.recovery.steps": on(1, halting),
  "orchestrator.graduation.min_live_days": on(200, graduating),
  "orchestrator.graduation.min_sharpe": on(50, graduating),
  "orchestrator.graduation.max_drawdown": on(0.001, graduating),
  "orchestrator.graduation.min_trade_count": on(10_000, graduating),
  "orchestrator.graduation.min_calmar": on(1000, graduating),
  "orchestrator.graduation.max_backtest_live_gap": on(5, { ...graduating, "pods[3].backtest_sharpe": 20 }),
  "orchestrator.graduation.max_portfolio_correlation": on(-0.99, graduating),
  "orchestrator.retirement.preset": on("calibrated"),
  "orchestrator.retirement.max_drawdown_breach": on(0.05, calm),
  "orchestrator.retirement.consecutive_loss_months": on(1),
  "orchestrator.retirement.rolling_sharpe_floor": on(5, stressed),
  "orchestrator.retirement.warning_days": on(5),
  "orchestrator.retirement.probation_days": on(5, stressed),
  "orchestrator.degradation.delta": on(0.5, { "orchestrator.degradation.lambda": 10 }),
  "orchestrator.degradation.lambda": on(3),
  "orchestrator.degradation.alpha": on(0.5, { "orchestrator.degradation.lambda": 10 }),
  "orchestrator.degradation.target_false_alarm_days": on(365),
  "orchestrator.correlation.lookback": on(30),
  "orchestrator.correlation.stress_threshold": on(0.01),
  "orchestrator.correlation.estimator": on("ewma"),
  "pods[].pod_id": on("another-name"),
  "pods[].strategy": on("ema-cross", { "pods[0].params": {} }),
  "pods[].params": on({ lookback: 10 }),
  "pods[].sub_strategies": on([{ name: "ema-cross" }], merging),
  "pods[].sub_strategies[].name": on("ema-cross", { ...merging, "pods[0].sub_strategies[0].params": {} }),
  "pods[].sub_strategies[].params": on({ lookback: 10 }, merging),
  "pods[].sub_strategies[].weight": on(5, merging),
  "pods[].symbols": on(["SOL/USDT"]),
  "pods[].timeframe": on("12h", { "data.base_timeframe": "12h" }),
  "pods[].initial_fraction": on(0.05),
  "pods[].max_fraction": on(0.2),
  "pods[].min_fraction": on(0.19),
  "pods[].initial_state": on("incubation"),
  "pods[].asset_allocation": on("inverse_volatility"),
  "pods[].risk_budget": on(5),
  "pods[].backtest_sharpe": on(50, { ...graduating, "pods[0].initial_state": "incubation" }),
  "pods[].paused": on(true),
  "pods[].risk.max_drawdown": on(0.02, { "pods[0].risk.drawdown_warning": 0.01 }),
  "pods[].risk.drawdown_warning": on(0.01),
  "pods[].risk.max_leverage": on(0.1),
  "pods[].risk.system_stop_loss": on(0.02),
  "pods[].risk.use_trailing_stop": on(true),
  "pods[].risk.trailing_stop_atr_multiplier": on(0.5, trailing),
  "pods[].risk.stop_cooldown_days": on(1, { "pods[0].risk.system_stop_loss": 0.02 }),
  "pods[].risk.rebalance_threshold": on(0.3),
  "pods[].risk.rebalance_to": on("edge"),
  "backtest.start": on("2021-02-01"),
  "backtest.end": on("2022-06-30"),
  "backtest.capital": on(50_000),
  "portfolio.cost_bps": on(10),
  "portfolio.slippage_bps": on(10),
  "portfolio.impact": on({ bps: 50 }),
  "portfolio.impact.bps": on(500, { "portfolio.impact": { bps: 50 } }),
  "portfolio.netting": on("gross"),
  "portfolio.cost_model": on("quoted", { "portfolio.quoted": QUOTED }),
  "portfolio.quoted": on({ ...QUOTED, half_spread_bps: 50 }, quoted),
  "portfolio.quoted.half_spread_bps": on(50, quoted),
  "portfolio.quoted.alpha": on(20, quoted),
  "portfolio.quoted.cap_bps": on(1, quoted),
  "portfolio.quoted.penalty_bps": on(50, quoted),
  "portfolio.quoted.max_safe": on(0.1, quoted),
  "data.path": later("1/9: tests/e2e reads folders"),
  "data.base_timeframe": on("12h"),
  "data.funding": on("required"),
  "data.warmup_bars": on(20),
  "data.market": on("spot", { "data.funding": "required" }),
  "data.instruments": on({ "BTC/USDT": { maintenance_rate: 0.99 } }, leveraged),
  "data.seed": on(2),
};

/** Sections that a backtest does not read at all. */
const laterSections: Readonly<Record<string, string>> = { execution: "7/9", monitoring: "9/9", notification: "9/9" };

/** Every key of the file: "pods[].risk.max_leverage". Mappings that are values of their own (`impact`) count, too. */
function keysOf(node: Description, path = ""): string[] {
  const branches = [node, ...(node.anyOf ?? [])];
  const keys = branches.flatMap(({ properties = {} }) =>
    Object.entries(properties).flatMap(([name, child]) => keysOf(child, path === "" ? name : `${path}.${name}`)),
  );
  const items = branches.flatMap((branch) => (branch.items ? keysOf(branch.items, `${path}[]`) : []));
  const inner = [...keys, ...items];
  const isOptionalMapping = (node.anyOf ?? []).some(({ properties }) => properties !== undefined);
  const isListOfMappings = items.length > 0 && items.some((key) => key !== `${path}[]`);
  if (path.endsWith("[]")) return inner.length > 0 ? inner : [path];
  if (inner.length === 0 || isOptionalMapping) return [path, ...inner];
  if (isListOfMappings) return path === "pods" ? inner : [path, ...inner];
  return items.length > 0 ? [path] : inner;
}

const base: OrchestratorFile = {
  pods: [
    {
      pod_id: "a",
      strategy: "tsmom",
      params: { lookback: 30, short_mode: "full" },
      symbols: ["BTC/USDT", "ETH/USDT"],
      initial_fraction: 0.2,
      initial_state: "production",
    },
    {
      pod_id: "b",
      strategy: "donchian",
      params: {},
      symbols: ["SOL/USDT"],
      initial_fraction: 0.2,
      initial_state: "production",
    },
    {
      pod_id: "c",
      strategy: "vol-adaptive",
      params: { short_mode: "full" },
      symbols: ["BTC/USDT"],
      initial_fraction: 0.2,
      initial_state: "production",
    },
    {
      pod_id: "d",
      strategy: "tsmom",
      params: { lookback: 10, vol_target: 0.6, short_mode: "full" },
      symbols: ["BTC/USDT", "ETH/USDT"],
      initial_fraction: 0.2,
    },
  ],
  backtest: { start: "2021-01-01", end: "2022-12-31", capital: 100_000 },
  data: { path: "synthetic", base_timeframe: "1D", funding: "none" },
};

/** Sets "a.b[0].c" in a copy. */
function withChanges(file: OrchestratorFile, changes: Changes): OrchestratorFile {
  const copy = structuredClone(file) as Record<string, unknown>;
  for (const [path, value] of Object.entries(changes)) {
    const parts = path.replace(/\[(\d+)\]/g, ".$1").split(".");
    let node = copy as Record<string, unknown>;
    for (const part of parts.slice(0, -1)) {
      node[part] ??= {};
      node = node[part] as Record<string, unknown>;
    }
    node[parts.at(-1) as string] = value;
  }
  return copy as unknown as OrchestratorFile;
}

/** Everything a run decided: the hash, and the alerts of the orchestrator, which are not in it. */
function outcomeOf(file: OrchestratorFile): string {
  let config: ReturnType<typeof resolveConfig>;
  try {
    config = resolveConfig(file);
  } catch (error) {
    return (error as Error).message;
  }
  const market = openConfigMarket(config);
  const opens = market.bars[0]?.timeMs ?? new Float64Array(0);
  // A book about as large as the orders, so that size matters where costs depend on it.
  const quotedSizes = { openMs: opens, notional: market.bars.map(() => new Float64Array(opens.length).fill(10_000)) };
  const { resultHash, record } = simulate(config, { ...market, quoted: quotedSizes }, { fast: true });
  return JSON.stringify([
    resultHash,
    record.orchestrator?.alerts.map(({ type, timeMs, podId }) => [type, timeMs, podId]),
  ]);
}

const keys = keysOf(orchestratorForm.description).filter((key) => !((key.split(".")[0] as string) in laterSections));

describe("every key of the configuration", () => {
  it("has a row, and every row is a key", () => {
    expect([...new Set(keys)].sort()).toEqual(Object.keys(rows).sort());
    for (const section of Object.keys(laterSections))
      expect(orchestratorForm.description.properties).toHaveProperty(section);
  });

  it.each(Object.entries(rows).flatMap(([key, row]) => ("to" in row ? [[key, row] as const] : [])))(
    "%s changes what happens",
    (key, { to, given = {} }) => {
      const place = key.replaceAll("[]", "[0]");
      const without = withChanges(base, given);
      expect(outcomeOf(withChanges(without, { [place]: to }))).not.toBe(outcomeOf(without));
    },
  );
});
