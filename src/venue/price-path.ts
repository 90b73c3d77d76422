import type { BarColumns } from "../market/bars.ts";
import { type E8, fromNumber, multiply } from "./decimal.ts";

/** A price and when it was reached. */
export interface Knot {
  readonly timeMs: number;
  readonly price: E8;
}

/**
 * The price of one symbol at every instant, made from its bars. Inside a bar it goes from the open to the extreme away from
 * the close at a third, to the other extreme at two thirds, and to the close in the last millisecond: every price of the bar
 * is reached, and the open is the price at its opening time to the digit. Between bars the last close stands.
 */
export class PricePath {
  readonly #bars: BarColumns;
  readonly #lengthMs: number;
  #override: { fromMs: number; price: E8 } | null = null;
  #latest: { readonly index: number; readonly knots: readonly Knot[] } | null = null;
  readonly #gaps: { fromMs: number; untilMs: number; factor: E8 }[] = [];

  constructor(bars: BarColumns, lengthMs: number) {
    this.#bars = bars;
    this.#lengthMs = lengthMs;
  }

  get bars(): BarColumns {
    return this.#bars;
  }

  get lengthMs(): number {
    return this.#lengthMs;
  }

  /** From now on this price stands, whatever the bars say: a fault's doing. Null ends it. */
  override(fromMs: number, price: E8 | null): void {
    this.#override = price === null ? null : { fromMs, price };
  }

  /** From `fromMs` until `untilMs` every price is `factor` times what the bars say. */
  gap(fromMs: number, untilMs: number, factor: E8): void {
    this.#gaps.push({ fromMs, untilMs, factor });
  }

  /** Index of the last bar that opened at or before `ms`, −1 before the first. */
  indexAt(ms: number): number {
    const { timeMs } = this.#bars;
    let low = 0;
    let high = timeMs.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((timeMs[middle] as number) <= ms) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  /** The last price reached at or before `ms`; null before the first bar. */
  priceAt(ms: number): E8 | null {
    if (this.#override !== null && ms >= this.#override.fromMs) return this.#override.price;
    const index = this.indexAt(ms);
    if (index < 0) return null;
    let last: E8 | null = null;
    for (const knot of this.#plainKnots(index)) if (knot.timeMs <= ms) last = knot.price;
    return last === null ? null : this.#shifted(last, ms);
  }

  /** Every change of price with fromMs < time ≤ toMs, ascending. */
  *between(fromMs: number, toMs: number): Generator<Knot> {
    if (this.#override !== null && fromMs >= this.#override.fromMs) return;
    const { timeMs } = this.#bars;
    for (let i = Math.max(0, this.indexAt(fromMs)); i < timeMs.length && (timeMs[i] as number) <= toMs; i++) {
      for (const knot of this.knots(i)) if (knot.timeMs > fromMs && knot.timeMs <= toMs) yield knot;
    }
  }

  /** The changes of price in bar `i`: its open, one extreme, the other, its close, and where a gap begins or ends. */
  knots(i: number): readonly Knot[] {
    const plain = this.#plainKnots(i);
    if (this.#gaps.length === 0) return plain;
    const [openMs, closeMs] = [(plain[0] as Knot).timeMs, (plain.at(-1) as Knot).timeMs];
    const jumps = this.#gaps
      .flatMap(({ fromMs, untilMs }) => [fromMs, untilMs])
      .filter((ms) => ms > openMs && ms < closeMs)
      .map((ms) => ({ timeMs: ms, price: (plain.findLast(({ timeMs }) => timeMs <= ms) as Knot).price }));
    return [...plain, ...jumps]
      .sort((a, b) => a.timeMs - b.timeMs)
      .map(({ timeMs, price }) => ({ timeMs, price: this.#shifted(price, timeMs) }));
  }

  #shifted(price: E8, ms: number): E8 {
    return this.#gaps.reduce(
      (shifted, { fromMs, untilMs, factor }) => (ms >= fromMs && ms < untilMs ? multiply(shifted, factor) : shifted),
      price,
    );
  }

  #plainKnots(i: number): readonly Knot[] {
    // Asked for again and again while a bar lasts.
    if (this.#latest?.index !== i) this.#latest = { index: i, knots: this.#makeKnots(i) };
    return this.#latest.knots;
  }

  #makeKnots(i: number): Knot[] {
    const { timeMs, open, high, low, close } = this.#bars;
    const at = timeMs[i] as number;
    const rising = (close[i] as number) >= (open[i] as number);
    const third = Math.floor(this.#lengthMs / 3);
    const first = (rising ? low : high)[i] as number;
    const second = (rising ? high : low)[i] as number;
    return [
      { timeMs: at, price: fromNumber(open[i] as number) },
      { timeMs: at + third, price: fromNumber(first) },
      { timeMs: at + 2 * third, price: fromNumber(second) },
      { timeMs: at + this.#lengthMs - 1, price: fromNumber(close[i] as number) },
    ];
  }
}
