import type { LapseReason } from "../../orchestrator/events.ts";
import type { OrchestratedResult } from "../../orchestrator/result.ts";
import { amount, count, grouped } from "../format.ts";
import type { Pen } from "../pen.ts";
import { renderTable } from "../table.ts";
import { plain, wrap } from "../text-width.ts";

const MEANING: Record<LapseReason, string> = {
  NO_BAR: "no bar in the next slice, decided again in it",
  MIN_NOTIONAL: "net below the minimum notional",
  END_OF_DATA: "decided in the last slice",
  CONTROL: "an operator forbade it before it was filled",
  UNFILLED: "not filled at the exchange, decided again in the next slice",
  MISSED: "decided in a slice that came too late to trade",
};

/** Demand that was not traded. Null when there was none. */
export function reasonsSection({ reason_counts }: OrchestratedResult, pen: Pen): string | null {
  if (reason_counts.length === 0) return null;
  const table = renderTable(
    [
      { title: "Reason" },
      { title: "Symbol" },
      { title: "Orders", align: "right" },
      { title: "Quantity", align: "right", optional: 1 },
      { title: "Notional", align: "right" },
    ],
    reason_counts.map(({ reason, symbol, count: orders, quantity, notional }) => [
      reason,
      plain(symbol),
      count(orders),
      grouped(quantity),
      notional === null ? "n/a" : amount(notional),
    ]),
    pen,
  );
  const reasons = [...new Set(reason_counts.map(({ reason }) => reason))];
  const notes = reasons.flatMap((reason) => wrap(`${reason}: ${MEANING[reason]}`, pen.width));
  return [table, ...notes.map(pen.faint)].join("\n");
}
