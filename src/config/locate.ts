import type { ConfigIssue } from "./config-error.ts";
import type { Origin } from "./origin.ts";
import type { Override, OverrideProblem } from "./overrides.ts";
import { formatPath, type Path, startsWith } from "./path.ts";
import type { Problem } from "./problem.ts";
import type { YamlSource } from "./yaml-source.ts";
import type { LocatedProblem, Position } from "./yaml-syntax.ts";

/** Problems about the name of a key point at the key, all others at the value. */
const AT_KEY: readonly string[] = ["UNKNOWN_KEY", "BAD_KEY", "SECRET_IN_FILE"];

type AnyProblem = Problem | LocatedProblem | OverrideProblem;

/** What a config was read from. */
export interface Place {
  readonly file: string;
  /** Null for a config that never was a file. */
  readonly source: YamlSource | null;
  readonly overrides: readonly Override[];
}

/** Gives problems their place and puts them in the order of the file; values from outside the file come last. */
export function locate(problems: readonly AnyProblem[], place: Place): ConfigIssue[] {
  return problems.map((problem) => toIssue(problem, place)).sort(compareIssues);
}

function toIssue(problem: AnyProblem, { file, source, overrides }: Place): ConfigIssue {
  const { path, code, value, expected, hint } = problem;
  const issue = { path: formatPath(path), code, value, expected, hint };
  const outside =
    "origin" in problem ? problem.origin : overrides.findLast((each) => startsWith(path, each.path))?.origin;
  if (outside) return { ...issue, file: nameOutside(outside), line: null, column: null };
  if (source === null) return { ...issue, file, line: null, column: null };
  const position = "position" in problem ? problem.position : findPosition(problem, source);
  return { ...issue, file, ...position };
}

function nameOutside(origin: Origin & { kind: "environment" | "flag" }): string {
  return origin.kind === "environment" ? `environment variable ${origin.name}` : `flag ${origin.name}`;
}

/** The key or value itself, else a value that takes part, else the mapping it is missing from. */
function findPosition({ path, code, near = [] }: Problem, source: YamlSource): Position {
  const own = AT_KEY.includes(code) ? source.keyPosition(path) : undefined;
  const found =
    own ?? [path, ...near].map((each) => source.valuePosition(each)).find((position) => position !== undefined);
  return found ?? enclosing(path, source) ?? { line: 1, column: 1 };
}

function enclosing(path: Path, source: YamlSource): Position | undefined {
  for (let length = path.length - 1; length > 0; length--) {
    const position = source.valuePosition(path.slice(0, length));
    if (position) return position;
  }
  return undefined;
}

function compareIssues(a: ConfigIssue, b: ConfigIssue): number {
  const outside = Number(a.line === null) - Number(b.line === null);
  if (outside !== 0) return outside;
  const place = (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
  return place || compareText(a.file, b.file) || compareText(a.path, b.path) || compareText(a.code, b.code);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
