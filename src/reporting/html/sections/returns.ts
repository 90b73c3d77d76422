import { dailyReturns } from "../../../analytics/daily-returns.ts";
import { type Bin, histogram } from "../../../analytics/histogram.ts";
import { rolling } from "../../../analytics/rolling.ts";
import { sharpe } from "../../../analytics/sharpe.ts";
import { volatility } from "../../../analytics/volatility.ts";
import { RECOVERY_WINDOW, ROLLING_WINDOW } from "../../../orchestrator/lifecycle/transition.ts";
import { count, percent } from "../../format.ts";
import { chart } from "../chart.ts";
import type { ReportInput } from "../input.ts";
import { na, section } from "../markup.ts";
import { monthTable } from "./months.ts";

const BINS = 31;

export function returns({ result: { days, portfolio, benchmark }, limits }: ReportInput): string {
  const daily = dailyReturns(days.portfolio, portfolio.start_equity);
  const { sharpeFloor } = limits;
  return section(
    "returns",
    "Returns",
    days.date.length === 0
      ? na("the run has no day")
      : monthTable(days, portfolio.start_equity, benchmark.start_equity),
    chart(
      {
        title: `Rolling Sharpe ratio, ${ROLLING_WINDOW} and ${RECOVERY_WINDOW} days`,
        x: "days",
        format: "number",
        limits: [
          sharpeFloor === null
            ? { label: "zero", value: 0 }
            : { label: `floor of a pod: ${sharpeFloor}`, value: sharpeFloor },
        ],
        series: [
          { label: `${ROLLING_WINDOW} days`, values: rolling(daily, ROLLING_WINDOW, sharpe), color: 0 },
          { label: `${RECOVERY_WINDOW} days`, values: rolling(daily, RECOVERY_WINDOW, sharpe), color: -1, dash: true },
        ],
      },
      `The windows by which the life cycle judges a pod, here of the whole account; each begins when it is full.`,
    ),
    chart({
      title: `Rolling volatility, ${RECOVERY_WINDOW} days, annualised`,
      x: "days",
      format: "percent",
      series: [{ label: "volatility", values: rolling(daily, RECOVERY_WINDOW, volatility), color: 1 }],
    }),
    distribution(histogram(daily, BINS)),
  );
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
  const zero = zeroMark(first.from, last.to);
  return `<figure><figcaption>Distribution of daily returns</figcaption><svg viewBox="0 0 620 190" preserveAspectRatio="xMinYMid meet" role="img" aria-label="Distribution of daily returns from ${percent(first.from)} to ${percent(last.to)}">${bars.join("")}${zero}<text x="0" y="186">${percent(first.from)}</text><text x="620" y="186" text-anchor="end">${percent(last.to)}</text></svg></figure>`;
}

function zeroMark(from: number, to: number): string {
  const x = (-620 * from) / (to - from);
  if (!(x > 60 && x < 560)) return "";
  return `<line class="zero" x1="${x.toFixed(1)}" x2="${x.toFixed(1)}" y1="4" y2="172"></line><text x="${x.toFixed(1)}" y="186" text-anchor="middle">0</text>`;
}
