// Goal: what operators forbid is not done, by whatever path, and costs nothing when nothing is forbidden.
// Method: two pods on a made market, restricted between two slices of a session; the books say what happened.

import { describe, expect, it } from "vitest";
import { openSource, simulate } from "../../src/engine/backtest.ts";
import { planEngine } from "../../src/engine/plan.ts";
import { EngineSession } from "../../src/engine/session.ts";
import type { EngineEvent } from "../../src/orchestrator/events.ts";
import { type Restrictions, UNRESTRICTED } from "../../src/orchestrator/restrictions.ts";
import { madeMarket, walk } from "../support/made-market.ts";
import { resolve } from "../support/run-config.ts";

const DAYS = 120;
const firstMs = Date.UTC(2024, 0, 1);
const config = resolve({
  orchestrator: { allocation_method: "equal_weight" },
  pods: ["long", "mix"].map((pod_id, i) => ({
    pod_id,
    strategy: "tsmom",
    params: { lookback: 5 + 3 * i },
    symbols: ["BTC/USDT", "ETH/USDT"],
    initial_fraction: 0.4,
    max_fraction: 0.5,
  })),
  backtest: { start: "2024-03-01", end: "2024-04-28" },
});
const market = madeMarket(
  { "BTC/USDT": walk(3, DAYS, { drift: 0.01, step: 0.01 }), "ETH/USDT": walk(4, DAYS, { drift: -0.01, step: 0.01 }) },
  firstMs,
);

/** A session with `restrictions` between its 10th and 11th slice, and none again after `until` slices. */
function run(restrictions: Restrictions, until = Number.POSITIVE_INFINITY) {
  const plan = planEngine(config, market, 1, true);
  const events: EngineEvent[] = [];
  const session = new EngineSession(plan, { observers: [(event) => events.push(event)] });
  const source = openSource(config, market, plan.range.startMs);
  session.warmUp(source);
  const lots: number[][] = [];
  let from = 0;
  for (let t = 0; ; t++) {
    if (t === 10) {
      session.restrict(restrictions);
      from = events.length;
    }
    if (t === until) session.restrict(UNRESTRICTED);
    if (session.advance(source, 1) === 0) break;
    lots.push([...session.engine.state.lots]);
  }
  return { outcome: session.finish(), lots, before: events.slice(0, from), after: events.slice(from) };
}

const held = (row: readonly number[] | undefined): number[] => (row ?? []).map(Math.abs);

describe("restrictions of an engine", () => {
  it("make no difference when nothing is forbidden", () => {
    const { outcome } = run(UNRESTRICTED);
    expect(outcome.resultHash).toBe(simulate(config, market, { fast: true }).resultHash);
  });

  it("let positions only get smaller in a pause, pod by pod and for the account", () => {
    const { lots } = run({ ...UNRESTRICTED, reduceOnly: true });
    expect(held(lots[9]).some((size) => size > 0)).toBe(true);
    for (let t = 10; t < lots.length; t++) {
      const [now, then] = [lots[t] as number[], lots[t - 1] as number[]];
      for (const [c, own] of now.entries()) {
        expect(Math.abs(own)).toBeLessThanOrEqual(Math.abs(then[c] as number));
        expect(own * (then[c] as number)).toBeGreaterThanOrEqual(0);
      }
      for (const s of [0, 2]) {
        const account = (row: readonly number[]): number => Math.abs((row[s] as number) + (row[s + 1] as number));
        expect(account(now)).toBeLessThanOrEqual(account(then));
      }
    }
  });

  it("close everything at the next open in a flatten, and leave it closed until they end", () => {
    const { lots, after } = run({ ...UNRESTRICTED, flatten: true }, 20);
    expect(held(lots[9]).some((size) => size > 0)).toBe(true);
    for (const row of lots.slice(10, 20)) expect(held(row)).toEqual([0, 0, 0, 0]);
    expect(held(lots.at(-1)).some((size) => size > 0)).toBe(true);
    expect(after.filter(({ type }) => type === "control")).toMatchObject([{ reduceOnly: false }]);
  });

  it.each<[string, Partial<Restrictions>, (c: number) => boolean]>([
    ["a symbol", { symbols: ["BTC/USDT"] }, (c) => c < 2],
    ["a pod", { pods: ["mix"] }, (c) => c % 2 === 1],
  ])("empty what is on the blacklist: %s", (_, listed, isListed) => {
    const { lots } = run({ ...UNRESTRICTED, ...listed });
    for (const row of lots.slice(10)) expect(row.filter((own, c) => isListed(c) && own !== 0)).toEqual([]);
    expect(lots.slice(10).some((row) => row.some((own, c) => !isListed(c) && own !== 0))).toBe(true);
  });

  it("say so in the events", () => {
    const { before } = run({ ...UNRESTRICTED, pods: ["long"] });
    const barred = before.filter(({ type }) => type === "barred");
    expect(barred).toMatchObject([
      { podId: "long", symbol: "BTC/USDT", barred: true },
      { podId: "long", symbol: "ETH/USDT", barred: true },
    ]);
  });
});
