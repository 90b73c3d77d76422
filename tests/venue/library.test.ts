// Goal: what tests of trading build on: a witness at the receipt of every order, a client that is really killed, prices that
// jump, faults that happen at their time, a year in a moment.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { afterEach, describe, expect, it } from "vitest";
import { RealClock, VirtualClock } from "../../src/venue/clock.ts";
import { e8 } from "../../src/venue/decimal.ts";
import { parseFaultScript } from "../../src/venue/faults/script.ts";
import { HOUR, openVenue, START, type TestVenue } from "./support.ts";

const BTC = "BTC/USDT:USDT";
const POST = "POST /fapi/v1/order";
let open: TestVenue | null = null;

async function start(...args: Parameters<typeof openVenue>): Promise<TestVenue> {
  open = await openVenue(...args);
  await open.futures.loadMarkets();
  return open;
}

afterEach(async () => {
  await open?.server.close();
  open = null;
});

const place = (v: TestVenue, id: string) =>
  v.futures.createOrder(BTC, "market", "buy", 0.1, undefined, { clientOrderId: id, positionSide: "LONG" });

describe("the witness", () => {
  it("sees every order when it arrives, before the exchange does, and also one that is lost", async () => {
    const seen: [string, number][] = [];
    const onOrderPost = (clientId: string): void => {
      seen.push([clientId, open?.venue.futures.records.orders.length ?? -1]);
    };
    const v = await start({ onOrderPost }, [{ at: { req: POST, nth: 2 }, do: "dropBefore" }]);
    await place(v, "one");
    await place(v, "two").catch(() => {});
    const stop = { clientOrderId: "stop", positionSide: "LONG", stopLossPrice: 1000 };
    await v.futures.createOrder(BTC, "market", "sell", 0.1, undefined, stop);
    await v.spot.loadMarkets();
    await v.spot.createOrder("BTC/USDT", "market", "buy", 0.1, undefined, { clientOrderId: "spot" });
    expect(seen).toEqual([
      ["one", 0],
      ["two", 1],
      ["stop", 1],
      ["spot", 1],
    ]);
  });
});

describe("killClient", () => {
  it.each([
    ["receipt", ["killed"]],
    ["answer", ["killed"]],
  ])("%s: a real SIGKILL", async (moment, expected) => {
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
    const exit = once(child, "exit");
    const v = await start({}, [{ at: { req: POST, nth: 1 }, do: "killClient", pid: child.pid, moment }]);
    await place(v, "killed");
    expect(await exit).toEqual([null, "SIGKILL"]);
    expect(v.venue.futures.records.orders.map(({ clientId }) => clientId)).toEqual(expected);
  });

  it("with dropBefore the order dies with its sender", async () => {
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
    const exit = once(child, "exit");
    const v = await start({}, [
      { at: { req: POST }, do: "killClient", pid: child.pid, moment: "receipt" },
      { at: { req: POST }, do: "dropBefore" },
    ]);
    await place(v, "dead").catch(() => {});
    expect(await exit).toEqual([null, "SIGKILL"]);
    expect(v.venue.futures.records.orders).toEqual([]);
  });

  it("never kills everybody", () => {
    for (const pid of [0, 1, -1]) {
      const rule = { at: { req: POST }, do: "killClient", pid, moment: "receipt" };
      expect(() => parseFaultScript([rule])).toThrow();
    }
  });
});

describe("prices", () => {
  it("gap: the market of a symbol stands at a multiple, in quotes and candles, and comes back", async () => {
    const v = await start();
    const { path } = v.venue.futures.listing("BTCUSDT");
    const plain = path.priceAt(START + HOUR) ?? 0n;
    v.venue.addFaults(
      parseFaultScript([
        { at: { simTime: START + HOUR / 2 }, do: "gap", symbol: "BTCUSDT", factor: "0.6", forMs: 2 * HOUR },
      ]),
    );
    v.venue.advanceTo(START + HOUR);
    expect(v.venue.futures.price("BTCUSDT")).toBe((plain * 6n + 5n) / 10n);
    v.venue.advanceTo(START + 4 * HOUR);
    const rows = (await v.futures.fapiPublicGetKlines({ symbol: "BTCUSDT", interval: "1h", limit: 5 })) as string[][];
    const [first, second, , fourth] = rows.map(([, o, , , c]) => [e8(o ?? ""), e8(c ?? "")]);
    // The gap began inside the first candle: its open is the market's, its close is not.
    expect(Number(first?.[1]) / Number(first?.[0])).toBeLessThan(0.7);
    expect(Number(second?.[0]) / Number(first?.[0])).toBeLessThan(0.7);
    expect(Number(fourth?.[1]) / Number(first?.[0])).toBeGreaterThan(0.8);
    expect(v.venue.futures.price("BTCUSDT")).toBe(path.priceAt(START + 4 * HOUR));
  });

  it("that jump meet resting orders and an account's margin at once", async () => {
    const v = await start({ wallet: 20_000_000_000n });
    await place(v, "long");
    const price = Math.floor((Number(v.venue.futures.price("BTCUSDT")) / 1e8) * 0.97);
    const rest = { clientOrderId: "rest", positionSide: "LONG" };
    await v.futures.createOrder(BTC, "limit", "buy", 0.01, price, rest);
    const jump = (factor: string): void => {
      v.venue.addFaults(parseFaultScript([{ at: { simTime: 0 }, do: "gap", symbol: "BTCUSDT", factor }]));
      v.venue.sync();
    };
    jump("0.9");
    expect(v.venue.futures.records.orders.map(({ status }) => status)).toEqual(["FILLED", "FILLED"]);
    jump("0.5");
    expect(v.venue.futures.account.held()).toEqual([]);
    expect(v.venue.futures.records.orders.at(-1)?.clientId).toMatch(/^autoclose-/);
    expect(v.venue.futures.account.isConserved()).toBe(true);
  });

  it("faults of the exchange happen at their time, however far the clock jumps", async () => {
    const v = await start({}, [
      { at: { simTime: START + 30 * HOUR }, do: "transfer", amount: "-5" },
      { at: { simTime: START + 10 * HOUR }, do: "transfer", amount: "7" },
    ]);
    v.venue.advanceTo(START + 100 * HOUR);
    const { incomes } = v.venue.futures.account;
    expect(incomes.map(({ amount, timeMs }) => [amount, timeMs])).toEqual([
      [e8("7"), START + 10 * HOUR],
      [e8("-5"), START + 30 * HOUR],
    ]);
  });
});

describe("klines", () => {
  const told = async (v: TestVenue) => {
    const request = { symbol: "BTCUSDT", interval: "1h", startTime: START - 1000 - 2 * HOUR, limit: 10 };
    const rows = (await v.futures.fapiPublicGetKlines(request)) as [number, ...string[]][];
    return rows.map(([openMs]) => (openMs - (START - 1000)) / HOUR);
  };
  const OPEN = START - 1000;

  it.each([
    ["late", { lagMs: HOUR }, [-2, -1, 0, 1]],
    ["missing", { drop: [OPEN - HOUR, OPEN + HOUR] }, [-2, 0, 2]],
    ["doubled", { duplicate: true }, [-2, -2, -1, -1, 0, 0, 1, 1, 2, 2]],
    ["reversed", { reverse: true }, [2, 1, 0, -1, -2]],
    ["frozen", { frozen: true }, [-2, -1, 0]],
  ])("%s", async (_, fault, expected) => {
    const v = await start({}, [{ at: { simTime: START }, do: "bars", symbol: "BTCUSDT", ...fault }]);
    v.venue.sync();
    v.venue.advanceTo(START + 2 * HOUR);
    expect(await told(v)).toEqual(expected);
    v.venue.addFaults(parseFaultScript([{ at: { simTime: 0 }, do: "bars", symbol: "BTCUSDT" }]));
    v.venue.sync();
    expect(await told(v)).toEqual([-2, -1, 0, 1, 2]);
  });

  it("revised", async () => {
    const openMs = START - 1000 - HOUR;
    const v = await start({}, [
      { at: { simTime: START }, do: "bars", symbol: "BTCUSDT", revise: { [openMs]: "1234.5" } },
    ]);
    const rows = (await v.futures.fapiPublicGetKlines({ symbol: "BTCUSDT", interval: "1h", limit: 2 })) as string[][];
    expect(rows[0]?.[4]).toBe("1234.5");
    expect(rows[1]?.[4]).not.toBe("1234.5");
  });
});

describe("resting orders", () => {
  it("fill when the script says so: a cancel comes too late", async () => {
    const v = await start({}, [
      { at: { req: "DELETE /fapi/v1/order", nth: 1 }, do: "fillResting", symbol: "BTCUSDT", share: "0.4" },
      { at: { req: "DELETE /fapi/v1/order", nth: 2 }, do: "fillResting", symbol: "BTCUSDT" },
    ]);
    const price = Math.floor((Number(v.venue.futures.price("BTCUSDT")) / 1e8) * 0.97);
    const rest = (id: string) =>
      v.futures.createOrder(BTC, "limit", "buy", 0.1, price, { clientOrderId: id, positionSide: "LONG" });
    const cancel = (id: string) => v.futures.cancelOrder("", BTC, { clientOrderId: id });
    await rest("a");
    expect(await cancel("a")).toMatchObject({ status: "canceled", filled: 0.04 });
    await rest("b");
    await expect(cancel("b")).rejects.toThrow("-2011");
    expect(await v.futures.fetchOrder("", BTC, { clientOrderId: "b" })).toMatchObject({
      status: "closed",
      average: price,
    });
  });
});

describe("clocks", () => {
  it("a virtual one never goes back; only it can be moved", async () => {
    const v = await start();
    v.venue.advanceTo(START + HOUR);
    v.venue.advanceTo(START);
    expect(v.venue.serverTime()).toBe(START + HOUR);
    const clock = new VirtualClock(0);
    const woken: string[] = [];
    const late = clock.wait(20).then(() => woken.push("late"));
    const early = clock.wait(10).then(() => woken.push("early"));
    await clock.wait(0);
    clock.advanceTo(30);
    await Promise.all([late, early]);
    expect(woken).toEqual(["early", "late"]);
  });

  it("a real one runs at its speed and is moved by nobody", async () => {
    const v = await start({ clock: new RealClock(START, 100_000) });
    const before = v.venue.clock.now();
    await v.venue.clock.wait(100_000);
    expect(v.venue.clock.now()).toBeGreaterThan(before);
    expect(() => v.venue.advanceTo(START)).toThrow("virtual");
  });
});
