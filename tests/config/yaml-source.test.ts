// Goal: YAML in all its corners becomes data with positions, or problems; nothing is thrown, hung or silently dropped.

import { describe, expect, it } from "vitest";
import { readYaml } from "../../src/config/yaml-source.ts";

const problems = (text: string) =>
  readYaml(text).problems.map(({ code, position, expected }) => [code, position.line, position.column, expected]);

describe("readYaml", () => {
  it("finds keys and values, in block and flow style, behind aliases too", () => {
    const source = readYaml("a: {b: &x [1, {c: 2}]}\nd:\n  - e\n  -   f: *x\n");
    expect(source.data).toEqual({ a: { b: [1, { c: 2 }] }, d: ["e", { f: [1, { c: 2 }] }] });
    expect(source.valuePosition(["a", "b", 1, "c"])).toEqual({ line: 1, column: 19 });
    expect(source.keyPosition(["a", "b", 1, "c"])).toEqual({ line: 1, column: 16 });
    expect(source.valuePosition(["d", 1])).toEqual({ line: 4, column: 7 });
    expect(source.valuePosition(["d", 1, "f"])).toEqual({ line: 4, column: 10 });
    expect(source.valuePosition(["nowhere"])).toBeUndefined();
  });

  it("is YAML 1.2 core: words and dates are text", () => {
    expect(readYaml("[yes, off, 2024-01-01, 1_000, 0o10, 010, .inf, ~, 1e3]").data).toEqual([
      "yes",
      "off",
      "2024-01-01",
      "1_000",
      8,
      10,
      Number.POSITIVE_INFINITY,
      null,
      1000,
    ]);
  });

  it("an alias means the anchor above it, also when the name is used again", () => {
    const text = "a: &y 1\nb: &x [*y]\nc: &y 2\nd: *x\ne: *y\n&k f: *k\n";
    expect(readYaml(text).data).toEqual({ a: 1, b: [1], c: 2, d: [1], e: 2, f: "f" });
  });

  it("keys that are numbers or words are their text", () => {
    expect(readYaml("1: a\ntrue: b\n").data).toEqual({ "1": "a", true: "b" });
  });

  it.each([
    ["? [a]\n: b\n", [["BAD_KEY", 1, 3, "a plain name as key"]]],
    ["~: b\n", [["BAD_KEY", 1, 1, "a plain name as key"]]],
    ["a:\n  __proto__: {b: 1}\n", [["BAD_KEY", 2, 3, "a plain name as key"]]],
    ["a: 1\nb: 2\na: 3\n", [["DUPLICATE_KEY", 3, 1, "each key once"]]],
    ["a: *b\n", [["YAML_SYNTAX", 1, 4, "an alias of an anchor above it"]]],
    ["a: &b [*b]\n", [["YAML_SYNTAX", 1, 8, "an alias that does not contain itself"]]],
    ["a: &b {c: &d [*b, 1]}\ne: *d\n", [["YAML_SYNTAX", 1, 15, "an alias that does not contain itself"]]],
  ])("%j", (text, expected) => {
    expect(problems(text).slice(0, 1)).toEqual(expected);
  });

  it("aliases of aliases run into a bound, not into the night", () => {
    const bomb = ["a0: &a0 [x, x]"];
    for (let i = 1; i < 40; i++) bomb.push(`a${i}: &a${i} [*a${i - 1}, *a${i - 1}]`);
    expect(problems(bomb.join("\n")).map(([code]) => code)).toEqual(["YAML_SYNTAX"]);
  });

  it.each([
    ["brackets", "[".repeat(5000)],
    ["braces", "{a: ".repeat(5000)],
    ["dashes", "- ".repeat(5000)],
    ["questions", "? ".repeat(5000)],
    ["colons", ": ".repeat(5000)],
    ["mappings on a line", "a: ".repeat(5000)],
    ["indentation", Array.from({ length: 1000 }, (_, i) => `${" ".repeat(i)}a:`).join("\n")],
    ["indented dashes", Array.from({ length: 1000 }, (_, i) => `${" ".repeat(i)}-`).join("\n")],
  ])("%s without end are refused before they exhaust the stack", (_, text) => {
    expect(problems(text).every(([code]) => code === "YAML_SYNTAX")).toBe(true);
    expect(problems(text)).not.toEqual([]);
  });

  it("a file of a megabyte is no config", () => {
    expect(problems(`# ${"x".repeat(1 << 20)}`)).toEqual([["YAML_SYNTAX", 1, 1, "at most 1048576 characters"]]);
  });
});
