import type { EnginePlan } from "../engine/plan.ts";
import { instantiateKernels } from "../kernels/load.ts";
import { assert } from "../lib/assert.ts";
import { SliceReader, SymbolChunk } from "../market/slice-reader.ts";
import { Engine, type EngineSetup } from "../orchestrator/engine.ts";
import { ACCOUNT } from "../orchestrator/state.ts";
import type { ColumnBoard } from "./column-board.ts";
import { type PointOutcome, TALLY, TALLY_SLOT, type Tally } from "./point-outcome.ts";
import type { RunTimeline } from "./run-timeline.ts";
import { tallyRecords } from "./tally-records.ts";

/** Slices per kernel call: as in a backtest. */
const SPAN = 1024;

/**
 * The engine of a sweep without orchestration: the slices of the whole run lie packed in kernel memory once, and each point
 * restarts the state and steps over them. The step kernel is that of a backtest.
 */
export class StrategyEngine {
  readonly #engine: Engine;
  readonly #timeline: RunTimeline;
  readonly #lotsPerUnit: readonly number[];
  /** By symbol: mark and volume of the last warm-up bar. */
  readonly #marks: readonly (readonly [perLot: number, volume: number] | null)[];

  /** Bytes of kernel memory a run of this size takes. */
  static bytes({ setup, funding }: EnginePlan, slices: number): number {
    const symbols = setup.symbols.length;
    return Engine.bytes(setup.pods.length, symbols, slices, roomFor(funding)) + symbols * SymbolChunk.bytes(slices);
  }

  constructor(plan: EnginePlan, timeline: RunTimeline) {
    const slices = timeline.openTimes.length;
    const { startMs, endMs } = plan.range;
    const setup = { ...plan.setup, chunk: slices, funding: roomFor(plan.funding) };
    const kernels = instantiateKernels(StrategyEngine.bytes(plan, slices));
    this.#engine = new Engine(kernels, setup);
    this.#timeline = timeline;
    this.#lotsPerUnit = setup.symbols.map(({ lotsPerUnit }) => lotsPerUnit);
    const reader = new SliceReader(timeline.bars, plan.baseMs);
    reader.skipTo(startMs, 0);
    const chunks = setup.symbols.map(() => new SymbolChunk(kernels.arena, slices));
    const { slices: buffers } = this.#engine;
    const read = reader.read(endMs, slices, buffers.openTimes, buffers.bars, chunks);
    assert(read === slices, `sweep: ${slices} slices in the timeline, ${read} read`);
    plan.funding.write(buffers.openTimes, slices, buffers);
    this.#marks = timeline.bars.map(({ close, volume }, s) => {
      const last = (timeline.sliceOf[s] as Int32Array).lastIndexOf(-1);
      return last < 0 ? null : [(close[last] as number) / (this.#lotsPerUnit[s] as number), volume[last] as number];
    });
  }

  run(pointSetup: EngineSetup, board: ColumnBoard): PointOutcome {
    const engine = this.#engine;
    const { openTimes, dayMs, dayOf } = this.#timeline;
    const slices = openTimes.length;
    engine.restart({ ...pointSetup, chunk: slices, funding: engine.setup.funding });
    for (const [s, mark] of this.#marks.entries()) {
      if (mark === null) continue;
      [engine.state.markPerLot[s], engine.state.lastVolume[s]] = mark;
    }
    board.writeUpdates([], slices, engine.slices, engine.state.signals);
    const tally = new Float64Array(TALLY.length);
    const equity = new Float64Array(dayMs.length);
    const take = (records: Float64Array): void => tallyRecords(records, this.#lotsPerUnit, tally);
    let done = 0;
    while (done < slices && !engine.liquidated) {
      const from = done;
      done = engine.run(from, Math.min(from + SPAN, slices), take);
      foldCurve(engine, dayOf, from, done, equity, tally);
    }
    engine.endOfData(take);
    equity.fill(engine.state.account[ACCOUNT.equity] as number, dayOf[done - 1] as number);
    if (engine.liquidated) tally[TALLY_SLOT.liquidated] = 1;
    return { equity, tally };
  }
}

/** The whole run is one chunk. */
function roomFor({ perSlice, payments }: EnginePlan["funding"]): EngineSetup["funding"] {
  return { perSlice, perChunk: payments };
}

/** Daily closes and exposure of the slices [from, to), added to what the ones before left. */
function foldCurve(
  engine: Engine,
  dayOf: Int32Array,
  from: number,
  to: number,
  equity: Float64Array,
  tally: Tally,
): void {
  const { curve } = engine.slices;
  const width = engine.curveWidth;
  let held = tally[TALLY_SLOT.held] as number;
  let leverage = tally[TALLY_SLOT.leverage] as number;
  let measured = tally[TALLY_SLOT.measured] as number;
  for (let t = from; t < to; t++) {
    const worth = curve[t * width] as number;
    const gross = curve[t * width + 1] as number;
    equity[dayOf[t] as number] = worth;
    if (worth > 0) measured++;
    if (!(gross > 0)) continue;
    held++;
    if (worth > 0) leverage += gross / worth;
  }
  tally[TALLY_SLOT.slices] = to;
  tally[TALLY_SLOT.held] = held;
  tally[TALLY_SLOT.leverage] = leverage;
  tally[TALLY_SLOT.measured] = measured;
}
