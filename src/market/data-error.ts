/** Why market data was refused. */
export type DataIssueCode =
  | "BAD_TIMESTAMP"
  | "OFF_GRID"
  | "OUT_OF_ORDER"
  | "DUPLICATE_TIMESTAMP"
  | "OUTSIDE_FILE_YEAR"
  | "NOT_A_NUMBER"
  | "PRICE_NOT_POSITIVE"
  | "HIGH_TOO_LOW"
  | "LOW_TOO_HIGH"
  | "NEGATIVE_VOLUME"
  | "WRONG_FIELD_COUNT"
  | "WRONG_HEADER"
  | "EMPTY_FILE"
  | "NO_ROWS"
  | "TRUNCATED_LAST_LINE"
  | "BAD_GZIP"
  | "BAD_ARCHIVE"
  | "BAD_STORE"
  | "TAMPERED"
  | "CONFLICT"
  | "VENUE"
  | "UNREADABLE"
  | "OVERLAP"
  | "NO_FOLDER"
  | "NO_BARS"
  | "UNKNOWN_SYMBOL"
  | "UNKNOWN_TIMEFRAME"
  | "NO_COMMON_TIMEFRAME"
  | "NO_FUNDING"
  | "RATE_TOO_LARGE"
  | "NOT_SYNTHETIC";

/** One thing that is wrong with the data, with everything a reader needs to find and mend it. */
export interface DataIssue {
  /** File or folder. */
  readonly file: string;
  /** Counted from 1; null when the issue is not about a line. */
  readonly line: number | null;
  /** Name of the CSV column; null when the issue is about the whole line or file. */
  readonly column: string | null;
  readonly code: DataIssueCode;
  /** What was found, as text. */
  readonly value: string;
  readonly expected: string;
  readonly hint: string | null;
}

/** How many issues are kept with their text. A file in the wrong layout has one per row; nobody reads a million. */
export const MAX_ISSUES = 20;

/** Collects issues: the first MAX_ISSUES in full, the rest as a count. */
export class IssueList {
  readonly kept: DataIssue[] = [];
  #omitted = 0;

  /** Issues beyond MAX_ISSUES. */
  get omitted(): number {
    return this.#omitted;
  }

  get isEmpty(): boolean {
    return this.kept.length === 0;
  }

  add(issue: DataIssue): void {
    if (this.kept.length < MAX_ISSUES) this.kept.push(issue);
    else this.#omitted++;
  }

  addAll(other: IssueList): void {
    for (const issue of other.kept) this.add(issue);
    this.#omitted += other.omitted;
  }

  /** Throws a DataError with everything collected so far; does nothing when there is no issue. */
  throwIfAny(): void {
    if (!this.isEmpty) throw new DataError(this);
  }
}

/** Market data that cannot be used: bad input of the user, never a bug. Carries all issues at once. */
export class DataError extends Error {
  override readonly name = "DataError";
  readonly issues: readonly DataIssue[];
  /** Further issues that are counted but not kept. */
  readonly omitted: number;

  constructor(list: IssueList) {
    super(renderIssues(list));
    this.issues = list.kept;
    this.omitted = list.omitted;
  }
}

/** One line per issue: `file:line: column: CODE: found …, expected … (hint)`. */
function renderIssues({ kept, omitted }: IssueList): string {
  const lines = kept.map(renderIssue);
  if (omitted > 0) lines.push(`and ${omitted} more`);
  return lines.join("\n");
}

/** `file:line: column: CODE: found …, expected … (hint)`. */
export function renderIssue({ file, line, column, code, value, expected, hint }: DataIssue): string {
  const place = [line === null ? file : `${file}:${line}`, column, code].filter((part) => part !== null).join(": ");
  return `${place}: found ${value}, expected ${expected}${hint === null ? "" : ` (${hint})`}`;
}
