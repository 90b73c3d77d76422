import { sortConfig } from "../config/canonical.ts";
import { fundingMode } from "../config/funding-mode.ts";
import type { Config, PodConfig } from "../config/schema.ts";
import { assert } from "../lib/assert.ts";
import { dateToMs, msToDate } from "../lib/utc.ts";
import type { BarSeries } from "../market/bar-series.ts";
import { seriesOf } from "../market/column-series.ts";
import { DataError, IssueList } from "../market/data-error.ts";
import { type FundingPayments, FundingSchedule } from "../market/funding-schedule.ts";
import type { Market } from "../market/market.ts";
import { barsPerYear, DAY_MS, timeframeMs } from "../market/timeframe.ts";
import type { EngineSetup, QuotedSlippage, SymbolRules } from "../orchestrator/engine.ts";
import type { RunPod } from "../orchestrator/run-record.ts";
import type { OrchestratorSettings, PodSettings } from "../orchestrator/settings.ts";
import { findStrategy } from "../strategies/registry.ts";
import { InstrumentSchedule } from "./instrument-schedule.ts";
import { QuotedBook } from "./quoted-book.ts";
import type { SignalRequest } from "./signal-board.ts";

const MICRO = 1e6;
const BPS = 1e4;

/** Fee of a liquidation, fraction of the closed value (spec 2.5). */
const LIQUIDATION_FEE = 0.005;

/** A config and a market as the engine and the signal board take them. */
export interface EnginePlan {
  readonly setup: EngineSetup;
  readonly requests: readonly SignalRequest[];
  readonly pods: readonly RunPod[];
  readonly baseMs: number;
  /** By symbol: decimals in which volumes are summed. */
  readonly volumeDecimals: readonly number[];
  /** [start, end) of the run, epoch ms. */
  readonly range: { readonly startMs: number; readonly endMs: number };
  /** Slices there can be in the range, by the bars that are there. */
  readonly mostSlices: number;
  readonly funding: FundingPayments;
  readonly instruments: InstrumentSchedule;
  /** Null when costs do not depend on what is quoted, or nobody looked. */
  readonly book: QuotedBook | null;
  readonly settings: OrchestratorSettings;
  /** In the order of `setup.pods`. */
  readonly podSettings: readonly PodSettings[];
}

/** Sorts pods by id and symbols by name (the order of the file never reaches the engine) and translates units. */
export function planEngine(config: Config, market: Market, chunk: number, orchestrated: boolean): EnginePlan {
  const { start, end } = config.backtest;
  assert(start !== null && end !== null, "plan: the range is resolved by the caller");
  const range = { startMs: dateToMs(start), endMs: dateToMs(end) + DAY_MS };
  requireBars(market, config);
  return planRange(config, market, range, chunk, orchestrated);
}

/** `planEngine` for a range that need not be whole days, nor have any bar yet. */
export function planRange(
  config: Config,
  market: Market,
  range: EnginePlan["range"],
  chunk: number,
  orchestrated: boolean,
): EnginePlan {
  const { pods } = sortConfig(config);
  const names = market.bars.map(({ symbol }) => symbol);
  const baseMs = timeframeMs(market.timeframe) ?? Number.NaN;
  const { portfolio, orchestrator, backtest } = config;
  assert(backtest.capital !== null, "plan: capital is resolved by the runner");
  const rates = fundingMode(config.data) === "none" ? [] : market.funding;
  const instruments = new InstrumentSchedule(
    config.data.instruments,
    market.bars.map((bars) => ({ symbol: bars.symbol, firstOpen: firstOpenOf(seriesOf(bars)) })),
    baseMs,
  );
  const funding = new FundingSchedule(market.bars, rates, range, baseMs);
  const capitalMicro = Math.round(backtest.capital * MICRO);
  requireFit(market, pods, baseMs);
  const capitals = divideCapital(capitalMicro, pods);
  const setup: EngineSetup = {
    pods: pods.map((pod, p) => ({
      podId: pod.pod_id,
      symbols: pod.symbols.map((symbol) => names.indexOf(symbol)).sort((a, b) => a - b),
      capitalMicro: capitals[p] as number,
      active: !pod.paused,
      maxLeverage: pod.risk.max_leverage,
      rebalanceThreshold: pod.risk.rebalance_threshold,
      rebalanceToEdge: pod.risk.rebalance_to === "edge",
      stopLoss: pod.risk.system_stop_loss,
      trailMultiple: pod.risk.use_trailing_stop ? pod.risk.trailing_stop_atr_multiplier : null,
      cooldownMs: pod.risk.stop_cooldown_days === null ? null : pod.risk.stop_cooldown_days * DAY_MS,
    })),
    symbols: names.map((symbol, s) => ({
      symbol,
      lotsPerUnit: instruments.lotsPerUnit[s] as number,
      ...(instruments.initial[s] as SymbolRules),
    })),
    reserveMicro: capitals.reduce((left, capital) => left - capital, capitalMicro),
    feeRate: portfolio.cost_bps / BPS,
    slippage: portfolio.slippage_bps / BPS,
    impact: (portfolio.impact?.bps ?? 0) / BPS,
    quoted: quotedSlippage(portfolio),
    maxGrossLeverage: orchestrator.risk.max_gross_leverage,
    liquidationFee: LIQUIDATION_FEE,
    netting: portfolio.netting,
    fills: "open",
    stops: "bar",
    baseMs,
    dailyLossLimit: orchestrated ? orchestrator.risk.daily_loss_limit : Number.POSITIVE_INFINITY,
    drawdownLimit: orchestrated ? orchestrator.risk.max_portfolio_drawdown : Number.POSITIVE_INFINITY,
    chunk,
    funding: { perSlice: funding.perSlice, perChunk: Math.min(funding.payments, funding.perSlice * chunk) },
  };
  const requests = pods
    .flatMap((pod, p) =>
      pod.symbols.map((symbol) => signalRequest(pod, names.indexOf(symbol), names.indexOf(symbol) * pods.length + p)),
    )
    // Signals of one slice are events in this order, never that of the file: by cell, but a stream that several pods
    // share writes all of their cells at the place of the first.
    .sort((a, b) => a.cell - b.cell);
  const runPods = pods.map((pod, p) => ({
    podId: pod.pod_id,
    strategy: pod.strategy,
    symbols: pod.symbols,
    timeframe: pod.timeframe,
    initialFraction: pod.initial_fraction,
    capitalMicro: capitals[p] as number,
    initialState: orchestrated ? pod.initial_state : null,
  }));
  return {
    setup,
    requests,
    pods: runPods,
    baseMs,
    volumeDecimals: market.bars.map(({ volumeDecimals }) => volumeDecimals),
    range,
    mostSlices: mostSlices(market.bars.map(seriesOf), range, baseMs),
    funding,
    instruments,
    book: setup.quoted === null || market.quoted === undefined ? null : new QuotedBook(market, market.quoted),
    settings: orchestrator,
    podSettings: pods,
  };
}

function quotedSlippage({ cost_model, quoted }: Config["portfolio"]): QuotedSlippage | null {
  if (cost_model !== "quoted" || quoted === null) return null;
  return {
    halfSpread: quoted.half_spread_bps / BPS,
    alpha: quoted.alpha / BPS,
    cap: quoted.cap_bps / BPS,
    penalty: quoted.penalty_bps / BPS,
    maxSafe: quoted.max_safe,
  };
}

/** Each pod's share, never more in sum than there is: rounding must not make the reserve negative. */
function divideCapital(capitalMicro: number, pods: readonly PodConfig[]): number[] {
  let left = capitalMicro;
  return pods.map((pod) => {
    // A product like 100,000 × 0.29 is 28,999.999…: what is within a rounding error of a whole micro-unit is that unit.
    const share = Math.min(left, Math.floor(capitalMicro * pod.initial_fraction * (1 + Number.EPSILON)));
    left -= share;
    return share;
  });
}

/** The market must be the one that was opened for this config. */
function requireFit(market: Market, pods: readonly PodConfig[], baseMs: number): void {
  const stored = new Set(market.bars.map(({ symbol }) => symbol));
  for (const { pod_id, symbols, timeframe } of pods) {
    for (const symbol of symbols)
      assert(stored.has(symbol), `plan: the market has no ${symbol}, which ${pod_id} trades`);
    const length = timeframeMs(timeframe) ?? Number.NaN;
    assert(length % baseMs === 0, `plan: ${pod_id} has ${timeframe} candles, the market ${market.timeframe} bars`);
  }
}

/** Slices from the first bar in the range to the last, but never more than bars. */
function mostSlices(symbols: readonly BarSeries[], { startMs, endMs }: EnginePlan["range"], baseMs: number): number {
  const inside = symbols
    .map((series) => ({ series, from: series.indexAt(startMs), to: series.indexAt(endMs) }))
    .filter(({ from, to }) => from < to);
  const first = Math.min(...inside.map(({ series, from }) => series.timeAt(from)));
  const last = Math.max(...inside.map(({ series, to }) => series.timeAt(to - 1)));
  const bars = inside.reduce((sum, { from, to }) => sum + to - from, 0);
  return inside.length === 0 ? 0 : Math.min(bars, Math.floor((last - first) / baseMs) + 1);
}

function firstOpenOf(series: BarSeries): number | undefined {
  return series.rows === 0 ? undefined : series.openAt(0);
}

/** A range without a single bar is a mistake, not a quiet result. */
function requireBars({ bars, label }: Market, { backtest }: Config): void {
  const startMs = dateToMs(backtest.start as string);
  const endMs = dateToMs(backtest.end as string) + DAY_MS;
  const filled = bars.map(seriesOf).filter(({ rows }) => rows > 0);
  if (filled.some((series) => series.indexAt(startMs) < series.indexAt(endMs))) return;
  const last = Math.max(...filled.map((series) => series.timeAt(series.rows - 1)));
  const first = Math.min(...filled.map((series) => series.timeAt(0)));
  const issues = new IssueList();
  issues.add({
    file: label,
    line: null,
    column: null,
    code: "NO_BARS",
    value: `no bar from ${backtest.start} to ${backtest.end}`,
    expected: "a range with bars",
    hint: Number.isFinite(last) ? `bars run from ${msToDate(first)} to ${msToDate(last)}` : null,
  });
  throw new DataError(issues);
}

/** A strategy that combines others takes its members as one of its parameters. */
export function joinMembers({ params, sub_strategies: members }: PodConfig): Record<string, unknown> {
  return members.length === 0 ? params : { ...params, sub_strategies: members };
}

function signalRequest(pod: PodConfig, symbol: number, cell: number): SignalRequest {
  const strategy = findStrategy(pod.strategy);
  assert(strategy !== undefined, `plan: strategy ${pod.strategy} passed validation but is not registered`);
  return {
    symbol,
    cell,
    timeframeMs: timeframeMs(pod.timeframe) ?? Number.NaN,
    barsPerYear: barsPerYear(pod.timeframe),
    strategy,
    params: strategy.params.parse(joinMembers(pod)),
    trailing: pod.risk.use_trailing_stop,
  };
}
