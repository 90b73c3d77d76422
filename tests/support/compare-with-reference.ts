import type { Config } from "../../src/config/schema.ts";
import { simulate } from "../../src/engine/backtest.ts";
import { msToDate } from "../../src/lib/utc.ts";
import type { Market } from "../../src/market/market.ts";
import { DAY_MS } from "../../src/market/timeframe.ts";
import { lambdaFor } from "../../src/orchestrator/lifecycle/false-alarm-lambda.ts";
import { type RefBar, type RefInput, runReference } from "../reference/float-reference.ts";

/** Largest relative difference of any equity on any day, with the day it was on. */
export interface Disagreement {
  readonly days: number;
  readonly worst: number;
  readonly where: string;
  readonly transitions: number;
  readonly runs: number;
  /** First transition or allocation run that only one of them has. */
  readonly differs: string | null;
}

/**
 * Runs engine and reference on the same config and market and compares portfolio and pod equity every day; with an
 * orchestrator also every transition, with its day.
 */
export function compareWithReference(config: Config, market: Market, orchestrated = false): Disagreement {
  const { record } = simulate(config, market, { fast: true, orchestrated });
  const reference = runReference(referenceInput(config, market, orchestrated));
  const dates = [...record.days.timeMs].map(msToDate);
  const expected = reference.days.map(({ date }) => date);
  if (dates.join() !== expected.join()) throw new Error(`days differ: ${dates.length} and ${expected.length}`);

  const transitions = (record.orchestrator?.lifecycle ?? []).map(
    ({ day, pod_id, from, to }) => `${msToDate(day * DAY_MS)} ${pod_id} ${from} ${to}`,
  );
  const expectedTransitions = reference.transitions.map(
    ({ date, pod_id, from, to }) => `${date} ${pod_id} ${from} ${to}`,
  );
  const runs = (record.orchestrator?.allocations ?? []).map(({ day, moved }) => `${msToDate(day * DAY_MS)} ${moved}`);
  const expectedRuns = reference.allocations.map(({ date, moved }) => `${date} ${moved}`);
  const differs = firstDifference(transitions, expectedTransitions) ?? firstDifference(runs, expectedRuns);

  let worst = 0;
  let where = "nowhere";
  const compare = (name: string, day: number, ours: number, theirs: number): void => {
    const difference = Math.abs(ours - theirs) / Math.max(1, Math.abs(theirs));
    if (difference > worst) {
      worst = difference;
      where = `${name} on ${dates[day]}: engine ${ours}, reference ${theirs}`;
    }
  };
  for (const [day, { portfolio, pods }] of reference.days.entries()) {
    compare("portfolio", day, record.days.equity[day] as number, portfolio);
    for (const [p, { podId }] of record.pods.entries()) {
      compare(podId, day, record.days.pods[p]?.[day] as number, pods[podId] as number);
    }
  }
  return { days: dates.length, worst, where, transitions: transitions.length, runs: runs.length, differs };
}

function firstDifference(ours: readonly string[], theirs: readonly string[]): string | null {
  for (let i = 0; i < Math.max(ours.length, theirs.length); i++) {
    if (ours[i] !== theirs[i]) return `engine ${ours[i] ?? "nothing"}, reference ${theirs[i] ?? "nothing"}`;
  }
  return null;
}

function referenceInput(
  { backtest, portfolio, orchestrator, pods, data }: Config,
  market: Market,
  orchestrated: boolean,
): RefInput {
  const bars = Object.fromEntries(
    market.bars.map(({ symbol, timeMs, open, high, low, close, volume }) => [
      symbol,
      [...timeMs].map(
        (t, i) => ({ t, o: open[i], h: high[i], l: low[i], c: close[i], v: volume[i] }) as unknown as RefBar,
      ),
    ]),
  );
  const funding = Object.fromEntries(
    market.funding.flatMap((rates) =>
      rates === null
        ? []
        : [[rates.symbol, [...rates.timeMs].map((t, i) => ({ t, rate: rates.rate[i] as number }))] as const],
    ),
  );
  return {
    start: backtest.start as string,
    end: backtest.end as string,
    capital: backtest.capital,
    costBps: portfolio.cost_bps,
    slippageBps: portfolio.slippage_bps,
    maxGrossLeverage: orchestrator.risk.max_gross_leverage,
    netting: portfolio.netting,
    baseTimeframe: market.timeframe,
    pods,
    bars,
    funding,
    instruments: referenceRules(data.instruments),
    ...(orchestrated ? { orchestrator: referenceOrchestrator(orchestrator) } : {}),
  };
}

function referenceRules(instruments: Config["data"]["instruments"]): NonNullable<RefInput["instruments"]> {
  const entries = Object.entries(instruments).map(
    ([symbol, rules]) => [symbol, Array.isArray(rules) ? rules : [{ from: null, ...rules }]] as const,
  );
  return Object.fromEntries(entries);
}

function referenceOrchestrator(settings: Config["orchestrator"]): NonNullable<RefInput["orchestrator"]> {
  const { lambda, target_false_alarm_days: target } = settings.degradation;
  return { ...settings, degradation: { ...settings.degradation, lambda: lambda ?? lambdaFor(target) } };
}
