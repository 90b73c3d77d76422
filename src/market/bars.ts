/**
 * The bars of one symbol as columns, ascending by open time, one entry per bar that exists (gaps are absent rows).
 *
 * Every bar satisfies low ≤ min(open, close), high ≥ max(open, close), all prices > 0 and volume ≥ 0: bad bars are
 * refused where data enters.
 */
export interface BarColumns {
  /** "BTC/USDT". */
  readonly symbol: string;
  /** Open time, epoch ms UTC. */
  readonly timeMs: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  /** Base units. */
  readonly volume: Float64Array;
  /** Most decimals any volume of this symbol has: volumes are summed as whole multiples of 10^−volumeDecimals. */
  readonly volumeDecimals: number;
}
