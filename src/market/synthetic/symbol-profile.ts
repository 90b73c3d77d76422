import { math } from "../../kernels/math.ts";
import { keyOf, PURPOSE, RandomStream } from "./random-stream.ts";

/** What makes one synthetic symbol differ from another. */
export interface SymbolProfile {
  readonly symbol: string;
  /** Key of the symbol's random streams. */
  readonly key: number;
  /** Open of the first bar, quote currency. */
  readonly startPrice: number;
  /** Typical standard deviation of a daily log return. */
  readonly dailyVolatility: number;
  /** Share of the daily variance that comes from the market, 0 to 1; the correlation of two symbols is √(share·share). */
  readonly marketShare: number;
  /** Typical turnover of a day, quote currency. */
  readonly dailyTurnover: number;
  /** Prices are whole multiples of 10^−priceDecimals, volumes of 10^−volumeDecimals. */
  readonly priceDecimals: number;
  readonly volumeDecimals: number;
}

/** [price on 2019-01-01, annual volatility, market share, daily turnover in millions]; rounded, to look familiar. */
const KNOWN: Readonly<Record<string, readonly [number, number, number, number]>> = {
  BTC: [3_740, 0.6, 0.75, 1_200],
  ETH: [134, 0.7, 0.7, 600],
  SOL: [1.8, 1, 0.5, 150],
  BNB: [6.1, 0.7, 0.55, 200],
  AVAX: [4.2, 1, 0.5, 60],
  DOGE: [0.00235, 1, 0.45, 90],
  LINK: [0.29, 0.9, 0.5, 70],
  ADA: [0.0415, 0.85, 0.55, 100],
};

/**
 * The parameters of a symbol: those of KNOWN by its base, or drawn from a hash of its name. They do not depend on the
 * seed, so a symbol keeps its character from one seed to the next.
 */
export function symbolProfile(symbol: string): SymbolProfile {
  const [base = ""] = symbol.split("/");
  const [startPrice, annualVolatility, marketShare, turnoverMillions] = KNOWN[base] ?? drawParameters(base);
  const magnitude = decimalMagnitude(startPrice);
  return {
    symbol,
    key: keyOf(symbol),
    startPrice,
    dailyVolatility: annualVolatility / Math.sqrt(365),
    marketShare,
    dailyTurnover: turnoverMillions * 1e6,
    // A tick of 0.01 to 0.1 per mille of the first price, as exchanges have, and never coarser than a cent.
    priceDecimals: Math.max(2, 4 - magnitude),
    // A unit of volume worth about one unit of the quote currency or less.
    volumeDecimals: Math.min(5, Math.max(0, magnitude + 1)),
  };
}

function drawParameters(base: string): readonly [number, number, number, number] {
  const stream = new RandomStream(0, keyOf(base), PURPOSE.profile);
  const startPrice = math.exp(math.log(0.02) + stream.uniform() * math.log(100 / 0.02));
  const rounded = Number(startPrice.toPrecision(3));
  return [rounded, 0.65 + 0.45 * stream.uniform(), 0.4 + 0.25 * stream.uniform(), 10 + 60 * stream.uniform()];
}

/** Exponent of the first digit: 3740 → 3, 0.29 → −1. */
function decimalMagnitude(price: number): number {
  let magnitude = 0;
  for (let rest = price; rest >= 10; rest /= 10) magnitude++;
  for (let rest = price; rest < 1; rest *= 10) magnitude--;
  return magnitude;
}
