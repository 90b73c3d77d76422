// Goal: the timeframe an engine reads divides every pod's and is stored for every symbol, or the refusal says why.

import { describe, expect, it } from "vitest";
import { chooseBaseTimeframe } from "../../src/market/base-timeframe.ts";

const stored = (table: Record<string, string[]>) => new Map(Object.entries(table));
const choose = (table: Record<string, string[]>, pods: string[], requested: string | null = null) =>
  chooseBaseTimeframe("./data", stored(table), pods, requested);
const ALL = ["1m", "1h", "4h", "1D"];

describe("chooseBaseTimeframe", () => {
  it.each([
    ["the finest of the pods", { BTC: ALL }, ["1D", "4h"], null, "4h"],
    ["the pods' own when all agree", { BTC: ALL }, ["1D"], null, "1D"],
    ["lower case is the same", { BTC: ["1d"] }, ["1D"], null, "1D"],
    ["minutes that make an hour are an hour", { BTC: ["60m"] }, ["1h"], null, "1h"],
    ["the next finer one that is stored", { BTC: ["1m", "1h"] }, ["4h"], null, "1h"],
    ["finer than the finest when it does not divide the others", { BTC: ALL }, ["6h", "4h"], null, "1h"],
    ["one that all symbols have", { BTC: ALL, ETH: ["1m", "1h"] }, ["1D"], null, "1h"],
    ["what was requested", { BTC: ALL }, ["1D"], "1m", "1m"],
  ])("%s", (_, table, pods, requested, timeframe) => {
    expect(choose(table, pods, requested)).toEqual({ ok: true, timeframe });
  });

  it("does not take another one than requested", () => {
    const choice = choose({ BTC: ["1h"], ETH: ["1h", "1m"] }, ["1D"], "1m");
    expect(choice.ok ? null : choice.issues.kept).toEqual([
      {
        file: "./data",
        line: null,
        column: null,
        code: "NO_COMMON_TIMEFRAME",
        value: "BTC 1h; ETH 1h 1m",
        expected: "1m, stored for every symbol",
        hint: "for all of them: 1h",
      },
    ]);
  });

  it.each([
    ["none that divides", { BTC: ["1D"] }, ["1h"], null, ["one timeframe that divides 1h, stored for every symbol"]],
    [
      "none in common",
      { BTC: ["1D"], ETH: ["1h"] },
      ["1D"],
      null,
      ["one timeframe that divides 1D, stored for every symbol"],
    ],
    ["a request that does not divide", { BTC: ALL }, ["6h", "1D"], "4h", ["a base timeframe that divides 6h, 1D"]],
    [
      "a request that neither divides nor exists",
      { BTC: ["1h"] },
      ["1h"],
      "4h",
      ["a base timeframe that divides 1h", "4h, stored for every symbol"],
    ],
  ])("refuses %s", (_, table, pods, requested, expected) => {
    const choice = choose(table, pods, requested);
    expect(choice.ok ? null : choice.issues.kept.map((issue) => issue.expected)).toEqual(expected);
  });

  it("refuses names that are no timeframe, all at once", () => {
    const choice = choose({ BTC: ALL }, ["7m", "1w"], "");
    expect(choice.ok ? null : choice.issues.kept.map((issue) => issue.value)).toEqual(['"7m"', '"1w"', '""']);
  });
});
