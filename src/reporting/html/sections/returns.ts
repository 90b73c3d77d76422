import { dailyReturns } from "../../../analytics/daily-returns.ts";
import { type Bin, histogram } from "../../../analytics/histogram.ts";
import { monthlyReturns } from "../../../analytics/monthly-returns.ts";
import { rolling } from "../../../analytics/rolling.ts";
import { sharpe } from "../../../analytics/sharpe.ts";
import { volatility } from "../../../analytics/volatility.ts";
import type { OrchestratedResult } from "../../../orchestrator/result.ts";
import { count, percent, signedPercent } from "../../format.ts";
import { chart, secondsOf } from "../chart.ts";
import { na, section, table } from "../markup.ts";

const WINDOW = 90;
const BINS = 31;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

export function returns({ days, portfolio }: OrchestratedResult): string {
  const daily = dailyReturns(days.portfolio, portfolio.start_equity);
  const x = days.date.map(secondsOf);
  const months = monthlyReturns(days.date, days.portfolio, portfolio.start_equity);
  return section(
    "returns",
    "Returns",
    months.length === 0 ? na("the run has no day") : heatMap(months),
    chart({
      title: `Rolling Sharpe ratio, ${WINDOW} days`,
      x,
      format: "number",
      limits: [{ label: "zero", value: 0 }],
      series: [{ label: "Sharpe ratio", values: rolling(daily, WINDOW, sharpe), color: 0 }],
    }),
    chart({
      title: `Rolling volatility, ${WINDOW} days, annualised`,
      x,
      format: "percent",
      series: [{ label: "volatility", values: rolling(daily, WINDOW, volatility), color: 1 }],
    }),
    distribution(histogram(daily, BINS)),
  );
}

function heatMap(months: ReturnType<typeof monthlyReturns>): string {
  const values = new Map(months.map(({ month, value }) => [month, value]));
  const largest = Math.max(...months.map(({ value }) => Math.abs(value)), 1e-9);
  const years = [...new Set(months.map(({ month }) => month.slice(0, 4)))];
  const rows = years.map((year) => [
    year,
    ...MONTHS.map((_, m) => {
      const value = values.get(`${year}-${String(m + 1).padStart(2, "0")}`);
      if (value === undefined) return "";
      const heat = Math.abs(value) / largest;
      return `<span class="heat ${value < 0 ? "minus" : "plus"}" style="--heat:${heat.toFixed(2)}">${signedPercent(value)}</span>`;
    }),
  ]);
  return table("Monthly returns", ["Year", ...MONTHS], rows, "monthly");
}

/** uPlot has no histogram; bars in SVG, each with its numbers as a title. */
function distribution(bins: readonly Bin[]): string {
  if (bins.length === 0) return na("return distribution: the run has no day");
  const top = Math.max(...bins.map(({ count: n }) => n));
  const width = 620 / bins.length;
  const bars = bins.map(({ from, to, count: n }, i) => {
    const height = (160 * n) / top;
    const sign = (from + to) / 2 < 0 ? "minus" : "plus";
    return `<rect class="bar ${sign}" x="${(i * width).toFixed(1)}" y="${(170 - height).toFixed(1)}" width="${(width - 1).toFixed(1)}" height="${height.toFixed(1)}"><title>${percent(from)} to ${percent(to)}: ${count(n)} days</title></rect>`;
  });
  const [first, last] = [bins[0] as Bin, bins.at(-1) as Bin];
  return `<figure><figcaption>Distribution of daily returns</figcaption><svg viewBox="0 0 620 190" role="img" aria-label="Distribution of daily returns from ${percent(first.from)} to ${percent(last.to)}">${bars.join("")}<text x="0" y="186">${percent(first.from)}</text><text x="620" y="186" text-anchor="end">${percent(last.to)}</text></svg></figure>`;
}
