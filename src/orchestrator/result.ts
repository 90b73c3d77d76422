import { type Attribution, attributeAccount } from "../analytics/attribution.ts";
import { type Benchmark, buyAndHold } from "../analytics/benchmark.ts";
import { type CostTotals, costTotals } from "../analytics/costs.ts";
import { coverageOf, type SymbolCoverage } from "../analytics/coverage.ts";
import { type CurveMetrics, calendarDays, curveMetrics } from "../analytics/curve-metrics.ts";
import { maxDrawdown } from "../analytics/drawdown.ts";
import { MICRO } from "../analytics/exact-decimal.ts";
import { exposure } from "../analytics/exposure.ts";
import { type FundingCoverage, fundingCoverageOf, fundingWarnings } from "../analytics/funding-coverage.ts";
import type { ReasonCount } from "../analytics/lapsed-demand.ts";
import { known, type Metric, unknown } from "../analytics/metric.ts";
import { type AllocationHistoryEntry, allocationHistory } from "../analytics/orchestration/allocation-history.ts";
import { type CapitalFractions, capitalFractions } from "../analytics/orchestration/capital-fractions.ts";
import { type OrchestrationCounts, orchestrationCounts } from "../analytics/orchestration/counts.ts";
import { type LifecycleEntry, lifecycleEvents } from "../analytics/orchestration/lifecycle-events.ts";
import { type PrcHistory, prcHistory } from "../analytics/orchestration/prc-history.ts";
import { type RiskEvent, riskEvents } from "../analytics/orchestration/risk-events.ts";
import { type StateSpell, stateHistory } from "../analytics/orchestration/state-history.ts";
import { type PodPerformance, podPerformance } from "../analytics/pod-performance.ts";
import { capitalFraction, type PodPosition, podPositions } from "../analytics/pod-positions.ts";
import { recordedReturns } from "../analytics/pod-track.ts";
import { profitFactor } from "../analytics/profit-factor.ts";
import { type Liquidation, type RunTally, tallyRun } from "../analytics/run-tally.ts";
import { turnover } from "../analytics/turnover.ts";
import { winRate } from "../analytics/win-rate.ts";
import { dateToMs, msToDate, msToIso } from "../lib/utc.ts";
import type { FundingMode } from "../market/funding.ts";
import type { Market } from "../market/market.ts";
import { DAY_MS } from "../market/timeframe.ts";
import type { EngineSymbol } from "./engine.ts";
import { falseRetirementRate } from "./lifecycle/operating-characteristics.ts";
import type { RunRecord } from "./run-record.ts";
import type { LifecycleState, OrchestratorSettings, PodSettings } from "./settings.ts";

export type { PodPerformance, PodPosition };

/** Raise it when a key of result.json changes its meaning or disappears. */
export const RESULT_SCHEMA_VERSION = 2;

/** What a run's record does not know about itself. */
export interface ResultContext {
  readonly mcbotVersion: string;
  readonly runId: string;
  readonly configHash: string;
  /** SHA-256 over what the run decided and did (src/engine/result-hash.ts). */
  readonly resultHash: string;
  readonly market: Market;
  /** UTC dates, both included. */
  readonly range: { readonly start: string; readonly end: string };
  readonly costs: RunCosts;
  /** `none` whenever none was booked, also on a spot market. */
  readonly funding: FundingMode;
  /** Null in a run without an orchestrator. */
  readonly settings: { readonly orchestrator: OrchestratorSettings; readonly pods: readonly PodSettings[] } | null;
  readonly warnings: readonly string[];
}

/** Cost assumptions. Basis points of the value (fee) and of the price. */
export interface RunCosts {
  readonly costBps: number;
  readonly slippageBps: number;
  /** At a volume share of 1; null = none. */
  readonly impactBps: number | null;
  readonly netting: "net" | "gross";
}

export interface ResultHeader {
  readonly mcbot_version: string;
  /** `liquidated`: the run ended before its range did. */
  readonly status: "completed" | "liquidated";
  readonly liquidation: LiquidationHeader | null;
  readonly run_id: string;
  readonly config_hash: string;
  readonly data_hash: string;
  readonly result_hash: string;
  readonly market: {
    readonly label: string;
    readonly kind: Market["kind"];
    readonly synthetic: boolean;
    readonly files: readonly string[];
  };
  readonly range: { readonly start: string; readonly end: string };
  readonly timeframe: string;
  readonly coverage: readonly SymbolCoverage[];
  readonly funding: {
    readonly mode: FundingMode;
    /** By symbol; empty with mode `none`. */
    readonly coverage: readonly FundingCoverage[];
  };
  readonly costs: {
    readonly cost_bps: number;
    readonly slippage_bps: number;
    readonly impact_bps: number | null;
    readonly netting: "net" | "gross";
  };
  readonly slices: number;
  readonly bars: number;
  readonly signals: number;
  readonly event_objects: number;
  /** Calls of the step kernel and of the orchestrator's numeric kernels. */
  readonly kernel_calls: number;
  readonly step_calls: number;
  readonly numeric_calls: number;
  /** Null in a run without an orchestrator. */
  readonly orchestration: OrchestrationHeader | null;
  readonly warnings: readonly string[];
}

/** How an account ended. Quote units. */
export interface LiquidationHeader {
  /** Open time of the slice, ISO 8601 UTC; the last one of the run. */
  readonly slice: string;
  /** With every symbol at its bar's adverse extreme. */
  readonly equity: number;
  /** Required at those prices. */
  readonly maintenance_margin: number;
  readonly fee: number;
}

export interface OrchestrationHeader extends OrchestrationCounts {
  /** Of these settings: probability that a healthy pod is retired within two years, or "not tabulated". */
  readonly false_retirement_rate: string;
}

export interface PortfolioMetrics extends CurveMetrics {
  /** On the close of every slice: what the risk limits see; not below the daily one. */
  readonly max_drawdown_at_slices: Metric;
  readonly win_rate: Metric;
  readonly profit_factor: Metric;
  readonly trade_count: number;
  /** Traded value per year ÷ mean equity, buys and sells both counted. */
  readonly turnover: Metric;
  /** Share of slices that closed with a position. */
  readonly exposure: Metric;
  readonly mean_gross_leverage: Metric;
}

/** Values at the closes of `ResultDays.date`, quote units. */
export interface ResultDays {
  /** UTC dates that had a slice. */
  readonly date: readonly string[];
  readonly portfolio: readonly number[];
  /** Null on a day without a bar of the benchmark's symbols. */
  readonly benchmark: readonly (number | null)[];
  /** Share of the equity that no pod has, after the transfers of the close; null where the equity is not positive. */
  readonly reserve_fraction: readonly (number | null)[];
}

export interface PodResult {
  readonly pod_id: string;
  readonly strategy: string;
  readonly symbols: readonly string[];
  readonly timeframe: string;
  readonly initial_fraction: number;
  /** Share of the portfolio's equity at the end; 0 when that is not positive. */
  readonly capital_fraction: number;
  /** What the allocator wants it to have; null in a run without an orchestrator. */
  readonly target_fraction: number | null;
  /** At the end; null in a run without an orchestrator. */
  readonly state: LifecycleState | null;
  /** How long it was in which state, and why it moved. */
  readonly states: readonly StateSpell[];
  readonly performance: PodPerformance;
  /** At the closes of `days.date`, before their transfers, quote units. */
  readonly equity: readonly number[];
  /** Recorded on `days.date`, transfers not counted; null on a day without one. */
  readonly returns: readonly (number | null)[];
  /** Shares of the portfolio's equity on `days.date`, after the transfers of the close. */
  readonly fractions: readonly (number | null)[];
  /** What the allocator wants from the closes of `days.date` on. */
  readonly target_fractions: readonly (number | null)[];
  readonly positions: readonly PodPosition[];
  readonly fees: number;
  /** Paid, less received. */
  readonly funding: number;
  readonly netting_saving: number;
}

/** Everything a run says about itself: the content of result.json. */
export interface OrchestratedResult {
  readonly schema_version: typeof RESULT_SCHEMA_VERSION;
  readonly header: ResultHeader;
  readonly portfolio: PortfolioMetrics;
  /** Buy and hold of the same symbols (src/analytics/benchmark.ts). */
  readonly benchmark: CurveMetrics;
  readonly days: ResultDays;
  readonly pods: readonly PodResult[];
  readonly attribution: Attribution;
  readonly costs: CostTotals;
  readonly orders: RunTally["orders"];
  readonly fills: RunTally["fills"];
  /** Protective stops reached, per pod and symbol. */
  readonly stops: number;
  readonly reason_counts: readonly ReasonCount[];
  /** Runs of the allocator; of each pod the parts sum to its final fraction exactly. */
  readonly allocation_history: readonly AllocationHistoryEntry[];
  readonly prc_history: PrcHistory;
  readonly lifecycle_events: readonly LifecycleEntry[];
  /** Alerts, halts and gross limit spells. */
  readonly risk_events: readonly RiskEvent[];
}

/** Turns what a run left behind into its statistics. Pure: the same record and context give the same result. */
export function buildResult(record: RunRecord, context: ResultContext): OrchestratedResult {
  const tally = tallyRun(record);
  const attribution = attributeAccount(record, tally);
  const range = rangeMs(record, tally, context);
  const benchmark = benchmarkOf(record, range, context);
  const portfolio = portfolioMetrics(record, tally);
  const saving = record.books.saving.reduce((sum, saved) => sum + saved, 0);
  const fractions = capitalFractions(record, tally);
  const pods = record.pods.map((_, p) => podResult(record, tally, attribution, fractions, p));
  return {
    schema_version: RESULT_SCHEMA_VERSION,
    header: {
      ...headerOf(record, tally, range, context),
      orchestration: orchestrationHeader(record, context, pods, tally),
    },
    portfolio,
    benchmark: curveMetrics(benchmark.timeMs, benchmark.equity, record.capital),
    days: daysOf(record, benchmark, fractions),
    pods,
    attribution,
    costs: costTotals(
      portfolio.start_equity,
      portfolio.end_equity,
      tally.feesMicro / MICRO,
      tally.slippage,
      fundingPaid(tally, context),
      saving,
    ),
    orders: tally.orders,
    fills: tally.fills,
    stops: tally.stops,
    reason_counts: tally.lapsed.count(record.symbols, context.market.bars),
    allocation_history: allocationHistory(record),
    prc_history: prcHistory(record),
    lifecycle_events: lifecycleEvents(record),
    risk_events: riskEvents(record, tally),
  };
}

/** [start, end), epoch ms. */
interface RangeMs {
  readonly startMs: number;
  readonly endMs: number;
}

/** The range that was run: the one asked for, or to the slice of a liquidation. */
function rangeMs({ curve, baseMs }: RunRecord, { liquidation }: RunTally, { range }: ResultContext): RangeMs {
  const endMs = dateToMs(range.end) + DAY_MS;
  const last = curve.lastMs;
  return {
    startMs: dateToMs(range.start),
    endMs: liquidation === null || last === undefined ? endMs : last + baseMs,
  };
}

/** What funding cost; unknown where nothing says what it would have been. */
function fundingPaid({ fundingMicro }: RunTally, { funding, market }: ResultContext): Metric {
  if (funding === "none") return unknown("not asked for");
  return market.funding.some((rates) => rates !== null) ? known(fundingMicro / MICRO) : unknown("there are no rates");
}

function fundingCoverage({ baseMs }: RunRecord, range: RangeMs, { market, funding }: ResultContext): FundingCoverage[] {
  if (funding === "none") return [];
  return market.bars.map((bars, s) => fundingCoverageOf(bars, market.funding[s] ?? null, range, baseMs));
}

/** Buy and hold of the run's symbols over its range, at its costs. */
function benchmarkOf(record: RunRecord, range: RangeMs, context: ResultContext): Benchmark {
  const { costBps, slippageBps } = context.costs;
  return buyAndHold({
    bars: context.market.bars,
    ...range,
    capital: record.capital,
    feeRate: costBps / 1e4,
    slippage: slippageBps / 1e4,
  });
}

function headerOf(
  record: RunRecord,
  { liquidation }: RunTally,
  range: RangeMs,
  context: ResultContext,
): Omit<ResultHeader, "orchestration"> {
  const { market, costs } = context;
  const { counts } = record;
  const funding = fundingCoverage(record, range, context);
  return {
    mcbot_version: context.mcbotVersion,
    status: liquidation === null ? "completed" : "liquidated",
    liquidation: liquidation === null ? null : liquidationHeader(liquidation),
    run_id: context.runId,
    config_hash: context.configHash,
    data_hash: market.hash,
    result_hash: context.resultHash,
    market: {
      label: market.label,
      kind: market.kind,
      synthetic: market.kind === "synthetic",
      files: market.files,
    },
    range: context.range,
    timeframe: market.timeframe,
    coverage: market.bars.map((bars, s) => {
      const { lotsPerUnit } = record.symbols[s] as EngineSymbol;
      return coverageOf(bars, range, lotsPerUnit, counts.warmupBars[s] as number, counts.slices);
    }),
    funding: { mode: context.funding, coverage: funding },
    costs: {
      cost_bps: costs.costBps,
      slippage_bps: costs.slippageBps,
      impact_bps: costs.impactBps,
      netting: costs.netting,
    },
    slices: counts.slices,
    bars: counts.bars,
    signals: counts.targets,
    event_objects: counts.eventObjects,
    kernel_calls: counts.stepCalls + counts.numericCalls,
    step_calls: counts.stepCalls,
    numeric_calls: counts.numericCalls,
    // A run that is made again brings the warnings of the first.
    warnings: [...new Set([...context.warnings, ...fundingWarnings(funding)])],
  };
}

function liquidationHeader({ timeMs, equity, margin, feesMicro }: Liquidation): LiquidationHeader {
  return { slice: msToIso(timeMs), equity, maintenance_margin: margin, fee: feesMicro / MICRO };
}

function orchestrationHeader(
  { orchestrator }: RunRecord,
  { settings }: ResultContext,
  pods: readonly PodResult[],
  { halts }: RunTally,
): OrchestrationHeader | null {
  if (orchestrator === null || settings === null) return null;
  const states = pods.map(({ state }) => state);
  return {
    ...orchestrationCounts(orchestrator, states, halts.length),
    false_retirement_rate: falseRetirementRate(settings.orchestrator, settings.pods),
  };
}

function portfolioMetrics({ days, curve, capital }: RunRecord, tally: RunTally): PortfolioMetrics {
  const { timeInMarket, meanLeverage } = exposure(curve.gross, curve.equity);
  return {
    ...curveMetrics(days.timeMs, days.equity, capital),
    max_drawdown_at_slices:
      curve.equity.length === 0 ? unknown("no slice") : known(maxDrawdown(curve.equity, capital)?.depth ?? 0),
    win_rate: winRate(tally.trades),
    profit_factor: profitFactor(tally.trades),
    trade_count: tally.trades.length,
    turnover: turnover(tally.traded, days.equity, calendarDays(days.timeMs)),
    exposure: timeInMarket,
    mean_gross_leverage: meanLeverage,
  };
}

function daysOf({ days }: RunRecord, benchmark: Benchmark, { reserve }: CapitalFractions): ResultDays {
  const held = new Map(Array.from(benchmark.timeMs, (timeMs, d) => [timeMs, benchmark.equity[d] as number]));
  return {
    date: Array.from(days.timeMs, msToDate),
    portfolio: Array.from(days.equity),
    benchmark: Array.from(days.timeMs, (timeMs) => held.get(timeMs) ?? null),
    reserve_fraction: reserve,
  };
}

function podResult(
  record: RunRecord,
  tally: RunTally,
  attribution: Attribution,
  fractions: CapitalFractions,
  p: number,
): PodResult {
  const { days } = record;
  const pod = record.pods[p] as RunRecord["pods"][number];
  const row = attribution.pods[p] as Attribution["pods"][number];
  const performance = podPerformance(record, p, tally.pods[p] as RunTally["pods"][number]);
  const positions = podPositions(record, p);
  const states = stateHistory(record, p);
  const targets = fractions.targets[p] as CapitalFractions["targets"][number];
  return {
    pod_id: pod.podId,
    strategy: pod.strategy,
    symbols: pod.symbols,
    timeframe: pod.timeframe,
    initial_fraction: pod.initialFraction,
    capital_fraction: capitalFraction(record, p),
    target_fraction: targets.at(-1) ?? (record.orchestrator === null ? null : pod.initialFraction),
    state: states.at(-1)?.state ?? pod.initialState,
    states,
    performance,
    equity: Array.from(days.pods[p] as Float64Array),
    returns: recordedReturns(record, p),
    fractions: fractions.pods[p] as CapitalFractions["pods"][number],
    target_fractions: targets,
    positions,
    fees: row.fees_micro / MICRO,
    funding: row.funding_micro / MICRO,
    netting_saving: positions.reduce((sum, { netting_saving }) => sum + netting_saving, 0),
  };
}
