import { stripVTControlCharacters } from "node:util";
import pc from "picocolors";
import { type ConfigError, type ConfigIssue, formatPlace } from "./config-error.ts";
import { HIDDEN } from "./problem.ts";

type Colors = ReturnType<typeof pc.createColors>;

/** Columns of source shown around a fault; a longer line is cut. */
const WINDOW = 100;
const VALUE_LENGTH = 80;

export interface FormatOptions {
  readonly color: boolean;
}

/** The issues for people: place and path, the source line with a caret, value, expected, hint. */
export function formatConfigError(error: ConfigError, options: FormatOptions): string {
  const count = error.issues.length;
  const title = pc
    .createColors(options.color)
    .bold(count === 1 ? "1 problem in the config" : `${count} problems in the config`);
  return `${formatIssues(error.issues, error.text, options)}\n\n${title}\n`;
}

/** Issues, or the warnings of a loaded config, one block each. */
export function formatIssues(issues: readonly ConfigIssue[], text: string | null, { color }: FormatOptions): string {
  const lines = text?.split(/\r?\n/) ?? [];
  return issues.map((issue) => formatIssue(issue, lines, pc.createColors(color))).join("\n\n");
}

function formatIssue(issue: ConfigIssue, lines: readonly string[], c: Colors): string {
  return [
    `${c.bold(clean(formatPlace(issue)))}  ${c.cyan(clean(issue.path))}`.trimEnd(),
    ...excerpt(issue, lines, c),
    `  ${c.dim("value   ")}  ${formatValue(issue.value)}`,
    `  ${c.dim("expected")}  ${clean(issue.expected)}`,
    ...(issue.hint === null ? [] : [`  ${c.dim("hint    ")}  ${c.green(clean(issue.hint))}`]),
  ].join("\n");
}

function excerpt({ line, column, value }: ConfigIssue, lines: readonly string[], c: Colors): string[] {
  if (line === null || column === null) return [];
  const source = lines[line - 1];
  // The line would show what the value hides.
  if (source === undefined || value === HIDDEN) return [];
  const start = column > WINDOW ? column - WINDOW / 2 : 0;
  const shown = clean(source.slice(start, start + WINDOW));
  const number = String(line);
  const caret = " ".repeat(column - 1 - start);
  return [`  ${c.dim(`${number} |`)} ${shown}`, `  ${" ".repeat(number.length)} ${c.dim("|")} ${caret}${c.red("^")}`];
}

function formatValue(value: unknown): string {
  if (value === undefined) return "(missing)";
  if (typeof value === "number" || value === HIDDEN) return String(value);
  const text = JSON.stringify(value) ?? String(value);
  return text.length > VALUE_LENGTH ? `${text.slice(0, VALUE_LENGTH)}…` : text;
}

/** A file must not paint the terminal of who reads about it: escapes go, every other control character is a blank. */
function clean(text: string): string {
  return stripVTControlCharacters(text).replace(/\p{Cc}/gu, " ");
}
