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
