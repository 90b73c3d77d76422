// Goal: every transition of spec 4.3, caused by prices alone: no test writes a state.
// Method: one pod that holds one symbol (so its returns are the market's), prices made for the case, whole runs; the operator's
// revival comes through the action that the command line passes on.

import { describe, expect, it } from "vitest";
import type { OrchestratorFile } from "../../src/config/schema.ts";
import { type BacktestOptions, simulate } from "../../src/engine/backtest.ts";
import { resolveConfig } from "../../src/library.ts";
import { madeMarket } from "../support/made-market.ts";
import { seededRandom } from "../support/random-script.ts";

const FIRST = Date.UTC(2024, 0, 1);
const START_DAY = FIRST / 86_400_000;
type Orchestrator = NonNullable<OrchestratorFile["orchestrator"]>;

/** Closes from stretches of [days, mean daily return], with a deviation of 0.4 % around each mean. */
function stretches(...parts: readonly (readonly [days: number, mean: number])[]): number[] {
  const random = seededRandom(3);
  let price = 100;
  return parts.flatMap(([days, mean]) =>
    Array.from({ length: days }, () => {
      const noise = random() - 0.5;
      price *= 1 + mean + 0.008 * noise;
      return price;
    }),
  );
}

function run(
  closes: readonly number[],
  orchestrator: Orchestrator,
  pod: Partial<OrchestratorFile["pods"][number]> = {},
  options: BacktestOptions = {},
) {
  const config = resolveConfig({
    pods: [
      {
        pod_id: "pod",
        strategy: "buy-and-hold",
        symbols: ["BTC/USDT"],
        initial_fraction: 0.4,
        risk: { system_stop_loss: null },
        ...pod,
      },
    ],
    orchestrator: {
      risk: { max_portfolio_drawdown: 0.9, daily_loss_limit: 0.9, max_portfolio_volatility: 5 },
      ...orchestrator,
    },
    backtest: {
      start: "2024-01-01",
      end: new Date(FIRST + (closes.length - 1) * 86_400_000).toISOString().slice(0, 10),
    },
  });
  const { record } = simulate(config, madeMarket({ "BTC/USDT": closes }, FIRST), { fast: true, ...options });
  const log = record.orchestrator as NonNullable<typeof record.orchestrator>;
  return { record, log, path: log.lifecycle.map(({ day, to, reason }) => [day - START_DAY + 1, to, reason] as const) };
}

const production = { initial_state: "production" } as const;
/** Page–Hinkley silent and losing months forgiven: decay shows in the rolling Sharpe ratio alone, long after it began. */
const slow: Orchestrator = { degradation: { lambda: 1e6 }, retirement: { consecutive_loss_months: 60 } };

describe("graduation", () => {
  const easy = { graduation: { min_trade_count: 0 } };

  it("comes on the 90th recorded day and not before, when every criterion is met", () => {
    const { path } = run(stretches([130, 0.002]), easy);
    expect(path[0]).toEqual([90, "production", "GRADUATION"]);
  });

  it.each<[string, Orchestrator, Partial<OrchestratorFile["pods"][number]>]>([
    ["too few trades", {}, {}],
    ["a Sharpe ratio below the minimum", { graduation: { min_trade_count: 0, min_sharpe: 50 } }, {}],
    ["too deep a drawdown", { graduation: { min_trade_count: 0, max_drawdown: 0.0001 } }, {}],
    ["too low a Calmar ratio", { graduation: { min_trade_count: 0, min_calmar: 1e6 } }, {}],
    ["too wide a gap to the backtest", { graduation: { min_trade_count: 0 } }, { backtest_sharpe: 100 }],
  ])("does not come with %s", (_, orchestrator, pod) => {
    expect(run(stretches([150, 0.002]), orchestrator, pod).path).toEqual([]);
  });

  it("does not come to a pod that moves with the others", () => {
    const closes = stretches([130, 0.002]);
    const twin = (limit: number) =>
      simulate(
        resolveConfig({
          pods: ["a", "b"].map((pod_id) => ({
            pod_id,
            strategy: "buy-and-hold",
            symbols: ["BTC/USDT"],
            initial_fraction: 0.3,
            risk: { system_stop_loss: null },
          })),
          orchestrator: {
            graduation: { min_trade_count: 0, max_portfolio_correlation: limit },
            risk: { max_portfolio_volatility: 5 },
          },
          backtest: { start: "2024-01-01", end: "2024-05-09" },
        }),
        madeMarket({ "BTC/USDT": closes }, FIRST),
      ).record.orchestrator?.lifecycle.length;
    expect(twin(0.5)).toBe(0);
    expect(twin(1)).toBe(2);
  });
});

describe("decay", () => {
  it("is noticed by Page–Hinkley within weeks of a fall of the mean", () => {
    const { path } = run(stretches([250, 0.002], [60, -0.0012]), {}, production);
    expect(path[0]?.slice(1)).toEqual(["warning", "PAGE_HINKLEY"]);
    expect(path[0]?.[0]).toBeLessThan(290);
  });

  it("is noticed by the pod's drawdown limit", () => {
    const { path } = run(stretches([100, 0.001], [20, -0.01]), slow, production);
    expect(path[0]?.slice(1)).toEqual(["warning", "DRAWDOWN"]);
  });

  it("goes WARNING, PROBATION, RETIRED when it does not end", () => {
    const { path, log, record } = run(stretches([250, 0.002], [260, -0.0012]), slow, production);
    expect(path.map(([, to]) => to)).toEqual(["warning", "probation", "retired"]);
    const [warning, probation, retired] = path as [(typeof path)[0], (typeof path)[0], (typeof path)[0]];
    expect(warning[2]).toBe("ROLLING_SHARPE");
    expect(warning[0]).toBeGreaterThan(250);
    expect(probation).toEqual([warning[0] + 30, "probation", "WARNING_TIMEOUT"]);
    expect(retired).toEqual([probation[0] + 30, "retired", "PROBATION_TIMEOUT"]);

    // Half of what it held, then the minimum, then nothing; flat, and its last micro-unit in the reserve.
    const fractionAt = (day: number): number =>
      log.allocations.find((each) => each.day === START_DAY + day - 1)?.pods[0]?.final ?? Number.NaN;
    const held = log.allocations.find((each) => each.day === START_DAY + warning[0] - 1)?.pods[0]?.current as number;
    expect(fractionAt(warning[0])).toBeCloseTo(held / 2, 10);
    expect(fractionAt(probation[0])).toBeCloseTo(0.02, 10);
    expect(record.books.lots[0]).toBe(0);
    expect(record.books.cashMicro[0]).toBe(0);
    expect(record.books.reserveMicro / 1e6).toBeCloseTo(record.days.equity.at(-1) as number, 6);
  });

  it("the warning slot stays what it was at the entry", () => {
    const { log, path } = run(stretches([250, 0.002], [260, -0.0012]), slow, production);
    const [[entered] = [0], [left] = [0]] = path;
    const inWarning = log.allocations.filter(({ day }) => day - START_DAY + 1 >= entered && day - START_DAY + 1 < left);
    expect(inWarning.length).toBeGreaterThan(3);
    const half = inWarning[0]?.pods[0]?.slot as number;
    for (const { pods } of inWarning) expect(pods[0]?.slot).toBeCloseTo(Math.min(half, pods[0]?.current as number), 10);
  });

  it("recovers from WARNING when the market does", () => {
    const { path } = run(
      stretches([250, 0.002], [25, -0.003], [150, 0.004]),
      { retirement: { warning_days: 90 } },
      production,
    );
    expect(path[0]?.[1]).toBe("warning");
    expect(path[1]).toMatchObject([expect.any(Number), "production", "RECOVERY"]);
    expect((path[1]?.[0] as number) - (path[0]?.[0] as number)).toBeGreaterThanOrEqual(5);
  });

  it("recovers from PROBATION only strongly, and not before 15 days", () => {
    const { path } = run(
      stretches([250, 0.002], [130, -0.0012], [150, 0.006]),
      { ...slow, retirement: { warning_days: 10, probation_days: 90, consecutive_loss_months: 60 } },
      production,
    );
    expect(path.map(([, to, reason]) => `${to} ${reason}`)).toEqual([
      expect.stringMatching(/^warning/),
      "probation WARNING_TIMEOUT",
      "production STRONG_RECOVERY",
    ]);
    expect((path[2]?.[0] as number) - (path[1]?.[0] as number)).toBeGreaterThanOrEqual(15);
  });
});

describe("hard stops", () => {
  it("retire any pod whose drawdown exceeds the breach", () => {
    const { path } = run(stretches([40, 0.001], [30, -0.012]), {}, {});
    expect(path).toHaveLength(1);
    expect(path[0]).toMatchObject([expect.any(Number), "retired", "DRAWDOWN_BREACH"]);
  });

  it("retire any pod after six losing months in a row, a partial first month not counted", () => {
    const closes = stretches([250, -0.0012]);
    const { path } = run(closes, {}, {});
    // January is whole here: the sixth losing month ends with June, day 182 of 2024.
    expect(path[0]).toEqual([182, "retired", "LOSING_MONTHS"]);
    const late = run(closes, { retirement: { consecutive_loss_months: 3 } }, {});
    expect(late.path[0]).toEqual([91, "retired", "LOSING_MONTHS"]);
  });
});

describe("an operator", () => {
  it("revives a retired pod: a new life in incubation, with capital from the reserve", () => {
    const closes = stretches([40, 0.001], [30, -0.012], [200, 0.002]);
    const dead = run(closes, { graduation: { min_trade_count: 0 } });
    const [[retired] = [0]] = dead.path;
    const day = START_DAY + retired + 20;
    const { path, record, log } = run(
      closes,
      { graduation: { min_trade_count: 0 } },
      {},
      { actions: [{ day, type: "revive", podId: "pod" }] },
    );
    expect(path.slice(0, 2)).toEqual([dead.path[0], [retired + 21, "incubation", "REVIVED"]]);
    expect(path[2]).toEqual([retired + 21 + 90, "production", "GRADUATION"]);
    expect(log.allocations.find((each) => each.day === day)?.pods[0]?.final).toBeCloseTo(0.4, 10);
    expect(record.books.lots[0]).toBeGreaterThan(0);
  });

  it("cannot revive a pod that lives", () => {
    const closes = stretches([60, 0.001]);
    const { path } = run(closes, {}, {}, { actions: [{ day: START_DAY + 20, type: "revive", podId: "pod" }] });
    expect(path).toEqual([]);
  });
});
