import { z } from "zod";
import { dateToMs, msToDate } from "../lib/utc.ts";
import { DAY_MS } from "../market/timeframe.ts";
import type { OperatorAction } from "../orchestrator/strategy-orchestrator.ts";

const date = z.string().regex(/^\d{4}-\d\d-\d\d$/);

/** What an operator did at the close of a UTC date, as files name it. */
export const actionSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("revive"), pod_id: z.string(), date }),
  z.object({ type: z.literal("resume"), date }),
]);

export type NamedAction = z.infer<typeof actionSchema>;

export function nameAction(action: OperatorAction): NamedAction {
  const named = { date: msToDate(action.day * DAY_MS) };
  return action.type === "revive" ? { type: "revive", pod_id: action.podId, ...named } : { type: "resume", ...named };
}

export function readAction(action: NamedAction): OperatorAction {
  const day = dateToMs(action.date) / DAY_MS;
  return action.type === "revive" ? { type: "revive", podId: action.pod_id, day } : { type: "resume", day };
}
