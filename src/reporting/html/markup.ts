import type { Metric } from "../../analytics/metric.ts";

/** Text that is safe in HTML, attributes included. */
export function escapeHtml(text: string): string {
  const names: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  return text.replace(/[&<>"']/g, (sign) => names[sign] as string);
}

/** JSON that cannot end its script element. */
export function scriptJson(value: unknown): string {
  return JSON.stringify(value).replaceAll("<", "\\u003c");
}

/** A metric's value, or an honest n/a with its reason in view. */
export function metricCell({ value, reason }: Metric, print: (value: number) => string): string {
  return value === null ? na(reason ?? "no reason given") : escapeHtml(print(value));
}

export function na(reason: string): string {
  return `<span class="na">n/a<small> ${escapeHtml(reason)}</small></span>`;
}

/** More of them are small print on paper: a sheet cannot scroll. */
const MANY_COLUMNS = 20;

export interface TableLook {
  readonly id?: string;
  /** Words in the columns from this one on, numbers before. */
  readonly textFrom?: number;
  /** Scrolls on a screen when it is long; on paper all of it is there. */
  readonly long?: boolean;
}

/** Cells are HTML already. The first column names the row. */
export function table(
  caption: string,
  head: readonly string[],
  rows: readonly (readonly string[])[],
  { id, textFrom = head.length, long = false }: TableLook = {},
): string {
  const kind = (column: number): string => (column >= textFrom ? ' class="text"' : "");
  const top = head.map((cell, i) => `<th scope="col"${kind(i)}>${escapeHtml(cell)}</th>`).join("");
  const body = rows.map(([name = "", ...cells]) => {
    return `<tr><th scope="row">${name}</th>${cells.map((cell, i) => `<td${kind(i + 1)}>${cell}</td>`).join("")}</tr>`;
  });
  const name = id === undefined ? "" : ` id="${id}"`;
  const wide = head.length > MANY_COLUMNS ? ' class="wide"' : "";
  return `<div class="scroll${long ? " long" : ""}" tabindex="0" role="region" aria-label="${escapeHtml(caption)}"><table${name}${wide}><caption>${escapeHtml(caption)}</caption><thead><tr>${top}</tr></thead><tbody>${body.join("")}</tbody></table></div>`;
}

export function section(id: string, title: string, ...content: readonly string[]): string {
  return `<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${escapeHtml(title)}</h2>${content.join("\n")}</section>`;
}

/** A shaded cell; the number is printed, so the shade is not the only signal. `heat` from 0 to 1. */
export function heatCell(text: string, value: number, heat: number): string {
  return `<span class="heat ${value < 0 ? "minus" : "plus"}" style="--heat:${heat.toFixed(2)}">${escapeHtml(text)}</span>`;
}
