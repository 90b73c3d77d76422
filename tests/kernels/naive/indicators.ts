// The indicators once more, from the definitions of spec part 3 alone: every window is cut out of the column and
// computed from scratch, the host's Math is allowed, an undefined value is `undefined`. Slow on purpose.

import type { Candles } from "../../support/candles.ts";

export type Column = (number | undefined)[];

const sum = (xs: readonly number[]) => xs.reduce((a, b) => a + b, 0);
const mean = (xs: readonly number[]) => sum(xs) / xs.length;

/** The last n values up to t, or undefined when one of them is. */
export function window(column: Column, t: number, n: number): number[] | undefined {
  if (t + 1 < n) return undefined;
  const values = column.slice(t + 1 - n, t + 1);
  return values.every((value) => value !== undefined) ? (values as number[]) : undefined;
}

export function logReturns(close: ArrayLike<number>): Column {
  return Array.from(close, (c, t) => (t === 0 ? undefined : Math.log(c / (close[t - 1] as number))));
}

export function std(values: readonly number[]): number {
  const m = mean(values);
  return Math.sqrt(sum(values.map((value) => (value - m) ** 2)) / (values.length - 1));
}

/** EMA over the defined values; the closed form Σ α(1−α)^k x, with the seed taking the rest of the weight. */
export function ema(column: Column, n: number): Column {
  const alpha = 2 / (n + 1);
  return column.map((value, t) => {
    const seen = column.slice(0, t + 1).filter((x) => x !== undefined);
    if (value === undefined || seen.length < n) return undefined;
    const [seed = 0, ...later] = seen;
    const k = later.length;
    return seed * (1 - alpha) ** k + sum(later.map((x, i) => alpha * (1 - alpha) ** (k - 1 - i) * x));
  });
}

/** Wilder smoothing over the defined values, in the same closed form from the mean of the first n. */
export function wilder(column: Column, n: number): Column {
  const alpha = 1 / n;
  return column.map((value, t) => {
    const seen = column.slice(0, t + 1).filter((x) => x !== undefined);
    if (value === undefined || seen.length < n) return undefined;
    const seed = mean(seen.slice(0, n));
    const later = seen.slice(n);
    const k = later.length;
    return seed * (1 - alpha) ** k + sum(later.map((x, i) => alpha * (1 - alpha) ** (k - 1 - i) * x));
  });
}

export function trueRanges({ high, low, close }: Candles): number[] {
  return Array.from(close, (_, t) => {
    const [h, l] = [high[t] as number, low[t] as number];
    if (t === 0) return h - l;
    const before = close[t - 1] as number;
    return Math.max(h - l, Math.abs(h - before), Math.abs(l - before));
  });
}

export function atr(candles: Candles, n: number): Column {
  return wilder(trueRanges(candles), n);
}

export function rsi(close: ArrayLike<number>, n: number): Column {
  const changes: Column = Array.from(close, (c, t) => (t === 0 ? undefined : c - (close[t - 1] as number)));
  const gains = wilder(
    changes.map((change) => change && Math.max(change, 0)),
    n,
  );
  const losses = wilder(
    changes.map((change) => change && Math.max(-change, 0)),
    n,
  );
  return gains.map((gain, t) => {
    const loss = losses[t];
    if (gain === undefined || loss === undefined) return undefined;
    return gain === 0 && loss === 0 ? 50 : 100 - 100 / (1 + gain / loss);
  });
}

export function adx(candles: Candles, n: number): Column {
  const { high, low, close } = candles;
  const move = (up: boolean): Column =>
    Array.from(close, (_, t) => {
      if (t === 0) return undefined;
      const rise = (high[t] as number) - (high[t - 1] as number);
      const fall = (low[t - 1] as number) - (low[t] as number);
      const [own, other] = up ? [rise, fall] : [fall, rise];
      return own > 0 && own > other ? own : 0;
    });
  const ranges = wilder([undefined, ...trueRanges(candles).slice(1)], n);
  const index = (moves: Column): Column =>
    wilder(moves, n).map((moved, t) => {
      const range = ranges[t];
      if (moved === undefined || range === undefined) return undefined;
      return range === 0 ? 0 : (100 * moved) / range;
    });
  const [plus, minus] = [index(move(true)), index(move(false))];
  const directional = plus.map((p, t) => {
    const m = minus[t];
    if (p === undefined || m === undefined) return undefined;
    return p + m === 0 ? 0 : (100 * Math.abs(p - m)) / (p + m);
  });
  return wilder(directional, n);
}

/** +1 above the channel of the n candles before t, −1 below, 0 inside; undefined without n candles before. */
export function breakouts({ high, low, close }: Candles, n: number): Column {
  return Array.from(close, (c, t) => {
    if (t < n) return undefined;
    if (c > Math.max(...high.subarray(t - n, t))) return 1;
    return c < Math.min(...low.subarray(t - n, t)) ? -1 : 0;
  });
}
