import type { Market } from "../market/market.ts";

/** The market with its columns in shared memory: decoded once, read by every worker. */
export function shareMarket(market: Market): Market {
  const { quoted } = market;
  return {
    ...market,
    bars: market.bars.map((bars) => ({
      ...bars,
      timeMs: shared(bars.timeMs),
      open: shared(bars.open),
      high: shared(bars.high),
      low: shared(bars.low),
      close: shared(bars.close),
      volume: shared(bars.volume),
    })),
    funding: market.funding.map(
      (rates) => rates && { ...rates, timeMs: shared(rates.timeMs), rate: shared(rates.rate) },
    ),
    ...(quoted === undefined
      ? {}
      : { quoted: { openMs: shared(quoted.openMs), notional: quoted.notional.map(shared) } }),
  };
}

function shared(column: Float64Array): Float64Array {
  const copy = new Float64Array(new SharedArrayBuffer(column.byteLength));
  copy.set(column);
  return copy;
}
