import { monthlyReturns } from "../../../analytics/monthly-returns.ts";
import { yearlyReturns } from "../../../analytics/yearly-returns.ts";
import type { OrchestratedResult } from "../../../orchestrator/result.ts";
import { signedPercent } from "../../format.ts";
import { heatCell, table } from "../markup.ts";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** Returns by month, with each year and the year of buy and hold. */
export function monthTable(days: OrchestratedResult["days"], start: number, benchmarkStart: number): string {
  const months = monthlyReturns(days.date, days.portfolio, start);
  const values = new Map(months.map(({ month, value }) => [month, value]));
  const largest = months.reduce((most, { value }) => Math.max(most, Math.abs(value ?? 0)), 1e-9);
  const own = yearlyReturns(days.date, days.portfolio, start);
  const held = new Map(
    yearlyReturns(days.date, days.benchmark, benchmarkStart).map(({ year, value }) => [year, value]),
  );
  const rows = own.map(({ year, value }) => [
    year,
    ...MONTHS.map((_, m) => {
      const month = values.get(`${year}-${String(m + 1).padStart(2, "0")}`);
      return month === undefined ? "" : shaded(month, largest);
    }),
    `<strong>${plain(value)}</strong>`,
    plain(held.get(year) ?? null),
  ]);
  return table("Returns by month and year", ["Year", ...MONTHS, "Year", "Buy and hold"], rows, { id: "monthly" });
}

function shaded(value: number | null, largest: number): string {
  return value === null ? plain(null) : heatCell(signedPercent(value), value, Math.abs(value) / largest);
}

function plain(value: number | null): string {
  return value === null
    ? `<span class="na" title="it began with an equity of 0 or less">n/a</span>`
    : signedPercent(value);
}
