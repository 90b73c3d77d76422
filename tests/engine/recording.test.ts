// Goal: a recording replays to the market it was made from, and nothing that is wrong with it passes.
// Method: round trips through the files; then one damage at a time, which must be named with its line.

import { mkdirSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { simulate } from "../../src/engine/backtest.ts";
import { dataQuality } from "../../src/engine/recording/data-quality.ts";
import { MARKET_FILE, readManifest } from "../../src/engine/recording/manifest.ts";
import type { NewMarketEvent } from "../../src/engine/recording/market-events.ts";
import { eventsOf } from "../../src/engine/recording/market-lines.ts";
import { readRecording, recordedEvents } from "../../src/engine/recording/read-recording.ts";
import { RecordingWriter } from "../../src/engine/recording/recording-writer.ts";
import { replayRecording } from "../../src/engine/recording/replay.ts";
import { mergeQuotes, quoteEvents, readTopOfBook } from "../../src/engine/recording/top-of-book.ts";
import { compareDecisions, readDecisions } from "../../src/engine/recording/verify.ts";
import type { Market } from "../../src/market/market.ts";
import { hashMarket } from "../../src/market/market-hash.ts";
import { DAY_MS } from "../../src/market/timeframe.ts";
import { temporaryFolder } from "../support/cli.ts";
import { madeMarket, walk } from "../support/made-market.ts";
import { resolve } from "../support/run-config.ts";

const firstMs = Date.UTC(2024, 0, 1);
const config = resolve({
  pods: [
    {
      pod_id: "a",
      strategy: "tsmom",
      params: { lookback: 5 },
      symbols: ["BTC/USDT", "ETH/USDT"],
      initial_fraction: 0.5,
      max_fraction: 0.5,
    },
  ],
  backtest: { start: "2024-01-15", end: "2024-02-09" },
});
const rates = {
  symbol: "BTC/USDT",
  timeMs: Float64Array.of(firstMs, firstMs + DAY_MS / 3, firstMs + 20 * DAY_MS),
  rate: Float64Array.of(1e-7, -0.0001, 0.0002),
};
const market = madeMarket({ "BTC/USDT": walk(1, 40), "ETH/USDT": walk(2, 40, { missing: 0.03 }) }, firstMs, "1D", [
  rates,
]);

const HEAD = {
  now: new Date(0),
  command: [],
  synthetic: false,
  timeframe: "1D",
  symbols: [
    { symbol: "BTC/USDT", volume_decimals: 0 },
    { symbol: "ETH/USDT", volume_decimals: 0 },
  ],
  source: { type: "bars" as const, label: "made for a test", files: [] },
  config: null,
};

function recordedIn(events: Iterable<NewMarketEvent>, timeframe = "1D", isComplete = true): string {
  const writer = new RecordingWriter(temporaryFolder(), { ...HEAD, timeframe }, !isComplete);
  for (const event of events) writer.append(event);
  if (isComplete) return writer.close();
  writer.sync();
  return writer.folder;
}

function damaged(change: (lines: string[]) => void, folder = recordedIn(eventsOf(market, DAY_MS))): string {
  const path = join(folder, MARKET_FILE);
  const lines = readFileSync(path, "utf8").split("\n");
  change(lines);
  writeFileSync(path, lines.join("\n"));
  return folder;
}

const replace = (line: number, from: string | RegExp, to: string) => (lines: string[]) => {
  const before = lines[line - 1] as string;
  lines[line - 1] = before.replace(from, to);
  expect(lines[line - 1]).not.toBe(before);
};

function decisionsOf(folder: string): string[] {
  const lines: string[] = [];
  replayRecording(readRecording(folder), config, (line) => lines.push(line.slice(0, -1)));
  return lines;
}

describe("recording", () => {
  it("holds the market, bit for bit, and replays to the backtest's hash", () => {
    const recording = readRecording(recordedIn(eventsOf(market, DAY_MS)));
    expect(recording.market.hash).toBe(hashMarket(market.bars, market.funding, market.timeframe));
    expect(recording.isAsRecorded).toBe(true);
    const { resultHash } = replayRecording(recording, config, () => {});
    expect(resultHash).toBe(simulate(config, market).resultHash);
  });

  it("counts in the manifest what the file holds", () => {
    const folder = recordedIn(eventsOf(market, DAY_MS));
    const { counts, sha256 } = readRecording(folder);
    expect(readManifest(folder).market).toMatchObject({ events: counts, sha256 });
    expect(counts).toMatchObject({ slice: 40, funding: 3, quote: 0 });
  });

  it("says nothing of the clock or the place in its decisions", () => {
    expect(decisionsOf(recordedIn(eventsOf(market, DAY_MS)))).toEqual(
      decisionsOf(recordedIn(eventsOf(market, DAY_MS))),
    );
  });

  it("never merges two sessions: a second recording is a new folder", () => {
    const base = temporaryFolder();
    const folders = [1, 2].map(() => {
      const writer = new RecordingWriter(base, HEAD, false);
      for (const event of eventsOf(market, DAY_MS)) writer.append(event);
      return writer.close();
    });
    expect(new Set(folders).size).toBe(2);
  });

  it.each<[string, (lines: string[]) => void, RegExp]>([
    ["a line that is not JSON", (lines) => lines.splice(9, 1, "{"), /ndjson:10: not JSON/],
    ["an unknown field", replace(10, '"ts"', '"x":1,"ts"'), /ndjson:10: .*x/],
    ["a gap in seq", (lines) => lines.splice(9, 1), /ndjson:10: a gap in seq: expected 9, found 10/],
    ["a seq twice", (lines) => lines.splice(9, 0, lines[8] as string), /ndjson:10: seq 8 again/],
    ["NaN as a price", replace(10, /\["[^"]*"/, '["NaN"'), /ndjson:10: payload\.bars.*decimal/],
    ["a price that is a number", replace(10, /\["([^"]*)"/, "[$1"), /ndjson:10: payload\.bars/],
    ["a price of 0", replace(10, /\["[^"]*"/, '["0"'), /ndjson:10: BTC\/USDT: a price of 0/],
    ["a high below the close", replace(10, /\["([^"]*)","[^"]*"/, '["$1","0.001"'), /ndjson:10: BTC\/USDT: high/],
    ["a price beyond doubles", replace(10, /\["[^"]*"/, '["1e999"'), /ndjson:10: .*not finite/],
    [
      "a slice out of place",
      replace(10, /"open_ms":\d+/, '"open_ms":86400000'),
      /ndjson:10: the slice of 86400000 comes after/,
    ],
    ["a slice off the grid", replace(10, /"open_ms":(\d+)/, '"open_ms":$17'), /ndjson:10: /],
    ["a slice recorded before it closed", replace(40, /"ts":\d+/, '"ts":1706659200000'), /ndjson:40: /],
    ["time that goes back", replace(10, /"ts":\d+/, '"ts":5'), /ndjson:10: ts 5 goes back/],
    ["a symbol of no recording", replace(10, "BTC/USDT", "XRP/USDT"), /ndjson:10: XRP\/USDT is not a symbol/],
    ["a slice without bars", replace(10, /"bars":\{[^}]*\}/, '"bars":{}'), /ndjson:10: a slice without a bar/],
    ["a version of another time", replace(1, '"v":1', '"v":2'), /ndjson:1: v:/],
    ["a type nobody knows", replace(10, '"slice"', '"trade"'), /ndjson:10: /],
    ["lines missing at the end", (lines) => lines.splice(-11, 10), /truncated or edited: 30 slice events, 40/],
    ["nothing", (lines) => lines.splice(0, lines.length), /empty/],
  ])("refuses %s", (_, change, message) => {
    expect(() => readRecording(damaged(change))).toThrow(message);
  });

  it("refuses a rate that comes again, and a fill of nothing", () => {
    const rate: NewMarketEvent = { ts: 1, type: "funding", payload: { symbol: "BTC/USDT", time_ms: 1, rate: "0.1" } };
    expect(() => readRecording(recordedIn([rate, rate]))).toThrow(":2: BTC/USDT: the rate of 1");
    const fill: NewMarketEvent = {
      ts: 1,
      type: "fill",
      payload: { symbol: "BTC/USDT", order_id: "x", quantity: "0", price: "1", fee: "0" },
    };
    expect(() => readRecording(recordedIn([fill]))).toThrow(":1: a fill of nothing");
    expect(() => readRecording(recordedIn([rate]))).toThrow("no slice");
  });

  it("refuses a folder that is none, and manifests that are not", () => {
    const folder = temporaryFolder();
    expect(() => readRecording(join(folder, "none"))).toThrow("there is no such folder");
    expect(() => readRecording(folder)).toThrow("it has no manifest.json");
    writeFileSync(join(folder, "manifest.json"), "{");
    expect(() => readRecording(folder)).toThrow("not JSON");
    writeFileSync(join(folder, "manifest.json"), "{}");
    expect(() => readRecording(folder)).toThrow("not the manifest of a recording");
    const empty = join(folder, "x");
    mkdirSync(empty);
    writeFileSync(
      join(empty, "manifest.json"),
      readFileSync(join(recordedIn(eventsOf(market, DAY_MS)), "manifest.json")),
    );
    expect(() => readRecording(empty)).toThrow("missing");
  });

  it("leaves out a torn last line after a crash only, and says so", () => {
    const crashed = recordedIn(eventsOf(market, DAY_MS), "1D", false);
    const path = join(crashed, MARKET_FILE);
    const length = readFileSync(path).length;
    truncateSync(path, length - 10);
    const recording = readRecording(crashed);
    expect(recording.isAsRecorded).toBeNull();
    expect(recording.tornBytes).toBeGreaterThan(0);
    expect(recording.opens).toHaveLength(39);

    const completed = recordedIn(eventsOf(market, DAY_MS));
    truncateSync(join(completed, MARKET_FILE), length - 10);
    expect(() => readRecording(completed)).toThrow(/ndjson:43: truncated/);
  });

  it("finds one changed price, in the slice that has it", () => {
    const recorded = decisionsOf(recordedIn(eventsOf(market, DAY_MS)));
    const folder = damaged(replace(30, /,"(\d+)\.(\d)/, ',"9$1.$2'));
    expect(readRecording(folder).isAsRecorded).toBe(false);
    const { differing, first } = compareDecisions(recorded, decisionsOf(folder));
    expect(differing).toBeGreaterThan(0);
    const day = new Date(firstMs + 26 * DAY_MS).toISOString();
    expect(first?.at).toBe(`slice ${day}`);
  });

  it("shows both values of the first difference, and lines that are missing", () => {
    const lines = ['{"type":"start"}', '{"type":"slice","open":"t","input":"x","wishes":[{"lots":1}]}'];
    const other = lines.map((line) => line.replace('"lots":1', '"lots":2').replace('"x"', '"y"'));
    expect(compareDecisions(lines, other)).toEqual({
      decisions: 2,
      differing: 1,
      first: { line: 2, at: "slice t", path: "wishes[0].lots", recorded: 1, replayed: 2 },
    });
    expect(compareDecisions(lines.slice(0, 1), lines)).toMatchObject({
      differing: 1,
      first: { line: 2, recorded: null },
    });
    expect(compareDecisions(lines.slice(0, 1), lines, true)).toMatchObject({ decisions: 1, differing: 0 });
    expect(compareDecisions(["junk"], lines.slice(0, 1)).first).toMatchObject({ recorded: "junk" });
  });

  it("reads decisions strictly", () => {
    const path = join(temporaryFolder(), "decisions.ndjson");
    expect(() => readDecisions(path, false)).toThrow("missing");
    writeFileSync(path, "");
    expect(() => readDecisions(path, false)).toThrow("empty");
    writeFileSync(path, "a\nb");
    expect(() => readDecisions(path, false)).toThrow(":2: truncated");
    expect(readDecisions(path, true)).toEqual(["a"]);
  });

  it("obeys the control events it holds", () => {
    const events = [...eventsOf(market, DAY_MS)];
    const control = (mode: "PANIC" | "STOPPING", ts: number): NewMarketEvent => ({
      ts,
      type: "control",
      payload: { mode, flatten: false, symbols: [], pods: [] },
    });
    const at = (i: number): number => events[i]?.ts as number;
    const panic = decisionsOf(recordedIn([...events.slice(0, 30), control("PANIC", at(29)), ...events.slice(30)])).map(
      (line) => JSON.parse(line),
    );
    expect(panic.at(-2).risk).toMatchObject({ gross: 0, reduce_only: true });
    const stopped = decisionsOf(
      recordedIn([...events.slice(0, 30), control("STOPPING", at(29)), ...events.slice(30)]),
    ).map((line) => JSON.parse(line));
    expect(stopped.slice(-2).map(({ type }) => type)).toEqual(["control", "end"]);
    expect(stopped.length).toBeLessThan(panic.length);
  });

  it("says what it lacks for a config", () => {
    const other = resolve({ ...config, pods: [{ ...config.pods[0], symbols: ["SOL/USDT"] }] } as Parameters<
      typeof resolve
    >[0]);
    expect(() => replayRecording(readRecording(recordedIn(eventsOf(market, DAY_MS))), other, () => {})).toThrow(
      "it has no SOL/USDT",
    );
  });

  it("measures its quality: more than 5 % missing is an invalid run", () => {
    const sound = dataQuality(readRecording(recordedIn(eventsOf(market, DAY_MS))), null);
    expect(sound).toMatchObject({ slices: 40, gaps: 1, valid: true, quotes: 0, two_sided_share: null });
    const holes: Market = madeMarket(
      { "BTC/USDT": walk(1, 40), "ETH/USDT": walk(2, 40).map((close, i) => (i > 5 && i < 20 ? null : close)) },
      firstMs,
    );
    expect(dataQuality(readRecording(recordedIn(eventsOf(holes, DAY_MS))), null)).toMatchObject({
      missing_bars: 14,
      gaps: 1,
      valid: false,
    });
    expect(dataQuality(readRecording(recordedIn(eventsOf(market, DAY_MS))), 0.06).valid).toBe(false);
  });
});

describe("a venue's fill reports", () => {
  it("stand beside the quote they met, and do not change what a replay decides", () => {
    const quote: NewMarketEvent = {
      ts: firstMs,
      type: "quote",
      payload: {
        symbol: "BTC/USDT",
        bid: "99",
        bid_qty: "2",
        ask: "101",
        ask_qty: "1",
        update_id: null,
        event_ms: null,
      },
    };
    const payload = { symbol: "BTC/USDT", order_id: "x", quantity: "-0.5", price: "98.9", fee: "0.01" };
    const fill: NewMarketEvent = { ts: firstMs, type: "fill", payload };
    const plain = [...eventsOf(market, DAY_MS)];
    const recording = readRecording(recordedIn([quote, fill, ...plain]));
    expect(recording.fills).toEqual([{ ...payload, quote: quote.payload }]);
    const hashOf = (events: NewMarketEvent[]) =>
      replayRecording(readRecording(recordedIn(events)), config, () => {}).resultHash;
    expect(hashOf([quote, fill, ...plain])).toBe(hashOf(plain));
  });
});

describe("a recording larger than a block", () => {
  it("is read line by line, whatever falls on the border of a block", () => {
    const rate = (n: number): NewMarketEvent => ({
      ts: firstMs,
      type: "funding",
      payload: { symbol: "BTC/USDT", time_ms: n, rate: "0.0001" },
    });
    const many = Array.from({ length: 30_000 }, (_, n) => rate(n));
    const folder = recordedIn([...many, ...eventsOf({ ...market, funding: [] }, DAY_MS)]);
    expect(statSync(join(folder, MARKET_FILE)).size).toBeGreaterThan(3 * 1024 * 1024);
    const recording = readRecording(folder);
    expect(recording.counts.funding).toBe(30_000);
    expect(recording.isAsRecorded).toBe(true);
    expect([...recordedEvents(folder)].map(({ seq }) => seq)).toEqual(Array.from({ length: 30_040 }, (_, n) => n));
  });
});

describe("top of book", () => {
  const row = (ts: number, bid: string, ask: string, more: object = {}): string =>
    JSON.stringify({
      ts,
      recv_ns: ts * 1e6,
      symbol: "BTCUSDT",
      bid,
      bidQty: "2.50",
      ask,
      askQty: "1.00",
      u: ts,
      ...more,
    });
  const fileOf = (lines: readonly string[]): string => {
    const path = join(temporaryFolder(), "quotes.ndjson");
    writeFileSync(path, lines.map((line) => `${line}\n`).join(""));
    return path;
  };

  it("makes bars of the mid from whole intervals, and keeps the quotes as they were sent", () => {
    const quotes = readTopOfBook(
      fileOf([
        row(9_000, "98", "100"),
        row(10_500, "99.50", "100.50"),
        row(15_000, "103", "105"),
        row(19_999, "97", "99"),
        row(30_001, "99", "101"),
        row(41_000, "99", "101"),
      ]),
    );
    const events = [...quoteEvents(mergeQuotes([quotes]), 10_000)];
    expect(events.filter(({ type }) => type === "slice")).toEqual([
      {
        ts: 20_000,
        type: "slice",
        payload: { open_ms: 10_000, bars: { "BTC/USDT": ["100", "104", "98", "98", "0"] } },
      },
      {
        ts: 40_000,
        type: "slice",
        payload: { open_ms: 30_000, bars: { "BTC/USDT": ["100", "100", "100", "100", "0"] } },
      },
    ]);
    expect(events[1]).toMatchObject({
      type: "quote",
      payload: { bid: "99.50", bid_qty: "2.50", update_id: 10_500, event_ms: null },
    });
    const recording = readRecording(recordedIn(events, "10s"));
    expect(recording.quotes).toEqual({ quotes: 6, twoSided: 6, changed: 5 });
    expect(recording.market.quoted).toEqual({
      openMs: Float64Array.of(10_000, 30_000),
      notional: [Float64Array.of(99, 101), Float64Array.of(0, 0)],
    });
  });

  it.each<[string, string[], RegExp]>([
    ["a row that is not JSON", [row(1, "1", "2"), "{"], /:2: not JSON/],
    ["an unknown field", [row(1, "1", "2", { x: 1 })], /:1: .*x/],
    ["NaN", [row(1, "NaN", "2")], /:1: bid/],
    ["a bid above the ask", [row(1, "3", "2")], /:1: bid 3 above ask 2/],
    ["time that goes back", [row(2, "1", "2"), row(1, "1", "2")], /:2: ts 1 goes back/],
    ["a symbol without a quote currency", [row(1, "1", "2", { symbol: "FOOBAR" })], /:1: symbol FOOBAR/],
  ])("refuses %s", (_, lines, message) => {
    expect(() => readTopOfBook(fileOf(lines))).toThrow(message);
  });

  it("refuses a file that is empty, or cut", () => {
    const path = fileOf([]);
    expect(() => readTopOfBook(path)).toThrow("empty");
    writeFileSync(path, row(1, "1", "2"));
    expect(() => readTopOfBook(path)).toThrow(":1: truncated");
  });

  it("refuses a crossed quote in a recording", () => {
    const quote = (bid: string): NewMarketEvent => ({
      ts: 1,
      type: "quote",
      payload: { symbol: "BTC/USDT", bid, bid_qty: "1", ask: "2", ask_qty: "1", update_id: null, event_ms: null },
    });
    expect(() => readRecording(recordedIn([quote("1"), quote("3")]))).toThrow(":2: BTC/USDT: bid 3 above ask 2");
  });
});
