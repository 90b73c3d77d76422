// Goal: a chain shows every edit, and appending survives a writer that died.
// Method: write a chain, damage it in each way, ask where it broke.

import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { appendRecord, ChainError, lastRecord, verifyChain } from "../../src/lib/hash-chain.ts";
import { temporaryFolder } from "../support/cli.ts";

function chain(records: number): string {
  const path = join(temporaryFolder(), "log.ndjson");
  for (let i = 0; i < records; i++) appendRecord(path, { n: i, text: "x".repeat(i) });
  return path;
}

function edit(path: string, change: (lines: string[]) => void): void {
  const lines = readFileSync(path, "utf8").split("\n");
  change(lines);
  writeFileSync(path, lines.join("\n"));
}

describe("hash chain", () => {
  it("holds, from the first record on", () => {
    const path = chain(5);
    const { records, problem, tornBytes, head } = verifyChain(path);
    expect({ problem, tornBytes }).toEqual({ problem: null, tornBytes: 0 });
    expect(records.map(({ seq, body }) => [seq, body])).toContainEqual([4, { n: 4, text: "xxxx" }]);
    expect(lastRecord(path)?.hash).toBe(head);
    expect(records[0]?.prev).toBe("0".repeat(64));
  });

  it("is empty where there is no file", () => {
    const path = join(temporaryFolder(), "none");
    expect(verifyChain(path)).toMatchObject({ records: [], problem: null });
    expect(lastRecord(path)).toBeNull();
  });

  it.each<[string, (lines: string[]) => void, string, number]>([
    ["a changed value", (lines) => lines.splice(1, 1, (lines[1] as string).replace('"n":1', '"n":7')), "ALTERED", 2],
    ["a removed record", (lines) => lines.splice(2, 1), "GAP", 3],
    [
      "a record of another chain",
      (lines) => lines.splice(1, 1, JSON.stringify({ seq: 1, prev: "f".repeat(64), body: {}, hash: "" })),
      "BROKEN_LINK",
      2,
    ],
    [
      "an unknown field",
      (lines) => lines.splice(0, 1, (lines[0] as string).replace("{", '{"x":1,')),
      "NOT_A_RECORD",
      1,
    ],
    ["a line that is not JSON", (lines) => lines.splice(3, 1, "{"), "NOT_JSON", 4],
  ])("shows %s", (_, change, code, line) => {
    const path = chain(5);
    edit(path, change);
    expect(verifyChain(path).problem).toMatchObject({ code, line });
  });

  it("cuts off what a dead writer left, and keeps it in the next record", () => {
    const path = chain(2);
    appendFileSync(path, '{"seq":2,"pr');
    expect(verifyChain(path)).toMatchObject({ problem: null, tornBytes: 12 });
    appendRecord(path, { n: 2 });
    const { records, problem, tornBytes } = verifyChain(path);
    expect({ problem, tornBytes, body: records[2]?.body }).toEqual({
      problem: null,
      tornBytes: 0,
      body: { n: 2, torn: '{"seq":2,"pr' },
    });
  });

  it("is not continued after a last record that was altered", () => {
    const path = chain(2);
    edit(path, (lines) => lines.splice(1, 1, (lines[1] as string).replace('"n":1', '"n":7')));
    expect(() => appendRecord(path, {})).toThrow(ChainError);
    edit(path, (lines) => lines.splice(1, 1, "{"));
    expect(() => appendRecord(path, {})).toThrow("not what was written");
  });

  it("finds the last record behind lines longer than a block", () => {
    const path = join(temporaryFolder(), "log.ndjson");
    for (let i = 0; i < 3; i++) appendRecord(path, { text: "y".repeat(100_000) });
    expect(lastRecord(path)?.seq).toBe(2);
    expect(verifyChain(path).problem).toBeNull();
  });
});
