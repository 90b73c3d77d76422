// Goal: the pieces of a report: numbers as people read them, text that breaks, tables that shrink, curves that fit.
// Method: one line per case.

import { describe, expect, it } from "vitest";
import { csvLine } from "../../src/analytics/tables/csv.ts";
import { amount, change, grouped, metric, percent, plural, price, signedPercent } from "../../src/reporting/format.ts";
import { penOf } from "../../src/reporting/pen.ts";
import { scaleOf, sparkline } from "../../src/reporting/sparkline.ts";
import { renderTable } from "../../src/reporting/table.ts";
import { plain, textWidth, wrap } from "../../src/reporting/text-width.ts";

describe("numbers", () => {
  it.each([
    [amount(1_234_567.891), "1,234,567.89"],
    [amount(-999.999), "-1,000.00"],
    [amount(-0.001), "0.00"],
    [amount(1234, 0), "1,234"],
    [change(5), "+5.00"],
    [change(0.001), "0.00"],
    [change(-5), "-5.00"],
    [percent(0.12345), "12.35%"],
    [signedPercent(0.5), "+50.00%"],
    [price(44_822.399999999994), "44822.4"],
    [price(0.00001234), "0.00001234"],
    [grouped("-90900.000000"), "-90,900.000000"],
    [grouped("1234"), "1,234"],
    [plural(1, "order"), "1 order"],
    [plural(1200, "order"), "1,200 orders"],
    [metric({ value: 2 }, amount), "2.00"],
    [metric({ value: null, reason: "no trade" }, amount), "n/a (no trade)"],
    [metric({ value: null }, amount), "n/a (no reason given)"],
  ])("%s", (text, expected) => expect(text).toBe(expected));
});

describe("text", () => {
  it("counts columns: wide characters two, marks and colour none", () => {
    expect(textWidth("abc…")).toBe(4);
    expect(textWidth("東京")).toBe(4);
    expect(textWidth("e\u0301")).toBe(1);
    expect(textWidth("\u001b[31mred\u001b[39m")).toBe(3);
    expect(plain("a\u001b[31m\nb")).toBe("a [31m b");
  });

  it("breaks at spaces, and words only when they must", () => {
    expect(wrap("one two three", 7)).toEqual(["one two", "three"]);
    expect(wrap("a abcdefgh", 4)).toEqual(["a", "abcd", "efgh"]);
    expect(wrap("東京都", 4)).toEqual(["東京", "都"]);
    expect(wrap("", 4)).toEqual([""]);
  });
});

describe("tables", () => {
  const columns = [
    { title: "Name", wraps: true },
    { title: "Value", align: "right" as const },
    { title: "Spare", optional: 1 },
  ];
  const row = ["something quite long that may be broken into lines", "1,234,567.00", "extra"];
  const at = (width: number): string => renderTable(columns, [row], penOf({ width, color: false, unicode: true }));

  it("show everything where it fits", () => expect(at(100)).toContain("extra"));
  it("leave out what is optional first", () => expect(at(66)).not.toContain("extra"));
  it("then break text", () => {
    expect(at(45).split("\n").length).toBeGreaterThan(2);
    expect(at(45)).toContain("1,234,567.00");
  });
  it("break a word that is too long, and cut nothing", () => {
    const hash = "0123456789abcdef".repeat(4);
    const columns = [{ title: "A" }, { title: "B", wraps: true }];
    const text = renderTable(columns, [["x", hash]], penOf({ width: 50, color: false, unicode: true }));
    expect(text.replaceAll(/[\sABx]/g, "")).toBe(hash);
    expect(text).not.toContain("…");
  });
  it("name the columns that they leave out", () => expect(at(66)).toContain("Wider terminals also show Spare."));
  it("and at last become lists", () => {
    const wide = [["x".repeat(30), "y".repeat(30)]];
    const text = renderTable([{ title: "A" }, { title: "B" }], wide, penOf({ width: 40, color: false, unicode: true }));
    expect(text).toBe(`A  ${"x".repeat(30)}\nB  ${"y".repeat(30)}`);
  });
});

describe("sparklines", () => {
  it("use all levels of the scale", () => {
    expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7], 8, { low: 0, high: 7 }, true)).toBe("▁▂▃▄▅▆▇█");
    expect(sparkline([0, 7], 8, { low: 0, high: 7 }, false)).toBe("_#");
  });
  it("shorten to the width, keeping the last value or the largest", () => {
    expect(sparkline([7, 0, 0, 7], 2, { low: 0, high: 7 }, true)).toBe("▁█");
    expect(sparkline([7, 0, 0, 7], 2, { low: 0, high: 7 }, true, "largest")).toBe("██");
  });
  it("are flat on a flat curve", () => expect(sparkline([5, 5], 9, scaleOf([5, 5]), true)).toBe("▁▁"));
});

describe("CSV", () => {
  it("quotes what needs it and leaves missing values empty", () => {
    expect(csvLine(["a,b", 'say "x"', null, undefined, 0.1])).toBe('"a,b","say ""x""",,,0.1\n');
  });
});
