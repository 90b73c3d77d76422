import { drawdownCurve } from "../../../analytics/drawdown.ts";
import type { EquitySpan } from "../../../analytics/equity-spans.ts";
import { DAY_MS } from "../../../market/timeframe.ts";
import type { OrchestratedResult } from "../../../orchestrator/result.ts";
import { plural } from "../../format.ts";
import { type AxisName, type ChartBand, type ChartGroup, type ChartSeries, chart, secondsOf } from "../chart.ts";
import type { ReportInput } from "../input.ts";
import { section } from "../markup.ts";
import { figures } from "./figures.ts";
import { laneKey, lanesOf } from "./state-lanes.ts";

const HINT = `<details class="note hint"><summary>Using the charts</summary>Drag over a chart to zoom, double-click to see all, click a name to hide its curve. Keyboard: Tab to a chart, arrows read it, + and − zoom, 0 shows all, 1 to 9 hide a curve.</details>`;

/** Equity against buy and hold, drawdowns, states of pods and leverage on one axis, with the bands of halts. */
export function equity({ result, spans, limits }: ReportInput): string {
  const { days, header } = result;
  const lanes = lanesOf(result);
  const gutter = Math.max(0, ...lanes.map(({ label }) => label.length));
  const bands = haltBands(result);
  const halts = result.risk_events.filter(({ kind }) => kind === "halt").length;
  const shared = { x: axisOf(spans), bands, group: { name: "account", gutter } satisfies ChartGroup };
  const fine = finer(spans);
  const log = [...days.portfolio, ...days.benchmark, ...(fine ?? []).map(({ low }) => low)].every(
    (value) => value === null || value > 0,
  );
  const scale = log ? "log scale" : "linear: a value is not positive";
  return section(
    "equity",
    "Equity and drawdown",
    HINT,
    chart(
      {
        title: `Equity against buy and hold (${scale})`,
        ...shared,
        format: "money",
        log,
        ...(fine === null ? {} : { between: [1, 2] as const }),
        series: [...equitySeries(result, fine), benchmarkSeries(result, spans)],
      },
      [
        fine === null
          ? ""
          : `Every slice of ${header.timeframe}, in spans of ${spanName(fine)}; buy and hold at daily closes.`,
        halts === 0 ? "" : `Hatched: the account was halted (${plural(halts, "halt")}).`,
      ]
        .filter((text) => text !== "")
        .join(" "),
    ),
    chart({
      title: fine === null ? "Drawdown at daily closes" : "Deepest drawdown of each span, over all slices",
      ...shared,
      format: "percent",
      series: [{ label: "drawdown", values: ownDrawdown(result, fine), color: 1, fill: true }],
    }),
    chart({
      title: "Drawdown of buy and hold (its own scale)",
      ...shared,
      format: "percent",
      size: "short",
      series: [heldDrawdown(result, spans)],
    }),
    lanes.length === 0
      ? ""
      : chart({ title: "Phases of the pods", ...shared, format: "number", lanes, series: [] }).replace(
          "</figcaption>",
          `</figcaption>${laneKey()}`,
        ),
    spans === null
      ? ""
      : chart({
          title: "Leverage of the account",
          ...shared,
          format: "times",
          size: "short",
          limits: limits.maxGrossLeverage === null ? [] : [{ label: "gross limit", value: limits.maxGrossLeverage }],
          series: [
            {
              label: "gross, largest",
              values: spans.map(({ gross_leverage }) => gross_leverage),
              color: 0,
              fill: true,
            },
            { label: "net, at the close", values: spans.map(({ net_leverage }) => net_leverage), color: 1 },
          ],
        }),
    figures(result),
  );
}

/** Spans shorter than a day say more than daily closes. */
function finer(spans: readonly EquitySpan[] | null): readonly EquitySpan[] | null {
  const isFine = (spans ?? []).some(({ timeMs }) => timeMs % DAY_MS !== 0);
  return isFine ? spans : null;
}

/** Daily spans are the days themselves. */
function axisOf(spans: readonly EquitySpan[] | null): AxisName {
  return finer(spans) === null ? "days" : "slices";
}

function spanName(spans: readonly EquitySpan[]): string {
  const minutes = spans.reduce((least, { timeMs }, i) => {
    const before = spans[i - 1]?.timeMs;
    return before === undefined ? least : Math.min(least, (timeMs - before) / 60_000);
  }, DAY_MS / 60_000);
  return minutes < 60 ? plural(minutes, "minute") : plural(minutes / 60, "hour");
}

function equitySeries({ days }: OrchestratedResult, fine: readonly EquitySpan[] | null): ChartSeries[] {
  if (fine === null) return [{ label: "portfolio", values: days.portfolio, color: 0 }];
  return [
    { label: "portfolio", values: fine.map(({ close }) => close), color: 0 },
    { label: "lowest", values: fine.map(({ low }) => low), color: 0 },
    { label: "highest", values: fine.map(({ high }) => high), color: 0 },
  ];
}

function ownDrawdown({ days, portfolio }: OrchestratedResult, fine: readonly EquitySpan[] | null): (number | null)[] {
  return fine === null ? fallsOf(days.portfolio, portfolio.start_equity) : fine.map(({ drawdown }) => 0 - drawdown);
}

function benchmarkSeries({ days }: OrchestratedResult, spans: readonly EquitySpan[] | null): ChartSeries {
  return { label: "buy and hold", ...onAxis(days, days.benchmark, spans), color: -1, dash: true };
}

function heldDrawdown({ days, benchmark }: OrchestratedResult, spans: readonly EquitySpan[] | null): ChartSeries {
  const known = days.benchmark.filter((value) => value !== null);
  const falls = fallsOf(known, benchmark.start_equity)[Symbol.iterator]();
  const values = days.benchmark.map((value) => (value === null ? null : (falls.next().value ?? null)));
  return { label: "buy and hold", ...onAxis(days, values, spans), color: -1, fill: true };
}

/** Values of days on the axis of the group: a day's value belongs to its last span. */
function onAxis(
  { date }: OrchestratedResult["days"],
  values: readonly (number | null)[],
  spans: readonly EquitySpan[] | null,
): { values: readonly (number | null)[]; sparse?: boolean } {
  const fine = finer(spans);
  if (fine === null) return { values };
  const byDay = new Map(date.map((day, d) => [Date.parse(day), values[d] ?? null]));
  const dayOf = (timeMs: number): number => Math.floor(timeMs / DAY_MS) * DAY_MS;
  return {
    sparse: true,
    values: fine.map(({ timeMs }, i) => {
      const next = fine[i + 1]?.timeMs;
      const isLast = next === undefined || dayOf(next) !== dayOf(timeMs);
      return isLast ? (byDay.get(dayOf(timeMs)) ?? null) : null;
    }),
  };
}

function haltBands({ risk_events, days }: OrchestratedResult): ChartBand[] {
  const last = secondsOf(days.date.at(-1) ?? "") + DAY_MS / 1000;
  return risk_events.flatMap((event): ChartBand[] =>
    event.kind === "halt"
      ? [{ from: secondsOf(event.begin), to: event.end === null ? last : secondsOf(event.end) }]
      : [],
  );
}

/** Below the high-water mark, as negative fractions; null where there was nothing to fall from. */
export function fallsOf(values: readonly number[], start: number): (number | null)[] {
  if (!(start > 0)) return values.map(() => null);
  return Array.from(drawdownCurve(values, start), (depth) => 0 - depth);
}
