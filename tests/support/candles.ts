/** Candle columns of one symbol, as the signal kernels take them. */
export interface Candles {
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
}

/** Uniform numbers in [0, 1) from a seed (mulberry32). */
export function uniform(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * A random walk with slow drift cycles, gaps, ties (an unchanged close now and then, a repeated high) and candles
 * without volume: everything a strict comparison or a divisor could trip over.
 */
export function randomCandles(n: number, seed: number, price = 100): Candles {
  const random = uniform(seed);
  const candles = emptyCandles(n);
  let close = price;
  for (let t = 0; t < n; t++) {
    const previous = close;
    const still = random() < 0.1;
    if (!still) close *= 1 + 0.01 * Math.sin(t / 25) + 0.06 * (random() - 0.5);
    candles.close[t] = close;
    candles.high[t] = Math.max(previous, close) * (random() < 0.2 ? 1 : 1 + 0.02 * random());
    candles.low[t] = Math.min(previous, close) * (random() < 0.2 ? 1 : 1 - 0.02 * random());
    candles.volume[t] = random() < 0.15 ? 0 : 1000 * random();
  }
  return candles;
}

/** Candles whose high, low and close are the given prices; volume 1. */
export function flatCandles(prices: readonly number[]): Candles {
  const close = Float64Array.from(prices);
  return { high: close, low: close, close, volume: close.map(() => 1) };
}

export function firstCandles({ high, low, close, volume }: Candles, n: number): Candles {
  return {
    high: high.subarray(0, n),
    low: low.subarray(0, n),
    close: close.subarray(0, n),
    volume: volume.subarray(0, n),
  };
}

function emptyCandles(n: number): { [Column in keyof Candles]: Float64Array } {
  return {
    high: new Float64Array(n),
    low: new Float64Array(n),
    close: new Float64Array(n),
    volume: new Float64Array(n),
  };
}
