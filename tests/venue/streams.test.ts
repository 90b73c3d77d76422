// Goal: the venue's WebSocket side tells of candles and of the account as the exchange does, to the real ccxt.pro and to a plain
// client, and suffers what a fault script says.

import ccxt from "ccxt";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { parseFaultScript } from "../../src/venue/faults/script.ts";
import { HOUR, openVenue, pointAt, START, settings, type TestVenue } from "./support.ts";

const BTC = "BTC/USDT:USDT";
const MINUTE = 60_000;
let open: TestVenue | null = null;
const clients: { close(): unknown }[] = [];

afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
  await open?.server.close();
  open = null;
});

async function start(...args: Parameters<typeof openVenue>): Promise<TestVenue> {
  open = await openVenue(...args);
  await open.futures.loadMarkets();
  return open;
}

interface Message {
  readonly e?: string;
  readonly k?: { readonly t: number; readonly x: boolean; readonly c: string };
  readonly o?: { readonly c: string; readonly x: string; readonly X: string };
  readonly [key: string]: unknown;
}

/** A plain client: what it has heard, and how it was closed. */
async function listen(v: TestVenue, path: string) {
  const socket = new WebSocket(v.server.url.replace("http", "ws") + path);
  clients.push(socket);
  const heard: Message[] = [];
  let wake = (): void => {};
  let code: number | null = null;
  socket.on("message", (data) => {
    heard.push(JSON.parse(String(data)));
    wake();
  });
  socket.on("close", (closeCode) => {
    code = closeCode;
    wake();
  });
  await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
  const until = async (holds: () => boolean): Promise<void> => {
    while (!holds()) await new Promise<void>((resolve) => (wake = resolve));
  };
  /** A message sent now and answered says that everything before it has arrived. */
  const settle = async (): Promise<void> => {
    const id = `settled-${heard.length}`;
    socket.send(JSON.stringify({ method: "SUBSCRIBE", params: [], id }));
    await until(() => heard.some((message) => message.id === id));
  };
  return { socket, heard, until, settle, closedWith: () => code };
}

const place = (v: TestVenue, id: string) =>
  v.futures.createOrder(BTC, "market", "buy", 0.1, undefined, { clientOrderId: id, positionSide: "LONG" });

async function listenKey(v: TestVenue): Promise<string> {
  const { listenKey: key } = (await v.futures.fapiPrivatePostListenKey()) as { listenKey: string };
  return key;
}

async function pro(v: TestVenue) {
  const client = new ccxt.pro.binanceusdm(settings("linear"));
  clients.push(client);
  await pointAt(client, v.server.url, v.clock);
  await client.loadHttpProxyAgent();
  const ws = (client.urls.api as unknown as { ws: Record<string, string> }).ws;
  ws.future = `${v.server.url.replace("http", "ws")}/ws`;
  await client.loadMarkets();
  return client;
}

describe("candles", () => {
  it("each that closes is told once as closed, in order, and then the present one", async () => {
    const v = await start();
    const { heard, settle } = await listen(v, "/ws/btcusdt@kline_1h");
    v.venue.advanceTo(START + 3 * HOUR);
    v.venue.sync();
    await settle();
    const candles = heard.flatMap(({ k }) => (k === undefined ? [] : [[k.t - (START - 1000), k.x]]));
    expect(candles.filter(([, closed]) => closed)).toEqual([0, HOUR, 2 * HOUR].map((t) => [t, true]));
    expect(candles.at(-1)).toEqual([3 * HOUR, false]);
  });

  it("are subscribed to and unsubscribed from; other requests are refused", async () => {
    const v = await start();
    const { socket, heard, settle } = await listen(v, "/market/ws/1");
    const topic = "btcusdt@kline_1h";
    socket.send(JSON.stringify({ method: "SUBSCRIBE", params: [topic, "nosuch@kline_1h", "btcusdt@trade"], id: 1 }));
    await settle();
    expect(heard[0]).toEqual({ result: null, id: 1 });
    v.venue.sync();
    socket.send(JSON.stringify({ method: "UNSUBSCRIBE", params: [topic], id: 2 }));
    await settle();
    const before = heard.filter(({ e }) => e === "kline").length;
    expect(before).toBe(1);
    v.venue.advanceTo(START + HOUR);
    for (const bad of ["{", "7", '{"method":"LIST"}', '{"method":"SUBSCRIBE","params":[1],"id":3}']) socket.send(bad);
    await settle();
    expect(heard.filter(({ e }) => e === "kline")).toHaveLength(before);
    expect(heard.filter(({ error }) => error !== undefined)).toHaveLength(4);
  });

  it("combined streams name their stream", async () => {
    const v = await start();
    const { heard, until } = await listen(v, "/stream?streams=btcusdt@kline_1h/ethusdt@kline_1h");
    v.venue.sync();
    await until(() => heard.length >= 2);
    expect(heard.map(({ stream }) => stream)).toEqual(["btcusdt@kline_1h", "ethusdt@kline_1h"]);
  });

  it("reach ccxt.pro", async () => {
    const v = await start();
    const client = await pro(v);
    const watched = client.watchOHLCV(BTC, "1h");
    while (v.venue.streams.topics().length === 0) await new Promise((resolve) => setImmediate(resolve));
    v.venue.advanceTo(START + 10 * MINUTE);
    const rows = await watched;
    expect(rows.at(-1)?.[0]).toBe(START - 1000);
  });
});

describe("the user stream", () => {
  it("tells of an order's acceptance, of the account, and of its execution", async () => {
    const v = await start();
    const { heard, until } = await listen(v, `/private/ws?listenKey=${await listenKey(v)}`);
    await place(v, "one");
    await until(() => heard.length >= 3);
    expect(heard.map(({ e, o }) => [e, o?.x, o?.X])).toEqual([
      ["ORDER_TRADE_UPDATE", "NEW", "NEW"],
      ["ACCOUNT_UPDATE", undefined, undefined],
      ["ORDER_TRADE_UPDATE", "TRADE", "FILLED"],
    ]);
    v.venue.advanceTo(START + 50 * MINUTE);
    v.venue.addFaults(parseFaultScript([{ at: { simTime: 0 }, do: "funding", symbol: "BTCUSDT", rate: "0.001" }]));
    v.venue.sync();
    await until(() => heard.length >= 4);
    expect(heard[3]).toMatchObject({ e: "ACCOUNT_UPDATE", a: { m: "FUNDING_FEE" } });
  });

  it("reaches ccxt.pro", async () => {
    const v = await start();
    const client = await pro(v);
    const watched = client.watchOrders(BTC);
    while (v.venue.listenKeys.current === null) await new Promise((resolve) => setImmediate(resolve));
    // Once ccxt listens, an order is told.
    while (!v.venue.streams.hasUser()) await new Promise((resolve) => setImmediate(resolve));
    await place(v, "watched");
    expect((await watched)[0]).toMatchObject({ clientOrderId: "watched" });
  });

  it("ends after an hour unless it is kept alive; a key that is not valid opens nothing", async () => {
    const v = await start();
    const key = await listenKey(v);
    const { heard, settle } = await listen(v, `/ws/${key}`);
    v.venue.advanceTo(START + 59 * MINUTE);
    await v.futures.fapiPrivatePutListenKey();
    v.venue.advanceTo(START + 118 * MINUTE);
    await settle();
    expect(heard.map(({ e }) => e)).not.toContain("listenKeyExpired");
    v.venue.advanceTo(START + 120 * MINUTE);
    await settle();
    expect(heard.map(({ e }) => e)).toContain("listenKeyExpired");
    await place(v, "unheard");
    await settle();
    expect(heard.map(({ o }) => o?.c)).not.toContain("unheard");
    const refused = await listen(v, `/ws/${key}`);
    await refused.until(() => refused.closedWith() !== null);
    expect(refused.closedWith()).toBe(1008);
    await expect(v.futures.fapiPrivatePutListenKey()).rejects.toThrow("-1125");
    expect(await listenKey(v)).not.toBe(key);
  });
});

describe("faults of streams", () => {
  const fault = (v: TestVenue, rule: object): void => {
    v.venue.addFaults(parseFaultScript([{ at: { simTime: 0 }, ...rule }]));
    v.venue.sync();
  };
  const orders = (heard: readonly Message[]) => heard.flatMap(({ o }) => (o === undefined ? [] : [`${o.c} ${o.x}`]));

  it("wsDrop and wsStall lose messages, the connection stays", async () => {
    const v = await start();
    const { heard, settle } = await listen(v, `/ws/${await listenKey(v)}`);
    for (const kind of ["wsDrop", "wsStall"]) {
      fault(v, { do: kind });
      await place(v, `lost-${kind}`);
      fault(v, { do: kind, on: false });
    }
    await place(v, "heard");
    await settle();
    expect(orders(heard)).toEqual(["heard NEW", "heard TRADE"]);
  });

  it("wsDup sends twice, wsReorder swaps neighbours", async () => {
    const v = await start();
    const { heard, settle } = await listen(v, `/ws/${await listenKey(v)}`);
    fault(v, { do: "wsDup" });
    await place(v, "a");
    fault(v, { do: "wsDup", on: false });
    fault(v, { do: "wsReorder" });
    await place(v, "b");
    await place(v, "c");
    await settle();
    expect(orders(heard)).toEqual([
      ...["a NEW", "a NEW", "a TRADE", "a TRADE"],
      // NEW, account, TRADE, NEW, account, TRADE, each pair swapped.
      ...["b NEW", "c NEW", "b TRADE", "c TRADE"],
    ]);
  });

  it.each([1001, 1006])("wsClose %i", async (code) => {
    const v = await start();
    const { until, closedWith } = await listen(v, "/ws/btcusdt@kline_1h");
    fault(v, { do: "wsClose", code });
    await until(() => closedWith() !== null);
    expect(closedWith()).toBe(code);
    expect(v.venue.streams.topics()).toEqual([]);
  });

  it("listenKeyExpire tells, and then nothing more comes", async () => {
    const v = await start();
    const { heard, settle } = await listen(v, `/ws/${await listenKey(v)}`);
    fault(v, { do: "listenKeyExpire" });
    await place(v, "unheard");
    await settle();
    expect(heard.map(({ e }) => e).filter(Boolean)).toEqual(["listenKeyExpired"]);
  });
});
