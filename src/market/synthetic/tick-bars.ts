/** One bar in whole numbers: prices in ticks, volume in units, so that parts add up to the whole exactly. */
export interface TickBar {
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number;
  /** Standard deviation of close − open as seen from the open, ticks (not whole). */
  sigma: number;
}

/** Columns of TickBar. */
export interface TickBars {
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
  readonly sigma: Float64Array;
}

export function tickBars(length: number): TickBars {
  const column = () => new Float64Array(length);
  return { open: column(), high: column(), low: column(), close: column(), volume: column(), sigma: column() };
}

export function tickBarAt(bars: TickBars, i: number): TickBar {
  return {
    open: bars.open[i] as number,
    high: bars.high[i] as number,
    low: bars.low[i] as number,
    close: bars.close[i] as number,
    volume: bars.volume[i] as number,
    sigma: bars.sigma[i] as number,
  };
}
