import type { OrchestratedResult } from "../../../orchestrator/result.ts";
import { chart, secondsOf } from "../chart.ts";
import { na, section } from "../markup.ts";

/** Who had the capital, and who bore the risk. */
export function allocation(result: OrchestratedResult, maxShare: number | null): string {
  const { days, pods, prc_history: prc, header } = result;
  const capital = chart({
    title: "Capital by pod, with the reserve",
    x: days.date.map(secondsOf),
    format: "percent",
    stacked: true,
    series: [
      ...pods.map(({ pod_id, fractions }, p) => ({ label: pod_id, values: fractions, color: p })),
      { label: "reserve", values: days.reserve_fraction, color: -1 },
    ],
  });
  if (header.orchestration === null)
    return section("allocation", "Allocation", capital, na("risk contributions: the run has no orchestrator"));
  return section(
    "allocation",
    "Allocation and risk",
    capital,
    chart({
      title: "Share of the portfolio's risk by pod (PRC)",
      x: prc.date.map(secondsOf),
      format: "percent",
      stacked: true,
      ...(maxShare === null ? {} : { limits: [{ label: "limit of one pod", value: maxShare }] }),
      series: pods.map(({ pod_id }, p) => ({ label: pod_id, values: prc.shares[pod_id] ?? [], color: p })),
    }),
  );
}
