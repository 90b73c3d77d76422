import type { RunRecord } from "../orchestrator/run-record.ts";
import { dailyReturns } from "./daily-returns.ts";
import { summariesByDay } from "./orchestration/day-index.ts";

/** A pod's daily returns and the curve they compound to. */
export interface PodTrack {
  /** 00:00 UTC of the days. */
  readonly timeMs: Float64Array;
  readonly returns: Float64Array;
  readonly curve: Float64Array;
  /** Value of the curve before the first day. */
  readonly start: number;
}

/**
 * What the metrics of pod `p` are made from. With an orchestrator: its recorded returns and the index compounded from them, 1
 * at the start, which transfers of capital never move. Without one capital never moves, and the curve is the pod's equity.
 */
export function podTrack(record: RunRecord, p: number): PodTrack {
  const { days, orchestrator } = record;
  if (orchestrator === null) {
    const curve = days.pods[p] as Float64Array;
    const start = (record.pods[p]?.capitalMicro as number) / 1e6;
    return { timeMs: days.timeMs, returns: dailyReturns(curve, start), curve, start };
  }
  const rows = recordedReturns(record, p).flatMap((value, d) =>
    value === null ? [] : [[days.timeMs[d] as number, value] as const],
  );
  const returns = Float64Array.from(rows, ([, value]) => value);
  let index = 1;
  const curve = returns.map((value) => {
    index *= 1 + value;
    return index;
  });
  return { timeMs: Float64Array.from(rows, ([timeMs]) => timeMs), returns, curve, start: 1 };
}

/** [day] the return that was recorded for pod `p`, transfers not counted; null on a day without one. */
export function recordedReturns(record: RunRecord, p: number): (number | null)[] {
  if (record.orchestrator === null) return Array.from(podTrack(record, p).returns);
  return summariesByDay(record).map((summary) => summary?.returns[p] ?? null);
}
