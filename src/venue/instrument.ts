import { decimalsOf, type E8, e8, fromNumber, multiply, ONE } from "./decimal.ts";

/** Of a symbol on the exchange; only TRADING takes new orders. */
export type SymbolStatus = "TRADING" | "PENDING_TRADING" | "BREAK" | "SETTLING" | "CLOSE" | "TRADING_HALT";

/** No delivery: what perpetuals carry until their delisting is announced. */
export const NEVER_DELIVERED_MS = 4_133_404_800_000;

/** Trading rules of one symbol; both markets use them, the spot market leaves out what it does not know. */
export interface Instrument {
  /** "BTCUSDT". */
  readonly id: string;
  /** "BTC/USDT": the name in market data. */
  readonly name: string;
  readonly base: string;
  readonly quote: string;
  tick: E8;
  step: E8;
  minQuantity: E8;
  maxQuantity: E8;
  /** Of one market order. */
  maxMarketQuantity: E8;
  minNotional: E8;
  /** Largest distance of an order's price from the mark, as a fraction. */
  percentPrice: E8;
  /** Fraction of the notional. */
  maintenanceRate: E8;
  maxLeverage: number;
  status: SymbolStatus;
  deliveryMs: number;
}

/**
 * Rules for a symbol whose first price is known: as fine as Binance's usual ones. Step and tick follow the price, so that a
 * step is worth about ten cents to a few dollars and a tick about a hundredth of a per cent or less.
 */
export function defaultInstrument(name: string, firstPrice: number): Instrument {
  const [base = name, quote = "USDT"] = name.split("/");
  const price = fromNumber(firstPrice);
  return {
    id: `${base}${quote}`,
    name,
    base,
    quote,
    tick: powerOfTenBelow(price, 100_000n),
    step: stepFor(price),
    minQuantity: stepFor(price),
    maxQuantity: multiply(stepFor(price), e8("1000000")),
    maxMarketQuantity: multiply(stepFor(price), e8("120000")),
    minNotional: e8("5"),
    percentPrice: e8("0.05"),
    maintenanceRate: e8("0.005"),
    maxLeverage: 50,
    status: "TRADING",
    deliveryMs: NEVER_DELIVERED_MS,
  };
}

/** The largest power of ten ≤ price ÷ parts, at least 1e-8. */
function powerOfTenBelow(price: E8, parts: bigint): E8 {
  let power: E8 = ONE * 1000n;
  while (power > 1n && power * parts > price) power /= 10n;
  return power;
}

/** The smallest power of ten of the base that is worth at least ten cents, at most 1. */
function stepFor(price: E8): E8 {
  let step: E8 = ONE;
  while (step > 1n && multiply(step / 10n, price) >= e8("0.1")) step /= 10n;
  return step;
}

export function quantityDecimals({ step }: Instrument): number {
  return decimalsOf(step);
}

export function priceDecimals({ tick }: Instrument): number {
  return decimalsOf(tick);
}
