import { GrowableColumn } from "../lib/growable.ts";
import type { BarSeries } from "./bar-series.ts";
import type { BarColumns } from "./bars.ts";
import { seriesOf } from "./column-series.ts";
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
    if (this.left === 0) {
      buffers.fundingStart.fill(0, 0, slices + 1);
      return;
    }
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

/** The slices of a run: the union of its symbols' bars inside the range. */
class Timeline {
  /** Open of the first slice; Infinity when there is none. */
  readonly firstMs: number;
  readonly #baseMs: number;
  /** Per symbol: its bars, and the indexes [from, to) of those inside the range. */
  readonly #symbols: readonly { readonly series: BarSeries; readonly from: number; readonly to: number }[];

  constructor(
    bars: readonly BarColumns[],
    { startMs, endMs }: { readonly startMs: number; readonly endMs: number },
    baseMs: number,
  ) {
    this.#symbols = bars
      .map(seriesOf)
      .map((series) => ({ series, from: series.indexAt(startMs), to: series.indexAt(endMs) }))
      .filter(({ from, to }) => from < to);
    this.#baseMs = baseMs;
    this.firstMs = Math.min(...this.#symbols.map(({ series, from }) => series.timeAt(from)));
  }

  /** Open of the slice that pays at `timeMs`, null after the last one. */
  payingSlice(timeMs: number): number | null {
    let last = Number.NEGATIVE_INFINITY;
    let next = Number.POSITIVE_INFINITY;
    for (const { series, from, to } of this.#symbols) {
      const index = series.indexAt(timeMs + 1);
      if (index > from) last = Math.max(last, series.timeAt(Math.min(index, to) - 1));
      if (index < to) next = Math.min(next, series.timeAt(Math.max(index, from)));
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
