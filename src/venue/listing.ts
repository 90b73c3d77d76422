import { type E8, multiply } from "./decimal.ts";
import type { Instrument } from "./instrument.ts";
import type { Side } from "./order.ts";
import type { PricePath } from "./price-path.ts";

/** A symbol that trades: its rules, its price at every instant, its funding. */
export interface Listing {
  readonly instrument: Instrument;
  readonly path: PricePath;
  /** Funding times (epoch ms, ascending) and rates. */
  readonly funding: { readonly timeMs: Float64Array; readonly rate: Float64Array } | null;
}

/** What trading costs on this exchange. */
export interface Fees {
  /** Fractions of the notional. */
  readonly taker: E8;
  readonly maker: E8;
  /** Half of the spread as a fraction of the price: market orders pay it. */
  readonly halfSpread: E8;
}

/** The best price that an order of this side meets when the last price is `price`: half a spread away, on a tick. */
export function touch({ tick }: Instrument, price: E8, halfSpread: E8, side: Side): E8 {
  const away = multiply(price, halfSpread);
  const exact = side === "BUY" ? price + away : price - away;
  const below = exact - (exact % tick);
  return side === "BUY" && below < exact ? below + tick : below;
}
