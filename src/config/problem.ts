import type { Path } from "./path.ts";

/** Why a config is refused, for programs. */
export type IssueCode =
  | "UNREADABLE_FILE"
  | "YAML_SYNTAX"
  | "DUPLICATE_KEY"
  | "BAD_KEY"
  | "UNKNOWN_KEY"
  | "UNKNOWN_OVERRIDE"
  | "SECRET_IN_FILE"
  | "MISSING"
  | "WRONG_TYPE"
  | "OUT_OF_RANGE"
  | "NOT_ALLOWED"
  | "BAD_FORMAT"
  | "INVALID"
  | "UNKNOWN_STRATEGY"
  | "CONFLICT"
  // Warnings:
  | "SMALL_CAPITAL"
  | "NO_EFFECT"
  | "RISKY";

/** Something wrong with the values, wherever they came from; load.ts adds file, line and column. */
export interface Problem {
  readonly path: Path;
  readonly code: IssueCode;
  /** The value found; undefined when it is missing. */
  readonly value: unknown;
  /** What would be right, as words that follow "expected". */
  readonly expected: string;
  /** What to do about it. */
  readonly hint: string | null;
  /** Other values that take part, tried in this order for a position when `path` is not in the file. */
  readonly near?: readonly Path[];
}

/** Printed in place of a value that may be a secret. */
export const HIDDEN = "(hidden)";
