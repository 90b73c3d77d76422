import { escapeHtml, na, scriptJson } from "./markup.ts";

/** What src/reporting/html/browser draws with uPlot. */
export interface ChartSpec {
  readonly title: string;
  /** Seconds since the epoch, ascending; or the name of an axis that charts share (`sharedAxis`). */
  readonly x: readonly number[] | AxisName;
  readonly series: readonly ChartSeries[];
  readonly format: "money" | "percent" | "number" | "times";
  readonly log?: boolean;
  /** Areas on top of each other; the values are those of each series alone. */
  readonly stacked?: boolean;
  readonly bands?: readonly ChartBand[];
  /** Horizontal limits. */
  readonly limits?: readonly { readonly label: string; readonly value: number }[];
  /** One row per pod, coloured by state. */
  readonly lanes?: readonly ChartLane[];
  /** Indexes of two series with a tint between them. */
  readonly between?: readonly [low: number, high: number];
  /** Charts of a group have their plots one above the other, and zoom together. */
  readonly group?: ChartGroup;
  readonly size?: "small" | "short";
}

export type AxisName = "days" | "slices";

export interface ChartGroup {
  readonly name: string;
  /** Room left of the plot, in characters: for the names of lanes. */
  readonly gutter: number;
}

export interface ChartSeries {
  readonly label: string;
  readonly values: readonly (number | null)[];
  /** Index into the palette: a pod has the same one in every chart; −1 is neutral. */
  readonly color: number;
  readonly dash?: boolean;
  readonly fill?: boolean;
  /** Holds its value until the next one, as a stop level does. */
  readonly step?: boolean;
  /** Bridges gaps: a daily value among hourly ones. */
  readonly sparse?: boolean;
  /** Marks without a line, by shape: colour is never the only signal. */
  readonly mark?: "buy" | "sell" | "stop" | "liquidation";
}

/** Seconds since the epoch. */
export interface ChartBand {
  readonly from: number;
  readonly to: number;
}

export interface ChartLane {
  readonly label: string;
  readonly spells: readonly (ChartBand & { readonly state: string; readonly letter: string })[];
}

/** What a chart shows is read to five digits: nine keep the page small and lose nothing. */
const DIGITS = 9;

/** A chart as a figure that the keyboard can enter, or the reason why there is none. */
export function chart(spec: ChartSpec, caption = ""): string {
  const empty = !spec.series.some(({ values }) => values.some((value) => value !== null));
  if (empty && (spec.lanes ?? []).length === 0)
    return `<figure><figcaption>${escapeHtml(spec.title)}</figcaption>${na("there is nothing to draw")}</figure>`;
  const size = spec.size === undefined ? "" : ` class="${spec.size}"`;
  const note = caption === "" ? "" : `<p class="note">${escapeHtml(caption)}</p>`;
  const label = `${spec.title}; arrow keys read values, + and - zoom, 0 shows all`;
  return `<figure${size}><figcaption>${escapeHtml(spec.title)}</figcaption><div class="chart" tabindex="0" role="img" aria-label="${escapeHtml(label)}"><script type="application/json">${shortJson(spec)}</script></div><output aria-live="polite"></output>${note}</figure>`;
}

/** The x values that charts name instead of repeating them. */
export function sharedAxis(name: AxisName, seconds: readonly number[]): string {
  return `<script type="application/json" id="axis-${name}">${scriptJson(seconds)}</script>`;
}

export function secondsOf(date: string): number {
  return Date.parse(date) / 1000;
}

function shortJson(spec: ChartSpec): string {
  const series = spec.series.map((own) => ({ ...own, values: own.values.map(shorten) }));
  return scriptJson({ ...spec, series });
}

function shorten(value: number | null): number | null {
  return value === null ? null : Number(value.toPrecision(DIGITS));
}
