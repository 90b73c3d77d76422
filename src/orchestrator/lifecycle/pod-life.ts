import { sharpe } from "../../analytics/sharpe.ts";

/** Days of a UTC day number's calendar month. */
function monthOf(day: number): number {
  const date = new Date(day * 86_400_000);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}

function isFirstOfMonth(day: number): boolean {
  return new Date(day * 86_400_000).getUTCDate() === 1;
}

/** Fewest returns from which the life cycle takes a Sharpe ratio. */
const MIN_RETURNS = 2;

/** What a pod has lived through: daily returns and what life-cycle rules measure on them. Transfers never move it. */
export class PodLife {
  /** UTC day numbers of the recorded returns, ascending. */
  readonly days: number[] = [];
  /** Simple daily returns. */
  readonly returns: number[] = [];
  /** Equity each return was earned on, quote units. */
  readonly bases: number[] = [];
  /** Index compounded from the returns, 1 at the start. */
  index = 1;
  highWater = 1;
  maxDrawdown = 0;
  /** Losing calendar months in a row. */
  losingMonths = 0;
  #month = Number.NaN;
  #monthStartIndex = 1;
  #monthHeld = false;
  /** The first month is partial unless the life began on its first day. */
  #monthPartial = false;

  /** Number of recorded daily returns. */
  get liveDays(): number {
    return this.returns.length;
  }

  /** Fraction below the high-water mark. */
  get drawdown(): number {
    return 1 - this.index / this.highWater;
  }

  /**
   * Records a day.
   *
   * @param day UTC day number.
   * @param base equity the return was earned on.
   * @param held whether the pod held a position on that day.
   */
  record(day: number, dayReturn: number, base: number, held: boolean): void {
    const month = monthOf(day);
    if (month !== this.#month) this.#beginMonth(month, !isFirstOfMonth(day) && this.returns.length === 0);
    this.days.push(day);
    this.returns.push(dayReturn);
    this.bases.push(base);
    this.index *= 1 + dayReturn;
    if (this.index > this.highWater) this.highWater = this.index;
    this.maxDrawdown = Math.max(this.maxDrawdown, this.drawdown);
    this.#monthHeld ||= held;
    if (isFirstOfMonth(day + 1)) this.#endMonth();
  }

  /** Annualised Sharpe ratio of the returns from `from` on; null when undefined. */
  sharpeSince(from: number): number | null {
    return sharpe(this.returns.slice(Math.max(0, from)), MIN_RETURNS).value;
  }

  /** Sharpe ratio of the last `count` returns; null when there are fewer. */
  sharpeOfLast(count: number): number | null {
    return this.liveDays < count ? null : this.sharpeSince(this.liveDays - count);
  }

  #beginMonth(month: number, partial: boolean): void {
    // A month whose last day was not recorded ends with the first day of a later one.
    if (!Number.isNaN(this.#month)) this.#endMonth();
    this.#month = month;
    this.#monthStartIndex = this.index;
    this.#monthHeld = false;
    this.#monthPartial = partial;
  }

  /** Partial first months and months without a position neither count nor break a streak. */
  #endMonth(): void {
    if (Number.isNaN(this.#month)) return;
    if (!this.#monthPartial && this.#monthHeld) {
      this.losingMonths = this.index < this.#monthStartIndex ? this.losingMonths + 1 : 0;
    }
    this.#month = Number.NaN;
  }
}
