// Goal: the model is the one of spec 6.5, charges each component once, and is what the engine charges.
// Method: its stated values; a sum over components; the engine's own fills against the module; a fit of known parameters.

import { describe, expect, it } from "vitest";
import { openSource } from "../../src/engine/backtest.ts";
import { planEngine } from "../../src/engine/plan.ts";
import { EngineSession } from "../../src/engine/session.ts";
import { calibrateCosts } from "../../src/execution/calibrate-costs.ts";
import { notional, orderCost, type QuotedCosts } from "../../src/execution/cost-model.ts";
import { costSensitivity } from "../../src/execution/cost-sensitivity.ts";
import type { FillEvent } from "../../src/orchestrator/events.ts";
import { madeMarket, walk } from "../support/made-market.ts";
import { seededRandom } from "../support/random-script.ts";
import { resolve } from "../support/run-config.ts";

const COSTS: QuotedCosts = { halfSpreadBps: 25, alphaBps: 10, capBps: 100, penaltyBps: 20, maxSafe: 0.3 };
const QUOTED = notional(50_000, 2);

describe("cost of an order", () => {
  it.each([
    [0.1, 26],
    [0.3, 28],
    [0.4, 34],
    [0.5, 38],
    [1, 49],
    [3, 73],
    [10, 143],
    [25, 143],
  ])("r = %f costs %f bps", (r, bps) => {
    expect(orderCost(COSTS, 0, notional(50_000, 2 * r), QUOTED).totalBps).toBeCloseTo(bps, 10);
  });

  it("charges 20 bps and the whole penalty when no size is known", () => {
    expect(orderCost(COSTS, 0, notional(50_000, 1), null)).toMatchObject({ totalBps: 65, isClipped: false });
    expect(orderCost(COSTS, 0, notional(50_000, 1), notional(50_000, 0)).totalBps).toBe(65);
  });

  it("charges every component once: they sum to the total", () => {
    for (const r of [0, 0.2, 0.35, 2, 12]) {
      const { totalBps, isClipped, ...parts } = orderCost(COSTS, 4, notional(1, 1000 * r), notional(1, 1000));
      expect(Object.values(parts).reduce((total, part) => total + part, 0)).toBe(totalBps);
      expect(isClipped).toBe(r > 10);
    }
  });
});

describe("portfolio.cost_model: quoted in the engine", () => {
  const quoted = { half_spread_bps: 25, alpha: 10, cap_bps: 100, penalty_bps: 20, max_safe: 0.3 };
  const config = resolve({
    pods: [{ pod_id: "a", strategy: "buy-and-hold", symbols: ["BTC/USDT"], initial_fraction: 0.5, max_fraction: 0.5 }],
    backtest: { start: "2024-01-10", end: "2024-02-09" },
    portfolio: { cost_bps: 0, cost_model: "quoted", quoted },
  });
  const market = madeMarket({ "BTC/USDT": walk(1, 40) }, Date.UTC(2024, 0, 1));

  function firstFill(quotedNotional: number): { fill: FillEvent; order: number } {
    const plan = planEngine(config, market, 1, true);
    const fills: FillEvent[] = [];
    const session = new EngineSession(plan, {
      observers: [(event) => void (event.type === "fill" && fills.push(event))],
    });
    const source = openSource(config, market, plan.range.startMs);
    session.warmUp(source);
    for (let mark = 0; fills.length === 0; ) {
      mark = session.engine.state.markPerLot[0] as number;
      session.engine.state.quotedNotional[0] = quotedNotional;
      expect(session.advance(source, 1)).toBe(1);
      if (fills[0] !== undefined) return { fill: fills[0], order: Math.abs(fills[0].lots) * mark };
    }
    throw new Error("no fill");
  }

  it.each([0, 5_000, 60_000, 1e6])("charges what the module says with %f quoted", (size) => {
    const { fill, order } = firstFill(size);
    const { totalBps } = orderCost(COSTS, 0, notional(order, 1), size === 0 ? null : notional(size, 1));
    expect((fill.price / fill.reference - 1) * 1e4).toBeCloseTo(totalBps, 9);
  });
});

describe("calibration", () => {
  const SIZES = [0.05, 0.1, 0.2, 0.3, 0.4, 0.6, 1, 1.5, 2, 3, 4, 6];
  const observe = (noise: (i: number) => number) =>
    SIZES.map((r, i) => ({ r, costBps: orderCost(COSTS, 0, notional(1, r), notional(1, 1)).totalBps + noise(i) }));

  it("finds the parameters that made the costs", () => {
    const fit = calibrateCosts(
      observe(() => 0),
      [0.1, 0.2, 0.3, 0.5],
    );
    if (!fit.ok) throw new Error(fit.message);
    expect(fit.maxSafe).toBe(0.3);
    expect(
      [fit.halfSpreadBps.value, fit.alphaBps.value, fit.penaltyBps.value].map((value) => Number(value.toFixed(9))),
    ).toEqual([25, 10, 20]);
    expect(fit.halfSpreadBps.standardError).toBeLessThan(1e-9);
  });

  it("has standard errors that cover the truth about as often as they promise", () => {
    const random = seededRandom(5);
    let covered = 0;
    for (let run = 0; run < 400; run++) {
      const fit = calibrateCosts(
        observe(() => 4 * (random() + random() + random() - 1.5)),
        [0.3],
      );
      if (fit.ok && Math.abs(fit.alphaBps.value - 10) <= 2.262 * fit.alphaBps.standardError) covered++;
    }
    // 95 % by Student's t with 9 degrees of freedom; three standard deviations of the count.
    expect(covered / 400).toBeGreaterThan(0.95 - 3 * Math.sqrt((0.95 * 0.05) / 400));
    expect(covered / 400).toBeLessThan(0.95 + 3 * Math.sqrt((0.95 * 0.05) / 400));
  });

  it("refuses fills that say nothing", () => {
    expect(calibrateCosts([], [0.3])).toMatchObject({ ok: false, code: "TOO_FEW" });
    const same = Array.from({ length: 6 }, () => ({ r: 0.1, costBps: 3 }));
    expect(calibrateCosts(same, [0.3])).toMatchObject({ ok: false, code: "NOT_IDENTIFIED" });
    expect(calibrateCosts([...same, { r: Number.NaN, costBps: 1 }], [0.3])).toMatchObject({
      ok: false,
      code: "NOT_FINITE",
    });
  });
});

describe("sensitivity table", () => {
  it("varies one parameter of the model at a time, and says what it is", () => {
    const { label, base_bps, rows } = costSensitivity(COSTS, 4, [0.1, 1]);
    expect(label).toContain("not a choice");
    expect(base_bps).toBeCloseTo(4 + (26 + 49) / 2, 10);
    expect(rows).toHaveLength(10);
    expect(rows.find(({ parameter, factor }) => parameter === "halfSpreadBps" && factor === 2)?.mean_bps).toBeCloseTo(
      base_bps + 25,
      10,
    );
  });
});
