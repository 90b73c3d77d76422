import type { RiskAlertEntry } from "../../analytics/orchestration/risk-events.ts";
import type { OrchestratedResult } from "../../orchestrator/result.ts";
import type { RiskAlertType } from "../../orchestrator/risk/risk-aggregator.ts";
import { amount, count, percent, plural } from "../format.ts";
import type { Pen } from "../pen.ts";
import { renderTable } from "../table.ts";
import { plain, wrap } from "../text-width.ts";

type Print = (value: number) => string;

const multiple: Print = (value) => `${amount(value)} x`;
const ALERTS: Record<RiskAlertType, readonly [text: string, print: Print]> = {
  daily_loss: ["daily loss", percent],
  drawdown: ["drawdown", percent],
  gross_leverage: ["gross leverage", multiple],
  pod_drawdown: ["drawdown of", percent],
  pod_risk_share: ["share of risk of", percent],
  effective_n: ["effective number of pods", amount],
  correlation: ["mean correlation", amount],
  strategy_failure: ["failure of the strategy of", count],
};

/** Halts, alerts, and how alike the pods were. Null when nothing of it was measured. */
export function riskSection(result: OrchestratedResult, pen: Pen): string | null {
  const { header, risk_events } = result;
  if (header.orchestration === null && risk_events.length === 0) return null;
  const alerts = risk_events.filter((event) => event.kind === "alert");
  return [likeness(result, pen), halts(result, pen), alertTable(alerts, pen)]
    .filter((part) => part !== "")
    .join("\n\n");
}

/** How alike the pods were; days on which nothing could be measured are left out. */
function likeness({ prc_history }: OrchestratedResult, pen: Pen): string {
  const row = (label: string, column: readonly (number | null)[]): string[][] => {
    const known = column.filter((value) => value !== null);
    if (known.length === 0) return [];
    const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
    const low = known.reduce((a, b) => Math.min(a, b));
    const high = known.reduce((a, b) => Math.max(a, b));
    return [[label, ...[known.at(-1) as number, mean, low, high].map((value) => amount(value)), count(known.length)]];
  };
  const rows = [
    ...row("Mean correlation", prc_history.mean_correlation),
    ...row("Effective number", prc_history.effective_n),
  ];
  if (rows.length === 0) return "";
  return renderTable(
    [
      { title: "Of the pods" },
      { title: "Last", align: "right" },
      { title: "Mean", align: "right" },
      { title: "Lowest", align: "right" },
      { title: "Highest", align: "right" },
      { title: "Days", align: "right", optional: 1 },
    ],
    rows,
    pen,
  );
}

function halts({ header, risk_events }: OrchestratedResult, pen: Pen): string {
  const found = risk_events.filter((event) => event.kind === "halt");
  if (found.length === 0) return header.orchestration === null ? "" : "No halt.";
  return renderTable(
    [
      { title: "Halt" },
      { title: "Until" },
      { title: "Reason" },
      { title: "Value", align: "right" },
      { title: "Limit", align: "right" },
    ],
    found.map(({ begin, end, type, value, threshold }) => [
      pen.alarm(shortTime(begin)),
      end === null ? "not ended" : shortTime(end),
      ALERTS[type][0],
      percent(value),
      percent(threshold),
    ]),
    pen,
  );
}

/** One line per limit and pod: how often it was near or reached, and the last time. */
function alertTable(alerts: readonly RiskAlertEntry[], pen: Pen): string {
  if (alerts.length === 0) return "No alert.";
  const groups = new Map<string, RiskAlertEntry[]>();
  for (const alert of alerts) {
    const key = `${alert.type} ${alert.pod_id ?? ""}`;
    groups.set(key, [...(groups.get(key) ?? []), alert]);
  }
  const rows = [...groups.values()].map((group) => {
    const last = group.at(-1) as RiskAlertEntry;
    const [text, print] = ALERTS[last.type];
    const reached = group.filter(({ severity }) => severity === "critical").length;
    return [
      last.pod_id === null ? text : `${text} ${plain(last.pod_id)}`,
      count(group.length - reached),
      reached === 0 ? "0" : pen.bad(count(reached)),
      shortTime(last.time),
      print(last.value),
      print(last.threshold),
    ];
  });
  const table = renderTable(
    [
      { title: "Alert", wraps: true },
      { title: "Near", align: "right" },
      { title: "Reached", align: "right" },
      { title: "Last", optional: 2 },
      { title: "Value", align: "right", optional: 1 },
      { title: "Limit", align: "right" },
    ],
    rows,
    pen,
  );
  const note = `${plural(alerts.length, "alert")}: near a limit (80 %) or at it, once per crossing; each is in risk.csv`;
  return [table, ...wrap(note, pen.width).map(pen.faint)].join("\n");
}

/** The time of day is shown where it is not midnight. */
function shortTime(time: string): string {
  return time.replace("T00:00:00Z", "");
}
