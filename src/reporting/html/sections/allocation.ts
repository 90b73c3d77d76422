import type { OrchestratedResult } from "../../../orchestrator/result.ts";
import { count, percent } from "../../format.ts";
import { type AxisName, chart, secondsOf } from "../chart.ts";
import type { ReportInput } from "../input.ts";
import { section } from "../markup.ts";

/** Who had the capital, and who bore the risk. One strategy has nothing to divide. */
export function allocation({ result, limits }: ReportInput): string | null {
  const { days, pods, prc_history: prc, header } = result;
  if (header.orchestration === null) return null;
  const sameDays = prc.date.length === days.date.length && prc.date[0] === days.date[0];
  const x: readonly number[] | AxisName = sameDays ? "days" : prc.date.map(secondsOf);
  return section(
    "allocation",
    "Allocation and risk",
    chart({
      title: "Capital by pod, with the reserve",
      x: "days",
      format: "percent",
      stacked: true,
      series: [
        ...pods.map(({ pod_id, fractions }, p) => ({ label: pod_id, values: fractions, color: p })),
        { label: "reserve", values: days.reserve_fraction, color: -1 },
      ],
    }),
    chart({
      title: "Share of the portfolio's risk by pod (PRC)",
      x,
      format: "percent",
      stacked: true,
      series: pods.map(({ pod_id }, p) => ({ label: pod_id, values: prc.shares[pod_id] ?? [], color: p })),
    }),
    largestShare(result, x, limits.maxPodRisk),
  );
}

/** In a stack no single share can be held against the limit: the largest one of each day can. */
function largestShare(
  { pods, prc_history: prc }: OrchestratedResult,
  x: readonly number[] | AxisName,
  limit: number | null,
): string {
  const days = prc.date.map((date, d) => ({ date, ...largestOf(pods, prc, d) }));
  // Spec 4.2: the limit applies from three pods that share the risk.
  const judged = days.filter(({ sharing, share }) => share !== null && sharing >= 3);
  const over = limit === null ? [] : judged.filter(({ share }) => (share ?? 0) > limit);
  const top = judged.reduce<(typeof judged)[number] | null>(
    (best, day) => (best === null || (day.share ?? 0) > (best.share ?? 0) ? day : best),
    null,
  );
  const note =
    top === null || limit === null
      ? "The limit applies from three pods that share the risk: on no day of this run."
      : `With three pods or more sharing the risk, the limit was exceeded at the close of ${count(over.length)} of ${count(judged.length)} days; largest share ${percent(top.share ?? 0)}, ${top.pod} on ${top.date}.`;
  return chart(
    {
      title: "Largest share of one pod, against the limit",
      x,
      format: "percent",
      size: "short",
      limits: limit === null ? [] : [{ label: `limit ${percent(limit)}`, value: limit }],
      series: [
        {
          label: "three pods or more",
          values: days.map(({ share, sharing }) => (sharing >= 3 ? share : null)),
          color: 0,
        },
        {
          label: "one or two",
          values: days.map(({ share, sharing }) => (sharing < 3 ? share : null)),
          color: -1,
          dash: true,
        },
      ],
    },
    note,
  );
}

/** The pod with the largest share on day `d`, and how many share the risk. */
function largestOf(
  pods: OrchestratedResult["pods"],
  { shares }: OrchestratedResult["prc_history"],
  d: number,
): { pod: string; share: number | null; sharing: number } {
  let [pod, share, sharing]: [string, number | null, number] = ["", null, 0];
  for (const { pod_id } of pods) {
    const own = shares[pod_id]?.[d] ?? null;
    if (own === null) continue;
    sharing++;
    if (share === null || own > share) [pod, share] = [pod_id, own];
  }
  return { pod, share, sharing };
}
