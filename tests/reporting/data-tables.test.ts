// Goal: what data commands print fits its width, counts what it does not list, and says what was not read.
// Method: hand-made reports at several widths.

import { describe, expect, it } from "vitest";
import type { SeriesReport } from "../../src/market/store/verify.ts";
import { renderFiles, renderImported, renderVerified } from "../../src/reporting/data-tables.ts";
import { textWidth } from "../../src/reporting/text-width.ts";

const series: SeriesReport = {
  symbol: "BTC/USDT",
  timeframe: "1m",
  bars: 1_578_160,
  first: "2023-01-01T00:00:00Z",
  last: "2025-12-31T23:59:00Z",
  coverage: 0.99995,
  missing_bars: 400,
  gap_count: 5,
  gaps: Array.from({ length: 5 }, () => ({ from: "2023-03-24T12:40:00Z", to: "2023-03-24T13:59:00Z", bars: 80 })),
  jump_count: 1,
  jumps: [{ at: "2024-01-01T00:00:00Z", close_before: 1, open: 2 }],
  empty_bars: 72,
  issues: [],
  omitted_issues: 0,
  funding: null,
};
const file = {
  path: "a-rather-long-folder/with-another-one/1m/BTC-USDT-1m.bars",
  symbol: "BTC/USDT",
  timeframe: "1m",
  format: "store" as const,
  bytes: 21_060_000,
  rows: 1_052_640,
  bytes_per_bar: 20,
  first: "2023-01-01T00:00:00.000Z",
  last: "2024-12-31T23:59:00.000Z",
  gaps: 0,
};
const csv = { ...file, format: "csv" as const, rows: null, bytes_per_bar: null, first: null, last: null, gaps: null };
const style = (width: number) => ({ width, color: false, unicode: true });

describe("data tables", () => {
  it.each([40, 80, 120])("are at most %i columns wide", (width) => {
    const texts = [
      renderVerified([series], style(width)),
      renderFiles("store", [file, csv], style(width)),
      renderImported([{ ...series, rows: 5, added: 5 }], "store", style(width)),
    ];
    for (const line of texts.join("").split("\n")) expect(textWidth(line), line).toBeLessThanOrEqual(width);
  });

  it("are one line per series at 80 columns, and count the gaps that are not listed", () => {
    const text = renderVerified([series], style(80));
    expect(text).toMatch(/^BTC\/USDT +1m +1,578,160 +2023-01-01 +2025-12-31 +99.995% +5 +400/m);
    expect(text).toContain("and 2 smaller gaps (--json lists ten)");
    expect(text).toContain("jump at 2024-01-01T00:00:00Z from 1 to 2");
    expect(text).toContain("every series can be run");
  });

  it("say that rows of CSV were not counted, and that an empty folder is empty", () => {
    expect(renderFiles("csv", [csv], style(80))).toContain("mcbot data verify csv counts them");
    expect(renderFiles("csv", [], style(80))).toBe("csv has no bars\n");
  });
});
