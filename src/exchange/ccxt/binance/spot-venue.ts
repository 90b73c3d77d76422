import { z } from "zod";
import { addDecimals, isZero, multiplyDecimals } from "../../decimal-text.ts";
import {
  type AccountSettings,
  type CancelOutcome,
  type KeyPermissions,
  type OrderReport,
  type OrderRequest,
  type SubmitOutcome,
  type TradingVenue,
  type VenueBalance,
  VenueError,
  type VenueIncome,
  type VenuePosition,
  type VenueTrade,
} from "../../port.ts";
import { parseReply, unsignedDecimal } from "../reply-schemas.ts";
import { readPermissions } from "./account.ts";
import { type BinanceMarket, requireInstrument } from "./market.ts";
import { BinanceOrders } from "./orders.ts";

const accountReply = z.looseObject({
  balances: z.array(z.looseObject({ asset: z.string(), free: unsignedDecimal, locked: unsignedDecimal })),
});

const priceReply = z.looseObject({ symbol: z.string(), price: unsignedDecimal });

export interface SpotVenueOptions {
  readonly apiKey: string;
  /** BASE/QUOTE of everything that is traded: what the account holds of other assets is not ours. */
  readonly symbols: readonly string[];
  readonly quote: string;
}

/** A spot account: what it holds of a symbol's base is its position. It keeps no entry prices and tells no income. */
export class BinanceSpotVenue implements TradingVenue {
  readonly recvWindowMs: number;
  readonly #market: BinanceMarket;
  readonly #orders: BinanceOrders;
  readonly #options: SpotVenueOptions;

  constructor(market: BinanceMarket, options: SpotVenueOptions) {
    this.#market = market;
    this.#orders = new BinanceOrders(market);
    this.#options = options;
    this.recvWindowMs = market.client.recvWindowMs;
  }

  serverTime(): Promise<number> {
    return this.#market.serverTime();
  }

  submit(order: OrderRequest, signedAtMs: number): Promise<SubmitOutcome> {
    return this.#orders.submit(order, signedAtMs, (symbol) => ({
      symbol,
      side: order.side.toUpperCase(),
      ...typeOf(order),
      quantity: order.quantity,
      newClientOrderId: order.clientId,
      newOrderRespType: "RESULT",
    }));
  }

  find(symbol: string, clientId: string): Promise<OrderReport | null> {
    return this.#orders.find(symbol, { origClientOrderId: clientId }, clientId);
  }

  cancel(symbol: string, clientId: string): Promise<CancelOutcome> {
    return this.#orders.cancel(symbol, clientId);
  }

  clientIdOf(symbol: string, orderId: string): Promise<string | null> {
    return this.#orders.clientIdOf(symbol, orderId);
  }

  trades(symbol: string, query: { readonly sinceMs: number } | { readonly orderId: string }): Promise<VenueTrade[]> {
    return this.#orders.trades(symbol, query);
  }

  openOrders(): Promise<OrderReport[]> {
    return this.#orders.openOrders();
  }

  async positions(): Promise<VenuePosition[]> {
    const holdings = await this.#holdings();
    const positions: VenuePosition[] = [];
    for (const { symbol, id, quantity } of holdings.bases) {
      if (isZero(quantity)) continue;
      positions.push({ symbol, leg: "net", quantity, entryPrice: "0", markPrice: await this.#price(id) });
    }
    return positions;
  }

  async balance(): Promise<VenueBalance> {
    const { wallet, available, bases } = await this.#holdings();
    let equity = wallet;
    for (const { id, quantity } of bases) {
      if (!isZero(quantity)) equity = addDecimals(equity, multiplyDecimals(quantity, await this.#price(id)));
    }
    return { wallet, equity, available };
  }

  settings(): Promise<AccountSettings> {
    return Promise.resolve({ hedged: null, symbols: {} });
  }

  permissions(): Promise<KeyPermissions> {
    return readPermissions(this.#market, this.#options.apiKey);
  }

  income(): Promise<VenueIncome[]> {
    return Promise.resolve([]);
  }

  close(): Promise<void> {
    return this.#market.client.close();
  }

  async #holdings() {
    const { balances } = parseReply(
      accountReply,
      await this.#market.read("privateGetAccount", {}, "resolving"),
      "account",
    );
    const listing = await this.#market.listing();
    const of = (asset: string) => balances.find((each) => each.asset === asset) ?? { free: "0", locked: "0" };
    const money = of(this.#options.quote);
    const bases = this.#options.symbols.map((symbol) => {
      const { id, base } = requireInstrument(listing, symbol);
      const { free, locked } = of(base);
      return { symbol, id, quantity: addDecimals(free, locked) };
    });
    return { wallet: addDecimals(money.free, money.locked), available: money.free, bases };
  }

  async #price(id: string): Promise<string> {
    const reply = await this.#market.read("publicGetTickerPrice", { symbol: id }, "resolving");
    const { symbol, price } = parseReply(priceReply, reply, "price");
    if (symbol !== id) throw new VenueError("malformed", `price: asked for ${id}, got ${symbol}`);
    return price;
  }
}

function typeOf(order: OrderRequest): Readonly<Record<string, unknown>> {
  if (order.type === "market") return { type: "MARKET" };
  if (order.type === "stop") return { type: "STOP_LOSS", stopPrice: order.price };
  if (order.postOnly) return { type: "LIMIT_MAKER", price: order.price };
  return { type: "LIMIT", timeInForce: "GTC", price: order.price };
}
