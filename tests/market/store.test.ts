// Goal: the store gives back the bars that went in, to the bit; damage is noticed with its place; an import that dies
// leaves the old store; a market has one hash, wherever its bars come from.

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateRawSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { BarSeries } from "../../src/market/bar-series.ts";
import { seriesOf } from "../../src/market/column-series.ts";
import { DataError } from "../../src/market/data-error.ts";
import { openMarket } from "../../src/market/open-market.ts";
import { decodeBlock, viewsOf } from "../../src/market/store/bar-block.ts";
import { emptyBars, encodeMonths } from "../../src/market/store/bar-months.ts";
import { openBarsFile } from "../../src/market/store/bars-file.ts";
import { exportBars } from "../../src/market/store/export-bars.ts";
import { importBars, requireSymbol } from "../../src/market/store/import-bars.ts";
import { describeData } from "../../src/market/store/info.ts";
import { isUnusable, verifyData } from "../../src/market/store/verify.ts";
import { writeSyntheticMarket } from "../../src/market/synth-files.ts";
import { HOUR_MS } from "../../src/market/timeframe.ts";
import { csvOf, HEADER, tempFolder } from "./temp-folder.ts";

const NONE = { symbol: null, timeframe: null };
const emptyFolder = () => mkdtempSync(join(tmpdir(), "mcbot-store-"));
const importTo = (store: string, ...paths: string[]) => importBars({ paths, store, ...NONE });
const open = (path: string, timeframe: string, endMs = Number.POSITIVE_INFINITY) =>
  openMarket({
    path,
    seed: 1,
    symbols: ["BTC/USDT"],
    podTimeframes: [timeframe],
    baseTimeframe: null,
    funding: "if_present",
    endMs,
  });
const issuesOf = async (action: () => unknown) => {
  try {
    await action();
  } catch (error) {
    if (error instanceof DataError) return error.issues;
    throw error;
  }
  throw new Error("no DataError");
};

function synthetic(timeframe = "1h"): string {
  const folder = emptyFolder();
  writeSyntheticMarket({
    folder,
    seed: 1,
    symbols: ["BTC/USDT"],
    timeframes: [timeframe],
    fromMs: Date.UTC(2024, 0, 1),
    endMs: Date.UTC(2024, 3, 1),
  });
  return folder;
}

describe("a block", () => {
  it("gives back any bars, and its hash is a function of them", () => {
    const price = fc.oneof(
      fc.nat(2 ** 31 - 1).map((ticks) => (ticks + 1) / 1e4),
      fc.double({ min: 1e-9, max: 1e12, noNaN: true }),
    );
    const bar = fc.tuple(
      fc.integer({ min: 1, max: 4 }),
      price,
      fc.oneof(fc.nat(9), fc.double({ min: 0, max: 1e15, noNaN: true })),
    );
    fc.assert(
      fc.property(fc.array(bar, { minLength: 1, maxLength: 30 }), (bars) => {
        let time = Date.UTC(2024, 0, 1);
        const timeMs = Float64Array.from(bars, ([step]) => (time += step * HOUR_MS));
        const prices = Float64Array.from(bars, ([, p]) => p);
        const volume = Float64Array.from(bars, ([, , v]) => v);
        const columns = { timeMs, open: prices, high: prices, low: prices, close: prices, volume };
        const [block] = encodeMonths(columns, HOUR_MS);
        if (block === undefined) throw new Error("no block");
        const { shape, bytes } = block;
        const views = viewsOf(shape, Uint8Array.from(bytes).buffer, 0);
        const decoded = emptyBars(shape.rows);
        decodeBlock(shape, views, HOUR_MS, decoded);
        expect(decoded).toEqual(columns);
        expect([...encodeMonths(columns, HOUR_MS)][0]?.sha256).toBe(block.sha256);
      }),
      { seed: 1, numRuns: 300 },
    );
  });
});

describe("an import", () => {
  it("of CSV gives the same market as the CSV, cut anywhere, with the same hash", async () => {
    const csv = synthetic();
    const store = emptyFolder();
    const [bars, funding] = await importTo(store, csv);
    expect(bars).toMatchObject({ symbol: "BTC/USDT", timeframe: "1h", rows: 2184, added: 2184 });
    expect(funding).toMatchObject({ timeframe: "funding", rows: 273, added: 273 });
    for (const endMs of [Date.UTC(2024, 1, 11, 5), Date.UTC(2024, 2, 1), Number.POSITIVE_INFINITY]) {
      const [a, b] = [open(csv, "1h", endMs), open(store, "1h", endMs)];
      expect(b.bars).toEqual(a.bars);
      expect(b.funding).toEqual(a.funding);
      expect(b.hash).toBe(a.hash);
      expect(b.kind).toBe("synthetic");
      expect(b.label).toContain("(store, 1h)");
    }
    expect(describeData(store)).toMatchObject([{ format: "store", rows: 2184, gaps: 0 }]);
    expect(describeData(csv)).toMatchObject([{ format: "csv", rows: null }]);
  });

  it("again adds nothing; of overlapping files adds what is new; of other prices is refused", async () => {
    const [first, second, other] = [
      ["2024-01-01T00:00:00Z", "2024-01-02T00:00:00Z", "2024-01-05T00:00:00Z"],
      ["2024-01-02T00:00:00Z", "2024-01-03T00:00:00Z"],
      ["2024-01-03T00:00:00Z"],
    ].map((days, i) => tempFolder({ "BTC-USDT-1d.csv": csvOf(days, i === 2 ? "1,1,1,1,7" : "10,12,9,11,5.5") })) as [
      string,
      string,
      string,
    ];
    const store = emptyFolder();
    await importTo(store, first);
    expect(await importTo(store, second)).toMatchObject([{ rows: 4, added: 1 }]);
    expect(await importTo(store, first, second)).toMatchObject([{ rows: 4, added: 0 }]);
    const before = readFileSync(join(store, "1d/BTC-USDT-1d.bars"));
    expect(await issuesOf(() => importTo(store, other))).toMatchObject([{ code: "CONFLICT", column: "open" }]);
    expect(readFileSync(join(store, "1d/BTC-USDT-1d.bars"))).toEqual(before);
  });

  it("reads gzip, zip and Parquet, and a venue's names", async () => {
    const text = `${Date.UTC(2024, 0, 1)},10,12,9,11,5.5,${Date.UTC(2024, 0, 2) - 1},55,7,1,2,0\n`;
    const folder = tempFolder({ "BTCUSDT-1d-2024-01.zip": zipOf("BTCUSDT-1d-2024-01.csv", text) });
    const gz = tempFolder({ "1h/ETH-USDT-1h.csv.gz": gzipSync(csvOf(["2024-01-01T00:00:00Z"])) });
    const store = emptyFolder();
    expect(await importTo(store, folder, gz)).toMatchObject([
      { symbol: "BTC/USDT", timeframe: "1D", rows: 1 },
      { symbol: "ETH/USDT", timeframe: "1h", rows: 1 },
    ]);
    const [parquet, back] = [emptyFolder(), emptyFolder()];
    await exportBars({ path: store, out: parquet, symbols: null });
    await importTo(back, parquet);
    for (const file of ["1d/BTC-USDT-1d.bars", "1h/ETH-USDT-1h.bars"])
      expect(readFileSync(join(back, file))).toEqual(readFileSync(join(store, file)));
  });

  it("says what is wrong, with file and line, and writes nothing", async () => {
    const folder = tempFolder({ "BTC-USDT-1d.csv": `${HEADER}\n2024-01-01T00:00:00Z,1,1,1,x,1\n` });
    const store = emptyFolder();
    expect(await issuesOf(() => importTo(store, folder))).toMatchObject([
      { line: 2, column: "close", code: "NOT_A_NUMBER" },
    ]);
    expect(existsSync(join(store, "1d"))).toBe(false);
    expect(await issuesOf(() => importTo(store, join(folder, "nothing")))).toMatchObject([{ code: "UNREADABLE" }]);
    expect(await issuesOf(() => importTo(store, emptyFolder()))).toMatchObject([{ code: "NO_BARS" }]);
    const unnamed = tempFolder({ "prices.csv": csvOf(["2024-01-01T00:00:00Z"]), "broken-A-1d.zip": "no zip" });
    expect(await issuesOf(() => importTo(store, join(unnamed, "prices.csv")))).toMatchObject([
      { code: "UNKNOWN_SYMBOL" },
    ]);
    expect(await issuesOf(() => importTo(store, join(unnamed, "broken-A-1d.zip")))).toMatchObject([
      { code: "BAD_ARCHIVE" },
    ]);
    const named = await importBars({ paths: [join(unnamed, "prices.csv")], store, symbol: "A/B", timeframe: "1d" });
    expect(named).toMatchObject([{ symbol: "A/B", timeframe: "1D" }]);
    await expect(issuesOf(() => requireSymbol("../x"))).resolves.toHaveLength(1);
  });

  it("that is killed at any step leaves the old store whole, or the new one", async () => {
    const store = emptyFolder();
    const path = join(store, "1d/BTC-USDT-1d.bars");
    await importTo(store, tempFolder({ "BTC-USDT-1d.csv": csvOf(["2024-01-01T00:00:00Z"]) }));
    const before = readFileSync(path);
    const csv = tempFolder({ "BTC-USDT-1d.csv": csvOf(["2024-02-01T00:00:00Z", "2024-03-01T00:00:00Z"]) });
    const [program, preload] = ["../../dist/cli/main.js", "../support/kill-at-step.js"].map((file) =>
      join(import.meta.dirname, file),
    ) as [string, string];
    // Preamble, header, three months, flush, rename.
    for (const [step, signal] of [
      [2, "SIGKILL"],
      [5, "SIGKILL"],
      [7, "SIGKILL"],
      [8, null],
    ] as const) {
      const ended = spawnSync(process.execPath, ["--import", preload, program, "data", "import", csv, "--out", store], {
        env: { ...process.env, MCBOT_KILL_AT: String(step) },
      });
      expect(ended.signal).toBe(signal);
      if (signal !== null) expect(readFileSync(path)).toEqual(before);
      const [report] = verifyData({ path: store, symbols: null, timeframes: null, jump: 1 });
      expect(report).toMatchObject({ bars: signal === null ? 3 : 1, issues: [] });
    }
  });
});

describe("damage", () => {
  it("is noticed, with file and place, in any byte", async () => {
    const store = emptyFolder();
    await importTo(store, synthetic());
    const path = join(store, "1h/BTC-USDT-1h.bars");
    const whole = readFileSync(path);
    const { start } = openBarsFile(path);
    for (const [at, code] of [
      [0, "BAD_STORE"],
      [12, "BAD_STORE"],
      [20, "TAMPERED"],
      [60, "TAMPERED"],
      [start, "TAMPERED"],
      [whole.length - 1, "TAMPERED"],
    ] as const) {
      const changed = Buffer.from(whole);
      changed.writeUInt8((changed.readUInt8(at) + 1) % 256, at);
      writeFileSync(path, changed);
      expect(await issuesOf(() => open(store, "1h").bars[0]?.close)).toMatchObject([{ file: path, code }]);
    }
    writeFileSync(path, whole.subarray(0, whole.length - 8));
    expect((await issuesOf(() => open(store, "1h")))[0]?.value).toContain("2024-03");
    const [report] = verifyData({ path: store, symbols: ["BTC/USDT"], timeframes: ["1h"], jump: 1 });
    expect(report?.issues).toMatchObject([{ code: "TAMPERED" }]);
    writeFileSync(path, whole);
    renameSync(path, join(store, "1h/ETH-USDT-1h.bars"));
    const [renamed] = verifyData({ path: store, symbols: null, timeframes: null, jump: 1 });
    expect(renamed?.issues).toMatchObject([{ code: "BAD_STORE", expected: "ETH/USDT" }]);
  });

  it("of funding rates is noticed, too, by a run and by verify", async () => {
    const store = emptyFolder();
    await importTo(store, synthetic());
    const path = join(store, "funding/BTC-USDT-funding.csv");
    const whole = readFileSync(path, "utf8");
    writeFileSync(path, whole.replace(/0\.0001/, "0.0002"));
    expect(await issuesOf(() => open(store, "1h"))).toMatchObject([{ file: path, line: 1, code: "TAMPERED" }]);
    const [report] = verifyData({ path: store, symbols: null, timeframes: null, jump: 1 });
    expect(report?.issues).toMatchObject([{ code: "TAMPERED" }]);
    expect(await issuesOf(() => importTo(store, synthetic()))).toMatchObject([{ code: "TAMPERED" }]);
    writeFileSync(path, whole);
    const copy = emptyFolder();
    await importTo(copy, path);
    expect(readFileSync(join(copy, "funding/BTC-USDT-funding.csv"), "utf8")).toBe(whole);
  });

  it("a store beside CSV of the same bars is refused", async () => {
    const csv = synthetic();
    await importTo(csv, csv);
    expect(await issuesOf(() => open(csv, "1h"))).toMatchObject([{ code: "OVERLAP" }]);
  });
});

describe("a stored market", () => {
  const closeOn = (date: string) => Date.parse(`${date}T00:00:00Z`);

  it("reads the months that are asked for, and checks those", async () => {
    const store = emptyFolder();
    await importTo(store, synthetic());
    const path = join(store, "1h/BTC-USDT-1h.bars");
    const file = openBarsFile(path);
    const bytes = readFileSync(path);
    const at = file.start + (file.header.blocks[1]?.offset as number);
    bytes.writeUInt8((bytes.readUInt8(at) + 1) % 256, at);
    writeFileSync(path, bytes);
    const [series] = open(store, "1h").bars.map(seriesOf) as [BarSeries];
    expect(series.dailyCloses(closeOn("2024-01-01"), closeOn("2024-02-01"))).toHaveLength(31);
    expect(series.closeAt(series.rows - 1)).toBeGreaterThan(0);
    expect(series.timeAt(series.indexAt(closeOn("2024-02-11")))).toBe(closeOn("2024-02-11"));
    const [issue] = await issuesOf(() => series.openAt(series.indexAt(closeOn("2024-02-11"))));
    expect(issue).toMatchObject({ file: path, code: "TAMPERED" });
    expect(issue?.value).toContain("2024-02");
  });

  it("that is replaced while it is read says so", async () => {
    const store = emptyFolder();
    const early = tempFolder({ "1d/BTC-USDT-1d.csv": csvOf(["2024-01-01T00:00:00Z"]) });
    await importTo(store, early);
    const [series] = open(store, "1d").bars.map(seriesOf) as [BarSeries];
    const later = tempFolder({ "1d/BTC-USDT-1d.csv": csvOf(["2024-02-01T00:00:00Z"], "10,12,9,11.25,5.5") });
    await importTo(store, later);
    expect((await issuesOf(() => series.closeAt(0)))[0]?.hint).toContain("replaced");
  });
});

describe("verify", () => {
  it("reports gaps, jumps, empty bars and bad rows", () => {
    const rows = [
      "2024-01-01T00:00:00Z,10,12,9,11,5",
      "2024-01-02T00:00:00Z,11,12,9,10,0",
      "2024-01-05T00:00:00Z,20,22,19,21,5",
    ];
    const folder = tempFolder({
      "1d/BTC-USDT-1d.csv": [HEADER, ...rows, ""].join("\n"),
      "1d/ETH-USDT-1d.csv": `${HEADER}\nx\n`,
    });
    const reports = verifyData({ path: folder, symbols: null, timeframes: null, jump: 0.5 });
    expect(reports[0]).toMatchObject({
      bars: 3,
      coverage: 0.6,
      gaps: [{ from: "2024-01-03T00:00:00Z", to: "2024-01-04T00:00:00Z", bars: 2 }],
      jumps: [{ at: "2024-01-05T00:00:00Z", close_before: 10, open: 20 }],
      empty_bars: 1,
      issues: [],
    });
    expect(reports.map(isUnusable)).toEqual([false, true]);
    expect(() => verifyData({ path: folder, symbols: ["SOL/USDT"], timeframes: null, jump: 1 })).toThrow("SOL/USDT");
    mkdirSync(join(folder, "empty"));
    expect(() => verifyData({ path: join(folder, "empty"), symbols: null, timeframes: null, jump: 1 })).toThrow(
      "no bars",
    );
  });
});

/** A zip with one deflated entry. */
function zipOf(name: string, text: string): Buffer {
  const packed = deflateRawSync(text);
  const common = Buffer.alloc(26);
  common.writeUInt16LE(20, 0);
  common.writeUInt16LE(8, 4);
  common.writeUInt32LE(packed.length, 14);
  common.writeUInt32LE(Buffer.byteLength(text), 18);
  common.writeUInt16LE(name.length, 22);
  const local = Buffer.concat([Buffer.from("PK\x03\x04", "latin1"), common, Buffer.from(name), packed]);
  const entry = Buffer.concat([
    Buffer.from("PK\x01\x02\x14\x00", "latin1"),
    common,
    Buffer.alloc(14),
    Buffer.from(name),
  ]);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", "latin1");
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(entry.length, 12);
  end.writeUInt32LE(local.length, 16);
  return Buffer.concat([local, entry, end]);
}
