import type { OrchestratedResult } from "../../orchestrator/result.ts";
import { amount, plural } from "../format.ts";
import type { Pen } from "../pen.ts";
import { plain, wrap } from "../text-width.ts";

/** Warnings of the run and limits that acted. Null when there is nothing to say. */
export function warningsSection({ header, risk_events }: OrchestratedResult, pen: Pen): string | null {
  const spells = risk_events.filter((event) => event.kind === "gross_limit");
  const scaled = spells.reduce((sum, { slices }) => sum + slices, 0);
  const [first] = spells;
  const risk =
    first === undefined
      ? []
      : [
          `gross leverage limit ${amount(first.threshold)} x: wishes scaled down in ${plural(scaled, "slice")}, first at ${first.time}`,
        ];
  const texts = [...header.warnings, ...risk];
  if (texts.length === 0) return null;
  return texts
    .flatMap((text) => wrap(plain(text), pen.width - 2).map((line, i) => `${i === 0 ? pen.alarm("!") : " "} ${line}`))
    .join("\n");
}
