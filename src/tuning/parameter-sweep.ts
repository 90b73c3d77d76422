import type { Config } from "../config/schema.ts";
import { openSource } from "../engine/backtest.ts";
import { type EnginePlan, planEngine } from "../engine/plan.ts";
import { EngineSession } from "../engine/session.ts";
import type { SignalRequest } from "../engine/signal-board.ts";
import { assert } from "../lib/assert.ts";
import type { Market } from "../market/market.ts";
import { RECORD_LENGTH, TAG } from "../orchestrator/events.ts";
import type { RunRecord } from "../orchestrator/run-record.ts";
import { ColumnBoard } from "./column-board.ts";
import type { GridValue } from "./grid.ts";
import { KernelPool } from "./kernel-pool.ts";
import { type PointOutcome, TALLY, TALLY_SLOT } from "./point-outcome.ts";
import { PointPlans } from "./point-plans.ts";
import { type RunTimeline, runTimeline } from "./run-timeline.ts";
import { SignalColumns } from "./signal-columns.ts";
import { StrategyEngine } from "./strategy-engine.ts";
import { pointConfig, type SweepSpace } from "./sweep-space.ts";
import { tallyRecords } from "./tally-records.ts";

/** A run that needs more memory is read in chunks, as a backtest does, instead of lying packed in memory. */
const MOST_PACKED_BYTES = 512 * 1024 * 1024;

/**
 * Evaluates points of a parameter space on one market, one after the other, with everything that points share made once:
 * packed slices, signal columns, engine plans, kernel memory.
 *
 * Without orchestration points run in `StrategyEngine`, else in the `EngineSession` that backtests use; the step kernel is the
 * same, and so is what comes out (tests/tuning/parameter-sweep.test.ts compares both with `simulate`).
 */
export class ParameterSweep {
  readonly timeline: RunTimeline;
  /** Quote units at the start, reserve included. */
  readonly capital: number;
  readonly #space: SweepSpace;
  readonly #market: Market;
  readonly #plans: PointPlans;
  readonly #columns: SignalColumns;
  readonly #pool = new KernelPool();
  readonly #engine: StrategyEngine | null;

  constructor(space: SweepSpace, market: Market) {
    const base = pointConfig({ ...space, paths: [] }, []);
    assert(base.ok, `sweep: the base config is refused: ${base.ok ? "" : base.reason}`);
    const { config } = base;
    const plan = planEngine(config, market, 1, space.orchestrated);
    const { startMs, endMs } = plan.range;
    const warmup = config.data.warmup_bars === "all" ? Number.POSITIVE_INFINITY : config.data.warmup_bars;
    this.#space = space;
    this.#market = market;
    this.timeline = runTimeline(market, startMs, endMs, warmup);
    this.capital = plan.setup.pods.reduce((sum, pod) => sum + pod.capitalMicro, plan.setup.reserveMicro) / 1e6;
    this.#plans = new PointPlans(space, market);
    const { bars, sliceOf, openTimes } = this.timeline;
    // A grid may vary the timeframe of each pod.
    const timeframes = market.bars.length * Math.max(4, 2 * config.pods.length);
    this.#columns = new SignalColumns({ bars, sliceOf, baseMs: plan.baseMs }, timeframes);
    const packs =
      !space.orchestrated &&
      market.quoted === undefined &&
      hasFixedRules(config) &&
      StrategyEngine.bytes(plan, openTimes.length) <= MOST_PACKED_BYTES;
    this.#engine = packs ? new StrategyEngine(plan, this.timeline) : null;
  }

  /** Signal columns computed so far. */
  get columnsComputed(): number {
    return this.#columns.computed;
  }

  /** @param shift thousandths of the run by which all signals are rotated in time: a negative control. */
  evaluate(values: readonly GridValue[], shift = 0): PointOutcome {
    const { plan, config, requests } = this.#plans.of(values);
    const cells = plan.setup.pods.length * plan.setup.symbols.length;
    const board = new ColumnBoard(this.#columns, requests, cells, shift);
    return this.#engine?.run(plan.setup, board) ?? this.#runSession(plan, config, requests, board);
  }

  #runSession(
    template: EnginePlan,
    config: Config,
    requests: readonly SignalRequest[],
    board: ColumnBoard,
  ): PointOutcome {
    // Funding and instrument rules are walked through by a run: each has its own.
    const plan = { ...planEngine(config, this.#market, template.setup.chunk, this.#space.orchestrated), requests };
    const session = new EngineSession(plan, {
      fast: true,
      orchestrated: this.#space.orchestrated,
      kernels: (bytes) => this.#pool.take(bytes),
      board,
    });
    const source = openSource(config, this.#market, plan.range.startMs);
    session.warmUp(source);
    while (session.advance(source) > 0);
    const { record } = session.finish();

    return outcomeOfRecord(record, this.timeline.dayMs.length);
  }
}

/** Rules that change at a date need a run that stops there. */
function hasFixedRules({ data }: Config): boolean {
  return !Object.values(data.instruments).some(Array.isArray);
}

/** The outcome that a run's record tells. @param dayCount days of the whole range. */
export function outcomeOfRecord(record: RunRecord, dayCount: number): PointOutcome {
  const { days, curve } = record;
  const equity = new Float64Array(dayCount);
  equity.set(days.equity);
  equity.fill(days.equity.at(-1) as number, days.equity.length);
  const tally = new Float64Array(TALLY.length);
  const lotsPerUnit = record.symbols.map((symbol) => symbol.lotsPerUnit);
  tallyRecords(record.records, lotsPerUnit, tally);
  tally[TALLY_SLOT.slices] = curve.equity.length;
  for (let t = 0; t < curve.equity.length; t++) {
    const worth = curve.equity[t] as number;
    const gross = curve.gross[t] as number;
    if (gross > 0) (tally[TALLY_SLOT.held] as number)++;
    if (!(worth > 0)) continue;
    (tally[TALLY_SLOT.leverage] as number) += gross / worth;
    (tally[TALLY_SLOT.measured] as number)++;
  }
  tally[TALLY_SLOT.liquidated] = hasLiquidation(record) ? 1 : 0;
  return { equity, tally };
}

function hasLiquidation({ records }: RunRecord): boolean {
  for (let at = 0; at < records.length; at += RECORD_LENGTH[records[at] as number] as number) {
    if (records[at] === TAG.liquidation) return true;
  }
  return false;
}
