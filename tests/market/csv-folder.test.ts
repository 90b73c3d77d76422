// Goal: a folder is read as its layout says; what is missing or contradictory is named with what exists.

import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { findMissingSymbols, openCsvFolder, storedSymbols, storedTimeframes } from "../../src/market/csv-folder.ts";
import { readCsvSymbol } from "../../src/market/csv-symbol.ts";
import { DataError } from "../../src/market/data-error.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../src/market/timeframe.ts";
import { csvOf, tempFolder } from "./temp-folder.ts";

const FOREVER = Number.POSITIVE_INFINITY;
const NEW_YEARS_EVE = ["2023-12-31T23:58:00Z", "2023-12-31T23:59:00Z"];
const NEW_YEAR = ["2024-01-01T00:00:00Z", "2024-01-01T00:01:00Z"];

const read = (path: string, endMs = FOREVER) => readCsvSymbol(openCsvFolder(path), "BTC/USDT", MINUTE_MS, endMs);
const codes = (path: string) => read(path).issues.kept.map((issue) => issue.code);

describe("listing", () => {
  const files = {
    "1d/BTC-USDT-1d.csv": "",
    "1h/BTC-USDT-1h.csv.gz": "",
    "1h/ETH-USDT-1h.csv": "",
    "4h/ETH-USDT-1h.csv": "not of this folder",
    "1m/BTC-USDT-1m-2023.csv.gz": "",
    "1m/BTC-USDT-1m-2024.csv": "",
    "1m/notes.txt": "",
    "1D/SOL-USDT-1D.csv": "upper case",
    "funding/BTC-USDT-funding.csv": "",
    "README.md": "",
  };

  it("finds symbols and timeframes, finest first, and leaves other files alone", () => {
    const folder = openCsvFolder(tempFolder(files));
    expect(storedSymbols(folder)).toEqual(["BTC/USDT", "ETH/USDT"]);
    expect(storedTimeframes(folder, "BTC/USDT")).toEqual(["1m", "1h", "1D"]);
    expect(storedTimeframes(folder, "ETH/USDT")).toEqual(["1h"]);
    expect(storedTimeframes(folder, "XRP/USDT")).toEqual([]);
    expect(folder.files.map((file) => file.year)).toEqual([null, null, null, 2023, 2024]);
    expect(folder.files.map((file) => file.timeframeMs)).toContain(HOUR_MS);
  });

  it("names what it was asked for, what there is, and the nearest", () => {
    const path = tempFolder(files);
    const { kept } = findMissingSymbols(openCsvFolder(path), ["BTC/USDT", "BTC/USDC", "DOGE/EUR"]);
    expect(kept.map(({ file, value, expected, hint }) => ({ file, value, expected, hint }))).toEqual([
      { file: path, value: "BTC/USDC", expected: "one of BTC/USDT, ETH/USDT", hint: "did you mean BTC/USDT?" },
      { file: path, value: "DOGE/EUR", expected: "one of BTC/USDT, ETH/USDT", hint: null },
    ]);
    const [issue] = findMissingSymbols(openCsvFolder(tempFolder()), ["BTC/USDT"]).kept;
    expect(issue).toMatchObject({ expected: "TIMEFRAME/BASE-QUOTE-TIMEFRAME.csv files", hint: null });
  });

  it("throws for a folder that is not there", () => {
    const missing = join(tempFolder(), "nowhere");
    expect(() => openCsvFolder(missing)).toThrow(DataError);
    expect(() => openCsvFolder(missing)).toThrow(`${missing}: NO_FOLDER: found nothing`);
    expect(() => openCsvFolder(tempFolder({ "1d": "a file" }))).toThrow("ENOTDIR");
  });
});

describe("reading a symbol", () => {
  it("joins years in order, packed or not", () => {
    const path = tempFolder({
      "1m/BTC-USDT-1m-2024.csv": csvOf(NEW_YEAR),
      "1m/BTC-USDT-1m-2023.csv.gz": gzipSync(csvOf(NEW_YEARS_EVE, "1,1,1,1,0.125")),
    });
    const { bars, files, issues } = read(path);
    expect(issues.kept).toEqual([]);
    expect(files).toEqual([join(path, "1m/BTC-USDT-1m-2023.csv.gz"), join(path, "1m/BTC-USDT-1m-2024.csv")]);
    expect([...bars.timeMs]).toEqual([...NEW_YEARS_EVE, ...NEW_YEAR].map(Date.parse));
    expect([...bars.volume]).toEqual([0.125, 0.125, 5.5, 5.5]);
    expect(bars).toMatchObject({ symbol: "BTC/USDT", volumeDecimals: 3 });
  });

  it("gives the same columns as one file with everything", () => {
    const years = tempFolder({
      "1m/BTC-USDT-1m-2023.csv": csvOf(NEW_YEARS_EVE),
      "1m/BTC-USDT-1m-2024.csv": csvOf(NEW_YEAR),
    });
    const whole = tempFolder({ "1m/BTC-USDT-1m.csv": csvOf([...NEW_YEARS_EVE, ...NEW_YEAR]) });
    expect(read(years).bars).toEqual(read(whole).bars);
  });

  it("does not open years from the end on", () => {
    const path = tempFolder({
      "1m/BTC-USDT-1m-2023.csv": csvOf(NEW_YEARS_EVE),
      "1m/BTC-USDT-1m-2024.csv": "rubbish",
    });
    const { bars, files, issues } = read(path, Date.UTC(2024, 0, 1));
    expect(issues.isEmpty).toBe(true);
    expect(files).toHaveLength(1);
    expect(bars.timeMs).toHaveLength(2);
    expect(read(path, Date.UTC(2024, 0, 1) + 1).issues.isEmpty).toBe(false);
  });

  it("refuses bars that are in two files, and names both", () => {
    const path = tempFolder({
      "1m/BTC-USDT-1m.csv": csvOf([...NEW_YEARS_EVE, ...NEW_YEAR]),
      "1m/BTC-USDT-1m-2024.csv": csvOf(NEW_YEAR),
    });
    const [issue, ...others] = read(path).issues.kept;
    expect(others).toEqual([]);
    expect(issue).toMatchObject({ code: "OVERLAP", file: join(path, "1m/BTC-USDT-1m-2024.csv") });
    expect(issue?.expected).toContain(join(path, "1m/BTC-USDT-1m.csv"));
  });

  it("refuses a single bar that is in two files", () => {
    const path = tempFolder({
      "1m/BTC-USDT-1m.csv": csvOf([...NEW_YEARS_EVE, NEW_YEAR[0] as string]),
      "1m/BTC-USDT-1m-2024.csv": csvOf(NEW_YEAR),
    });
    expect(codes(path)).toEqual(["OVERLAP"]);
  });

  it("finds an overlap with a file further back", () => {
    const path = tempFolder({
      "1m/BTC-USDT-1m.csv": csvOf(["2022-06-01T00:00:00Z", "2024-06-01T00:00:00Z"]),
      "1m/BTC-USDT-1m-2023.csv": csvOf(NEW_YEARS_EVE),
      "1m/BTC-USDT-1m-2024.csv": csvOf(NEW_YEAR),
    });
    expect(codes(path)).toEqual(["OVERLAP", "OVERLAP"]);
  });

  it("refuses a year in the wrong file", () => {
    expect(codes(tempFolder({ "1m/BTC-USDT-1m-2023.csv": csvOf([...NEW_YEARS_EVE, "2024-01-01T00:00:00Z"]) }))).toEqual(
      ["OUTSIDE_FILE_YEAR"],
    );
  });

  it("refuses a gz that is cut off or none, and a file that cannot be read", () => {
    const whole = gzipSync(csvOf(NEW_YEAR));
    expect(codes(tempFolder({ "1m/BTC-USDT-1m.csv.gz": whole.subarray(0, -9) }))).toEqual(["BAD_GZIP"]);
    expect(codes(tempFolder({ "1m/BTC-USDT-1m.csv.gz": csvOf(NEW_YEAR) }))).toEqual(["BAD_GZIP"]);
    expect(codes(tempFolder({ "1m/BTC-USDT-1m.csv/inside": "a folder" }))).toEqual(["UNREADABLE"]);
  });

  it("gives empty columns for a symbol that is listed later", () => {
    const path = tempFolder({ "1d/BTC-USDT-1d.csv": csvOf(["2024-01-01T00:00:00Z"]) });
    const { bars, issues } = readCsvSymbol(openCsvFolder(path), "BTC/USDT", DAY_MS, Date.UTC(2023, 0, 1));
    expect(issues.isEmpty).toBe(true);
    expect(bars.timeMs).toHaveLength(0);
  });

  it("lowers the decimals of volumes that could not be summed exactly", () => {
    const path = tempFolder({ "1m/BTC-USDT-1m.csv": csvOf(NEW_YEAR, "1,1,1,1,1234567.000000001") });
    // 1234567 × 1440 minutes × 10^6 is the most that stays below 2^53.
    expect(read(path).bars.volumeDecimals).toBe(6);
  });
});
