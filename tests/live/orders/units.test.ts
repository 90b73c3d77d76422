// Goal: lots, money and ids cross the venue's edge exactly, or not at all.
// Method: worked values, round trips, and what must be refused.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clientId, nextAttempt, readClientId } from "../../../src/live/orders/client-id.ts";
import {
  lotsAround,
  lotsOf,
  lotsWithin,
  microOf,
  priceOf,
  quantityOf,
  toTick,
  UnitError,
} from "../../../src/live/orders/units.ts";

describe("units", () => {
  it("turns lots to quantities and back, for every step", () => {
    fc.assert(
      fc.property(fc.nat(2 ** 40), fc.constantFrom("0.001", "1", "10", "0.00000001", "0.25", "0.010"), (lots, step) => {
        expect(lotsOf(quantityOf(lots, step), step)).toBe(lots);
        expect(lotsOf(`-${quantityOf(lots, step)}`, step)).toBe(lots === 0 ? 0 : -lots);
        expect(lotsWithin(quantityOf(lots, step), step)).toBe(lots);
      }),
      { seed: 7 },
    );
    expect(quantityOf(3, "0.001")).toBe("0.003");
    expect(quantityOf(3, "10")).toBe("30");
    expect(lotsOf("1.50000000", "0.5")).toBe(3);
    expect(lotsWithin("0.0059999", "0.001")).toBe(5);
    expect(lotsWithin("-0.0059999", "0.001")).toBe(-5);
    expect(lotsAround("0.0050001", "0.001")).toBe(6);
    expect(lotsAround("0.005", "0.001")).toBe(5);
    expect(lotsWithin("99999999999999999999", "0.001")).toBe(Number.MAX_SAFE_INTEGER);
  });

  it("rounds money once, half away from zero, without a float in between", () => {
    expect(microOf("0.001", "50123.4567")).toBe(50_123_457);
    expect(microOf("0.0000005", "1")).toBe(1);
    expect(microOf("-0.0000005", "1")).toBe(-1);
    expect(microOf("123456.789", "0.1")).toBe(12_345_678_900);
    expect(priceOf(100_500_000, "1.000")).toBe("100.500000000000");
    expect(priceOf(-1, "3")).toBe("-0.000000333333");
  });

  it("moves a price to a tick that does not take", () => {
    expect(toTick("100.17", "0.1", "buy")).toBe("100.1");
    expect(toTick("100.11", "0.1", "sell")).toBe("100.2");
    expect(toTick("100.10", "0.1", "sell")).toBe("100.1");
    expect(toTick("100", "5", "buy")).toBe("100");
  });

  it.each<[string, () => unknown]>([
    ["a part of a lot", () => lotsOf("0.0015", "0.001")],
    ["an exponent", () => lotsOf("1e-3", "0.001")],
    ["nothing", () => lotsOf("", "0.001")],
    ["not a number", () => microOf("NaN", "1")],
    ["more than 53 bits", () => lotsOf("9007199254740993", "1")],
    ["less than −53 bits", () => microOf("-9007199254740993", "1")],
    ["no step", () => lotsOf("1", "0")],
  ])("refuses %s", (_, convert) => {
    expect(convert).toThrow(UnitError);
  });

  it("refuses lots that are none", () => {
    expect(() => quantityOf(0.5, "0.001")).toThrow("not a number of lots");
    expect(() => quantityOf(-1, "0.001")).toThrow("not a number of lots");
  });
});

describe("client ids", () => {
  const parts = {
    instance: "ab1",
    openMs: Date.UTC(2026, 0, 1),
    symbol: "BTC/USDT",
    leg: "long",
    part: 0,
    attempt: 0,
  } as const;

  it("say slice, symbol, leg, part and attempt", () => {
    expect(clientId(parts)).toBe("mcab1-mjuohs00-BTCUSDT-l0-0");
    expect(readClientId("mcab1-mjuohs00-BTCUSDT-l0-0")).toEqual({ instance: "ab1", openMs: parts.openMs });
    expect(nextAttempt(clientId(parts))).toBe(clientId({ ...parts, attempt: 1 }));
    expect(readClientId("autoclose-123")).toBeNull();
    expect(readClientId("x-cvBPrNm9abc")).toBeNull();
    expect(() => nextAttempt("web_1")).toThrow("no next id");
    expect(() => nextAttempt(clientId({ ...parts, attempt: 35 }))).toThrow("no next id");
  });

  it("differ when anything differs, and are what exchanges take", () => {
    const any = fc.record({
      instance: fc.constantFrom("a0", "zz9z"),
      openMs: fc.integer({ min: 0, max: Date.UTC(2100, 0, 1) }),
      symbol: fc.constantFrom("BTC/USDT", "ETH/USDT", "1000000MOG/USDT", "1000000MOH/USDT", "币安人生/USDT", "a/USDT"),
      leg: fc.constantFrom("long", "short", "net") as fc.Arbitrary<"long" | "short" | "net">,
      part: fc.nat(35),
      attempt: fc.nat(9),
    });
    fc.assert(
      fc.property(any, any, (a, b) => {
        expect(clientId(a)).toMatch(/^[.A-Z:/a-z0-9_-]{1,36}$/);
        expect(clientId(a) === clientId(b)).toBe(JSON.stringify(a) === JSON.stringify(b));
      }),
      { seed: 7, numRuns: 500 },
    );
  });
});
