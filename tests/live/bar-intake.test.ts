// Goal: a bar counts when the exchange has closed it, once, in order, whatever the feed does (spec 5.1, fault matrix D).
// Method: the feed of a market in memory on a virtual clock, with one thing changed at a time.

import { describe, expect, it } from "vitest";
import type { MarketFeed, VenueBar, VenueFunding, VenueQuote } from "../../src/exchange/port.ts";
import { BarIntake, type Intake } from "../../src/live/bar-intake.ts";
import { VirtualClock } from "../../src/live/clock.ts";
import { StoredFeed } from "../../src/live/market-feed.ts";
import type { Market } from "../../src/market/market.ts";
import { madeMarket, walk } from "../support/made-market.ts";

const HOUR = 3_600_000;
const T0 = Date.UTC(2024, 0, 1);
const SYMBOLS = ["BTC/USDT", "ETH/USDT"];

const market: Market = madeMarket(
  { "BTC/USDT": walk(1, 48, { start: 40_000, step: 0.01 }), "ETH/USDT": walk(2, 48, { start: 2000, step: 0.01 }) },
  T0,
  "1h",
);

/** What a test changes in what the feed answers. */
interface Twist {
  bars?: (symbol: string, bars: VenueBar[], nowMs: number) => VenueBar[];
  refused?: string[];
  quote?: VenueQuote;
  funding?: (symbol: string, sinceMs: number, nowMs: number) => VenueFunding[];
}

function open(
  twist: Twist = {},
  { fromMs = T0 + 10 * HOUR, funding = false, of = market, fundsAtClose = false } = {},
): { intake: BarIntake; clock: VirtualClock } {
  const clock = new VirtualClock(fromMs + HOUR / 2);
  const stored = new StoredFeed(of, clock);
  const feed: MarketFeed = {
    serverTime: () => stored.serverTime(),
    bars: async (symbol, timeframe, sinceMs, limit) => {
      const { bars } = await stored.bars(symbol, timeframe, sinceMs, limit);
      return { bars: twist.bars?.(symbol, bars, clock.now()) ?? bars, refused: twist.refused ?? [] };
    },
    funding: async (symbol, sinceMs) =>
      twist.funding?.(symbol, sinceMs, clock.now()) ?? (await stored.funding(symbol, sinceMs)),
    quote: async (symbol) => twist.quote ?? (await stored.quote(symbol)),
    instruments: () => stored.instruments(),
    close: () => stored.close(),
  };
  const intake = new BarIntake(
    { feed, clock, symbols: SYMBOLS, timeframe: "1h", baseMs: HOUR, graceMs: 20_000, funding, fundsAtClose },
    fromMs - HOUR,
  );
  return { intake, clock };
}

async function take(intake: BarIntake, count: number): Promise<Intake[]> {
  const taken: Intake[] = [];
  for (let i = 0; i < count; i++) taken.push((await intake.next()) as Intake);
  return taken;
}

const hours = (slices: Intake[]): number[] => slices.map(({ slice }) => (slice.open_ms - T0) / HOUR);
const codes = (slices: Intake[]): string[] => slices.flatMap(({ alerts }) => alerts.map(({ code }) => code));

describe("slices as they close", () => {
  it("come one after the other, complete, shortly after their close, and are traded", async () => {
    const { intake, clock } = open();
    const slices = await take(intake, 5);
    expect(hours(slices)).toEqual([10, 11, 12, 13, 14]);
    expect(slices.every(({ slice }) => slice.traded && Object.keys(slice.bars).length === 2)).toBe(true);
    expect(clock.now() - (T0 + 15 * HOUR)).toBeLessThan(5000);
    expect(codes(slices)).toEqual([]);
  });

  it("leave out the bar that is still open, whatever the feed sends (D1)", async () => {
    const partial = (symbol: string, bars: VenueBar[], nowMs: number): VenueBar[] => {
      const openMs = Math.floor(nowMs / HOUR) * HOUR;
      return [
        ...bars,
        { ...(bars.at(-1) as VenueBar), openMs, closeMs: openMs + HOUR - 1, close: symbol.length > 0 ? "1" : "" },
      ];
    };
    const slices = await take(open({ bars: partial }).intake, 4);
    expect(slices.every(({ slice }) => slice.bars["BTC/USDT"]?.[3] !== "1")).toBe(true);
    expect(hours(slices)).toEqual([10, 11, 12, 13]);
  });

  it("wait for a late symbol, then go on without it (D2, D17)", async () => {
    const lateBy = (seconds: number) => (symbol: string, bars: VenueBar[], nowMs: number) =>
      symbol === "ETH/USDT" ? bars.filter(({ closeMs }) => closeMs + seconds * 1000 < nowMs) : bars;
    const [within] = await take(open({ bars: lateBy(10) }).intake, 1);
    expect(Object.keys(within?.slice.bars ?? {})).toEqual(SYMBOLS);
    expect(within?.slice.traded).toBe(true);
    const beyond = await take(open({ bars: lateBy(30) }).intake, 2);
    expect(Object.keys(beyond[0]?.slice.bars ?? {})).toEqual(["BTC/USDT"]);
    expect(codes(beyond)).toEqual(["MISSING_BAR", "MISSING_BAR"]);
    expect(hours(beyond)).toEqual([10, 11]);
  });

  it("after an outage are backfilled in order and not traded, but for the last (D3)", async () => {
    const { intake, clock } = open();
    await take(intake, 1);
    await clock.sleep(6 * HOUR);
    const slices = await take(intake, 7);
    expect(hours(slices)).toEqual([11, 12, 13, 14, 15, 16, 17]);
    expect(slices.map(({ slice }) => slice.traded)).toEqual([false, false, false, false, false, true, true]);
  });

  it("of a decision that is too old are not traded: half an hour after an hourly close", async () => {
    const { intake, clock } = open();
    await clock.sleep(HOUR);
    const [late, next] = await take(intake, 2);
    expect([late?.slice.traded, next?.slice.traded]).toEqual([false, true]);
  });

  it("without a bar of any symbol are none, and said so", async () => {
    const hole = (_: string, bars: VenueBar[]): VenueBar[] => bars.filter(({ openMs }) => openMs !== T0 + 11 * HOUR);
    const slices = await take(open({ bars: hole }).intake, 2);
    expect(hours(slices)).toEqual([10, 12]);
    expect(codes(slices)).toEqual(["NO_SLICE"]);
  });
});

describe("odd answers", () => {
  it("duplicates and disorder change nothing (D4, D5)", async () => {
    const plain = await take(open().intake, 4);
    const shuffled = await take(open({ bars: (_, bars) => [...bars, ...bars].reverse() }).intake, 4);
    expect(shuffled).toEqual(plain);
  });

  it("a revised bar is reported and decides nothing again (D6)", async () => {
    const revised = (symbol: string, bars: VenueBar[], nowMs: number): VenueBar[] =>
      bars.map((bar) =>
        symbol === "BTC/USDT" && bar.openMs === T0 + 11 * HOUR && nowMs > T0 + 13 * HOUR
          ? { ...bar, close: "39999" }
          : bar,
      );
    const slices = await take(open({ bars: revised }).intake, 5);
    expect(codes(slices)).toEqual(["REVISED_BAR"]);
    expect(hours(slices)).toEqual([10, 11, 12, 13, 14]);
  });

  it("bars of another grid are not ours (D11), refused rows are named (D7, D9)", async () => {
    const off = (_: string, bars: VenueBar[]): VenueBar[] => [
      ...bars,
      { ...(bars.at(-1) as VenueBar), openMs: T0 + 10.5 * HOUR, closeMs: T0 + 10.5 * HOUR + 1 },
    ];
    const [slice] = await take(open({ bars: off, refused: ["high below low"] }).intake, 1);
    expect(slice?.alerts.map(({ code }) => code)).toEqual(["BAD_BAR", "BAD_BAR"]);
    expect(slice?.slice.open_ms).toBe(T0 + 10 * HOUR);
  });

  it("a jump that no quote confirms is a bad tick and counts as missing (D10)", async () => {
    const spike = (symbol: string, bars: VenueBar[]): VenueBar[] =>
      bars.map((bar) =>
        symbol === "ETH/USDT" && bar.openMs === T0 + 12 * HOUR ? { ...bar, high: "20000", close: "20000" } : bar,
      );
    const quiet = { bid: "2000", bidQuantity: "1", ask: "2001", askQuantity: "1" };
    const slices = await take(open({ bars: spike, quote: quiet }).intake, 4);
    expect(Object.keys(slices[2]?.slice.bars ?? {})).toEqual(["BTC/USDT"]);
    expect(codes(slices)).toContain("BAD_TICK");
    const real = await take(open({ bars: spike, quote: { ...quiet, bid: "19999", ask: "20001" } }).intake, 4);
    expect(real[2]?.slice.bars["ETH/USDT"]?.[3]).toBe("20000");
  });

  it("a feed that stands still delivers nothing and goes nowhere (D14)", async () => {
    const frozen = (_: string, bars: VenueBar[]): VenueBar[] => bars.filter(({ openMs }) => openMs < T0 + 11 * HOUR);
    const { intake, clock } = open({ bars: frozen });
    await take(intake, 1);
    const stop = new AbortController();
    const end = clock.now() + 5 * HOUR;
    const sleep = clock.sleep.bind(clock);
    clock.sleep = async (ms: number): Promise<void> => {
      await sleep(ms);
      if (clock.now() > end) stop.abort();
    };
    expect(await intake.next(stop.signal)).toBeNull();
  });

  it("a failing feed throws, and the same slice comes with the next call", async () => {
    let fails = true;
    const broken = (_: string, bars: VenueBar[]): VenueBar[] => {
      if (fails) throw new Error("connection refused");
      return bars;
    };
    const { intake } = open({ bars: broken });
    await expect(intake.next()).rejects.toThrow("connection refused");
    fails = false;
    expect(hours(await take(intake, 1))).toEqual([10]);
  });
});

describe("funding", () => {
  it("comes with the slice that covers its time, once", async () => {
    const paid = (symbol: string, sinceMs: number, nowMs: number): VenueFunding[] =>
      [8, 16, 24]
        .map((hour) => T0 + hour * HOUR + (symbol === "ETH/USDT" ? 5 : 0))
        .filter((timeMs) => timeMs >= sinceMs && timeMs <= nowMs)
        .map((timeMs) => ({ timeMs, rate: "0.0001", mark: null }));
    const slices = await take(open({ funding: paid }, { funding: true, fromMs: T0 + 7 * HOUR }).intake, 12);
    const found = slices.flatMap(({ slice }) =>
      slice.funding.map(({ symbol, time_ms }) => [(slice.open_ms - T0) / HOUR, symbol, time_ms - T0]),
    );
    expect(found).toEqual([
      [8, "BTC/USDT", 8 * HOUR],
      [8, "ETH/USDT", 8 * HOUR + 5],
      [16, "BTC/USDT", 16 * HOUR],
      [16, "ETH/USDT", 16 * HOUR + 5],
    ]);
  });

  it("at the close of a slice belongs to it where an exchange fills: it was charged before the orders of its decision", async () => {
    const paid = (symbol: string, sinceMs: number, nowMs: number): VenueFunding[] =>
      [8, 16]
        .map((hour) => T0 + hour * HOUR)
        .filter((timeMs) => timeMs >= sinceMs && timeMs <= nowMs && symbol === "BTC/USDT")
        .map((timeMs) => ({ timeMs, rate: "0.0001", mark: "40000.5" }));
    const options = { funding: true, fundsAtClose: true, fromMs: T0 + 6 * HOUR };
    const slices = await take(open({ funding: paid }, options).intake, 12);
    expect(
      slices.filter(({ slice }) => slice.funding.length > 0).map(({ slice }) => (slice.open_ms - T0) / HOUR),
    ).toEqual([7, 15]);
  });
});
