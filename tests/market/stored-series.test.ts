// Goal: bars that are read from the store piece by piece are the bars in memory, whatever is asked of them.
// Method: seeded random series with gaps, in ticks and in doubles, cut anywhere; a store and plain columns must answer alike.

import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { instantiateKernels } from "../../src/kernels/load.ts";
import type { BarColumns } from "../../src/market/bars.ts";
import { seriesOf } from "../../src/market/column-series.ts";
import { decimalsOf } from "../../src/market/decimals.ts";
import { SliceReader, SymbolChunk } from "../../src/market/slice-reader.ts";
import { addBars } from "../../src/market/store/import-bars.ts";
import { openStoredSymbol } from "../../src/market/store/stored-symbol.ts";
import { DAY_MS, HOUR_MS } from "../../src/market/timeframe.ts";
import { largestOf, summableDecimals } from "../../src/market/volume-decimals.ts";
import { seededRandom } from "../support/random-script.ts";

const START = Date.UTC(2024, 0, 30, 5);

/** Two months of hours with gaps of hours and of days; prices in cents, or with all the digits of a double. */
function randomBars(seed: number, digits: number | null): BarColumns {
  const random = seededRandom(seed);
  const rows: number[][] = [];
  const round = (value: number): number => (digits === null ? value : Math.round(value * digits) / digits);
  for (let time = START; time < START + 60 * DAY_MS; time += HOUR_MS) {
    const [r, open, close] = [random(), round(100 + random()), round(100 + random())];
    if (r < 0.03) time += Math.floor(100 * random()) * HOUR_MS;
    rows.push([time, open, Math.max(open, close), Math.min(open, close), close, round(1e3 * random())]);
  }
  const [timeMs, open, high, low, close, volume] = [0, 1, 2, 3, 4, 5].map((c) =>
    Float64Array.from(rows, (row) => row[c] as number),
  ) as [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array, Float64Array];
  return { symbol: `S${seed}/USDT`, timeMs, open, high, low, close, volume, volumeDecimals: 0 };
}

function cut(bars: BarColumns, endMs: number): BarColumns {
  const rows = bars.timeMs.filter((time) => time < endMs).length;
  const part = (column: Float64Array): Float64Array => column.slice(0, rows);
  const { timeMs, open, high, low, close, volume } = bars;
  return {
    ...bars,
    timeMs: part(timeMs),
    open: part(open),
    high: part(high),
    low: part(low),
    close: part(close),
    volume: part(volume),
  };
}

function stored(bars: BarColumns, endMs: number): BarColumns {
  const path = join(mkdtempSync(join(tmpdir(), "mcbot-series-")), "bars.bars");
  const { symbol } = bars;
  addBars(path, { symbol, timeframe: "1h" }, bars, "made");
  return openStoredSymbol(path, symbol, endMs).bars;
}

/** Everything that a reader packs, chunk by chunk. */
function slicesOf(bars: readonly BarColumns[], chunk: number, skip: readonly [number, number] | null): unknown[] {
  const { arena } = instantiateKernels(bars.length * SymbolChunk.bytes(chunk));
  const chunks = bars.map(() => new SymbolChunk(arena, chunk));
  const reader = new SliceReader(bars, HOUR_MS);
  if (skip !== null) reader.skipTo(...skip);
  const times = new Float64Array(chunk);
  const rows = new Float64Array(5 * bars.length * chunk).fill(Number.NaN);
  const read: unknown[] = [];
  for (;;) {
    const slices = reader.read(START + 50 * DAY_MS, chunk, times, rows, chunks);
    if (slices === 0) return read;
    const own = chunks.map(({ count, slice, views }) => [
      [...slice.slice(0, count)],
      Object.values(views).map((view) => [...view.slice(0, count)]),
    ]);
    read.push([[...times.slice(0, slices)], [...rows.slice(0, 5 * bars.length * slices)], own, reader.peek()]);
  }
}

const MARKETS = [
  [1, 100],
  [2, 100],
  [3, null],
] as const;
const ENDS = [Number.POSITIVE_INFINITY, START + 40 * DAY_MS + 3 * HOUR_MS, Date.UTC(2024, 2, 1), START];

describe("a stored series", () => {
  it.each(ENDS)("answers like its columns, to the end %s", (endMs) => {
    for (const [seed, digits] of MARKETS) {
      const whole = randomBars(seed, digits);
      const [a, b] = [cut(whole, endMs), stored(whole, endMs)].map(seriesOf) as [
        ReturnType<typeof seriesOf>,
        ReturnType<typeof seriesOf>,
      ];
      expect(b.rows).toBe(a.rows);
      for (let ms = START - HOUR_MS; ms < START + 62 * DAY_MS; ms += HOUR_MS / 2)
        expect(b.indexAt(ms)).toBe(a.indexAt(ms));
      for (let i = 0; i < a.rows; i++) {
        expect([b.timeAt(i), b.openAt(i), b.closeAt(i)]).toEqual([a.timeAt(i), a.openAt(i), a.closeAt(i)]);
      }
      for (const hours of [0, 7, 30 * 24, 33 * 24 + 5, 100 * 24]) {
        for (const length of [0, 1, 30, 24 * 40]) {
          const [from, to] = [START + hours * HOUR_MS, START + (hours + length) * HOUR_MS];
          expect(b.dailyCloses(from, to)).toEqual(a.dailyCloses(from, to));
        }
      }
    }
  });

  it("gives a reader the same slices in any chunk, and whole columns to who asks for them", () => {
    const all = MARKETS.map(([seed, digits]) => randomBars(seed, digits));
    const endMs = START + 40 * DAY_MS + 3 * HOUR_MS;
    const [columns, store] = [all.map((bars) => cut(bars, endMs)), all.map((bars) => stored(bars, endMs))];
    const expected = slicesOf(columns, 4096, null);
    expect(slicesOf(store, 4096, null)).toEqual(expected);
    for (const chunk of [1, 7, 500]) {
      for (const skip of [null, [START + 3 * DAY_MS, 5]] as const) {
        expect(slicesOf(store, chunk, skip)).toEqual(slicesOf(columns, chunk, skip));
      }
    }
    const decimals = columns.map(({ volume }) => summableDecimals(decimalsOf(volume), largestOf(volume), HOUR_MS));
    expect(store).toEqual(columns.map((bars, s) => ({ ...bars, volumeDecimals: decimals[s] })));
    expect(
      slicesOf(
        store.map((bars) => ({ ...bars })),
        4096,
        null,
      ),
    ).toEqual(expected);
  });
});
