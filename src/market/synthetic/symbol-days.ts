import { math } from "../../kernels/math.ts";
import { powerOfTen } from "../power-of-ten.ts";
import type { FactorDay } from "./market-factor.ts";
import { PURPOSE, RandomStream } from "./random-stream.ts";
import { bridgeMaximum } from "./split-bar.ts";
import type { SymbolProfile } from "./symbol-profile.ts";
import type { TickBar } from "./tick-bars.ts";

/** Standard deviation of the step from a day's close to the next open, as a share of the day's sigma. */
const GAP = 0.002;

/** The symbol's own volatility: log AR(1) with a half-life of two weeks. */
const VOLATILITY_MEMORY = 0.95;
const VOLATILITY_SPREAD = 0.3;
const VOLATILITY_STEP = VOLATILITY_SPREAD * Math.sqrt(1 - VOLATILITY_MEMORY * VOLATILITY_MEMORY);

/** The symbol's own level (its price against the market) is pulled back with a half-life of half a year. */
const OWN_PULL = 0.004;
/** Drift of the symbol's own swings, in units of its own daily volatility. */
const SWING_DRIFT = 0.07;
const SHORTEST_SWING_DAYS = 15;
const LONGEST_SWING_DAYS = 75;

/** No day moves further than this (log): −45 % to + 35 %. */
const WORST_DAY = -0.6;
const BEST_DAY = 0.3;

/** The daily bars of one symbol, one after the other from the market's first day. */
export class SymbolDays {
  readonly #profile: SymbolProfile;
  readonly #stream: RandomStream;
  /** Log price that one typical market move, and one typical own move, is worth. */
  readonly #marketMove: number;
  readonly #ownMove: number;
  readonly #ticksPerUnit: number;
  #day = 0;
  #logPrice: number;
  #previousClose: number;
  #ownLevel = 0;
  #logVolatility = 0;
  #swing = 0;
  #swingDaysLeft = 0;

  constructor(seed: number, profile: SymbolProfile) {
    this.#profile = profile;
    this.#stream = new RandomStream(seed, profile.key, PURPOSE.day);
    this.#marketMove = profile.dailyVolatility * Math.sqrt(profile.marketShare);
    this.#ownMove = profile.dailyVolatility * Math.sqrt(1 - profile.marketShare);
    this.#ticksPerUnit = powerOfTen(profile.priceDecimals);
    this.#logPrice = math.log(profile.startPrice);
    this.#previousClose = Math.round(profile.startPrice * this.#ticksPerUnit);
  }

  /** The bar of the next day, given what the market does on it. */
  next(factor: FactorDay): TickBar {
    const stream = this.#stream.seek(this.#day);
    const ownSigma = this.#drawOwnVolatility(stream);
    const own = this.#drawSwing(stream) - OWN_PULL * this.#ownLevel + ownSigma * stream.normal();
    const change = factor.move * this.#marketMove + own * this.#ownMove;
    const sigma = length(factor.sigma * this.#marketMove, ownSigma * this.#ownMove);

    this.#ownLevel += own;
    this.#logPrice += Math.max(WORST_DAY, Math.min(BEST_DAY, change));
    const bar = this.#drawBar(sigma, stream);
    this.#previousClose = bar.close;
    this.#day++;
    return bar;
  }

  #drawOwnVolatility(stream: RandomStream): number {
    this.#logVolatility = VOLATILITY_MEMORY * this.#logVolatility + VOLATILITY_STEP * stream.normal();
    return math.exp(this.#logVolatility - VOLATILITY_SPREAD * VOLATILITY_SPREAD);
  }

  #drawSwing(stream: RandomStream): number {
    if (this.#swingDaysLeft === 0) {
      this.#swingDaysLeft = stream.integer(SHORTEST_SWING_DAYS, LONGEST_SWING_DAYS);
      this.#swing = SWING_DRIFT * stream.normal();
    }
    this.#swingDaysLeft--;
    return this.#swing;
  }

  #drawBar(relativeSigma: number, stream: RandomStream): TickBar {
    const gap = this.#previousClose * relativeSigma * GAP * stream.normal();
    const open = Math.max(1, Math.round(this.#previousClose + gap));
    const close = Math.max(1, Math.round(math.exp(this.#logPrice) * this.#ticksPerUnit));
    const sigma = open * relativeSigma;
    const high = Math.round(open + bridgeMaximum(close - open, sigma, stream.uniform()));
    const low = Math.round(open - bridgeMaximum(open - close, sigma, stream.uniform()));
    return {
      open,
      high,
      // A bridge in prices instead of logs could fall below zero on the worst days.
      low: Math.max(low, Math.ceil(Math.min(open, close) / 2)),
      close,
      volume: this.#drawVolume((high - low) / open, close, stream),
      sigma,
    };
  }

  /** Whole units: turnover grows with the day's range and varies by itself. */
  #drawVolume(relativeRange: number, close: number, stream: RandomStream): number {
    const { dailyTurnover, dailyVolatility, volumeDecimals } = this.#profile;
    const activity = 0.4 + (0.4 * relativeRange) / dailyVolatility;
    const turnover = dailyTurnover * activity * math.exp(0.25 * stream.normal());
    return Math.max(1, Math.round((turnover * this.#ticksPerUnit * powerOfTen(volumeDecimals)) / close));
  }
}

function length(x: number, y: number): number {
  return Math.sqrt(x * x + y * y);
}
