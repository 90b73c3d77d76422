import type { Market } from "./market.ts";

/** The market without the symbols that are not wanted. Its hash stays: it is that of the data it was cut from. */
export function onlySymbols(market: Market, wanted: ReadonlySet<string>): Market {
  const kept = market.bars.map(({ symbol }) => wanted.has(symbol));
  const keep = <T>(columns: readonly T[]): T[] => columns.filter((_, s) => kept[s]);
  const { quoted } = market;
  return {
    ...market,
    bars: keep(market.bars),
    funding: keep(market.funding),
    ...(quoted === undefined ? {} : { quoted: { ...quoted, notional: keep(quoted.notional) } }),
  };
}
