import { refuse } from "../venue-error.ts";

const MINUTE_MS = 60_000;
const TEN_SECONDS_MS = 10_000;
/** Whoever goes on for this many requests after 429 is banned. */
const PATIENCE = 20;
const BAN_MS = 120_000;

export interface Limits {
  /** Request weight per minute. */
  readonly weightPerMinute: number;
  readonly ordersPerTenSeconds: number;
  readonly ordersPerMinute: number;
}

/** Counts requests by weight and orders by number in the windows of the exchange's clock; bans who does not listen. */
export class RateLimits {
  readonly limits: Limits;
  #minute = 0;
  #weight = 0;
  #tenSeconds = 0;
  #ordersTen = 0;
  #ordersMinute = 0;
  #ignored = 0;
  #bannedUntilMs = 0;

  constructor(limits: Limits) {
    this.limits = limits;
  }

  ban(untilMs: number): void {
    this.#bannedUntilMs = untilMs;
  }

  /** Counts a request. @throws VenueError 429 or 418 with Retry-After */
  take(weight: number, isOrder: boolean, nowMs: number): void {
    this.#roll(nowMs);
    if (nowMs < this.#bannedUntilMs) throw this.#banned(nowMs);
    this.#weight += weight;
    if (this.#weight > this.limits.weightPerMinute) {
      this.#ignored++;
      if (this.#ignored > PATIENCE) {
        this.#bannedUntilMs = nowMs + BAN_MS;
        throw this.#banned(nowMs);
      }
      throw refuse.tooManyRequests(Math.ceil(((this.#minute + 1) * MINUTE_MS - nowMs) / 1000));
    }
    if (!isOrder) return;
    if (this.#ordersTen >= this.limits.ordersPerTenSeconds || this.#ordersMinute >= this.limits.ordersPerMinute) {
      throw refuse.tooManyOrders();
    }
    this.#ordersTen++;
    this.#ordersMinute++;
  }

  headers(): Record<string, string> {
    return {
      "X-MBX-USED-WEIGHT-1M": String(this.#weight),
      "X-MBX-ORDER-COUNT-10S": String(this.#ordersTen),
      "X-MBX-ORDER-COUNT-1M": String(this.#ordersMinute),
    };
  }

  #banned(nowMs: number) {
    return refuse.banned(this.#bannedUntilMs, Math.ceil((this.#bannedUntilMs - nowMs) / 1000));
  }

  #roll(nowMs: number): void {
    const minute = Math.floor(nowMs / MINUTE_MS);
    if (minute !== this.#minute) {
      this.#minute = minute;
      this.#weight = 0;
      this.#ordersMinute = 0;
      this.#ignored = 0;
    }
    const ten = Math.floor(nowMs / TEN_SECONDS_MS);
    if (ten !== this.#tenSeconds) {
      this.#tenSeconds = ten;
      this.#ordersTen = 0;
    }
  }
}
