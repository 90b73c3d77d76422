import { msToIso } from "../../lib/utc.ts";
import type { PortfolioLimit } from "../../orchestrator/events.ts";
import type { RiskAlertType, RiskSeverity } from "../../orchestrator/risk/risk-aggregator.ts";
import type { RunRecord } from "../../orchestrator/run-record.ts";
import type { RunTally } from "../run-tally.ts";
import { type GrossLimitSpell, grossLimitSpells } from "./gross-limits.ts";
import { haltsOf, type RiskHalt } from "./halts.ts";

/** A limit that came near (80 %: warning) or was reached (critical); once per crossing. */
export interface RiskAlertEntry {
  readonly kind: "alert";
  /** Close of the slice, ISO 8601 UTC. */
  readonly time: string;
  readonly type: RiskAlertType;
  readonly severity: RiskSeverity;
  readonly message: string;
  readonly value: number;
  readonly threshold: number;
  /** Null for an alert of the account. */
  readonly pod_id: string | null;
}

/** What the risk rules saw and did, told apart by `kind`. */
export type RiskEvent = RiskAlertEntry | RiskHalt | GrossLimitSpell;

const MESSAGES: Record<PortfolioLimit, string> = {
  daily_loss: "loss of the portfolio since 00:00 UTC",
  drawdown: "drawdown of the portfolio",
  gross_leverage: "gross leverage wished",
};

/** Alerts, halts and gross limit spells by the time they began, in that order within one close. */
export function riskEvents(record: RunRecord, tally: RunTally): RiskEvent[] {
  const events = [
    ...accountAlerts(record, tally),
    ...podAlerts(record),
    ...strategyFailures(record, tally),
    ...haltsOf(record, tally),
    ...grossLimitSpells(record, tally),
  ];
  return events.sort((a, b) => Date.parse(beginOf(a)) - Date.parse(beginOf(b)));
}

/** Close of the slice in which it began, ISO 8601 UTC. */
export function beginOf(event: RiskEvent): string {
  return event.kind === "halt" ? event.begin : event.time;
}

/** Alerts of the kernel, on the account. */
function accountAlerts({ baseMs }: RunRecord, { alerts }: RunTally): RiskAlertEntry[] {
  return alerts.map(({ timeMs, type, severity, value, threshold }) => ({
    kind: "alert",
    time: msToIso(timeMs + baseMs),
    type,
    severity,
    message: MESSAGES[type],
    value,
    threshold,
    pod_id: null,
  }));
}

/** A strategy that threw or gave no number: its pod is flat from then on. */
function strategyFailures({ baseMs, pods, failures }: RunRecord, tally: RunTally): RiskAlertEntry[] {
  return tally.failures.map(({ timeMs, cell }) => ({
    kind: "alert",
    time: msToIso(timeMs + baseMs),
    type: "strategy_failure",
    severity: "critical",
    message: `the pod is paused: ${failures.get(cell) ?? "its strategy gave no number"}`,
    value: 1,
    threshold: 1,
    pod_id: pods[cell % pods.length]?.podId ?? null,
  }));
}

/** Alerts of the orchestrator's day ends. */
function podAlerts({ orchestrator }: RunRecord): RiskAlertEntry[] {
  return (orchestrator?.alerts ?? []).map(({ timeMs, podId, type, severity, message, value, threshold }) => ({
    kind: "alert",
    time: msToIso(timeMs),
    type,
    severity,
    message,
    value,
    threshold,
    pod_id: podId ?? null,
  }));
}
