import type { Arena } from "../kernels/arena.ts";
import type { KernelExports } from "../kernels/exports.ts";
import type { Kernels } from "../kernels/load.ts";
import { assert } from "../lib/assert.ts";
import { CapacityError } from "./capacity-error.ts";
import { ACCOUNT, type EngineState, layOutState, stateBytes } from "./state.ts";

/** One pod as the engine sees it. */
export interface EnginePod {
  readonly podId: string;
  /** Indexes into the engine's symbols. */
  readonly symbols: readonly number[];
  readonly capitalMicro: number;
  readonly active: boolean;
  readonly maxLeverage: number;
  readonly rebalanceThreshold: number;
  readonly rebalanceToEdge: boolean;
  /** Fraction of the average entry; null = off. */
  readonly stopLoss: number | null;
  /** ATR multiple; null = off. */
  readonly trailMultiple: number | null;
  readonly cooldownMs: number | null;
}

/** One symbol as the engine sees it, with its rules at the start. */
export interface EngineSymbol extends SymbolRules {
  readonly symbol: string;
  /** Lots in one unit of the base. */
  readonly lotsPerUnit: number;
}

/** Trading rules of a symbol; those in force are in the state. */
export interface SymbolRules {
  /** Orders are whole multiples of this many lots. */
  readonly lotStep: number;
  /** Fill prices are multiples of `tickDigits / tickScale` quote units, both whole; digits 0 = any price. */
  readonly tickDigits: number;
  readonly tickScale: number;
  /** Quote units; 0 = no minimum. */
  readonly minNotional: number;
  /** Maintenance margin, fraction of the notional. */
  readonly maintenanceRate: number;
}

export interface EngineSetup {
  /** Sorted by pod id. */
  readonly pods: readonly EnginePod[];
  /** Sorted by name. */
  readonly symbols: readonly EngineSymbol[];
  readonly reserveMicro: number;
  readonly feeRate: number;
  readonly slippage: number;
  /** Fraction of the price at a volume share of 1; 0 = none. */
  readonly impact: number;
  /** Costs by size against the top of book, fractions of the price; null = `slippage` and `impact`. */
  readonly quoted: QuotedSlippage | null;
  readonly maxGrossLeverage: number;
  /** Fraction of the value that a liquidation closes. */
  readonly liquidationFee: number;
  readonly netting: "net" | "gross";
  /** Who fills orders (and liquidates): the next open, or an exchange between the slices (assembly/engine/venue.ts). */
  readonly fills: "open" | "venue";
  /** A stop that is reached fills inside its bar, or its exit is part of the slice's net order, as in paper and live. */
  readonly stops: "bar" | "order";
  /** Length of a slice. */
  readonly baseMs: number;
  /** Fractions; Infinity = no halt. */
  readonly dailyLossLimit: number;
  readonly drawdownLimit: number;
  /** Most slices of one call. */
  readonly chunk: number;
  /** Most funding payments, counted by symbol, of one slice and of one call. */
  readonly funding: FundingRoom;
}

/** The parameters of quoted costs; see assembly/engine/costs.ts. */
export interface QuotedSlippage {
  readonly halfSpread: number;
  readonly alpha: number;
  readonly cap: number;
  readonly penalty: number;
  /** Order ÷ quoted notional, above 0. */
  readonly maxSafe: number;
}

/** Room for funding payments: gaps in the bars make slices that many of them fall to. */
export interface FundingRoom {
  readonly perSlice: number;
  readonly perChunk: number;
}

const BAR_FIELDS = 5;
const SLICE_COLUMNS = 3;
const STAGE_OPEN = 0;
/** Two signal values per cell and slice at most: a weight and an ATR. */
const UPDATES_PER_CELL = 2;
/** The event buffer holds at least this many f64 (1 MiB), so that busy chunks are not cut into many calls. */
const MIN_EVENT_LENGTH = 131_072;

/** The input and output of one chunk of slices; see assembly/engine/slices.ts. */
export interface SliceBuffers {
  readonly openTimes: Float64Array;
  /** [slice][open, high, low, close, volume][symbol]; open = 0 marks a missing bar. */
  readonly bars: Float64Array;
  readonly updateStart: Int32Array;
  readonly updateSlot: Int32Array;
  readonly updateValue: Float64Array;
  /** [slice] 1 = the last slice of its UTC date. */
  readonly dayEnd: Int32Array;
  /** Payments of slice t at [fundingStart[t], fundingStart[t + 1]), in order of time. */
  readonly fundingStart: Int32Array;
  readonly fundingSymbol: Int32Array;
  readonly fundingTime: Float64Array;
  readonly fundingRate: Float64Array;
  /** What an exchange charged on; 0 = the engine's own price. */
  readonly fundingPrice: Float64Array;
  /** [slice][portfolio equity, gross, net, pod equities…]. */
  readonly curve: Float64Array;
}

/**
 * The step kernel with its state: what every runner drives. Slices go in through `slices`, what happened comes out as
 * event records (src/orchestrator/events.ts) and the curve.
 */
export class Engine {
  readonly state: EngineState;
  readonly slices: SliceBuffers;
  setup: EngineSetup;
  /** Calls of the step kernel so far. */
  calls = 0;
  readonly #exports: KernelExports;
  readonly #events: Float64Array;

  /** Bytes of kernel memory an engine of this size reserves. */
  static bytes(pods: number, symbols: number, chunk: number, funding: FundingRoom): number {
    const cells = pods * symbols;
    const perSlice = 8 * (1 + BAR_FIELDS * symbols + SLICE_COLUMNS + pods) + 12 * UPDATES_PER_CELL * cells + 12;
    const payments = 28 * funding.perChunk;
    return stateBytes(pods, symbols) + chunk * perSlice + payments + 8 * eventLength(pods, symbols, funding) + 1024;
  }

  constructor({ exports, arena }: Kernels, setup: EngineSetup) {
    const { pods, symbols, chunk } = setup;
    this.setup = setup;
    this.#exports = exports;
    this.state = layOutState(exports, arena, pods.length, symbols.length);
    this.slices = layOutSlices(exports, arena, pods.length, symbols.length, chunk, setup.funding.perChunk);
    const length = eventLength(pods.length, symbols.length, setup.funding);
    const payments = setup.funding.perSlice * exports.eventsPerFunding(pods.length);
    assert(
      length > exports.eventsPerSlice(pods.length, symbols.length) + payments,
      "engine: the event buffer cannot hold one slice",
    );
    const events = arena.f64(length);
    this.#events = arena.viewF64(events, length);
    exports.bindEvents(events, length);
    this.#begin();
  }

  /** Back to the state before the first slice, with the same pods and symbols: runners that repeat keep one engine. */
  restart(setup: EngineSetup): void {
    assert(
      setup.pods.length === this.setup.pods.length && setup.symbols.length === this.setup.symbols.length,
      "engine: a restart keeps the number of pods and symbols",
    );
    this.setup = setup;
    this.state.region.fill(0);
    this.#exports.clearEvents();
    this.#begin();
  }

  #begin(): void {
    writeSetup(this.state, this.setup);
    this.#exports.revalue();
    for (const slot of [ACCOUNT.highWater, ACCOUNT.dayBase, ACCOUNT.lastEquity]) {
      this.state.account[slot] = this.state.account[ACCOUNT.equity] as number;
    }
  }

  /** Curve values per slice. */
  get curveWidth(): number {
    return SLICE_COLUMNS + this.setup.pods.length;
  }

  /**
   * Steps the slices [from, to) of the buffers.
   *
   * @returns the first slice not processed: `to`, or less when the account was liquidated in the slice before.
   * @param onRecords gets the event records in order, a view that is valid during the call only.
   * @param onDayEnd called in the middle of a day's last slice, between signals and risk check; without it the kernel does
   *   not stop there.
   */
  run(
    from: number,
    to: number,
    onRecords: (records: Float64Array) => void,
    onDayEnd?: (slice: number) => void,
  ): number {
    this.state.account[ACCOUNT.stopAtDayEnd] = onDayEnd === undefined ? 0 : 1;
    let next = from;
    while (next < to && !this.liquidated) {
      next = this.#exports.run(next, to);
      this.calls++;
      if ((this.state.account[ACCOUNT.eventsWritten] as number) > 0) this.#drain(onRecords);
      if (this.state.account[ACCOUNT.stage] !== STAGE_OPEN) onDayEnd?.(next);
    }
    assertExact(this.state);
    return next;
  }

  /** True once the account was liquidated: no further slice is processed. */
  get liquidated(): boolean {
    return this.state.account[ACCOUNT.liquidated] === 1;
  }

  /** Values the books at the current marks, after capital was moved, weights or positions were changed between slices. */
  value(): void {
    this.#exports.revalue();
  }

  /** Calls the kernel between two slices and hands over the records it wrote. */
  between(call: (exports: KernelExports) => void, onRecords: (records: Float64Array) => void): void {
    call(this.#exports);
    this.#drain(onRecords);
    assertExact(this.state);
  }

  /** Decides slice `slice` of the buffers again, under rules that changed after it; what was pending lapses (`CONTROL`). */
  decideAgain(slice: number, onRecords: (records: Float64Array) => void): void {
    this.#exports.decideAgain(slice);
    this.#drain(onRecords);
  }

  /** Lapses the orders decided in the last slice. */
  endOfData(onRecords: (records: Float64Array) => void): void {
    this.#exports.endOfData();
    this.#drain(onRecords);
  }

  #drain(onRecords: (records: Float64Array) => void): void {
    const used = this.#exports.eventsUsed();
    if (used > 0) onRecords(this.#events.subarray(0, used));
    this.#exports.clearEvents();
  }
}

function eventLength(pods: number, symbols: number, { perSlice }: FundingRoom): number {
  const payments = perSlice * (6 + 4 * pods);
  return Math.max(MIN_EVENT_LENGTH, 2 * (79 * pods * symbols + 56 * symbols + 36 + payments));
}

function layOutSlices(
  exports: KernelExports,
  arena: Arena,
  pods: number,
  symbols: number,
  chunk: number,
  payments: number,
): SliceBuffers {
  const updates = chunk * pods * symbols * UPDATES_PER_CELL;
  const openTimes = arena.f64(chunk);
  const bars = arena.f64(chunk * BAR_FIELDS * symbols);
  const updateStart = arena.i32(chunk + 1);
  const updateSlot = arena.i32(updates);
  const updateValue = arena.f64(updates);
  const dayEnd = arena.i32(chunk);
  const curve = arena.f64(chunk * (SLICE_COLUMNS + pods));
  exports.bindSlices(openTimes, bars, updateStart, updateSlot, updateValue, dayEnd, curve);
  const fundingStart = arena.i32(chunk + 1);
  const fundingSymbol = arena.i32(payments);
  const fundingTime = arena.f64(payments);
  const fundingRate = arena.f64(payments);
  const fundingPrice = arena.f64(payments);
  exports.bindFunding(fundingStart, fundingSymbol, fundingTime, fundingRate, fundingPrice);
  return {
    openTimes: arena.viewF64(openTimes, chunk),
    bars: arena.viewF64(bars, chunk * BAR_FIELDS * symbols),
    updateStart: arena.viewI32(updateStart, chunk + 1),
    updateSlot: arena.viewI32(updateSlot, updates),
    updateValue: arena.viewF64(updateValue, updates),
    dayEnd: arena.viewI32(dayEnd, chunk),
    fundingStart: arena.viewI32(fundingStart, chunk + 1),
    fundingSymbol: arena.viewI32(fundingSymbol, payments),
    fundingTime: arena.viewF64(fundingTime, payments),
    fundingRate: arena.viewF64(fundingRate, payments),
    fundingPrice: arena.viewF64(fundingPrice, payments),
    curve: arena.viewF64(curve, chunk * (SLICE_COLUMNS + pods)),
  };
}

function writeSetup(state: EngineState, setup: EngineSetup): void {
  const podCount = setup.pods.length;
  for (const [p, pod] of setup.pods.entries()) {
    state.cash[p] = pod.capitalMicro;
    state.active[p] = pod.active ? 1 : 0;
    state.maxLeverage[p] = pod.maxLeverage;
    state.threshold[p] = pod.rebalanceThreshold;
    state.toEdge[p] = pod.rebalanceToEdge ? 1 : 0;
    state.stopLoss[p] = pod.stopLoss ?? 0;
    state.trailMultiple[p] = pod.trailMultiple ?? 0;
    state.cooldownMs[p] = pod.cooldownMs ?? 0;
    for (const s of pod.symbols) state.intraWeight[s * podCount + p] = 1 / pod.symbols.length;
  }
  for (const [s, symbol] of setup.symbols.entries()) {
    state.lotsPerUnit[s] = symbol.lotsPerUnit;
    state.lotStep[s] = symbol.lotStep;
    state.tickDigits[s] = symbol.tickDigits;
    state.tickScale[s] = symbol.tickScale;
    state.minNotional[s] = symbol.minNotional;
    state.maintenanceRate[s] = symbol.maintenanceRate;
  }
  state.account[ACCOUNT.reserve] = setup.reserveMicro;
  state.account[ACCOUNT.exposureFactor] = 1;
  state.account[ACCOUNT.feeRate] = setup.feeRate;
  state.account[ACCOUNT.slippage] = setup.slippage;
  state.account[ACCOUNT.impact] = setup.impact;
  if (setup.quoted !== null) {
    state.account[ACCOUNT.halfSpread] = setup.quoted.halfSpread;
    state.account[ACCOUNT.alpha] = setup.quoted.alpha;
    state.account[ACCOUNT.slippageCap] = setup.quoted.cap;
    state.account[ACCOUNT.penalty] = setup.quoted.penalty;
    state.account[ACCOUNT.maxSafe] = setup.quoted.maxSafe;
  }
  state.account[ACCOUNT.maxGross] = setup.maxGrossLeverage;
  state.account[ACCOUNT.liquidationFee] = setup.liquidationFee;
  state.account[ACCOUNT.netOrders] = setup.netting === "net" ? 1 : 0;
  state.account[ACCOUNT.venueFills] = setup.fills === "venue" ? 1 : 0;
  state.account[ACCOUNT.stopsAsOrders] = setup.stops === "order" ? 1 : 0;
  state.account[ACCOUNT.baseMs] = setup.baseMs;
  state.account[ACCOUNT.dailyLossLimit] = setup.dailyLossLimit;
  state.account[ACCOUNT.drawdownLimit] = setup.drawdownLimit;
  for (const slot of [ACCOUNT.lastDay, ACCOUNT.breachDay, ACCOUNT.haltDay]) state.account[slot] = -1;
}

/** Beyond 2^53 whole numbers of lots or micro-units are not exact, and the books would silently lose units. */
function assertExact({ account }: EngineState): void {
  const largest = account[ACCOUNT.largest] as number;
  if (!(largest < Number.MAX_SAFE_INTEGER)) throw new CapacityError(largest);
}
