import type { Config } from "../../src/config/schema.ts";
import { simulate } from "../../src/engine/backtest.ts";
import { msToDate } from "../../src/lib/utc.ts";
import type { Market } from "../../src/market/market.ts";
import { type RefBar, type RefInput, runReference } from "../reference/float-reference.ts";

/** Largest relative difference of any equity on any day, with the day it was on. */
export interface Disagreement {
  readonly days: number;
  readonly worst: number;
  readonly where: string;
}

/** Runs engine and reference on the same config and market and compares portfolio and pod equity every day. */
export function compareWithReference(config: Config, market: Market): Disagreement {
  const { record } = simulate(config, market, { fast: true });
  const reference = runReference(referenceInput(config, market));
  const dates = [...record.days.timeMs].map(msToDate);
  const expected = reference.days.map(({ date }) => date);
  if (dates.join() !== expected.join()) throw new Error(`days differ: ${dates.length} and ${expected.length}`);

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
  return { days: dates.length, worst, where };
}

function referenceInput({ backtest, portfolio, orchestrator, pods }: Config, market: Market): RefInput {
  const bars = Object.fromEntries(
    market.bars.map(({ symbol, timeMs, open, high, low, close, volume }) => [
      symbol,
      [...timeMs].map(
        (t, i) => ({ t, o: open[i], h: high[i], l: low[i], c: close[i], v: volume[i] }) as unknown as RefBar,
      ),
    ]),
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
    pods: pods.map(({ pod_id, strategy, params, symbols, timeframe, initial_fraction, risk }) => ({
      pod_id,
      strategy,
      params,
      symbols,
      timeframe,
      initial_fraction,
      risk,
    })),
    bars,
  };
}
