import { escapeHtml, na, scriptJson } from "./markup.ts";

/** What assets/report/report.js draws with uPlot. */
export interface ChartSpec {
  readonly title: string;
  /** Seconds since the epoch, ascending. */
  readonly x: readonly number[];
  readonly series: readonly ChartSeries[];
  readonly format: "money" | "percent" | "number";
  readonly log?: boolean;
  /** Areas on top of each other; the values are those of each series alone. */
  readonly stacked?: boolean;
  readonly bands?: readonly ChartBand[];
  /** Horizontal limits. */
  readonly limits?: readonly { readonly label: string; readonly value: number }[];
  readonly small?: boolean;
}

export interface ChartSeries {
  readonly label: string;
  readonly values: readonly (number | null)[];
  /** Index into the palette: a pod has the same one in every chart; −1 is neutral. */
  readonly color: number;
  readonly dash?: boolean;
  readonly fill?: boolean;
  /** Marks without a line, by shape: colour is never the only signal. */
  readonly mark?: "buy" | "sell" | "stop";
}

export interface ChartBand {
  readonly from: number;
  readonly to: number;
  readonly kind: "halt" | "state";
  readonly label: string;
}

/** A chart as a figure that the keyboard can enter, or the reason why there is none. */
export function chart(spec: ChartSpec, caption = ""): string {
  if (!spec.series.some(({ values }) => values.some((value) => value !== null)))
    return `<figure><figcaption>${escapeHtml(spec.title)}</figcaption>${na("there is nothing to draw")}</figure>`;
  const size = spec.small === true ? ' class="small"' : "";
  const note = caption === "" ? "" : `<p class="note">${escapeHtml(caption)}</p>`;
  return `<figure${size}><figcaption>${escapeHtml(spec.title)}</figcaption><div class="chart" tabindex="0" role="img" aria-label="${escapeHtml(`${spec.title}; arrow keys read values`)}"><script type="application/json">${scriptJson(spec)}</script></div><output aria-live="polite"></output>${note}</figure>`;
}

export function secondsOf(date: string): number {
  return Date.parse(date) / 1000;
}
