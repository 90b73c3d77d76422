import Table from "cli-table3";
import type { Pen } from "./pen.ts";
import { textWidth, wrap } from "./text-width.ts";

export interface Column {
  readonly title: string;
  readonly align?: "left" | "right";
  /** Text that may be broken into lines. Numbers never are. */
  readonly wraps?: boolean;
  /** May be left out where space is short; the highest first. */
  readonly optional?: number;
}

const GAP = "  ";
/** A wrapped column does not become narrower than this. */
const NARROWEST = 12;
const NO_BORDERS = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: GAP,
};

/**
 * A table of at most the pen's width, without borders.
 *
 * Where it does not fit, optional columns go first (a line below names them), then text columns wrap, and at last each row
 * is printed as a list of "title value" lines: a number is never cut, and nothing disappears unsaid.
 */
export function renderTable(columns: readonly Column[], rows: readonly (readonly string[])[], pen: Pen): string {
  let shown = columns.map((_, i) => i);
  const widthsOf = (): number[] => shown.map((i) => columnWidth(columns[i] as Column, rows, i));
  while (totalWidth(widthsOf()) > pen.width) {
    const [expendable] = shown
      .filter((i) => columns[i]?.optional !== undefined)
      .sort((a, b) => (columns[b]?.optional ?? 0) - (columns[a]?.optional ?? 0));
    if (expendable === undefined) break;
    shown = shown.filter((i) => i !== expendable);
  }
  const kept = shown.map((i) => columns[i] as Column);
  const cells = rows.map((row) => shown.map((i) => row[i] ?? ""));
  const widths = shrink(kept, widthsOf(), pen.width);
  const table = widths === null ? asLists(kept, cells, pen) : asGrid(kept, cells, widths, pen);
  const hidden = columns.filter((column) => !kept.includes(column)).map(({ title }) => title);
  if (hidden.length === 0) return table;
  const note = wrap(`Wider terminals also show ${hidden.join(", ")}.`, pen.width);
  return [table, ...note.map(pen.faint)].join("\n");
}

/** Columns that a table takes when nothing is left out or wrapped. */
export function naturalWidth(columns: readonly Column[], rows: readonly (readonly string[])[]): number {
  return totalWidth(columns.map((column, i) => columnWidth(column, rows, i)));
}

function columnWidth({ title }: Column, rows: readonly (readonly string[])[], i: number): number {
  const widthOf = (cell: string): number => Math.max(...cell.split("\n").map(textWidth));
  return rows.reduce((widest, row) => Math.max(widest, widthOf(row[i] ?? "")), textWidth(title));
}

function totalWidth(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, GAP.length * (widths.length - 1));
}

/** Takes what is too much from the widest wrapping column; null when that is not enough. */
function shrink(columns: readonly Column[], natural: readonly number[], width: number): number[] | null {
  const widths = [...natural];
  for (let excess = totalWidth(widths) - width; excess > 0; excess--) {
    let widest = -1;
    for (const [i, column] of columns.entries()) {
      if (column.wraps !== true || (widths[i] as number) <= NARROWEST) continue;
      if (widest < 0 || (widths[i] as number) > (widths[widest] as number)) widest = i;
    }
    if (widest < 0) return null;
    (widths[widest] as number)--;
  }
  return widths;
}

function asGrid(columns: readonly Column[], rows: readonly string[][], widths: readonly number[], pen: Pen): string {
  const table = new Table({
    chars: NO_BORDERS,
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0, compact: true },
    head: columns.map(({ title }) => pen.faint(title)),
    colAligns: columns.map(({ align }) => align ?? "left"),
    colWidths: [...widths],
    wordWrap: true,
    truncate: pen.ellipsis,
  });
  table.push(...rows.map((row) => row.map((cell, i) => fold(cell, widths[i] as number))));
  return table
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}

/** The table library breaks lines at spaces and cuts a word that is too long; here it is broken. */
function fold(cell: string, width: number): string {
  return cell
    .split("\n")
    .flatMap((line) => (textWidth(line) <= width ? line : wrap(line, width)))
    .join("\n");
}

function asLists(columns: readonly Column[], rows: readonly string[][], pen: Pen): string {
  const label = Math.max(...columns.map(({ title }) => textWidth(title)));
  const lines = (cell: string, i: number): string[] =>
    fold(cell, pen.width - label - GAP.length)
      .split("\n")
      .map((part, line) => {
        const title = line === 0 ? (columns[i] as Column).title : "";
        return `${pen.faint(title.padEnd(label))}${GAP}${part}`.trimEnd();
      });
  return rows.map((row) => row.flatMap(lines).join("\n")).join("\n\n");
}
