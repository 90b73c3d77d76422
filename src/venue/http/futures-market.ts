import { formatShort, fromNumber } from "../decimal.ts";
import { faultyKlines } from "../faults/bar-faults.ts";
import { refuse } from "../venue-error.ts";
import type { Endpoint } from "./endpoint.ts";
import { futuresSymbol } from "./futures-replies.ts";

const MAX_KLINES = 1500;
const DEFAULT_KLINES = 500;
const FUNDING_INTERVAL_MS = 8 * 3_600_000;

/** Market data of the USD-M exchange: public, unsigned. */
export const futuresMarket: readonly Endpoint[] = [
  { method: "GET", path: "/fapi/v1/ping", security: "NONE", weight: 1, parameters: [], handle: () => ({}) },
  {
    method: "GET",
    path: "/fapi/v1/time",
    security: "NONE",
    weight: 1,
    parameters: [],
    handle: (venue) => ({ serverTime: venue.serverTime() }),
  },
  {
    method: "GET",
    path: "/fapi/v1/exchangeInfo",
    security: "NONE",
    weight: 1,
    parameters: [],
    handle: ({ futures, futuresLimits: { limits } }) => ({
      timezone: "UTC",
      serverTime: futures.nowMs,
      futuresType: "U_MARGINED",
      rateLimits: [
        { rateLimitType: "REQUEST_WEIGHT", interval: "MINUTE", intervalNum: 1, limit: limits.weightPerMinute },
        { rateLimitType: "ORDERS", interval: "MINUTE", intervalNum: 1, limit: limits.ordersPerMinute },
        { rateLimitType: "ORDERS", interval: "SECOND", intervalNum: 10, limit: limits.ordersPerTenSeconds },
      ],
      exchangeFilters: [],
      assets: [{ asset: "USDT", marginAvailable: true, autoAssetExchange: "-10000" }],
      symbols: futures.symbols.map((symbol) => futuresSymbol(futures.listing(symbol).instrument)),
    }),
  },
  {
    method: "GET",
    path: "/fapi/v1/klines",
    security: "NONE",
    weight: 5,
    parameters: ["symbol", "interval", "startTime", "endTime", "limit"],
    handle: ({ futures, barFaults }, parameters) => {
      const symbol = parameters.requiredText("symbol");
      const { path } = futures.listing(symbol);
      const limit = parameters.whole("limit") ?? DEFAULT_KLINES;
      if (limit < 1 || limit > MAX_KLINES) throw refuse.badParameter("limit");
      const request = {
        interval: parameters.requiredText("interval"),
        startMs: parameters.whole("startTime"),
        endMs: parameters.whole("endTime"),
        limit,
      };
      const rows = faultyKlines(path, request, futures.nowMs, barFaults.get(symbol));
      if (rows === null) throw refuse.badInterval();
      return rows;
    },
  },
  {
    method: "GET",
    path: "/fapi/v1/premiumIndex",
    security: "NONE",
    weight: 1,
    parameters: ["symbol"],
    handle: ({ futures }, parameters) => {
      const one = (symbol: string): object => {
        const price = formatShort(futures.price(symbol));
        const { funding } = futures.listing(symbol);
        const past = funding?.timeMs.findLastIndex((time) => time <= futures.nowMs) ?? -1;
        return {
          symbol,
          markPrice: price,
          indexPrice: price,
          estimatedSettlePrice: price,
          lastFundingRate: past < 0 ? "0" : formatShort(fromNumber(funding?.rate[past] as number)),
          interestRate: "0.00010000",
          nextFundingTime: (Math.floor(futures.nowMs / FUNDING_INTERVAL_MS) + 1) * FUNDING_INTERVAL_MS,
          time: futures.nowMs,
        };
      };
      const symbol = parameters.text("symbol");
      return symbol === null ? futures.symbols.map(one) : one(symbol);
    },
  },
  {
    method: "GET",
    path: "/fapi/v1/fundingRate",
    security: "NONE",
    weight: 1,
    parameters: ["symbol", "startTime", "endTime", "limit"],
    handle: ({ futures }, parameters) => {
      const symbol = parameters.requiredText("symbol");
      const { funding, path } = futures.listing(symbol);
      const start = parameters.whole("startTime");
      const to = Math.min(parameters.whole("endTime") ?? futures.nowMs, futures.nowMs);
      const limit = Math.min(parameters.whole("limit") ?? 100, 1000);
      const begunMs = futures.paidFunding[0]?.timeMs ?? Number.POSITIVE_INFINITY;
      // What was before this account is history; from then on it is what was paid, unscheduled times too.
      const past = [...(funding?.timeMs ?? [])].flatMap((timeMs, i) =>
        timeMs >= begunMs
          ? []
          : [{ timeMs, rate: fromNumber(funding?.rate[i] as number), price: path.priceAt(timeMs) ?? 0n }],
      );
      const paid = futures.paidFunding.filter((payment) => payment.symbol === symbol);
      const rows = [...past, ...paid]
        .filter(({ timeMs }) => timeMs >= (start ?? 0) && timeMs <= to)
        .map(({ timeMs, rate, price }) => ({
          symbol,
          fundingTime: timeMs,
          fundingRate: formatShort(rate),
          markPrice: formatShort(price),
        }));
      // From a start on the oldest, without one the latest.
      return start === null ? rows.slice(-limit) : rows.slice(0, limit);
    },
  },
  {
    method: "GET",
    path: "/fapi/v1/ticker/bookTicker",
    security: "NONE",
    weight: 2,
    parameters: ["symbol"],
    handle: ({ futures }, parameters) => {
      const one = (symbol: string): object => ({
        symbol,
        bidPrice: formatShort(futures.touch(symbol, "SELL")),
        bidQty: "100",
        askPrice: formatShort(futures.touch(symbol, "BUY")),
        askQty: "100",
        time: futures.nowMs,
        lastUpdateId: futures.nowMs,
      });
      const symbol = parameters.text("symbol");
      return symbol === null ? futures.symbols.map(one) : one(symbol);
    },
  },
  {
    method: "GET",
    path: "/fapi/v2/ticker/price",
    security: "NONE",
    weight: 1,
    parameters: ["symbol"],
    handle: ({ futures }, parameters) => {
      const one = (symbol: string): object => ({
        symbol,
        price: formatShort(futures.price(symbol)),
        time: futures.nowMs,
      });
      const symbol = parameters.text("symbol");
      return symbol === null ? futures.symbols.map(one) : one(symbol);
    },
  },
];
