import type { IssueCode } from "./problem.ts";

/** One thing wrong with a config, and where. */
export interface ConfigIssue {
  /** The file as it was named, or "environment variable NAME", "flag NAME" for a value that came from there. */
  readonly file: string;
  /** From 1; null when there is no line (a file that cannot be read, a value from outside the file). */
  readonly line: number | null;
  /** From 1, in UTF-16 units; null with line. */
  readonly column: number | null;
  /** "pods[0].risk.max_leverage"; "" for the whole file. */
  readonly path: string;
  readonly code: IssueCode;
  /** The value found, undefined when it is missing. Possible secrets are not repeated. */
  readonly value: unknown;
  readonly expected: string;
  readonly hint: string | null;
}

/** A config that is refused: every issue at once, in the order of the file. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly issues: readonly ConfigIssue[];
  /** The text the positions count in; null when there is none. */
  readonly text: string | null;

  constructor(issues: readonly ConfigIssue[], text: string | null) {
    super(issues.map(summary).join("\n"));
    this.issues = issues;
    this.text = text;
  }
}

/** "orchestrator.yaml:12:3". */
export function formatPlace({ file, line, column }: ConfigIssue): string {
  return line === null ? file : `${file}:${line}:${column}`;
}

function summary(issue: ConfigIssue): string {
  return `${formatPlace(issue)} ${issue.path}: expected ${issue.expected}`;
}
