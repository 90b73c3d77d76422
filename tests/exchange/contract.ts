// The promises of src/exchange/port.ts, one test each; every implementation's test file calls these.

import { afterEach, describe, expect, it } from "vitest";
import { addDecimals } from "../../src/exchange/decimal-text.ts";
import type { Leg, MarketFeed, OrderRequest, SubmitOutcome, TradingVenue } from "../../src/exchange/port.ts";

export interface TradingSubject {
  readonly venue: TradingVenue;
  /** The exchange's time, epoch ms. */
  now(): number;
  /** Of BTC/USDT at this moment. */
  price(): number;
  /** The next order is taken, and its answer is lost. */
  loseAnswer(): void;
  /** The next order is lost on its way. */
  loseRequest(): void;
  /** The next order, a limit far from the price, does not fill. */
  letRest?(): void;
  close(): Promise<void>;
}

export interface Traits {
  /** Leg on which a position is opened by buying. */
  readonly leg: Leg;
  /** False where nothing can be sold that is not held and every leg is `net` (spot). */
  readonly derivatives: boolean;
  /** Stop orders can be placed. */
  readonly stops: boolean;
  /** Refuses what makes no sense before it sends it. */
  readonly guards: boolean;
  /** What it tells of the account: all of it, all but what the key may do, or positions only. */
  readonly account: "full" | "no_permissions" | "positions";
}

const SYMBOL = "BTC/USDT";
let count = 0;

/** The account holds at least 10,000 USDT and nothing else; BTC/USDT trades above 2,000 in steps of 0.0001 or finer. */
export function tradingContract(name: string, traits: Traits, open: () => Promise<TradingSubject>): void {
  let subject: TradingSubject | null = null;
  const start = async (): Promise<TradingSubject> => {
    subject = await open();
    return subject;
  };
  afterEach(async () => {
    await subject?.close();
    subject = null;
  });

  const request = (changes: Partial<OrderRequest> = {}): OrderRequest => ({
    clientId: `contract-${++count}`,
    symbol: SYMBOL,
    side: "buy",
    leg: traits.leg,
    quantity: "0.100",
    type: "market",
    price: null,
    reduces: false,
    postOnly: false,
    ...changes,
  });
  const accepted = (outcome: SubmitOutcome) => {
    if (outcome.kind !== "accepted") throw new Error(`not accepted: ${JSON.stringify(outcome)}`);
    return outcome.order;
  };

  describe(`trading contract: ${name}`, () => {
    it("an order that is accepted is found by its client id, and its trades sum to what it filled", async () => {
      const { venue, now } = await start();
      const order = request();
      const report = accepted(await venue.submit(order, now()));
      expect(report).toMatchObject({ clientId: order.clientId, symbol: SYMBOL, status: "filled" });
      expect(Number(report.filled)).toBe(0.1);
      expect(await venue.find(SYMBOL, order.clientId)).toEqual(report);
      const trades = await venue.trades(SYMBOL, { orderId: report.orderId });
      expect(Number(trades.reduce((sum, { quantity }) => addDecimals(sum, quantity), "0"))).toBe(0.1);
      expect(trades[0]).toMatchObject({ orderId: report.orderId, symbol: SYMBOL, side: "buy", leg: traits.leg });
      expect(await venue.trades(SYMBOL, { sinceMs: now() - 1000 })).toEqual(trades);
    });

    it("positions follow", async () => {
      const { venue, now } = await start();
      expect(await venue.positions()).toEqual([]);
      accepted(await venue.submit(request(), now()));
      const [position, ...others] = await venue.positions();
      expect(others).toEqual([]);
      expect(position).toMatchObject({ symbol: SYMBOL, leg: traits.leg });
      expect(Number(position?.quantity)).toBeCloseTo(0.1, 3);
    });

    if (traits.account !== "positions")
      it("the balance follows", async () => {
        const { venue, now } = await start();
        const before = await venue.balance();
        accepted(await venue.submit(request(), now()));
        const after = await venue.balance();
        expect(Number(after.equity)).toBeLessThan(Number(before.equity));
        expect(Number(after.equity)).toBeGreaterThan(Number(before.equity) * 0.99);
      });

    it("does not know an id that was never sent, and cannot cancel it", async () => {
      const { venue } = await start();
      expect(await venue.find(SYMBOL, "never-sent")).toBeNull();
      expect(await venue.cancel(SYMBOL, "never-sent")).toEqual({ kind: "not_found" });
    });

    it("a limit order rests until it is cancelled; one that has ended cannot be", async () => {
      const { venue, now, price, letRest } = await start();
      const order = request({ type: "limit", price: String(Math.floor(price() * 0.97)), postOnly: true });
      letRest?.();
      expect(accepted(await venue.submit(order, now())).status).toBe("open");
      expect((await venue.openOrders()).map(({ clientId }) => clientId)).toEqual([order.clientId]);
      const cancelled = await venue.cancel(SYMBOL, order.clientId);
      expect(cancelled).toMatchObject({ kind: "cancelled", order: { clientId: order.clientId, status: "cancelled" } });
      expect(await venue.openOrders()).toEqual([]);
      expect(await venue.cancel(SYMBOL, order.clientId)).toEqual({ kind: "not_found" });
    });

    it("a lost answer is ambiguous, and the order is there, once", async () => {
      const { venue, now, loseAnswer } = await start();
      const order = request();
      loseAnswer();
      expect(await venue.submit(order, now())).toMatchObject({ kind: "ambiguous" });
      expect(await venue.find(SYMBOL, order.clientId)).toMatchObject({ status: "filled" });
      expect(Number((await venue.positions())[0]?.quantity)).toBeCloseTo(0.1, 3);
    });

    it("a lost request is ambiguous, and the order is not there", async () => {
      const { venue, now, loseRequest } = await start();
      const order = request();
      loseRequest();
      expect(await venue.submit(order, now())).toMatchObject({ kind: "ambiguous" });
      expect(await venue.find(SYMBOL, order.clientId)).toBeNull();
      expect(await venue.positions()).toEqual([]);
    });

    it("a timestamp older than the receive window is a definite rejection", async () => {
      const { venue, now } = await start();
      const outcome = await venue.submit(request(), now() - venue.recvWindowMs - 1);
      expect(outcome).toMatchObject({ kind: "rejected", consequence: "resync_clock" });
      expect(await venue.positions()).toEqual([]);
    });

    if (traits.guards)
      it.each([
        ["no quantity", { quantity: "0" }],
        ["a negative quantity", { quantity: "-1" }],
        ["a quantity that is no decimal", { quantity: "1e-3" }],
        ["a market order with a price", { price: "30000" }],
        ["a limit order without one", { type: "limit" }],
        ["a client id that is too long", { clientId: "x".repeat(37) }],
        ["an unknown symbol", { symbol: "NO/SUCH" }],
      ] as const)("%s is refused before anything is sent", async (_, changes) => {
        const { venue, now } = await start();
        const outcome = await venue.submit(request(changes), now());
        expect(outcome).toMatchObject({ kind: "rejected", code: "UNSENT", consequence: "halt_symbol" });
        expect(await venue.positions()).toEqual([]);
      });

    if (traits.guards)
      it("a post-only order that would take is rejected", async () => {
        const { venue, now, price } = await start();
        const above = String(Math.ceil(price() * 1.01));
        const outcome = await venue.submit(request({ type: "limit", price: above, postOnly: true }), now());
        expect(outcome).toMatchObject({ kind: "rejected", consequence: "redecide" });
      });

    if (traits.account === "full")
      it("permissions name the account and no right to move money", async () => {
        const { venue } = await start();
        const permissions = await venue.permissions();
        expect(permissions).toMatchObject({ read: true, trade: true, withdraw: false, transfer: false });
        expect(permissions.account).toBe((await venue.permissions()).account);
      });

    if (traits.derivatives) {
      it("closing more than is held never turns the position", async () => {
        const { venue, now } = await start();
        accepted(await venue.submit(request(), now()));
        await venue.submit(request({ side: "sell", quantity: "0.200", reduces: true }), now());
        const legs = await venue.positions();
        expect(legs.every(({ quantity }) => !quantity.startsWith("-"))).toBe(true);
        await venue.submit(request({ side: "sell", reduces: true }), now());
        expect(await venue.positions()).toEqual([]);
      });

      if (traits.account !== "positions")
        it("income explains the wallet", async () => {
          const { venue, now } = await start();
          const before = await venue.balance();
          accepted(await venue.submit(request(), now()));
          accepted(await venue.submit(request({ side: "sell", reduces: true }), now()));
          const incomes = await venue.income(now() - 1000);
          const sum = incomes.reduce((total, { amount }) => addDecimals(total, amount), before.wallet);
          expect(Number(sum)).toBe(Number((await venue.balance()).wallet));
          expect(incomes.filter(({ type }) => type === "fee")).toHaveLength(2);
          expect(new Set(incomes.map(({ id }) => id)).size).toBe(incomes.length);
        });

      if (traits.account !== "positions")
        it("settings tell mode, leverage and margin", async () => {
          const { venue } = await start();
          const { hedged, symbols } = await venue.settings();
          expect(hedged).toBe(traits.leg === "long");
          expect(symbols[SYMBOL]).toMatchObject({ crossMargin: true });
        });
    }

    if (traits.stops) {
      it("a stop order rests under its client id and can be cancelled", async () => {
        const { venue, now } = await start();
        accepted(await venue.submit(request(), now()));
        const stop = request({ side: "sell", quantity: "0.050", type: "stop", price: "1000", reduces: true });
        expect(accepted(await venue.submit(stop, now()))).toMatchObject({ status: "open", clientId: stop.clientId });
        expect((await venue.openOrders()).map(({ clientId }) => clientId)).toEqual([stop.clientId]);
        expect(await venue.find(SYMBOL, stop.clientId)).toMatchObject({ status: "open" });
        expect(await venue.cancel(SYMBOL, stop.clientId)).toMatchObject({ kind: "cancelled" });
        expect(await venue.openOrders()).toEqual([]);
        expect(await venue.cancel(SYMBOL, stop.clientId)).toEqual({ kind: "not_found" });
      });
    }
  });
}

export interface FeedSubject {
  readonly feed: MarketFeed;
  /** The exchange's time, one second past a full hour. */
  now(): number;
  close(): Promise<void>;
}

/** BTC/USDT has hourly bars up to and beyond the present. */
export function feedContract(name: string, open: () => Promise<FeedSubject>): void {
  const HOUR = 3_600_000;
  let subject: FeedSubject | null = null;
  const start = async (): Promise<FeedSubject> => {
    subject = await open();
    return subject;
  };
  afterEach(async () => {
    await subject?.close();
    subject = null;
  });

  describe(`feed contract: ${name}`, () => {
    it("bars are oldest first; those whose close time is before the server's time are closed", async () => {
      const { feed, now } = await start();
      const openMs = now() - 1000;
      const { bars, refused } = await feed.bars(SYMBOL, "1h", openMs - 3 * HOUR, 10);
      expect(refused).toEqual([]);
      expect(bars.map((bar) => bar.openMs)).toEqual([3, 2, 1, 0].map((ago) => openMs - ago * HOUR));
      const server = await feed.serverTime();
      expect(bars.map(({ closeMs }) => closeMs < server)).toEqual([true, true, true, false]);
      expect(bars.every((bar) => bar.closeMs === bar.openMs + HOUR - 1)).toBe(true);
      expect((await feed.bars(SYMBOL, "1h", openMs - 3 * HOUR, 2)).bars).toEqual(bars.slice(0, 2));
    });

    it("nothing newer: no bars", async () => {
      const { feed, now } = await start();
      expect(await feed.bars(SYMBOL, "1h", now() + HOUR, 10)).toEqual({ bars: [], refused: [] });
    });

    it("a quote has a bid not above the ask", async () => {
      const { feed } = await start();
      const { bid, ask } = await feed.quote(SYMBOL);
      expect(Number(bid)).toBeGreaterThan(0);
      expect(Number(ask)).toBeGreaterThanOrEqual(Number(bid));
    });

    it("instruments have steps, ticks and a status; an unknown symbol is refused with the nearest name", async () => {
      const { feed } = await start();
      const [btc] = await feed.instruments([SYMBOL]);
      expect(btc).toMatchObject({ symbol: SYMBOL, trading: true, delistMs: null });
      expect(Number(btc?.step)).toBeGreaterThan(0);
      expect(Number(btc?.tick)).toBeGreaterThan(0);
      await expect(feed.instruments(["BTCC/USDT"])).rejects.toThrow(/BTC\/USDT/);
    });
  });
}
