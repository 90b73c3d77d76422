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
  const texts = [...liquidationOf(header), ...header.warnings, ...risk];
  if (texts.length === 0) return null;
  return texts
    .flatMap((text) => wrap(plain(text), pen.width - 2).map((line, i) => `${i === 0 ? pen.alarm("!") : " "} ${line}`))
    .join("\n");
}

function liquidationOf({ liquidation }: OrchestratedResult["header"]): string[] {
  if (liquidation === null) return [];
  const { slice, equity, maintenance_margin, fee } = liquidation;
  const [worst, margin, paid] = [equity, maintenance_margin, fee].map((value) => amount(value));
  return [
    `LIQUIDATED in the slice of ${slice}: at the bars' extremes equity was ${worst}, the maintenance margin ${margin}; everything was closed there for a fee of ${paid}, and the run ended`,
  ];
}
