/** Post at the touch, follow it by polling, cancel on drift or timeout, market the rest. */
export interface LimitThenMarket {
  readonly kind: "limit_then_market";
  /** Longest time that the limit order may rest. */
  readonly timeoutMs: number;
  readonly pollMs: number;
  /** Cancelled when the touch has left the order's price by this much. */
  readonly driftBps: number;
}

export type ExecutionStyle = { readonly kind: "market" } | LimitThenMarket;

export interface OrderSettings {
  readonly style: ExecutionStyle;
  /** The account's currency: BASE/QUOTE's quote. */
  readonly quoteAsset: string;
  /** Fee of a fill whose trade never shows, and of one whose fee cannot be converted. */
  readonly takerFeeBps: number;
  /**
   * "Unknown order" is final only this long after timestamp + recvWindow, on the exchange's clock: Binance's back end may
   * work on a request for 10 s, 5 s are margin.
   */
  readonly notFoundMarginMs: number;
  /** Pauses between two looks at an order: from the first, doubling, to the last. */
  readonly firstPollMs: number;
  readonly lastPollMs: number;
  /** A market order that is still open then is cancelled. */
  readonly marketTimeoutMs: number;
  /** A terminal order whose trades are still incomplete then gets a synthetic one. */
  readonly tradesTimeoutMs: number;
  /** An accepted order that has been unknown for so long is judged by trades and positions. */
  readonly vanishedMs: number;
  /** Looks at trades and positions, `lastPollMs` apart, before a disagreement counts (reads lag, P24). */
  readonly confirmations: number;
  /** Answers about one order that make no sense before its symbol is given up. */
  readonly malformedLimit: number;
  /** Without an answer about it for so long an order is left open in the journal, so that its caller can look after other things. */
  readonly patienceMs: number;
}

export const ORDER_DEFAULTS: Omit<OrderSettings, "quoteAsset" | "takerFeeBps"> = {
  style: { kind: "market" },
  notFoundMarginMs: 15_000,
  firstPollMs: 200,
  lastPollMs: 2_000,
  marketTimeoutMs: 30_000,
  tradesTimeoutMs: 60_000,
  vanishedMs: 10_000,
  confirmations: 5,
  malformedLimit: 10,
  patienceMs: 30_000,
};
