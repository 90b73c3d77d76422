// Goal: what may be asked follows what the exchange says has been used, window by window, and its refusals.

import { describe, expect, it } from "vitest";
import { RateBudget } from "../../src/exchange/rate-budget.ts";

const NOW = Date.UTC(2024, 0, 1, 0, 0, 5);
const MINUTE = 60_000;

function used(weight: number, atMs = NOW, budget = new RateBudget()): RateBudget {
  budget.observe({ "X-MBX-USED-WEIGHT-1M": String(weight) }, atMs);
  return budget;
}

describe("request budget", () => {
  it.each([
    [0, "full"],
    [1199, "full"],
    [1200, "slow"],
    [1919, "slow"],
    [1920, "orders_only"],
    [2400, "orders_only"],
  ] as const)("%i of 2400: %s", (weight, level) => {
    expect(used(weight).level(NOW)).toBe(level);
  });

  it("begins anew with each window, and inside one a late reply does not lower it", () => {
    const budget = used(2000);
    used(1500, NOW + 1000, budget);
    expect(budget.level(NOW + 1000)).toBe("orders_only");
    expect(budget.nextRequestMs(NOW)).toBe(Date.UTC(2024, 0, 1, 0, 1));
    expect(budget.level(NOW + MINUTE)).toBe("full");
    used(10, NOW + MINUTE, budget);
    expect(budget.weightUsed(NOW + MINUTE)).toBeCloseTo(10 / 2400, 12);
  });

  it("knows header names in any case, and leaves out what it does not understand", () => {
    const budget = new RateBudget();
    const headers = {
      "x-mbx-used-weight-1m": "1200",
      "X-Mbx-Used-Weight": "9",
      "X-MBX-ORDER-COUNT-1D": "5",
      date: "x",
    };
    budget.observe({ ...headers, "X-MBX-ORDER-COUNT-10S": "many" }, NOW);
    expect(budget.level(NOW)).toBe("slow");
    expect(budget.nextOrderMs(NOW)).toBe(NOW);
  });

  it("orders wait for the window that is full", () => {
    const budget = new RateBudget();
    budget.observe({ "X-MBX-ORDER-COUNT-10S": "300", "X-MBX-ORDER-COUNT-1M": "300" }, NOW);
    expect(budget.nextOrderMs(NOW)).toBe(Date.UTC(2024, 0, 1, 0, 0, 10));
    expect(budget.nextRequestMs(NOW)).toBe(NOW);
    budget.observe({ "X-MBX-ORDER-COUNT-1M": "1200" }, NOW);
    expect(budget.nextOrderMs(NOW)).toBe(Date.UTC(2024, 0, 1, 0, 1));
  });

  it("silence is silence, and only grows", () => {
    const budget = new RateBudget();
    budget.silence(NOW + 17_000);
    budget.silence(NOW + 5000);
    expect(budget.level(NOW + 16_999)).toBe("silent");
    expect([budget.nextRequestMs(NOW), budget.nextOrderMs(NOW)]).toEqual([NOW + 17_000, NOW + 17_000]);
    expect(budget.level(NOW + 17_000)).toBe("full");
  });

  it("takes the exchange's own limits and keeps what was counted", () => {
    const budget = used(60);
    budget.setLimits([{ counts: "weight", windowMs: MINUTE, limit: 100 }]);
    expect(budget.level(NOW)).toBe("slow");
    expect(budget.blockOrders(NOW)).toBe(Date.UTC(2024, 0, 1, 0, 1));
    expect(budget.nextOrderMs(NOW)).toBe(Date.UTC(2024, 0, 1, 0, 1));
  });
});
