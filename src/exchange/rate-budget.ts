/** What is allowed: `slow` = poll half as often; `orders_only` = nothing but orders and what resolves them; `silent` = nothing. */
export type BudgetLevel = "full" | "slow" | "orders_only" | "silent";

/** One limit of the exchange: so much in each window of its clock. */
export interface RateLimit {
  readonly counts: "weight" | "orders";
  readonly windowMs: number;
  readonly limit: number;
}

interface Window extends RateLimit {
  /** Index of the window that `used` belongs to. */
  index: number;
  used: number;
}

const SLOW_SHARE = 0.5;
const ORDERS_ONLY_SHARE = 0.8;
const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Binance's usual USD-M limits, until its exchangeInfo has told the real ones. */
const USUAL: readonly RateLimit[] = [
  { counts: "weight", windowMs: 60_000, limit: 2400 },
  { counts: "orders", windowMs: 10_000, limit: 300 },
  { counts: "orders", windowMs: 60_000, limit: 1200 },
];

/**
 * The account's request budget as the exchange counts it: every reply says what has been used, by all clients of this address
 * together. Times are the exchange's. After a refusal for rate (429, 418) there is silence until the time it named.
 */
export class RateBudget {
  #windows: Window[] = USUAL.map(open);
  #silentUntilMs = 0;
  #ordersBlockedUntilMs = 0;

  setLimits(limits: readonly RateLimit[]): void {
    this.#windows = limits.map((limit) => {
      const before = this.#windows.find(
        ({ counts, windowMs }) => counts === limit.counts && windowMs === limit.windowMs,
      );
      return { ...open(limit), index: before?.index ?? 0, used: before?.used ?? 0 };
    });
  }

  /** Reads X-MBX-USED-WEIGHT-… and X-MBX-ORDER-COUNT-… of a reply, in any case. */
  observe(headers: Readonly<Record<string, string>>, nowMs: number): void {
    for (const [name, value] of Object.entries(headers)) {
      const match = /^x-mbx-(used-weight|order-count)-(\d+)([smhd])$/i.exec(name);
      if (match === null || !/^\d+$/.test(value)) continue;
      const counts = match[1]?.toLowerCase() === "used-weight" ? "weight" : "orders";
      const windowMs = Number(match[2]) * (UNITS[(match[3] as string).toLowerCase()] as number);
      const window = this.#windows.find((each) => each.counts === counts && each.windowMs === windowMs);
      if (window === undefined) continue;
      const index = Math.floor(nowMs / windowMs);
      // Replies overtake each other: inside a window the count only grows.
      window.used = index === window.index ? Math.max(window.used, Number(value)) : Number(value);
      window.index = index;
    }
  }

  /** No request of any kind before `untilMs`. */
  silence(untilMs: number): void {
    this.#silentUntilMs = Math.max(this.#silentUntilMs, untilMs);
  }

  /** The exchange refused an order for their number: none before its shortest window ends. Returns that time. */
  blockOrders(nowMs: number): number {
    const shortest = Math.min(
      ...this.#windows.filter(({ counts }) => counts === "orders").map(({ windowMs }) => windowMs),
    );
    const length = Number.isFinite(shortest) ? shortest : (UNITS.m as number);
    this.#ordersBlockedUntilMs = (Math.floor(nowMs / length) + 1) * length;
    return this.#ordersBlockedUntilMs;
  }

  get silentUntilMs(): number {
    return this.#silentUntilMs;
  }

  /** Share of the weight that is used in the present window, 0 to 1 and above. */
  weightUsed(nowMs: number): number {
    return Math.max(0, ...this.#current("weight", nowMs).map(({ used, limit }) => used / limit));
  }

  level(nowMs: number): BudgetLevel {
    if (nowMs < this.#silentUntilMs) return "silent";
    const used = this.weightUsed(nowMs);
    if (used >= ORDERS_ONLY_SHARE) return "orders_only";
    return used >= SLOW_SHARE ? "slow" : "full";
  }

  /** When the next request that is no order may go; `nowMs` or earlier = now. */
  nextRequestMs(nowMs: number): number {
    const level = this.level(nowMs);
    if (level === "silent") return this.#silentUntilMs;
    if (level !== "orders_only") return nowMs;
    return Math.max(...this.#current("weight", nowMs).map(({ windowMs, index }) => (index + 1) * windowMs));
  }

  /** When the next order may go; `nowMs` or earlier = now. */
  nextOrderMs(nowMs: number): number {
    const full = this.#current("orders", nowMs).filter(({ used, limit }) => used >= limit);
    return Math.max(
      nowMs,
      this.#silentUntilMs,
      this.#ordersBlockedUntilMs,
      ...full.map(({ windowMs, index }) => (index + 1) * windowMs),
    );
  }

  #current(counts: RateLimit["counts"], nowMs: number): Window[] {
    return this.#windows.filter((each) => each.counts === counts && each.index === Math.floor(nowMs / each.windowMs));
  }
}

function open(limit: RateLimit): Window {
  return { ...limit, index: 0, used: 0 };
}
