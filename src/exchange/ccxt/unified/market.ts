import type { Exchange, Market } from "ccxt";
import { closest } from "fastest-levenshtein";
import { isDecimal } from "../../decimal-text.ts";
import { VenueError } from "../../port.ts";
import { CallError } from "../call-error.ts";
import type { CallKind, CcxtClient } from "../client.ts";
import { venueErrorOf } from "../verdicts.ts";

const DECIMAL_PLACES = 2;
const TICK_SIZE = 4;

/** What a venue has by ccxt's unified calls: as much as ccxt has made alike of its venues, and no more. */
export class UnifiedMarket {
  readonly client: CcxtClient;
  #markets: Promise<Readonly<Record<string, Market>>> | null = null;

  constructor(client: CcxtClient) {
    this.client = client;
  }

  /** Each answer is a reading of the venue's clock, too. @throws VenueError `refused` when it does not tell its time */
  async serverTime(): Promise<number> {
    const { clock } = this.client;
    const sentMs = clock.local();
    const serverMs = await this.read((exchange) => {
      requireCall(exchange, "fetchTime");
      return exchange.fetchTime();
    }, "resolving");
    if (!Number.isSafeInteger(serverMs)) throw new VenueError("malformed", `server time: ${serverMs}`);
    clock.observe(sentMs, serverMs as number, clock.local());
    return serverMs as number;
  }

  async read<T>(request: (exchange: Exchange) => Promise<T>, kind: CallKind = "routine"): Promise<T> {
    try {
      return await this.client.read(request, kind);
    } catch (error) {
      if (error instanceof CallError) throw venueErrorOf(error.failure);
      throw error;
    }
  }

  /** ccxt's market of BASE/QUOTE: the perpetual that is margined in the quote where there is one, else spot. */
  async market(symbol: string): Promise<NonNullable<Market>> {
    return resolve(await this.markets(), symbol);
  }

  async markets(fresh = false): Promise<Readonly<Record<string, Market>>> {
    if (this.#markets === null || fresh)
      this.#markets = this.read((exchange) => exchange.loadMarkets(fresh), "resolving");
    try {
      return await this.#markets;
    } catch (error) {
      this.#markets = null;
      throw error;
    }
  }

  /** BASE/QUOTE of one of ccxt's symbols. */
  nameOf(symbol: unknown): string {
    return String(symbol).split(":")[0] as string;
  }
}

export function resolve(markets: Readonly<Record<string, Market>>, symbol: string): NonNullable<Market> {
  const found = markets[`${symbol}:${symbol.split("/")[1]}`] ?? markets[symbol];
  if (found !== undefined) return found;
  const names = [...new Set(Object.keys(markets).map((name) => name.split(":")[0] as string))];
  const hint = names.length === 0 ? "" : `: did you mean ${closest(symbol, names)}?`;
  throw new VenueError("refused", `the venue lists no ${symbol}${hint}`, "UNKNOWN_SYMBOL");
}

/** @throws VenueError `refused` when ccxt cannot do this at the venue */
export function requireCall(exchange: Exchange, call: string): void {
  if (exchange.has[call]) return;
  throw new VenueError("refused", `ccxt has no ${call} for ${exchange.id}`, "NOT_SUPPORTED");
}

/** A number of ccxt's as decimal text. @throws VenueError `malformed` for anything else */
export function textOf(value: unknown, what: string): string {
  const text = typeof value === "number" ? plain(value) : String(value);
  if (!isDecimal(text)) throw new VenueError("malformed", `${what}: ${value} is no number`);
  return text;
}

/** A step in ccxt's terms: the step itself, or a number of decimals. */
export function stepText(precision: unknown, mode: number, what: string): string {
  if (mode === TICK_SIZE) return textOf(precision, what);
  if (mode === DECIMAL_PLACES && Number.isInteger(precision)) return textOf(Number(`1e-${precision}`), what);
  throw new VenueError("malformed", `${what}: its precision is told in significant digits`);
}

/** Without an exponent: 1e-7 → "0.0000001". */
function plain(value: number): string {
  const text = String(value);
  const [mantissa = "", exponent] = text.split("e");
  if (exponent === undefined || !Number.isFinite(value)) return text;
  const [whole = "", fraction = ""] = mantissa.replace("-", "").split(".");
  const point = whole.length + Number(exponent);
  const digits = whole + fraction;
  const sign = mantissa.startsWith("-") ? "-" : "";
  if (point <= 0) return `${sign}0.${"0".repeat(-point)}${digits}`;
  return sign + digits.padEnd(point, "0");
}
