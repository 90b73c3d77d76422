import type { MarketFeed, VenueBar } from "../exchange/port.ts";
import type { Clock } from "./clock.ts";
import type { AlertRecord, FundingPayment, SliceRecord } from "./journal-records.ts";

type Bar = SliceRecord["bars"][string];
export type IntakeAlert = Pick<AlertRecord, "severity" | "code" | "message">;

export interface IntakeOptions {
  readonly feed: MarketFeed;
  readonly clock: Clock;
  /** In the order of the engine. */
  readonly symbols: readonly string[];
  /** Name of the base timeframe, such as "1h", and its length. */
  readonly timeframe: string;
  readonly baseMs: number;
  /** Wait for late symbols after a close. */
  readonly graceMs: number;
  /** False: no funding (spot, or `data.funding: none`). */
  readonly funding: boolean;
  /**
   * True where an exchange fills: what it charges at a close was charged on what the slice held, before the orders of its
   * decision. False where the next open fills: such a payment belongs to the slice that opens then, as in a backtest.
   */
  readonly fundsAtClose: boolean;
}

/** The next slice of the market, and what was odd about it. */
export interface Intake {
  readonly slice: SliceRecord;
  readonly alerts: readonly IntakeAlert[];
}

/** Closed bars that are read again each time, to notice revisions. */
const REREAD = 3;
/** Bars of one request. */
const PAGE = 1000;
/** First wait after a close: exchanges need a moment to finish a bar. */
const SETTLE_MS = 2000;
/** Waits between two looks at a symbol that is late. */
const POLL_MS = 1000;
/** A close this far from the one before, and from the quote, is a bad tick and not a market (D10). */
const JUMP = 0.3;
const OFF_QUOTE = 0.1;
/** A decision is worth sending for this part of a bar after its close. */
const VALIDITY = 0.05;
const HOUR_MS = 3_600_000;

/**
 * Slices as an exchange closes them. REST is the source of truth: a bar counts when its own close time is before the
 * exchange's time; the last closed bars are read again every time; what was missed is backfilled, in order, and not traded.
 *
 * The watermark never goes back: after the slice at `t` only later ones are delivered.
 */
export class BarIntake {
  readonly #options: IntakeOptions;
  /** Bars by symbol and open time: the last few delivered, and those read ahead while catching up. */
  readonly #known = new Map<string, Map<number, Bar>>();
  #watermarkMs: number;
  #paidMs: number;

  /** @param afterMs open of the last slice that is known; the next one opens a bar later. */
  constructor(options: IntakeOptions, afterMs: number) {
    this.#options = options;
    this.#watermarkMs = afterMs;
    this.#paidMs = afterMs + options.baseMs + (options.fundsAtClose ? 1 : 0);
    for (const symbol of options.symbols) this.#known.set(symbol, new Map());
  }

  /** Open of the slice that comes next, if it has any bar. */
  get expectedMs(): number {
    return this.#watermarkMs + this.#options.baseMs;
  }

  /**
   * Waits for the next slice: until every symbol's bar arrived or the grace time after its close ran out. A time at which no
   * symbol has a bar is no slice.
   *
   * @returns null when aborted. Throws a VenueError when the feed fails; calling again goes on at the same slice.
   */
  async next(signal?: AbortSignal): Promise<Intake | null> {
    const { clock, baseMs, graceMs } = this.#options;
    const alerts: IntakeAlert[] = [];
    for (;;) {
      const openMs = this.expectedMs;
      const closeMs = openMs + baseMs;
      const serverMs = await this.#serverTime();
      if (serverMs < closeMs) {
        await clock.sleep(closeMs - serverMs + Math.min(SETTLE_MS, graceMs), signal);
        if (signal?.aborted === true) return null;
        continue;
      }
      const seenMs = await this.#collect(openMs, closeMs + graceMs, alerts, signal);
      if (seenMs === null) return null;
      const bars = this.#barsAt(openMs);
      this.#watermarkMs = openMs;
      if (Object.keys(bars).length === 0) {
        alerts.push({ severity: "warning", code: "NO_SLICE", message: `no bar of any symbol at ${iso(openMs)}` });
        continue;
      }
      const missing = this.#options.symbols.filter((symbol) => bars[symbol] === undefined);
      if (missing.length > 0)
        alerts.push({
          severity: "warning",
          code: "MISSING_BAR",
          message: `no bar of ${missing.join(", ")} at ${iso(openMs)}`,
        });
      const funding = await this.#fundingUntil(this.#options.fundsAtClose ? closeMs + 1 : closeMs);
      const traded = seenMs < closeMs + Math.max(graceMs + SETTLE_MS + POLL_MS, baseMs * VALIDITY);
      this.#forget(openMs);
      return { slice: { type: "slice", open_ms: openMs, bars, funding, traded }, alerts };
    }
  }

  async #serverTime(): Promise<number> {
    return this.#options.feed.serverTime();
  }

  /** Asks until all symbols have their bar, or the grace time ran out. @returns the exchange's time then; null when aborted. */
  async #collect(openMs: number, untilMs: number, alerts: IntakeAlert[], signal?: AbortSignal): Promise<number | null> {
    const { clock, symbols } = this.#options;
    for (;;) {
      const serverMs = await this.#serverTime();
      for (const symbol of symbols) {
        if (this.#known.get(symbol)?.has(openMs) !== true) await this.#read(symbol, openMs, serverMs, alerts);
      }
      const complete = symbols.every((symbol) => this.#known.get(symbol)?.has(openMs) === true);
      if (complete || serverMs >= untilMs) return serverMs;
      await clock.sleep(Math.min(POLL_MS, untilMs - serverMs), signal);
      if (signal?.aborted === true) return null;
    }
  }

  async #read(symbol: string, openMs: number, serverMs: number, alerts: IntakeAlert[]): Promise<void> {
    const { feed, timeframe, baseMs } = this.#options;
    const known = this.#known.get(symbol) as Map<number, Bar>;
    const { bars, refused } = await feed.bars(symbol, timeframe, openMs - REREAD * baseMs, PAGE);
    for (const reason of refused)
      alerts.push({ severity: "warning", code: "BAD_BAR", message: `${symbol}: ${reason}` });
    for (const bar of bars) {
      if (bar.closeMs >= serverMs || bar.openMs % baseMs !== 0) continue;
      const row: Bar = [bar.open, bar.high, bar.low, bar.close, bar.volume];
      const before = known.get(bar.openMs);
      if (before === undefined) {
        if (bar.openMs < openMs || (await this.#isBadTick(symbol, bar, openMs, alerts))) continue;
        known.set(bar.openMs, row);
      } else if (before.some((value, field) => Number(value) !== Number(row[field]))) {
        known.set(bar.openMs, row);
        const message = `${symbol} ${iso(bar.openMs)}: ${before.join(" ")} became ${row.join(" ")}; decisions stand`;
        alerts.push({ severity: "warning", code: "REVISED_BAR", message });
      }
    }
  }

  /** A jump that the quote does not confirm; only the newest bar has a quote to compare with. */
  async #isBadTick(
    symbol: string,
    { openMs, close }: VenueBar,
    newestMs: number,
    alerts: IntakeAlert[],
  ): Promise<boolean> {
    const last = this.#known.get(symbol)?.get(openMs - this.#options.baseMs)?.[3];
    if (openMs !== newestMs || last === undefined) return false;
    if (Math.abs(Number(close) / Number(last) - 1) <= JUMP) return false;
    const { bid, ask } = await this.#options.feed.quote(symbol);
    const mid = (Number(bid) + Number(ask)) / 2;
    if (!(Math.abs(Number(close) / mid - 1) > OFF_QUOTE)) return false;
    const message = `${symbol} ${iso(openMs)}: close ${close} after ${last}, quoted ${bid}/${ask}; treated as missing`;
    alerts.push({ severity: "critical", code: "BAD_TICK", message });
    return true;
  }

  #barsAt(openMs: number): Record<string, Bar> {
    const bars: Record<string, Bar> = {};
    for (const symbol of this.#options.symbols) {
      const bar = this.#known.get(symbol)?.get(openMs);
      if (bar !== undefined) bars[symbol] = bar;
    }
    return bars;
  }

  /** Funding times before `untilMs` that no slice has paid yet; venues pay on the hour. */
  async #fundingUntil(untilMs: number): Promise<SliceRecord["funding"]> {
    const { feed, symbols } = this.#options;
    const from = this.#paidMs;
    if (!this.#options.funding || Math.ceil(from / HOUR_MS) * HOUR_MS >= untilMs) return [];
    const found: FundingPayment[] = [];
    for (const symbol of symbols) {
      for (const { timeMs, rate, mark } of await feed.funding(symbol, from)) {
        if (timeMs >= from && timeMs < untilMs) found.push({ symbol, time_ms: timeMs, rate, mark });
      }
    }
    this.#paidMs = untilMs;
    return found.sort((a, b) => a.time_ms - b.time_ms || (a.symbol < b.symbol ? -1 : 1));
  }

  #forget(openMs: number): void {
    const oldest = openMs - REREAD * this.#options.baseMs;
    for (const known of this.#known.values()) {
      for (const key of known.keys()) if (key < oldest) known.delete(key);
    }
  }
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
