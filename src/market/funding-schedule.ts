import { GrowableColumn } from "../lib/growable.ts";
import { firstIndexAt } from "./bar-search.ts";
import type { BarColumns } from "./bars.ts";
import type { FundingRates } from "./funding.ts";

/** Where the payments of a chunk are written; see assembly/engine/slices.ts. */
export interface FundingBuffers {
  /** [slice + 1] */
  readonly fundingStart: Int32Array;
  /** [payment] */
  readonly fundingSymbol: Int32Array;
  readonly fundingTime: Float64Array;
  readonly fundingRate: Float64Array;
}

/** Hands each chunk of slices its funding payments. */
export interface FundingPayments {
  /** Most payments that fall to one slice. */
  readonly perSlice: number;
  /** Payments of the run, as far as they are known before it. */
  readonly payments: number;
  /** Payments not handed out yet. */
  readonly left: number;
  /** Writes the payments of the next `slices` slices, which open at `openTimes`. */
  write(openTimes: Float64Array, slices: number, buffers: FundingBuffers): void;
}

/**
 * Says which slice of a run pays which funding time: the slice that covers it (open ≤ time < open + base), or the next one
 * when none does. Times before the first slice or after the last are left out.
 *
 * Depends on the timelines only, so all payments are known, and room for them can be reserved, before the run.
 */
export class FundingSchedule implements FundingPayments {
  readonly perSlice: number;
  readonly payments: number;
  #next = 0;
  readonly #timeMs = new GrowableColumn();
  /** Open of the slice that pays. */
  readonly #sliceMs = new GrowableColumn();
  readonly #symbol = new GrowableColumn();
  readonly #rate = new GrowableColumn();

  /**
   * @param rates by symbol as `bars`.
   * @param range [start, end) of the run, epoch ms.
   */
  constructor(
    bars: readonly BarColumns[],
    rates: readonly (FundingRates | null)[],
    range: { readonly startMs: number; readonly endMs: number },
    baseMs: number,
  ) {
    const timeline = new Timeline(bars, range, baseMs);
    for (const { timeMs, symbol, rate } of inOrder(rates, timeline.firstMs, range.endMs)) {
      const sliceMs = timeline.payingSlice(timeMs);
      if (sliceMs === null) continue;
      this.#timeMs.push(timeMs);
      this.#sliceMs.push(sliceMs);
      this.#symbol.push(symbol);
      this.#rate.push(rate);
    }
    this.payments = this.#timeMs.length;
    this.perSlice = longestRun(this.#sliceMs.view());
  }

  get left(): number {
    return this.payments - this.#next;
  }

  write(openTimes: Float64Array, slices: number, buffers: FundingBuffers): void {
    const [timeMs, sliceMs, symbol, rate] = [this.#timeMs, this.#sliceMs, this.#symbol, this.#rate].map((column) =>
      column.view(),
    ) as [Float64Array, Float64Array, Float64Array, Float64Array];
    let at = 0;
    for (let t = 0; t < slices; t++) {
      buffers.fundingStart[t] = at;
      for (; sliceMs[this.#next] === openTimes[t]; this.#next++) {
        buffers.fundingTime[at] = timeMs[this.#next] as number;
        buffers.fundingSymbol[at] = symbol[this.#next] as number;
        buffers.fundingRate[at++] = rate[this.#next] as number;
      }
    }
    buffers.fundingStart[slices] = at;
  }
}

interface Payment {
  readonly timeMs: number;
  readonly symbol: number;
  readonly rate: number;
}

/** The rates of all symbols with fromMs ≤ time < toMs, by time, then symbol. */
function* inOrder(rates: readonly (FundingRates | null)[], fromMs: number, toMs: number): Generator<Payment> {
  const next = rates.map((own) => own?.timeMs.findIndex((timeMs) => timeMs >= fromMs) ?? -1);
  for (;;) {
    let first = -1;
    let timeMs = toMs;
    for (const [s, own] of rates.entries()) {
      const at = next[s] as number;
      const time = own?.timeMs[at];
      if (time === undefined || time >= timeMs) continue;
      first = s;
      timeMs = time;
    }
    if (first === -1) return;
    const at = next[first] as number;
    yield { timeMs, symbol: first, rate: rates[first]?.rate[at] as number };
    next[first] = at + 1;
  }
}

/** The slices of a run: the union of its symbols' bars, walked forward. */
class Timeline {
  /** Open of the first slice; Infinity when there is none. */
  readonly firstMs: number;
  readonly #baseMs: number;
  /** Per symbol: open times of its bars inside the range. */
  readonly #opens: readonly Float64Array[];
  /** Per symbol: bars that opened at or before the last time asked for. */
  readonly #opened: Int32Array;

  constructor(
    bars: readonly BarColumns[],
    { startMs, endMs }: { readonly startMs: number; readonly endMs: number },
    baseMs: number,
  ) {
    this.#opens = bars.map(({ timeMs }) => timeMs.subarray(firstIndexAt(timeMs, startMs), firstIndexAt(timeMs, endMs)));
    this.#opened = new Int32Array(bars.length);
    this.#baseMs = baseMs;
    this.firstMs = Math.min(...this.#opens.map((opens) => opens[0] ?? Number.POSITIVE_INFINITY));
  }

  /** Open of the slice that pays at `timeMs`, null after the last one. Times must not go back. */
  payingSlice(timeMs: number): number | null {
    let last = Number.NEGATIVE_INFINITY;
    let next = Number.POSITIVE_INFINITY;
    for (const [s, opens] of this.#opens.entries()) {
      let opened = this.#opened[s] as number;
      while ((opens[opened] as number) <= timeMs) opened++;
      this.#opened[s] = opened;
      last = Math.max(last, opens[opened - 1] ?? last);
      next = Math.min(next, opens[opened] ?? next);
    }
    if (timeMs < last + this.#baseMs) return last;
    return Number.isFinite(next) ? next : null;
  }
}

function longestRun(values: Float64Array): number {
  let longest = 0;
  let length = 0;
  for (let i = 0; i < values.length; i++) {
    length = values[i] === values[i - 1] ? length + 1 : 1;
    longest = Math.max(longest, length);
  }
  return longest;
}
