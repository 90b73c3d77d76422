import { math } from "../../kernels/math.ts";
import { MARKET_KEY, PURPOSE, RandomStream } from "./random-stream.ts";

/** A spell of the whole market; each has its own drift and volatility. */
export type Regime = "bull" | "bear" | "chop" | "crash";

/** What the market did to all symbols on one day, in units of a symbol's typical daily market move. */
export interface FactorDay {
  readonly regime: Regime;
  /** Log return. */
  readonly move: number;
  /** Standard deviation of the day's shock. */
  readonly sigma: number;
}

interface RegimeShape {
  /** Per day. A bull of three months with 0.13 and a move of 3 % is + 40 %. */
  readonly drift: number;
  /** Multiplies the volatility. */
  readonly volatility: number;
  /** Length in days, drawn evenly between the two. */
  readonly shortest: number;
  readonly longest: number;
  /** Pull per day back to where the regime began: what makes chop sideways. */
  readonly pull: number;
  /** Weights of what follows, in the order bull, bear, chop, crash. */
  readonly next: readonly [number, number, number, number];
}

const REGIMES: readonly Regime[] = ["bull", "bear", "chop", "crash"];

// Chosen, not estimated: lengths of weeks to months, crashes of days, and a rebound after four crashes of ten.
const SHAPES: Readonly<Record<Regime, RegimeShape>> = {
  bull: { drift: 0.13, volatility: 0.85, shortest: 35, longest: 150, pull: 0, next: [0, 0.3, 0.5, 0.2] },
  bear: { drift: -0.1, volatility: 1, shortest: 30, longest: 110, pull: 0, next: [0.4, 0, 0.5, 0.1] },
  chop: { drift: 0, volatility: 0.75, shortest: 25, longest: 90, pull: 0.1, next: [0.55, 0.35, 0, 0.1] },
  crash: { drift: -1.3, volatility: 2, shortest: 3, longest: 9, pull: 0, next: [0.4, 0.2, 0.4, 0] },
};

/** Growth of the level that the market comes back to, per day: for BTC about 18 % a year. */
const ANCHOR_DRIFT = 0.02;
/** Distance from the anchor at which the next regime is as one-sided as it gets. */
const ANCHOR_RANGE = 30;
/** Pull towards the anchor per day, too weak to be seen within a regime; it bounds the price over many years. */
const ANCHOR_PULL = 0.002;

/** Log-volatility is an AR(1): half-life of three weeks, stationary standard deviation 0.45. */
const VOLATILITY_MEMORY = 0.967;
const VOLATILITY_SPREAD = 0.45;
const VOLATILITY_STEP = VOLATILITY_SPREAD * Math.sqrt(1 - VOLATILITY_MEMORY * VOLATILITY_MEMORY);

/** The common factor of a synthetic market, one day after the other from the market's first. Depends on the seed only. */
export class MarketFactor {
  readonly #stream: RandomStream;
  #day = 0;
  #regime: Regime = "chop";
  #daysLeft = 0;
  /** Cumulated moves, and their value when the regime began. */
  #level = 0;
  #regimeStart = 0;
  #logVolatility = 0;

  constructor(seed: number) {
    this.#stream = new RandomStream(seed, MARKET_KEY, PURPOSE.market);
  }

  next(): FactorDay {
    const stream = this.#stream.seek(this.#day);
    const distance = this.#level - ANCHOR_DRIFT * this.#day;
    if (this.#daysLeft === 0) this.#enter(drawRegime(this.#regime, distance / ANCHOR_RANGE, stream.uniform()));
    this.#logVolatility = VOLATILITY_MEMORY * this.#logVolatility + VOLATILITY_STEP * stream.normal();

    const shape = SHAPES[this.#regime];
    // exp(−spread²) keeps the mean variance at 1.
    const sigma = shape.volatility * math.exp(this.#logVolatility - VOLATILITY_SPREAD * VOLATILITY_SPREAD);
    const drift = shape.drift - shape.pull * (this.#level - this.#regimeStart) - ANCHOR_PULL * distance;
    const move = drift + sigma * stream.normal();

    this.#level += move;
    this.#daysLeft--;
    this.#day++;
    return { regime: this.#regime, move, sigma };
  }

  #enter(regime: Regime): void {
    const { shortest, longest } = SHAPES[regime];
    this.#regime = regime;
    this.#daysLeft = this.#stream.integer(shortest, longest);
    this.#regimeStart = this.#level;
  }
}

/** The regime after `current`; the further above its anchor the market is, the more often it falls. */
function drawRegime(current: Regime, distance: number, uniform: number): Regime {
  const tilt = 0.8 * Math.max(-1, Math.min(1, distance));
  const [bull, bear, chop, crash] = SHAPES[current].next;
  const weights = [bull * (1 - tilt), bear * (1 + tilt), chop, crash * (1 + tilt)];
  let left = uniform * weights.reduce((sum, weight) => sum + weight, 0);
  for (const [i, regime] of REGIMES.entries()) {
    left -= weights[i] as number;
    if (left < 0) return regime;
  }
  return "chop";
}
