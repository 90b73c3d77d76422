import { msToIso } from "../../lib/utc.ts";
import type { HaltReason } from "../../orchestrator/events.ts";
import type { RunRecord } from "../../orchestrator/run-record.ts";
import type { RunTally } from "../run-tally.ts";

/** A time in which a limit of the account kept it flat. */
export interface RiskHalt {
  readonly kind: "halt";
  readonly type: HaltReason;
  readonly severity: "critical";
  readonly message: string;
  /** Close of the slice that reached the limit, ISO 8601 UTC. */
  readonly begin: string;
  /** Close from which new risk was allowed again; null when the run ended before it. */
  readonly end: string | null;
  readonly reason: "DAILY_LOSS" | "DRAWDOWN";
  readonly value: number;
  readonly threshold: number;
}

const MESSAGES: Record<HaltReason, string> = {
  daily_loss: "the loss since 00:00 UTC reached its limit: flat until the next day",
  drawdown: "the drawdown of the portfolio reached its limit: flat until recovery",
};

/** The halts of a run in order. A daily loss ends by the clock, a drawdown when exposure returns. */
export function haltsOf({ curve, baseMs }: RunRecord, { halts, exposures }: RunTally): RiskHalt[] {
  const last = curve.lastMs ?? Number.NEGATIVE_INFINITY;
  return halts.map(({ timeMs, type, value, threshold, endMs }): RiskHalt => {
    const returned = exposures.find((exposure) => exposure.timeMs > timeMs && exposure.factor > 0);
    const end = type === "drawdown" ? (returned?.timeMs ?? Number.POSITIVE_INFINITY) + baseMs : endMs;
    return {
      kind: "halt",
      type,
      severity: "critical",
      message: MESSAGES[type],
      begin: msToIso(timeMs + baseMs),
      end: end <= last + baseMs ? msToIso(end) : null,
      reason: type === "drawdown" ? "DRAWDOWN" : "DAILY_LOSS",
      value,
      threshold,
    };
  });
}
