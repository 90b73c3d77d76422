// What trading needs of an exchange. The engine's runners and the order manager know these two ports and nothing of ccxt,
// Binance or HTTP; adapters stand beside this file. Times are epoch ms on the exchange's clock. Quantities are decimal
// strings at this edge and whole lots everywhere inside.

export type Side = "buy" | "sell";
/** The leg of a futures position: `net` in one-way mode and on spot. */
export type Leg = "long" | "short" | "net";

/** One order as it is sent, once, under a client id that is never used again. */
export interface OrderRequest {
  /** At most 36 characters of [.A-Z:/a-z0-9_-]. */
  readonly clientId: string;
  /** BASE/QUOTE. */
  readonly symbol: string;
  readonly side: Side;
  readonly leg: Leg;
  /** Of the base, above 0, as many decimals as the instrument's step. */
  readonly quantity: string;
  readonly type: "market" | "limit" | "stop";
  /** Limit or trigger price; null for market orders. Never a reference price (P7). */
  readonly price: string | null;
  /** Only makes the position smaller; sent as `reduceOnly` in one-way mode only (P8). */
  readonly reduces: boolean;
  /** A limit order that must not take. */
  readonly postOnly: boolean;
}

export type OrderStatus = "open" | "partial" | "filled" | "cancelled" | "expired" | "rejected";

/** An order as the exchange reports it, validated: every number finite, status known, the client id ours. */
export interface OrderReport {
  readonly clientId: string;
  /** Text: ids exceed 2^53 (P27). */
  readonly orderId: string;
  readonly symbol: string;
  readonly status: OrderStatus;
  /** Decimal strings of the base. */
  readonly quantity: string;
  readonly filled: string;
  /** Of what is filled; null where nothing is, or where the venue does not tell. */
  readonly averagePrice: string | null;
  readonly updatedMs: number;
}

/** What a definite rejection asks for. */
export type Consequence =
  /** Decide again at the next bar (margin, price band, notional, over-close …). */
  | "redecide"
  /** Measure the clock again first. */
  | "resync_clock"
  /** No request of any kind before `retryAtMs`. */
  | "wait"
  /** Only this symbol stops (malformed: a bug; symbol not trading; filters changed: reload). */
  | "halt_symbol"
  /** The venue allows reductions only (-4087, -4400 …). */
  | "reduce_only"
  /** Key, signature, permission, position mode: nothing can be sent. */
  | "halt";

export type SubmitOutcome =
  | { readonly kind: "accepted"; readonly order: OrderReport }
  | {
      readonly kind: "rejected";
      /** The exchange's code, or the HTTP status. */
      readonly code: string;
      readonly message: string;
      readonly consequence: Consequence;
      readonly retryAtMs: number | null;
    }
  /** Everything that is not a validated acceptance or a whitelisted rejection, a duplicate client id too: the order may exist. */
  | { readonly kind: "ambiguous"; readonly message: string };

export type CancelOutcome =
  | { readonly kind: "cancelled"; readonly order: OrderReport }
  /** -2011: gone already, probably filled; `find` says. */
  | { readonly kind: "not_found" }
  | { readonly kind: "ambiguous"; readonly message: string };

export interface VenueTrade {
  readonly tradeId: string;
  readonly orderId: string;
  readonly symbol: string;
  readonly side: Side;
  readonly leg: Leg;
  readonly quantity: string;
  readonly price: string;
  /** Signed: a rebate is below 0. */
  readonly fee: string;
  readonly feeAsset: string;
  readonly timeMs: number;
}

export interface VenuePosition {
  readonly symbol: string;
  readonly leg: Leg;
  /** Signed decimal of the base: below 0 for a short. */
  readonly quantity: string;
  readonly entryPrice: string;
  readonly markPrice: string;
}

export interface VenueBalance {
  /** Quote units: wallet without, and equity with, unrealised P&L. */
  readonly wallet: string;
  readonly equity: string;
  readonly available: string;
}

export interface AccountSettings {
  /** Null on spot. */
  readonly hedged: boolean | null;
  /** By symbol; absent on spot. */
  readonly symbols: Readonly<Record<string, { readonly leverage: number; readonly crossMargin: boolean }>>;
}

export interface KeyPermissions {
  /** What identifies the account: its uid, or a hash of the key where the venue tells none. */
  readonly account: string;
  readonly read: boolean;
  readonly trade: boolean;
  readonly withdraw: boolean;
  readonly transfer: boolean;
  readonly ipRestricted: boolean;
  readonly expiresMs: number | null;
}

export type IncomeType = "realised" | "fee" | "funding" | "transfer" | "liquidation_fee" | "other";

export interface VenueIncome {
  readonly id: string;
  readonly type: IncomeType;
  readonly symbol: string | null;
  /** Signed, in units of `asset`. */
  readonly amount: string;
  /** The quote currency, unless fees are paid in another. */
  readonly asset: string;
  readonly timeMs: number;
}

export interface VenueInstrument {
  readonly symbol: string;
  /** False for every status that is not plainly trading, unknown ones too. */
  readonly trading: boolean;
  readonly step: string;
  readonly tick: string;
  readonly minQuantity: string;
  readonly maxQuantity: string;
  /** Of one market order (P4). */
  readonly maxMarketQuantity: string;
  readonly minNotional: string;
  /** Announced end of trading; null = none (P12). */
  readonly delistMs: number | null;
}

export type VenueErrorKind = "unavailable" | "rate_limited" | "banned" | "auth" | "clock" | "malformed" | "refused";

/** A request other than an order's that did not work. */
export class VenueError extends Error {
  override readonly name = "VenueError";
  /** `unavailable`: network, 5xx, deadline; `malformed`: an answer that makes no sense; `refused`: any other code. */
  readonly kind: VenueErrorKind;
  readonly code: string | null;
  /** No request before this time; null = unknown. */
  readonly retryAtMs: number | null;

  constructor(kind: VenueErrorKind, message: string, code: string | null = null, retryAtMs: number | null = null) {
    super(message);
    this.kind = kind;
    this.code = code;
    this.retryAtMs = retryAtMs;
  }
}

/** The trading side: signed, its own client and rate limiter. Methods throw a VenueError; the outcome of an order is a value. */
export interface TradingVenue {
  readonly recvWindowMs: number;
  serverTime(): Promise<number>;
  /** POSTs once, never again; `signedAtMs` is the timestamp that is signed. Never throws. */
  submit(order: OrderRequest, signedAtMs: number): Promise<SubmitOutcome>;
  /** By client id; null = the exchange says that it does not know it, which is not final (exchange-facts §4). */
  find(symbol: string, clientId: string): Promise<OrderReport | null>;
  cancel(symbol: string, clientId: string): Promise<CancelOutcome>;
  /** Client id of an order, whoever placed it (P26: the exchange's own have prefixes); null = it is not known, or no longer. */
  clientIdOf(symbol: string, orderId: string): Promise<string | null>;
  /** Own trades of a symbol since a time, or those of one order; in order of id, without duplicates. */
  trades(symbol: string, query: { readonly sinceMs: number } | { readonly orderId: string }): Promise<VenueTrade[]>;
  openOrders(): Promise<OrderReport[]>;
  /** Every leg that is not flat. */
  positions(): Promise<VenuePosition[]>;
  balance(): Promise<VenueBalance>;
  settings(): Promise<AccountSettings>;
  permissions(): Promise<KeyPermissions>;
  income(sinceMs: number): Promise<VenueIncome[]>;
  close(): Promise<void>;
}

/** One kline as it came: numbers as text, the close time the exchange's own (P28). */
export interface VenueBar {
  readonly openMs: number;
  readonly closeMs: number;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
  readonly volume: string;
}

export interface VenueFunding {
  readonly timeMs: number;
  readonly rate: string;
  /** Price it was charged on; null where the venue does not tell. */
  readonly mark: string | null;
}

export interface VenueQuote {
  readonly bid: string;
  readonly bidQuantity: string;
  readonly ask: string;
  readonly askQuantity: string;
}

/** The market-data side: unsigned, a client and rate limiter of its own. Never needs a key. */
export interface MarketFeed {
  serverTime(): Promise<number>;
  /** Bars with openMs ≥ sinceMs, oldest first; the last may still be open. Validated row by row: a bad row is left out and named. */
  bars(
    symbol: string,
    timeframe: string,
    sinceMs: number,
    limit: number,
  ): Promise<{ readonly bars: VenueBar[]; readonly refused: readonly string[] }>;
  funding(symbol: string, sinceMs: number): Promise<VenueFunding[]>;
  quote(symbol: string): Promise<VenueQuote>;
  instruments(symbols: readonly string[]): Promise<VenueInstrument[]>;
  close(): Promise<void>;
}
