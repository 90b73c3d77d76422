import type { Config } from "../config/schema.ts";
import { instantiateKernels, type Kernels } from "../kernels/load.ts";
import { assert } from "../lib/assert.ts";
import { GrowableColumn } from "../lib/growable.ts";
import type { BarColumns } from "../market/bars.ts";
import { DailyCloses } from "../market/daily-closes.ts";
import type { Market } from "../market/market.ts";
import { SliceReader, SymbolChunk } from "../market/slice-reader.ts";
import { DAY_MS } from "../market/timeframe.ts";
import { Engine } from "../orchestrator/engine.ts";
import { EventLog } from "../orchestrator/event-log.ts";
import { decodeEvents, type EngineEvent, TAG } from "../orchestrator/events.ts";
import { lambdaFor } from "../orchestrator/lifecycle/false-alarm-lambda.ts";
import type { RunRecord } from "../orchestrator/run-record.ts";
import { ACCOUNT } from "../orchestrator/state.ts";
import { type OperatorAction, StrategyOrchestrator } from "../orchestrator/strategy-orchestrator.ts";
import { type EnginePlan, planEngine } from "./plan.ts";
import { ResultHash } from "./result-hash.ts";
import { SignalBoard } from "./signal-board.ts";

/** Slices per kernel call on the fast path: long enough to amortise the call, short enough for V8 to tier up. */
const CHUNK = 1024;

export interface BacktestOptions {
  /** Chunks of slices and no event objects. Same decisions, same hash; observers get nothing. */
  readonly fast?: boolean;
  /** Gets every event, in order, slice by slice. Ignored in fast mode. */
  readonly observers?: readonly ((event: EngineEvent) => void)[];
  /** Called now and then with the days of the range that are done, and all of them. */
  readonly onProgress?: (doneDays: number, totalDays: number) => void;
  /** Slices per chunk; results do not depend on it. */
  readonly chunk?: number;
  /** False: no life cycle, no allocation, no portfolio halts (a single strategy). */
  readonly orchestrated?: boolean;
  /** What operators do, at the closes of days. */
  readonly actions?: readonly OperatorAction[];
  /** Where the kernels run; tests pass their plain-TypeScript twin. */
  readonly kernels?: (bytes: number) => Kernels;
}

export interface BacktestRun {
  readonly record: RunRecord;
  /** See src/engine/result-hash.ts for the layout. */
  readonly resultHash: string;
  /** Final bytes of the engine's state: what must be equal whatever the path. */
  readonly state: Float64Array;
}

/** Runs a config over a market: warm-up, every slice of the range (to a liquidation, if there is one), end of data. */
export function simulate(config: Config, market: Market, options: BacktestOptions = {}): BacktestRun {
  const plan = planEngine(config, market, options.chunk ?? CHUNK, options.orchestrated ?? true);
  return new Simulation(plan, market, config, options).run();
}

class Simulation {
  readonly #plan: EnginePlan;
  readonly #market: Market;
  readonly #options: BacktestOptions;
  readonly #startMs: number;
  /** First instant after the range. */
  readonly #endMs: number;
  readonly #warmupLimit: number;
  readonly #reader: SliceReader;
  readonly #chunks: readonly SymbolChunk[];
  readonly #engine: Engine;
  readonly #board: SignalBoard;
  readonly #hash: ResultHash;
  readonly #log = new EventLog();
  readonly #curve = {
    timeMs: new GrowableColumn(),
    equity: new GrowableColumn(),
    gross: new GrowableColumn(),
    net: new GrowableColumn(),
  };
  readonly #days: { timeMs: GrowableColumn; equity: GrowableColumn; pods: GrowableColumn[] };
  readonly #closes: DailyCloses;
  readonly #orchestrator: StrategyOrchestrator | null;
  /** Records of the orchestrator within the current day end. */
  #hostRecords: number[] = [];
  /** Open time of the slice before the current chunk. */
  #lastOpen = Number.NaN;
  #eventObjects = 0;

  constructor(plan: EnginePlan, market: Market, { data }: Config, options: BacktestOptions) {
    const { setup, requests, baseMs } = plan;
    const { pods, symbols, chunk } = setup;
    this.#plan = plan;
    this.#market = market;
    this.#options = options;
    this.#startMs = plan.range.startMs;
    this.#endMs = plan.range.endMs;
    this.#warmupLimit = data.warmup_bars === "all" ? Number.POSITIVE_INFINITY : data.warmup_bars;
    this.#reader = new SliceReader(market.bars);

    const bytes =
      Engine.bytes(pods.length, symbols.length, chunk, setup.funding) +
      symbols.length * SymbolChunk.bytes(chunk) +
      SignalBoard.bytes(requests, chunk) +
      StrategyOrchestrator.bytes(pods.length, symbols.length, plan.settings.correlation.lookback);
    const kernels = (options.kernels ?? instantiateKernels)(bytes);
    this.#engine = new Engine(kernels, setup);
    this.#chunks = symbols.map(() => new SymbolChunk(kernels.arena, chunk));
    const decimals = market.bars.map(({ volumeDecimals }) => volumeDecimals);
    this.#board = new SignalBoard(kernels, requests, pods.length * symbols.length, chunk, baseMs, decimals);
    this.#hash = new ResultHash(setup);
    this.#closes = new DailyCloses(symbols.length);
    this.#orchestrator = options.orchestrated === false ? null : this.#createOrchestrator(kernels);
    this.#days = {
      timeMs: new GrowableColumn(),
      equity: new GrowableColumn(),
      pods: pods.map(() => new GrowableColumn()),
    };
  }

  run(): BacktestRun {
    const warmupBars = this.#warmUp();
    let bars = 0;
    for (let slices = this.#readChunk(this.#endMs); slices > 0; slices = this.#readChunk(this.#endMs)) {
      this.#board.advance(this.#chunks);
      this.#board.writeUpdates(this.#chunks, slices, this.#engine.slices, this.#engine.state.signals);
      this.#plan.funding.write(this.#engine.slices.openTimes, slices, this.#engine.slices);
      this.#markDayEnds(slices);
      const processed = this.#step(slices);
      this.#keepCurve(processed);
      bars += this.#barsIn(processed);
      if (this.#engine.liquidated) break;
      const closeMs = this.#lastTime(slices) + this.#plan.baseMs;
      this.#options.onProgress?.((closeMs - this.#startMs) / DAY_MS, (this.#endMs - this.#startMs) / DAY_MS);
    }
    this.#engine.endOfData((records) => this.#take(records));

    this.#assertComplete(bars);
    return {
      record: this.#record(bars, warmupBars),
      resultHash: this.#hash.digest(),
      state: this.#engine.state.region.slice(),
    };
  }

  /** Bars in = bars processed, up to the slice of a liquidation; the same for funding times. */
  #assertComplete(bars: number): void {
    const { liquidated } = this.#engine;
    const lastMs = this.#curve.timeMs.view().at(-1) ?? this.#startMs;
    const endMs = liquidated ? lastMs + 1 : this.#endMs;
    const expected = this.#market.bars.reduce((sum, column) => sum + barsBetween(column, this.#startMs, endMs), 0);
    assert(bars === expected, `backtest: ${expected} bars in, ${bars} processed`);
    const { left } = this.#plan.funding;
    assert(liquidated || left === 0, `backtest: ${left} funding times met no slice`);
  }

  /** Bars of the chunk's first `slices` slices, over all symbols. */
  #barsIn(slices: number): number {
    let bars = 0;
    for (const { count, slice } of this.#chunks) {
      for (let i = 0; i < count && (slice[i] as number) < slices; i++) bars++;
    }
    return bars;
  }

  /** Strategies see the bars before the start; books, returns and decisions begin with it. */
  #warmUp(): number[] {
    if (Number.isFinite(this.#warmupLimit)) this.#reader.skipTo(this.#startMs, this.#warmupLimit);
    const { state } = this.#engine;
    const warmupBars = this.#market.bars.map(() => 0);
    for (let slices = this.#readChunk(this.#startMs); slices > 0; slices = this.#readChunk(this.#startMs)) {
      this.#board.advance(this.#chunks);
      this.#board.settle(state.signals);
      this.#closes.observe(this.#chunks);
      for (const [s, chunk] of this.#chunks.entries()) {
        if (chunk.count === 0) continue;
        (warmupBars[s] as number) += chunk.count;
        state.markPerLot[s] = (chunk.views.close[chunk.count - 1] as number) / (state.lotsPerUnit[s] as number);
        state.lastVolume[s] = chunk.views.volume[chunk.count - 1] as number;
      }
    }
    return warmupBars;
  }

  #readChunk(endMs: number): number {
    const { openTimes, bars } = this.#engine.slices;
    return this.#reader.read(endMs, this.#plan.setup.chunk, openTimes, bars, this.#chunks);
  }

  /** A day ends with the last slice of its UTC date; where the data ends, only at 00:00. */
  #markDayEnds(slices: number): void {
    const { openTimes, dayEnd } = this.#engine.slices;
    const following = this.#reader.peek();
    for (let t = 0; t < slices; t++) {
      const open = openTimes[t] as number;
      const next = t + 1 < slices ? (openTimes[t + 1] as number) : following;
      const closes = open + this.#plan.baseMs;
      const isLast = next < this.#endMs ? dayOf(next) !== dayOf(open) : closes % DAY_MS === 0;
      dayEnd[t] = isLast ? 1 : 0;
    }
  }

  #createOrchestrator(kernels: Kernels): StrategyOrchestrator {
    const { settings, podSettings } = this.#plan;
    const { lambda, target_false_alarm_days: target } = settings.degradation;
    const plan = {
      settings,
      pods: podSettings,
      startDay: dayOf(this.#startMs),
      lambda: lambda ?? lambdaFor(target),
      actions: this.#options.actions ?? [],
    };
    return new StrategyOrchestrator(kernels, this.#engine, plan, this.#closes, (record) => {
      this.#hostRecords.push(...record);
    });
  }

  /** Phase 5 of a day's last slice, in the middle of the kernel's step. */
  #dayEnd(slice: number): void {
    const { openTimes } = this.#engine.slices;
    const open = openTimes[slice] as number;
    const before = slice > 0 ? (openTimes[slice - 1] as number) : this.#lastOpen;
    this.#orchestrator?.dayEnd(dayOf(open), open + this.#plan.baseMs, this.#exposureAt(before + this.#plan.baseMs));
    if (this.#hostRecords.length === 0) return;
    this.#take(Float64Array.from([TAG.slice, open, ...this.#hostRecords]));
    this.#hostRecords = [];
  }

  /** The exposure factor that the slice closing at `closeMs` decided; full before the first. */
  #exposureAt(closeMs: number): number {
    const { account } = this.#engine.state;
    return closeMs < (account[ACCOUNT.barredUntil] as number) ? 0 : (account[ACCOUNT.exposureFactor] as number);
  }

  /**
   * Fast: the whole chunk in one call, or one for each span in which the instruments' rules stay. Otherwise slice by slice,
   * as paper and live do, with an event object for each record. Returns the first slice not processed.
   */
  #step(slices: number): number {
    const take = (records: Float64Array): void => this.#take(records);
    const onDayEnd = this.#orchestrator === null ? undefined : (slice: number): void => this.#dayEnd(slice);
    const { state, slices: buffers } = this.#engine;
    const { instruments } = this.#plan;
    this.#closes.observe(this.#chunks);
    let next = 0;
    while (next < slices && !this.#engine.liquidated) {
      instruments.update(buffers.openTimes[next] as number, state);
      const to = this.#options.fast === true ? this.#firstSliceAt(instruments.nextMs, next + 1, slices) : next + 1;
      next = this.#engine.run(next, to, take, onDayEnd);
    }
    this.#lastOpen = this.#lastTime(slices);
    return next;
  }

  /** The first slice of [from, to) that opens at or after `ms`, or `to`. */
  #firstSliceAt(ms: number, from: number, to: number): number {
    if (ms === Number.POSITIVE_INFINITY) return to;
    const { openTimes } = this.#engine.slices;
    let t = from;
    while (t < to && (openTimes[t] as number) < ms) t++;
    return t;
  }

  #take(records: Float64Array): void {
    this.#hash.update(records);
    this.#log.append(records);
    const { observers = [], fast } = this.#options;
    if (fast === true || observers.length === 0) return;
    const { pods, symbols } = this.#plan.setup;
    const names = { podIds: pods.map(({ podId }) => podId), symbols: symbols.map(({ symbol }) => symbol) };
    for (const event of decodeEvents(records, names)) {
      this.#eventObjects++;
      for (const observe of observers) observe(event);
    }
  }

  #keepCurve(slices: number): void {
    const { openTimes, curve } = this.#engine.slices;
    const width = this.#engine.curveWidth;
    for (let t = 0; t < slices; t++) {
      const time = openTimes[t] as number;
      const row = curve.subarray(t * width, (t + 1) * width);
      this.#curve.timeMs.push(time);
      this.#curve.equity.push(row[0] as number);
      this.#curve.gross.push(row[1] as number);
      this.#curve.net.push(row[2] as number);
      this.#keepDay(Math.floor(time / DAY_MS) * DAY_MS, row);
    }
  }

  /** The last slice of a UTC date is the day's close: later slices of the same date overwrite earlier ones. */
  #keepDay(day: number, row: Float64Array): void {
    const { timeMs, equity, pods } = this.#days;
    const last = timeMs.length - 1;
    if (last >= 0 && timeMs.view()[last] === day) {
      equity.view()[last] = row[0] as number;
      for (const [p, column] of pods.entries()) column.view()[last] = row[3 + p] as number;
      return;
    }
    timeMs.push(day);
    equity.push(row[0] as number);
    for (const [p, column] of pods.entries()) column.push(row[3 + p] as number);
  }

  #lastTime(slices: number): number {
    return this.#engine.slices.openTimes[slices - 1] as number;
  }

  #record(bars: number, warmupBars: readonly number[]): RunRecord {
    const { setup, pods, baseMs } = this.#plan;
    const { state } = this.#engine;
    const capitalMicro = setup.pods.reduce((sum, pod) => sum + pod.capitalMicro, setup.reserveMicro);
    return {
      pods,
      symbols: setup.symbols,
      capital: capitalMicro / 1e6,
      baseMs,
      curve: {
        timeMs: this.#curve.timeMs.view(),
        equity: this.#curve.equity.view(),
        gross: this.#curve.gross.view(),
        net: this.#curve.net.view(),
      },
      days: {
        timeMs: this.#days.timeMs.view(),
        equity: this.#days.equity.view(),
        pods: this.#days.pods.map((column) => column.view()),
      },
      records: this.#log.records,
      books: {
        reserveMicro: state.account[ACCOUNT.reserve] as number,
        cashMicro: state.cash.slice(),
        equity: state.equity.slice(),
        markPerLot: state.markPerLot.slice(),
        lots: state.lots.slice(),
        entry: state.entry.slice(),
        realised: state.realised.slice(),
        feesMicro: state.fees.slice(),
        fundingMicro: state.funding.slice(),
        saving: state.saving.slice(),
        target: state.signals.slice(0, state.lots.length),
        intraWeight: state.intraWeight.slice(),
      },
      orchestrator: this.#orchestrator?.log ?? null,
      counts: {
        slices: this.#curve.timeMs.length,
        bars,
        warmupBars,
        targets: this.#log.targets,
        eventObjects: this.#eventObjects,
        stepCalls: this.#engine.calls,
        numericCalls: this.#orchestrator?.numericCalls ?? 0,
      },
    };
  }
}

function dayOf(ms: number): number {
  return Math.floor(ms / DAY_MS);
}

function barsBetween({ timeMs }: BarColumns, fromMs: number, toMs: number): number {
  let count = 0;
  for (const time of timeMs) if (time >= fromMs && time < toMs) count++;
  return count;
}
