import type { Pen } from "./pen.ts";
import { plain, textWidth, wrap } from "./text-width.ts";

/** Columns that labels take: those of the longest, but not more than a third of the line. */
export function labelWidth(labels: readonly string[], pen: Pen): number {
  const longest = labels.reduce((widest, label) => Math.max(widest, textWidth(plain(label))), 0);
  return Math.min(longest, Math.floor(pen.width / 3)) + 2;
}

/** A label with a line beside it; a label that is too long stands on lines of its own. */
export function labelledLine(label: string, line: string, width: number, pen: Pen): string {
  const text = plain(label);
  if (textWidth(text) <= width - 2) return `${pen.faint(text)}${" ".repeat(width - textWidth(text))}${line}`.trimEnd();
  return [...wrap(text, pen.width).map(pen.faint), `${" ".repeat(width)}${line}`.trimEnd()].join("\n");
}
