import { MARKET_KEY, PURPOSE, RandomStream } from "./random-stream.ts";
import { type Split, splitBar } from "./split-bar.ts";
import type { SymbolProfile } from "./symbol-profile.ts";
import { type TickBar, type TickBars, tickBarAt, tickBars } from "./tick-bars.ts";

export const HOURS_PER_DAY = 24;
export const MINUTES_PER_HOUR = 60;
export const MINUTES_PER_DAY = HOURS_PER_DAY * MINUTES_PER_HOUR;

/** Relative activity by hour of the UTC day: busiest when Europe and America are both awake. Stylised. */
const HOUR_ACTIVITY = [10, 9, 9, 8, 7, 7, 8, 9, 10, 10, 10, 10, 11, 13, 15, 15, 14, 12, 11, 11, 11, 10, 9, 9];
const HOUR_TOTAL = HOUR_ACTIVITY.reduce((sum, activity) => sum + activity, 0);
const HOUR_SHARES = Float64Array.from(HOUR_ACTIVITY, (activity) => activity / HOUR_TOTAL);
const MINUTE_SHARES = new Float64Array(MINUTES_PER_HOUR).fill(1 / MINUTES_PER_HOUR);

/** The shocks within a day that all symbols have in common. Keeps one day. */
export class CommonShocks {
  readonly #hourStream: RandomStream;
  readonly #minuteStream: RandomStream;
  readonly #hours = new Float64Array(HOURS_PER_DAY);
  readonly #minutes = new Float64Array(MINUTES_PER_DAY);
  #hoursOf = -1;
  #minutesOf = -1;

  constructor(seed: number) {
    this.#hourStream = new RandomStream(seed, MARKET_KEY, PURPOSE.hours);
    this.#minuteStream = new RandomStream(seed, MARKET_KEY, PURPOSE.minutes);
  }

  hours(day: number): Float64Array {
    if (this.#hoursOf !== day) fillNormal(this.#hours, this.#hourStream.seek(day));
    this.#hoursOf = day;
    return this.#hours;
  }

  minutes(day: number): Float64Array {
    if (this.#minutesOf !== day) fillNormal(this.#minutes, this.#minuteStream.seek(day));
    this.#minutesOf = day;
    return this.#minutes;
  }
}

function fillNormal(out: Float64Array, stream: RandomStream): void {
  for (let i = 0; i < out.length; i++) out[i] = stream.normal();
}

/** Splits the days of one symbol into hours, and those into minutes. The buffers it returns are its own, reused. */
export class Intraday {
  readonly #shocks: CommonShocks;
  readonly #loading: number;
  readonly #hourStream: RandomStream;
  readonly #minuteStream: RandomStream;
  readonly #hours = tickBars(HOURS_PER_DAY);
  readonly #minutes = tickBars(MINUTES_PER_DAY);
  readonly #minutesByHour = Array.from({ length: HOURS_PER_DAY }, (_, hour) => hourOf(this.#minutes, hour));

  constructor(seed: number, profile: SymbolProfile, shocks: CommonShocks) {
    this.#shocks = shocks;
    this.#loading = Math.sqrt(profile.marketShare);
    this.#hourStream = new RandomStream(seed, profile.key, PURPOSE.hours);
    this.#minuteStream = new RandomStream(seed, profile.key, PURPOSE.minutes);
  }

  /** The 24 hours of a day. @param day counted from the market's start. */
  hours(day: number, bar: TickBar): TickBars {
    const split: Split = { shares: HOUR_SHARES, common: this.#shocks.hours(day), loading: this.#loading };
    splitBar(bar, split, this.#hourStream.seek(day), this.#hours);
    return this.#hours;
  }

  /** The 1,440 minutes of a day; they aggregate to `hours(day, bar)`. */
  minutes(day: number, bar: TickBar): TickBars {
    const hours = this.hours(day, bar);
    const shocks = this.#shocks.minutes(day);
    for (const [hour, out] of this.#minutesByHour.entries()) {
      const common = shocks.subarray(hour * MINUTES_PER_HOUR, (hour + 1) * MINUTES_PER_HOUR);
      const split: Split = { shares: MINUTE_SHARES, common, loading: this.#loading };
      splitBar(tickBarAt(hours, hour), split, this.#minuteStream.seek(day * HOURS_PER_DAY + hour), out);
    }
    return this.#minutes;
  }
}

/** A view of one hour's minutes. */
function hourOf(minutes: TickBars, hour: number): TickBars {
  const view = (column: Float64Array) => column.subarray(hour * MINUTES_PER_HOUR, (hour + 1) * MINUTES_PER_HOUR);
  return {
    open: view(minutes.open),
    high: view(minutes.high),
    low: view(minutes.low),
    close: view(minutes.close),
    volume: view(minutes.volume),
    sigma: view(minutes.sigma),
  };
}
