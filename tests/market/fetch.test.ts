// Goal: what a venue has comes into the store once, whole and closed; faults pass, kills cost nothing, lies are refused.
// Method: real ccxt against a strict little venue on loopback.

import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { DataError } from "../../src/market/data-error.ts";
import { type FetchRequest, fetchMarket } from "../../src/market/fetch/fetch-market.ts";
import { openBarsFile, readBlocks } from "../../src/market/store/bars-file.ts";
import { FakeVenue } from "./fake-venue.ts";

// Importing ccxt alone takes seconds on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const START = Date.UTC(2024, 0, 1);
const MINUTE = 60_000;
const emptyFolder = () => mkdtempSync(join(tmpdir(), "mcbot-fetch-"));
let venue: FakeVenue;
afterEach(() => venue.stop());

async function fetchFrom(own: FakeVenue, store: string, change: Partial<FetchRequest> = {}) {
  venue = own;
  const baseUrl = await own.start();
  return fetchMarket({
    venue: "binanceusdm",
    baseUrl,
    retryMs: 1,
    store,
    symbols: ["BTC/USDT"],
    timeframes: ["1m"],
    funding: false,
    startMs: START,
    endMs: Number.POSITIVE_INFINITY,
    ...change,
  });
}

function timesIn(store: string): number[] {
  const file = openBarsFile(join(store, "1m/BTC-USDT-1m.bars"));
  return [...readBlocks(file, file.header.blocks).timeMs];
}

const pagesOf = ({ requests }: FakeVenue) => requests.filter((request) => request.includes("/klines")).length;

describe("bars", () => {
  it("come in pages, up to the last closed one, without a key", async () => {
    const store = emptyFolder();
    const own = new FakeVenue(START + 2500 * MINUTE + 30_000, START);
    const progress: [number, number][] = [];
    const [series] = await fetchFrom(own, store, { onProgress: (done, total) => progress.push([done, total]) });
    expect(series).toMatchObject({ symbol: "BTC/USDT", timeframe: "1m", added: 2500 });
    expect(timesIn(store)).toEqual(Array.from({ length: 2500 }, (_, i) => START + i * MINUTE));
    expect(pagesOf(own)).toBe(3);
    expect(progress.at(-1)).toEqual([2500, 2500]);
    expect(own.refused).toEqual([]);
  });

  it("that are there are not fetched again; gaps are asked for, and stay", async () => {
    const store = emptyFolder();
    const missing = new Set([START + 700 * MINUTE, START + 701 * MINUTE]);
    await fetchFrom(new FakeVenue(START + 1500 * MINUTE, START, missing), store, { endMs: START + 1000 * MINUTE });
    await venue.stop();
    const own = new FakeVenue(START + 1500 * MINUTE, START, missing);
    const [series] = await fetchFrom(own, store);
    expect(series?.added).toBe(500);
    expect(pagesOf(own)).toBe(2);
    expect(timesIn(store)).toHaveLength(1498);
  });

  it("begin where the venue begins", async () => {
    const store = emptyFolder();
    await fetchFrom(new FakeVenue(START + 100 * MINUTE, START + 40 * MINUTE), store, { startMs: START - 86_400_000 });
    expect(timesIn(store)[0]).toBe(START + 40 * MINUTE);
  });

  it("survive a venue that asks for patience, and keep what came before one that does not answer", async () => {
    const store = emptyFolder();
    const own = new FakeVenue(START + 1500 * MINUTE, START);
    own.failures = 3;
    expect(await fetchFrom(own, store)).toMatchObject([{ added: 1500 }]);
    await venue.stop();
    const dead = new FakeVenue(START + 3000 * MINUTE, START);
    dead.garble = (row) => {
      if ((row[0] as number) >= START + 2400 * MINUTE) dead.failures = 99;
      return row;
    };
    await expect(fetchFrom(dead, store)).rejects.toThrow(/VENUE.*429/);
    expect(timesIn(store)).toHaveLength(2500);
  });

  it("that are no bars are refused with what was sent", async () => {
    const store = emptyFolder();
    const own = new FakeVenue(START + 10 * MINUTE, START);
    own.garble = (row) => row.map((field, i) => (i === 2 ? "1" : field));
    await expect(fetchFrom(own, store)).rejects.toThrow(/HIGH_TOO_LOW/);
    expect(existsSync(join(store, "1m"))).toBe(false);
  });

  it("of a symbol or venue that is unknown are refused", async () => {
    await expect(fetchFrom(new FakeVenue(START, START), emptyFolder(), { symbols: ["BTX/USDT"] })).rejects.toThrow(
      "did you mean BTC/USDT?",
    );
    await expect(fetchFrom(new FakeVenue(START, START), emptyFolder(), { venue: "binanse" })).rejects.toThrow(
      "did you mean binance?",
    );
  });

  it("come from loopback or from the venue, nowhere else", async () => {
    for (const baseUrl of [
      "https://example.org",
      "http://127.0.0.1.example.org",
      "http://10.0.0.1",
      "ftp://127.0.0.1",
      "x",
    ])
      await expect(
        fetchFrom(new FakeVenue(START, START), emptyFolder(), { baseUrl }).catch((error) => {
          throw error;
        }),
      ).rejects.toBeInstanceOf(DataError);
  });
});

it("funding rates come once, at the minute they are due", async () => {
  const store = emptyFolder();
  const hour = 60 * MINUTE;
  const request = { timeframes: [], funding: true };
  expect(await fetchFrom(new FakeVenue(START + 24 * hour, START), store, request)).toMatchObject([
    { timeframe: "funding", added: 3 },
  ]);
  await venue.stop();
  expect(await fetchFrom(new FakeVenue(START + 1200 * 8 * hour, START), store, request)).toMatchObject([
    { added: 1197 },
  ]);
  const [, , ...rows] = readFileSync(join(store, "funding/BTC-USDT-funding.csv"), "utf8").trim().split("\n");
  expect(rows).toHaveLength(1200);
  expect(rows[0]).toMatch(/^2024-01-01T00:00:00.000Z,/);
});

it("a fetch that is killed goes on where it was", async () => {
  const store = emptyFolder();
  const bars = 26_500;
  venue = new FakeVenue(START + bars * MINUTE, START);
  const baseUrl = await venue.start();
  const program = join(import.meta.dirname, "../../dist/cli/main.js");
  const args = [
    "data",
    "fetch",
    "BTC/USDT",
    "--timeframes",
    "1m",
    "--start",
    "2024-01-01",
    "--out",
    store,
    "--base-url",
    baseUrl,
    "--no-funding",
    "--json",
  ];
  // Twenty pages are written, the next ones are not.
  venue.silentAfter = 22;
  const first = spawn(process.execPath, [program, ...args]);
  const ended = new Promise((done) => first.on("exit", done));
  while (pagesOf(venue) < 23) await new Promise((done) => setTimeout(done, 5));
  first.kill("SIGKILL");
  await ended;
  venue.silentAfter = Number.POSITIVE_INFINITY;
  const kept = timesIn(store).length;
  expect(kept).toBe(20_000);
  const second = spawn(process.execPath, [program, ...args]);
  let output = "";
  second.stdout.on("data", (text) => {
    output += text;
  });
  await new Promise((done) => second.on("exit", done));
  expect(JSON.parse(output)).toMatchObject({ series: [{ added: bars - kept }] });
  expect(timesIn(store)).toEqual(Array.from({ length: bars }, (_, i) => START + i * MINUTE));
}, 60_000);
