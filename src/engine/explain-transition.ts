import { maxDrawdown } from "../analytics/drawdown.ts";
import { type Metric, unknown } from "../analytics/metric.ts";
import type { LifecycleEntry } from "../analytics/orchestration/lifecycle-events.ts";
import type { StateSpell } from "../analytics/orchestration/state-history.ts";
import { sharpe } from "../analytics/sharpe.ts";
import type { OrchestratedResult, PodResult } from "../orchestrator/result.ts";

/** What the pod had lived through at the close of the transition, from its recorded returns. */
export interface PodAtClose {
  readonly live_days: number;
  readonly total_return: number;
  /** Below the best close of the index of its returns. */
  readonly drawdown: number;
  readonly max_drawdown: number;
  readonly sharpe_ratio: Metric;
  readonly sharpe_60: Metric;
  readonly sharpe_180: Metric;
  /** Share of the portfolio's equity the day before and after the transfers of the close. */
  readonly fraction_before: number | null;
  readonly fraction_after: number | null;
}

/** A change of a pod's state with everything that led to it. */
export interface TransitionExplanation extends LifecycleEntry {
  /** In the state that it left, calendar days. */
  readonly days_in_state: number;
  readonly at_close: PodAtClose;
  /** All states of the pod, in order. */
  readonly states: readonly StateSpell[];
}

export type TransitionExplained =
  | { readonly ok: true; readonly transition: TransitionExplanation }
  | { readonly ok: false; readonly message: string };

/**
 * Explains the last change of a pod's state at or before a date.
 *
 * @param at UTC date; left out = its last change of all.
 */
export function explainTransition(result: OrchestratedResult, podId: string, at?: string): TransitionExplained {
  if (result.header.orchestration === null) return bad("this run has no orchestrator: no pod has a life cycle");
  const pod = result.pods.find(({ pod_id }) => pod_id === podId);
  if (pod === undefined) {
    return bad(`${podId} is not a pod of this run: ${result.pods.map(({ pod_id }) => pod_id).join(", ")}`);
  }
  const { end } = result.header.range;
  if (at !== undefined && at > end) return bad(`${at} is after the end of the run, ${end}`);
  const own = result.lifecycle_events.filter(({ pod_id }) => pod_id === podId);
  const [first] = own;
  if (first === undefined) return bad(`${podId} never changed its state: it is in ${pod.state}`);
  const nth = at === undefined ? own.length - 1 : own.findLastIndex(({ date }) => date <= at);
  const event = own[nth];
  if (event === undefined) return bad(`${podId} changed its state for the first time on ${first.date}, after ${at}`);
  return {
    ok: true,
    transition: {
      ...event,
      days_in_state: pod.states[nth]?.days as number,
      at_close: podAtClose(pod, result.days.date.indexOf(event.date)),
      states: pod.states,
    },
  };
}

/** @param d index of the day. */
function podAtClose({ returns, fractions, initial_fraction }: PodResult, d: number): PodAtClose {
  const lived = returns.slice(0, d + 1).filter((value) => value !== null);
  let index = 1;
  const curve = lived.map((value) => {
    index *= 1 + value;
    return index;
  });
  const peak = curve.reduce((high, value) => Math.max(high, value), 1);
  const lastOf = (count: number): Metric =>
    lived.length < count ? unknown(`needs ${count} daily returns, has ${lived.length}`) : sharpe(lived.slice(-count));
  return {
    live_days: lived.length,
    total_return: index - 1,
    drawdown: 1 - index / peak,
    max_drawdown: maxDrawdown(curve, 1)?.depth ?? 0,
    sharpe_ratio: sharpe(lived, 2),
    sharpe_60: lastOf(60),
    sharpe_180: lastOf(180),
    fraction_before: d > 0 ? (fractions[d - 1] ?? null) : initial_fraction,
    fraction_after: fractions[d] ?? null,
  };
}

function bad(message: string): { ok: false; message: string } {
  return { ok: false, message };
}
