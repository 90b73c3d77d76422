import { instantiateKernels, type Kernels } from "../kernels/load.ts";
import { firstIndexAt } from "../market/bar-search.ts";
import { DailyCloses } from "../market/daily-closes.ts";
import { SymbolChunk } from "../market/slice-reader.ts";
import type { SliceSource } from "../market/slice-source.ts";
import { DAY_MS } from "../market/timeframe.ts";
import { Engine } from "../orchestrator/engine.ts";
import { EventLog } from "../orchestrator/event-log.ts";
import { decodeEvents, type EngineEvent, type EventNames, TAG } from "../orchestrator/events.ts";
import { lambdaFor } from "../orchestrator/lifecycle/false-alarm-lambda.ts";
import { type Restrictions, restrict } from "../orchestrator/restrictions.ts";
import type { FinalBooks, RunRecord } from "../orchestrator/run-record.ts";
import { ACCOUNT } from "../orchestrator/state.ts";
import { type OperatorAction, StrategyOrchestrator } from "../orchestrator/strategy-orchestrator.ts";
import { applyVenueChange, type VenueChange } from "../orchestrator/venue-changes.ts";
import type { EnginePlan } from "./plan.ts";
import { ResultHash } from "./result-hash.ts";
import { RunHistory } from "./run-history.ts";
import { SignalBoard, type SignalSource } from "./signal-board.ts";

export interface SessionOptions {
  /** Whole chunks of slices in one call and no event objects. Same decisions, same hash; observers get nothing. */
  readonly fast?: boolean;
  /** Gets every event, in order, slice by slice. Ignored in fast mode. */
  readonly observers?: readonly ((event: EngineEvent) => void)[];
  /** Gets the event records as they are written, a view that is valid during the call only. */
  readonly onRecords?: (records: Float64Array) => void;
  /** False: no life cycle, no allocation, no portfolio halts (a single strategy). */
  readonly orchestrated?: boolean;
  /** What operators do, at the closes of days. */
  readonly actions?: readonly OperatorAction[];
  /** Looks at the session after the last slice of each UTC day (its 00:00, epoch ms). Ignored in fast mode. */
  readonly onDayClose?: (session: EngineSession, dayMs: number) => void;
  /** Where the kernels run; tests pass their plain-TypeScript twin. */
  readonly kernels?: (bytes: number) => Kernels;
  /** Where signals come from; left out = computed from the candles as they complete. Sweeps share columns between runs. */
  readonly board?: SignalSource;
}

/** What a session left behind. */
export interface SessionOutcome {
  readonly record: RunRecord;
  /** See src/engine/result-hash.ts for the layout. */
  readonly resultHash: string;
  /** Final bytes of the engine's state: what must be equal whatever the path. */
  readonly state: Float64Array;
}

/**
 * One engine with everything around it that has memory (candles, signals, orchestrator, hash, history), wired the same way
 * for every runner. A runner owns the source of slices and decides how many of them go in at a time:
 *
 *   session.warmUp(source); while (session.advance(source, max) > 0) …; session.finish()
 *
 * A backtest advances by chunks; replay, paper and live by one slice. Decisions do not depend on it.
 */
export class EngineSession {
  readonly plan: EnginePlan;
  readonly engine: Engine;
  /** Bars that went through the books, over all symbols. */
  bars = 0;
  readonly #options: SessionOptions;
  readonly #names: EventNames;
  readonly #chunks: readonly SymbolChunk[];
  readonly #board: SignalSource;
  readonly #hash: ResultHash;
  readonly #log = new EventLog();
  readonly #history: RunHistory;
  readonly #closes: DailyCloses;
  readonly #orchestrator: StrategyOrchestrator | null;
  readonly #warmupBars: number[];
  /** Records of the orchestrator within the current day end. */
  #hostRecords: number[] = [];
  /** Slices of the books in the engine's buffers. */
  #buffered = 0;
  /** Open time of the slice before the current chunk. */
  #lastOpen = Number.NaN;
  #eventObjects = 0;

  constructor(plan: EnginePlan, options: SessionOptions = {}) {
    const { setup, requests, baseMs } = plan;
    const { pods, symbols, chunk } = setup;
    this.plan = plan;
    this.#options = options;
    this.#names = { podIds: pods.map(({ podId }) => podId), symbols: symbols.map(({ symbol }) => symbol) };

    const bytes =
      Engine.bytes(pods.length, symbols.length, chunk, setup.funding) +
      symbols.length * SymbolChunk.bytes(chunk) +
      SignalBoard.bytes(requests, chunk) +
      StrategyOrchestrator.bytes(pods.length, symbols.length, plan.settings.correlation.lookback);
    const kernels = (options.kernels ?? instantiateKernels)(bytes);
    this.engine = new Engine(kernels, setup);
    this.#chunks = symbols.map(() => new SymbolChunk(kernels.arena, chunk));
    this.#board =
      options.board ??
      new SignalBoard(kernels, requests, pods.length * symbols.length, chunk, baseMs, plan.volumeDecimals);
    this.#hash = new ResultHash(setup);
    this.#closes = new DailyCloses(symbols.length);
    this.#history = new RunHistory(pods.length, plan.mostSlices, baseMs);
    this.#warmupBars = symbols.map(() => 0);
    this.#orchestrator = options.orchestrated === false ? null : this.#createOrchestrator(kernels);
  }

  /** True once the account was liquidated: no further slice is processed. */
  get isOver(): boolean {
    return this.engine.liquidated;
  }

  /** Open of the last slice that was processed; undefined before the first. */
  get lastOpenMs(): number | undefined {
    return this.#history.lastMs;
  }

  /** Life-cycle state of each pod, in the engine's order; empty when nothing is orchestrated. */
  get podStates(): readonly string[] {
    return this.#orchestrator?.pods.map(({ state }) => state) ?? [];
  }

  /** Strategies see the bars before the start; books, returns and decisions begin with it. */
  warmUp(source: SliceSource): void {
    const { startMs } = this.plan.range;
    const { state } = this.engine;
    for (let slices = this.#read(source, startMs); slices > 0; slices = this.#read(source, startMs)) {
      this.#board.advance(this.#chunks);
      this.#board.settle(state.signals);
      this.#closes.observe(this.#chunks);
      for (const [s, { count, views }] of this.#chunks.entries()) {
        if (count === 0) continue;
        (this.#warmupBars[s] as number) += count;
        state.markPerLot[s] = (views.close[count - 1] as number) / (state.lotsPerUnit[s] as number);
        state.lastVolume[s] = views.volume[count - 1] as number;
      }
    }
  }

  /**
   * Processes the source's next slices, at most `max` (and never more than a chunk).
   *
   * @returns how many; 0 when the source has none left in the range, or after a liquidation.
   */
  advance(source: SliceSource, max = this.plan.setup.chunk): number {
    if (this.isOver) return 0;
    const slices = this.#read(source, this.plan.range.endMs, max);
    if (slices === 0) return 0;
    const { engine } = this;
    this.#board.advance(this.#chunks);
    this.#board.writeUpdates(this.#chunks, slices, engine.slices, engine.state.signals);
    this.plan.funding.write(engine.slices.openTimes, slices, engine.slices);
    this.#markDayEnds(slices, source.peek());
    const processed = this.#step(slices);
    this.#history.append(engine, processed);
    this.bars += processed === slices ? sumOf(this.#chunks) : this.#barsIn(processed);
    this.#buffered = processed;
    return processed;
  }

  /**
   * What operators allow from here on, between two slices. Pending orders that are forbidden now lapse, and the last slice
   * decides again; what becomes allowed is decided at the next close.
   *
   * @returns whether it decided again.
   */
  restrict(restrictions: Restrictions): boolean {
    const { records, isTighter } = restrict(this.engine, restrictions);
    if (records.length === 0) return false;
    const timeMs = this.lastOpenMs ?? this.plan.range.startMs;
    this.#take(Float64Array.from([TAG.slice, timeMs, ...records.flat()]));
    const last = this.#buffered - 1;
    if (!isTighter || last < 0 || this.isOver) return false;
    this.engine.decideAgain(last, (decided) => this.#take(decided));
    return true;
  }

  /** What an exchange did since the last slice (runners with `fills: "venue"`). */
  change(change: VenueChange): void {
    applyVenueChange(this.engine, change, this.lastOpenMs ?? this.plan.range.startMs, (records) => this.#take(records));
  }

  /** Ends the session: orders still pending lapse (`END_OF_DATA`). */
  finish(): SessionOutcome {
    this.engine.endOfData((records) => this.#take(records));
    return { record: this.#record(), resultHash: this.#hash.digest(), state: this.engine.state.region.slice() };
  }

  #read(source: SliceSource, endMs: number, max = this.plan.setup.chunk): number {
    const { openTimes, bars } = this.engine.slices;
    return source.read(endMs, Math.min(max, this.plan.setup.chunk), openTimes, bars, this.#chunks);
  }

  /** Bars of the chunk's first `slices` slices, over all symbols. */
  #barsIn(slices: number): number {
    let bars = 0;
    for (const { count, slice } of this.#chunks) {
      for (let i = 0; i < count && (slice[i] as number) < slices; i++) bars++;
    }
    return bars;
  }

  /** A day ends with the last slice of its UTC date; where the data ends, only at 00:00. */
  #markDayEnds(slices: number, following: number): void {
    const { dayEnd } = this.engine.slices;
    const { baseMs, range } = this.plan;
    const openTimes = this.engine.slices.openTimes.subarray(0, slices);
    dayEnd.fill(0, 0, slices);
    let t = 0;
    for (;;) {
      const open = openTimes[t] as number;
      t = firstIndexAt(openTimes, (dayOf(open) + 1) * DAY_MS);
      if (t === slices) break;
      dayEnd[t - 1] = 1;
    }
    const last = openTimes[slices - 1] as number;
    const isLast = following < range.endMs ? dayOf(following) !== dayOf(last) : (last + baseMs) % DAY_MS === 0;
    dayEnd[slices - 1] = isLast ? 1 : 0;
  }

  #createOrchestrator(kernels: Kernels): StrategyOrchestrator {
    const { settings, podSettings, range } = this.plan;
    const { lambda, target_false_alarm_days: target } = settings.degradation;
    const plan = {
      settings,
      pods: podSettings,
      startDay: dayOf(range.startMs),
      lambda: lambda ?? lambdaFor(target),
      actions: this.#options.actions ?? [],
    };
    return new StrategyOrchestrator(kernels, this.engine, plan, this.#closes, (record) => {
      this.#hostRecords.push(...record);
    });
  }

  /** Phase 5 of a day's last slice, in the middle of the kernel's step. */
  #dayEnd(slice: number): void {
    const { openTimes } = this.engine.slices;
    const { baseMs } = this.plan;
    const open = openTimes[slice] as number;
    const before = slice > 0 ? (openTimes[slice - 1] as number) : this.#lastOpen;
    this.#orchestrator?.dayEnd(dayOf(open), open + baseMs, this.#exposureAt(before + baseMs));
    if (this.#hostRecords.length === 0) return;
    this.#take(Float64Array.from([TAG.slice, open, ...this.#hostRecords]));
    this.#hostRecords = [];
  }

  /** The exposure factor that the slice closing at `closeMs` decided; full before the first. */
  #exposureAt(closeMs: number): number {
    const { account } = this.engine.state;
    return closeMs < (account[ACCOUNT.barredUntil] as number) ? 0 : (account[ACCOUNT.exposureFactor] as number);
  }

  /**
   * Fast: all slices in one call, or one for each span in which the instruments' rules stay. Otherwise slice by slice,
   * with an event object for each record. Returns the first slice not processed.
   */
  #step(slices: number): number {
    const take = (records: Float64Array): void => this.#take(records);
    const onDayEnd = this.#orchestrator === null ? undefined : (slice: number): void => this.#dayEnd(slice);
    const { state, slices: buffers } = this.engine;
    const { instruments, book } = this.plan;
    this.#closes.observe(this.#chunks);
    let next = 0;
    while (next < slices && !this.isOver) {
      instruments.update(buffers.openTimes[next] as number, state);
      book?.update(buffers.openTimes[next] as number, state);
      const isWhole = this.#options.fast === true && book === null;
      const to = isWhole ? this.#firstSliceAt(instruments.nextMs, next + 1, slices) : next + 1;
      next = this.engine.run(next, to, take, onDayEnd);
      this.#closeDay(next - 1);
    }
    this.#lastOpen = buffers.openTimes[slices - 1] as number;
    return next;
  }

  #closeDay(slice: number): void {
    const { fast, onDayClose } = this.#options;
    const { dayEnd, openTimes } = this.engine.slices;
    if (fast === true || onDayClose === undefined || dayEnd[slice] !== 1) return;
    onDayClose(this, dayOf(openTimes[slice] as number) * DAY_MS);
  }

  /** The first slice of [from, to) that opens at or after `ms`, or `to`. */
  #firstSliceAt(ms: number, from: number, to: number): number {
    if (ms === Number.POSITIVE_INFINITY) return to;
    const { openTimes } = this.engine.slices;
    let t = from;
    while (t < to && (openTimes[t] as number) < ms) t++;
    return t;
  }

  #take(records: Float64Array): void {
    this.#hash.update(records);
    this.#log.append(records);
    const { observers = [], fast, onRecords } = this.#options;
    onRecords?.(records);
    if (fast === true || observers.length === 0) return;
    for (const event of decodeEvents(records, this.#names)) {
      this.#eventObjects++;
      for (const observe of observers) observe(event);
    }
  }

  #record(): RunRecord {
    const { setup, pods, baseMs } = this.plan;
    const capitalMicro = setup.pods.reduce((sum, pod) => sum + pod.capitalMicro, setup.reserveMicro);
    return {
      pods,
      symbols: setup.symbols,
      capital: capitalMicro / 1e6,
      baseMs,
      curve: this.#history.curve,
      days: this.#history.days,
      records: this.#log.records,
      failures: this.#board.failures(),
      books: booksOf(this.engine),
      orchestrator: this.#orchestrator?.log ?? null,
      counts: {
        slices: this.#history.length,
        bars: this.bars,
        warmupBars: this.#warmupBars,
        targets: this.#log.targets,
        eventObjects: this.#eventObjects,
        stepCalls: this.engine.calls,
        numericCalls: this.#orchestrator?.numericCalls ?? 0,
      },
    };
  }
}

function booksOf({ state }: Engine): FinalBooks {
  return {
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
  };
}

function sumOf(chunks: readonly SymbolChunk[]): number {
  return chunks.reduce((sum, { count }) => sum + count, 0);
}

function dayOf(ms: number): number {
  return Math.floor(ms / DAY_MS);
}
