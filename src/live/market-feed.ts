import type { MarketFeed, VenueBar, VenueFunding, VenueInstrument, VenueQuote } from "../exchange/port.ts";
import { firstIndexAt } from "../market/bar-search.ts";
import type { Market } from "../market/market.ts";
import { timeframeMs } from "../market/timeframe.ts";
import type { Clock } from "./clock.ts";

/** A market in memory (files, the store, a recording, the synthetic one) as the feed of an exchange whose clock is `clock`. */
export class StoredFeed implements MarketFeed {
  readonly #market: Market;
  readonly #clock: Clock;
  readonly #baseMs: number;

  constructor(market: Market, clock: Clock) {
    this.#market = market;
    this.#clock = clock;
    this.#baseMs = timeframeMs(market.timeframe) ?? Number.NaN;
  }

  /** Close of its last bar, epoch ms: there is nothing to wait for after it. */
  get endMs(): number {
    return Math.max(...this.#market.bars.map(({ timeMs }) => timeMs.at(-1) ?? Number.NEGATIVE_INFINITY)) + this.#baseMs;
  }

  async serverTime(): Promise<number> {
    return this.#clock.now();
  }

  async bars(
    symbol: string,
    _timeframe: string,
    sinceMs: number,
    limit: number,
  ): Promise<{ bars: VenueBar[]; refused: readonly string[] }> {
    const column = this.#columnOf(symbol);
    const now = this.#clock.now();
    const bars: VenueBar[] = [];
    for (let i = firstIndexAt(column.timeMs, sinceMs); i < column.timeMs.length && bars.length < limit; i++) {
      const openMs = column.timeMs[i] as number;
      if (openMs + this.#baseMs > now) break;
      const [open, high, low, close, volume] = [column.open, column.high, column.low, column.close, column.volume].map(
        (values) => String(values[i]),
      ) as [string, string, string, string, string];
      bars.push({ openMs, closeMs: openMs + this.#baseMs - 1, open, high, low, close, volume });
    }
    return { bars, refused: [] };
  }

  async funding(symbol: string, sinceMs: number): Promise<VenueFunding[]> {
    const rates = this.#market.funding[this.#market.bars.findIndex((own) => own.symbol === symbol)] ?? null;
    if (rates === null) return [];
    const now = this.#clock.now();
    const found: VenueFunding[] = [];
    for (let i = firstIndexAt(rates.timeMs, sinceMs); i < rates.timeMs.length; i++) {
      const timeMs = rates.timeMs[i] as number;
      if (timeMs > now) break;
      found.push({ timeMs, rate: String(rates.rate[i]), mark: null });
    }
    return found;
  }

  /** Bars have no quotes: the last close stands for both sides. */
  async quote(symbol: string): Promise<VenueQuote> {
    const { timeMs, close } = this.#columnOf(symbol);
    const last = firstIndexAt(timeMs, this.#clock.now() - this.#baseMs + 1) - 1;
    const price = String(close[Math.max(0, last)]);
    return { bid: price, bidQuantity: "0", ask: price, askQuantity: "0" };
  }

  /** A file says nothing of trading rules: those of the config apply. */
  async instruments(): Promise<VenueInstrument[]> {
    return [];
  }

  async close(): Promise<void> {}

  #columnOf(symbol: string): Market["bars"][number] {
    const column = this.#market.bars.find((own) => own.symbol === symbol);
    if (column === undefined) throw new RangeError(`the market has no ${symbol}`);
    return column;
  }
}
