// Goal: the library's netter nets, attributes and refuses what is no part of an order.

import { describe, expect, it } from "vitest";
import { PositionNetter } from "../../src/kernels/position-netter.ts";
import golden from "../golden/netting.json" with { type: "json" };

describe("PositionNetter", () => {
  it.each(golden.cases)("$id", ({ demand, fill, expect: parts }) => {
    const netter = new PositionNetter(demand.length);
    expect([...netter.attribute(demand, fill)].map((lots) => lots + 0)).toEqual(parts);
  });

  it("says what crosses", () => {
    expect(new PositionNetter(3).net([6, 2, -4])).toEqual({ net: 4, crossed: 4 });
    expect(new PositionNetter(2).net([3, -3])).toEqual({ net: 0, crossed: 3 });
  });

  it.each([
    [[6, 2], 9],
    [[6, 2], -1],
    [[6, 2], 1.5],
    [[0.5, 2], 1],
    [[1], 1],
  ])("refuses %j filled with %f", (demand, filled) => {
    expect(() => new PositionNetter(2).attribute(demand, filled)).toThrow("netter");
  });
});
