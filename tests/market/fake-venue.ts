import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** A small strict futures venue on loopback: public endpoints only, anything else is answered with an error and kept. */
export class FakeVenue {
  /** Requests served, as path and query. */
  readonly requests: string[] = [];
  /** Requests that a client of public data must not make. */
  readonly refused: string[] = [];
  /** Answers the next so many requests for bars with 429. */
  failures = 0;
  /** Bars are not answered from this many requests for them on. */
  silentAfter = Number.POSITIVE_INFINITY;
  /** Turns a row into what is sent. */
  garble: (row: unknown[]) => unknown[] = (row) => row;
  readonly nowMs: number;
  readonly listedMs: number;
  readonly missing: ReadonlySet<number>;
  readonly #server: Server;

  /** @param nowMs the venue's clock; @param missing open times without a bar. */
  constructor(nowMs: number, listedMs: number, missing: ReadonlySet<number> = new Set()) {
    this.nowMs = nowMs;
    this.listedMs = listedMs;
    this.missing = missing;
    this.#server = createServer((request, response) => {
      const url = new URL(request.url ?? "/", "http://venue");
      const reply = (status: number, body: unknown): void => {
        response.writeHead(status, { "content-type": "application/json" });
        response.end(JSON.stringify(body));
      };
      if (
        request.headers["x-mbx-apikey"] !== undefined ||
        url.searchParams.has("signature") ||
        request.method !== "GET"
      ) {
        this.refused.push(url.pathname);
        return reply(401, { code: -2014, msg: "keys are not wanted here" });
      }
      this.requests.push(url.pathname + url.search);
      if (url.pathname === "/fapi/v1/time") return reply(200, { serverTime: this.nowMs });
      if (url.pathname === "/fapi/v1/exchangeInfo") return reply(200, { symbols: [MARKET] });
      if (url.pathname === "/fapi/v1/klines" || url.pathname === "/fapi/v1/fundingRate") {
        if (this.requests.length - 2 > this.silentAfter) return;
        if (this.failures-- > 0) return reply(429, { code: -1003, msg: "Too many requests" });
        return reply(
          200,
          url.pathname.endsWith("klines") ? this.#klines(url.searchParams) : this.#rates(url.searchParams),
        );
      }
      this.refused.push(url.pathname);
      reply(404, { code: -5000, msg: `no ${url.pathname}` });
    });
  }

  async start(): Promise<string> {
    await new Promise<void>((done) => this.#server.listen(0, "127.0.0.1", done));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }

  #klines(query: URLSearchParams): unknown[] {
    const length = query.get("interval") === "1m" ? 60_000 : 3_600_000;
    const from = Math.max(Number(query.get("startTime")), this.listedMs);
    const to = Math.min(Number(query.get("endTime") ?? Number.POSITIVE_INFINITY), this.nowMs);
    const rows: unknown[] = [];
    for (let t = Math.ceil(from / length) * length; t <= to && rows.length < Number(query.get("limit")); t += length) {
      // The last one is still open.
      if (!this.missing.has(t)) rows.push(this.garble(klineAt(t, length)));
    }
    return rows;
  }

  #rates(query: URLSearchParams): unknown[] {
    const eight = 8 * 3_600_000;
    const rows: unknown[] = [];
    const to = Math.min(Number(query.get("endTime") ?? Number.POSITIVE_INFINITY), this.nowMs);
    for (
      let t = Math.ceil(Math.max(Number(query.get("startTime")), this.listedMs) / eight) * eight;
      t <= to && rows.length < Number(query.get("limit"));
      t += eight
    )
      rows.push({
        symbol: "BTCUSDT",
        fundingTime: t + 3,
        fundingRate: (((t / eight) % 7) / 1e4).toFixed(8),
        markPrice: "1",
      });
    return rows;
  }
}

/** A bar that depends on its time alone. */
export function klineAt(t: number, length: number): unknown[] {
  const open = 40_000 + ((t / 60_000) % 997);
  return [
    t,
    `${open}.10`,
    `${open + 5}.00`,
    `${open - 5}.50`,
    `${open + 1}.20`,
    "12.345",
    t + length - 1,
    "1",
    1,
    "1",
    "1",
    "0",
  ];
}

const MARKET = {
  symbol: "BTCUSDT",
  pair: "BTCUSDT",
  contractType: "PERPETUAL",
  status: "TRADING",
  baseAsset: "BTC",
  quoteAsset: "USDT",
  marginAsset: "USDT",
  deliveryDate: 4133404800000,
  baseAssetPrecision: 8,
  quotePrecision: 8,
  filters: [],
  orderTypes: ["LIMIT", "MARKET"],
};
