// Goal: funding files give the rates that were written; every bad row is named with its line and column; a missing file is
// an absence, never a zero, and its content is part of the market's hash.

import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DataError, IssueList } from "../../src/market/data-error.ts";
import type { FundingMode } from "../../src/market/funding.ts";
import { parseFunding } from "../../src/market/funding-csv.ts";
import { openMarket } from "../../src/market/open-market.ts";
import { writeSyntheticMarket } from "../../src/market/synth-files.ts";
import { csvOf, tempFolder } from "./temp-folder.ts";

const HEADER = "timestamp,funding_rate";
const rows = (...lines: string[]): string => [HEADER, ...lines, ""].join("\n");
const parse = (text: string, endMs = Number.POSITIVE_INFINITY) => {
  const issues = new IssueList();
  const parsed = parseFunding(Buffer.from(text), { file: "x.csv", endMs }, issues);
  return { ...parsed, issues };
};
const issuesOf = (text: string) => parse(text).issues.kept.map(({ line, column, code }) => [line, column, code]);
const at = (hour: number): string => `2024-01-01T${String(hour).padStart(2, "0")}:00:00Z`;

describe("good files", () => {
  it("give their columns, up to the end", () => {
    const text = rows(`${at(0)},0.0001`, `${at(8)},-0.00002629`, `${at(16)},0`);
    const { timeMs, rate, issues } = parse(text, Date.UTC(2024, 0, 1, 16));
    expect(issues.kept).toEqual([]);
    expect([...timeMs]).toEqual([Date.UTC(2024, 0, 1), Date.UTC(2024, 0, 1, 8)]);
    expect([...rate]).toEqual([0.0001, -0.00002629]);
  });

  it("may have comments, a byte order mark, CRLF, epoch timestamps and exponents", () => {
    const text = `\uFEFF# SYNTHETIC, seed 1\r\n#two\r\n${HEADER}\r\n1704067200,1e-4\r\n1704096000000,-2.5e-5\r\n`;
    const { timeMs, rate, comments, issues } = parse(text);
    expect(issues.kept).toEqual([]);
    expect(comments).toEqual(["SYNTHETIC, seed 1", "two"]);
    expect([...timeMs]).toEqual([Date.UTC(2024, 0, 1), Date.UTC(2024, 0, 1, 8)]);
    expect([...rate]).toEqual([0.0001, -0.000025]);
  });
});

describe("bad files", () => {
  it.each<[string, string, unknown[]]>([
    ["a timestamp with a zone", rows("2024-01-01T00:00:00+01:00,0.1"), [[2, "timestamp", "BAD_TIMESTAMP"]]],
    ["a rate that is no number", rows(`${at(0)},NaN`), [[2, "funding_rate", "NOT_A_NUMBER"]]],
    ["an empty rate", rows(`${at(0)},`), [[2, "funding_rate", "NOT_A_NUMBER"]]],
    ["a rate in percent or more", rows(`${at(0)},-1`), [[2, "funding_rate", "RATE_TOO_LARGE"]]],
    ["a field too many", rows(`${at(0)},0.1,0.2`), [[2, null, "WRONG_FIELD_COUNT"]]],
    ["an empty line", rows(`${at(0)},0.1`, ""), [[3, null, "WRONG_FIELD_COUNT"]]],
    ["a time twice", rows(`${at(0)},0.1`, `${at(0)},0.1`), [[3, "timestamp", "DUPLICATE_TIMESTAMP"]]],
    ["a time out of order", rows(`${at(8)},0.1`, `${at(0)},0.1`), [[3, "timestamp", "OUT_OF_ORDER"]]],
    [
      "a duplicate of a row with a bad rate",
      rows(`${at(0)},x`, `${at(0)},0.1`),
      [
        [2, "funding_rate", "NOT_A_NUMBER"],
        [3, "timestamp", "DUPLICATE_TIMESTAMP"],
      ],
    ],
    ["another header", "time,rate\n", [[1, null, "WRONG_HEADER"]]],
    ["the header only", `${HEADER}\n`, [[null, null, "NO_ROWS"]]],
    ["nothing", "", [[null, null, "EMPTY_FILE"]]],
    ["a last line cut off", `${rows(`${at(0)},0.1`)}${at(8)},0.0`, [[3, null, "TRUNCATED_LAST_LINE"]]],
    ["the header only, not ended", HEADER, [[null, null, "NO_ROWS"]]],
  ])("%s", (_, text, expected) => expect(issuesOf(text)).toEqual(expected));

  it("never throw, whatever they hold", () => {
    fc.assert(
      fc.property(fc.string(), (junk) => void parse(`${HEADER}\n${junk}`)),
      { seed: 7, numRuns: 300 },
    );
  });
});

const DAYS = ["2024-01-01T00:00:00Z", "2024-01-02T00:00:00Z"];
const FUNDING = rows(`${at(0)},0.0001`, `${at(8)},0.0002`);
const open = (path: string, funding: FundingMode, endMs = Date.UTC(2025, 0, 1)) =>
  openMarket({
    path,
    seed: 3,
    symbols: ["ETH/USDT", "BTC/USDT"],
    podTimeframes: ["1D"],
    baseTimeframe: null,
    funding,
    endMs,
  });
const refusal = (path: string, funding: FundingMode, endMs?: number): DataError => {
  try {
    open(path, funding, endMs);
  } catch (error) {
    if (error instanceof DataError) return error;
  }
  throw new Error("no DataError");
};

describe("a folder", () => {
  const bars = { "1d/BTC-USDT-1d.csv": csvOf(DAYS), "1d/ETH-USDT-1d.csv": csvOf(DAYS) };
  const both = { ...bars, "funding/BTC-USDT-funding.csv": FUNDING, "funding/ETH-USDT-funding.csv": FUNDING };

  it("gives rates beside bars and names the files", () => {
    const path = tempFolder(both);
    const market = open(path, "required");
    expect(market.funding.map((rates) => [rates?.symbol, ...(rates?.rate ?? [])])).toEqual([
      ["BTC/USDT", 0.0001, 0.0002],
      ["ETH/USDT", 0.0001, 0.0002],
    ]);
    expect(market.files.slice(2)).toEqual([
      join(path, "funding/BTC-USDT-funding.csv"),
      join(path, "funding/ETH-USDT-funding.csv"),
    ]);
  });

  it("hashes the rates when they are used, and only then", () => {
    const path = tempFolder(both);
    const changed = tempFolder({ ...both, "funding/ETH-USDT-funding.csv": FUNDING.replace("0.0002", "0.0003") });
    const none = open(tempFolder(bars), "if_present");
    expect(open(path, "none")).toMatchObject({ hash: none.hash, funding: [null, null] });
    expect(open(path, "none").files).toHaveLength(2);
    expect(open(path, "if_present").hash).toBe(open(path, "required").hash);
    expect(new Set([none, open(path, "required"), open(changed, "required")].map(({ hash }) => hash)).size).toBe(3);
  });

  it("leaves a symbol without rates null, unless they are required", () => {
    const path = tempFolder({ ...bars, "funding/BTC-USDT-funding.csv": FUNDING });
    expect(open(path, "if_present").funding.map((rates) => rates?.symbol ?? null)).toEqual(["BTC/USDT", null]);
    expect(refusal(path, "required").issues).toMatchObject([
      { file: join(path, "funding/ETH-USDT-funding.csv"), code: "NO_FUNDING", value: "nothing" },
    ]);
    const endless = refusal(path, "required", Number.POSITIVE_INFINITY);
    expect(endless.issues[0]?.expected).toBe("funding rates of ETH/USDT");
    const late = { ...both, "funding/ETH-USDT-funding.csv": rows("2026-01-01T00:00:00Z,0.1") };
    expect(refusal(tempFolder(late), "required").issues).toMatchObject([{ code: "NO_FUNDING", value: "no rate" }]);
  });

  it("refuses bad rows in any mode but none, and names them once", () => {
    const path = tempFolder({ ...both, "funding/BTC-USDT-funding.csv": rows(`${at(0)},high`) });
    for (const mode of ["if_present", "required"] as const) {
      expect(refusal(path, mode).message).toBe(
        `${join(path, "funding/BTC-USDT-funding.csv")}:2: funding_rate: NOT_A_NUMBER: found "high", expected a finite decimal number`,
      );
    }
    expect(open(path, "none").bars).toHaveLength(2);
  });

  it("with a synthetic funding file is a synthetic market", () => {
    const path = tempFolder({ ...both, "funding/BTC-USDT-funding.csv": `# SYNTHETIC market, seed 7\n${FUNDING}` });
    expect(open(path, "if_present").kind).toBe("synthetic");
    expect(open(path, "none").kind).toBe("files");
  });
});

describe("the synthetic market", () => {
  it("has the rates that its files have", () => {
    const folder = tempFolder();
    const endMs = Date.UTC(2019, 6, 1);
    const symbols = ["BTC/USDT", "ETH/USDT"];
    writeSyntheticMarket({ folder, seed: 3, symbols, timeframes: ["1D"], fromMs: 0, endMs });
    const made = open("synthetic", "required", endMs);
    expect(open(folder, "required", endMs)).toMatchObject({ funding: made.funding, hash: made.hash });
    expect(made.hash).not.toBe(open("synthetic", "none", endMs).hash);
  });

  it("has none on its first day", () => {
    expect(open("synthetic", "if_present", Date.UTC(2019, 0, 2)).funding).toEqual([null, null]);
  });
});
