import { math } from "../../kernels/math.ts";
import type { RandomStream } from "./random-stream.ts";
import type { TickBar, TickBars } from "./tick-bars.ts";

/** Standard deviation of the step from a close to the next open, as a share of the parent's sigma. */
const GAP = 0.004;

export interface Split {
  /** Share of the parent's variance in each child, summing to 1; its length is the number of children. */
  readonly shares: Float64Array;
  /** Standard normal numbers, one per child, that all symbols of the market have in common. */
  readonly common: Float64Array;
  /** Weight of `common` in a child's move, 0 to 1. */
  readonly loading: number;
}

/**
 * Splits a bar into consecutive children that aggregate to it exactly: first open, last close, highest high, lowest
 * low and summed volume are the parent's, number for number.
 *
 * The children follow a Brownian bridge from the parent's open to its close; each child's high and low are drawn from
 * the law of a bridge's extremes. What lies above the parent's body is then stretched linearly so that the highest
 * point meets the parent's high, and likewise below. A stretch keeps the order of prices, so every child stays sound.
 *
 * @param out written from index 0; needs as many rows as there are shares.
 */
export function splitBar(
  parent: TickBar,
  { shares, common, loading }: Split,
  stream: RandomStream,
  out: TickBars,
): void {
  const n = shares.length;
  drawPath(parent, shares, common, loading, stream, out);
  drawExtremes(n, stream, out);
  splitVolume(parent, shares, stream, out);
  fitExtremes(parent, n, out);
}

/** Opens and closes, unrounded, and sigmas: a bridge whose steps have the given variance shares. */
function drawPath(
  parent: TickBar,
  shares: Float64Array,
  common: Float64Array,
  loading: number,
  stream: RandomStream,
  { open, close, sigma }: TickBars,
): void {
  const n = shares.length;
  const own = Math.sqrt(1 - loading * loading);
  let walk = 0;
  for (let i = 0; i < n; i++) {
    sigma[i] = parent.sigma * Math.sqrt(shares[i] as number);
    walk += (sigma[i] as number) * (loading * (common[i] as number) + own * stream.normal());
    close[i] = walk;
  }
  // What the free walk misses the parent's close by is given back evenly in variance time.
  const missed = parent.close - parent.open - walk;
  const gap = parent.sigma * GAP;
  let elapsed = 0;
  let before = parent.open;
  for (let i = 0; i < n; i++) {
    elapsed += shares[i] as number;
    open[i] = i === 0 ? before : before + gap * stream.normal();
    before = i === n - 1 ? parent.close : parent.open + (close[i] as number) + missed * elapsed;
    close[i] = before;
  }
}

/** Highs and lows, unrounded. Source: the reflection principle gives the law of a Brownian bridge's maximum. */
function drawExtremes(n: number, stream: RandomStream, bars: TickBars): void {
  for (let i = 0; i < n; i++) {
    const from = bars.open[i] as number;
    const by = (bars.close[i] as number) - from;
    const sigma = bars.sigma[i] as number;
    bars.high[i] = from + bridgeMaximum(by, sigma, stream.uniform());
    bars.low[i] = from - bridgeMaximum(-by, sigma, stream.uniform());
  }
}

/** The maximum over its start of a Brownian bridge that ends `by` above it; `uniform` in (0, 1) draws from its law. */
export function bridgeMaximum(by: number, sigma: number, uniform: number): number {
  return (by + Math.sqrt(by * by - 2 * sigma * sigma * math.log(uniform))) / 2;
}

/** Whole units in proportion to activity and range, summing to the parent's volume. */
function splitVolume(parent: TickBar, shares: Float64Array, stream: RandomStream, bars: TickBars): void {
  const { volume } = bars;
  let total = 0;
  for (let i = 0; i < shares.length; i++) {
    const range = ((bars.high[i] as number) - (bars.low[i] as number)) / (bars.sigma[i] as number);
    // Busy children move more; the constants give a quiet one about a third of the mean.
    total += (shares[i] as number) * (0.3 + range) * (0.3 + stream.uniform());
    volume[i] = total;
  }
  let given = 0;
  for (let i = 0; i < shares.length; i++) {
    const upTo = i === shares.length - 1 ? parent.volume : Math.floor((parent.volume * (volume[i] as number)) / total);
    volume[i] = upTo - given;
    given = upTo;
  }
}

/** Stretches the path to the parent's high and low and rounds to ticks. */
function fitExtremes(parent: TickBar, n: number, { open, high, low, close }: TickBars): void {
  const top = Math.max(parent.open, parent.close);
  const bottom = Math.min(parent.open, parent.close);
  let highest = 0;
  let lowest = 0;
  for (let i = 1; i < n; i++) {
    if ((high[i] as number) > (high[highest] as number)) highest = i;
    if ((low[i] as number) < (low[lowest] as number)) lowest = i;
  }
  const up = stretch(parent.high - top, (high[highest] as number) - top);
  const down = stretch(bottom - parent.low, bottom - (low[lowest] as number));
  const place = (price: number) =>
    Math.round(price > top ? top + (price - top) * up : price < bottom ? bottom + (price - bottom) * down : price);
  for (let i = 0; i < n; i++) {
    open[i] = place(open[i] as number);
    high[i] = place(high[i] as number);
    low[i] = place(low[i] as number);
    close[i] = place(close[i] as number);
  }
  // Equal but for the last bit of the product.
  high[highest] = parent.high;
  low[lowest] = parent.low;
}

/** The path always leaves the body, if only by an ulp; one that did not would have nothing to stretch. */
function stretch(wanted: number, drawn: number): number {
  return drawn > 0 ? wanted / drawn : 0;
}
