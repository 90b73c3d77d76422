import type { OrchestratedResult } from "../../orchestrator/result.ts";
import { ALLOCATION_PARTS } from "../orchestration/allocation-history.ts";
import { csvLine } from "./csv.ts";

type Allocated = Pick<OrchestratedResult, "days" | "pods" | "allocation_history">;

/**
 * allocation.csv: capital fractions of the pods and the reserve after each day's close and its transfers, then the fraction
 * that the allocator wants each pod to have ("POD target"; no pod id has a space). Empty where there is none.
 *
 * Units    fractions of the portfolio's equity; shortest decimals that read back as the f64 of result.json.
 */
export function* allocationTable({ days, pods }: Allocated): Generator<string> {
  const ids = pods.map(({ pod_id }) => pod_id);
  yield csvLine(["date", ...ids, "reserve", ...ids.map((id) => `${id} target`)]);
  for (const [d, date] of days.date.entries()) {
    const held = pods.map(({ fractions }) => fractions[d]);
    const wanted = pods.map(({ target_fractions }) => target_fractions[d]);
    yield csvLine([date, ...held, days.reserve_fraction[d], ...wanted]);
  }
}

/**
 * allocation-runs.csv: one row per run of the allocator and pod. base + kelly + slot + box + step_limit + volatility + prc_trim
 * = final, exactly (multiples of 2⁻⁴⁰).
 *
 * Units    fractions of the portfolio's equity; `volatility_before_cap` per year.
 */
export function* allocationRunsTable({ allocation_history }: Allocated): Generator<string> {
  yield csvLine([
    ...[
      "date",
      "triggers",
      "moved",
      "method",
      "fallback",
      "solved",
      "volatility_before_cap",
      "pod",
      "state",
      "current",
    ],
    ...[...ALLOCATION_PARTS, "final", "unmet"],
  ]);
  for (const { date, triggers, moved, method, fallback, solved, volatility, pods, unmet } of allocation_history) {
    for (const pod of pods) {
      yield csvLine([
        ...[date, triggers.join(" "), String(moved), method, String(fallback), solved, volatility],
        ...[pod.pod_id, pod.state, pod.current, ...ALLOCATION_PARTS.map((part) => pod[part]), pod.final],
        String(unmet.includes(pod.pod_id)),
      ]);
    }
  }
}
