import { existsSync, readFileSync } from "node:fs";
import { RecordingError } from "./recording-error.ts";

/** Where two decisions differ for the first time. */
export interface Difference {
  /** Line of decisions.ndjson, from 1. */
  readonly line: number;
  /** Open of the slice, or what kind of line it is. */
  readonly at: string;
  /** The field, "wishes[0].wishLots"; empty when a whole line is missing. */
  readonly path: string;
  readonly recorded: unknown;
  readonly replayed: unknown;
}

export interface Verification {
  readonly decisions: number;
  readonly differing: number;
  readonly first: Difference | null;
}

/**
 * Compares decisions line by line, byte for byte.
 *
 * @param isOpen the recorded session never ended (a crash): decisions after its last one are not missing.
 */
export function compareDecisions(
  recorded: readonly string[],
  replayed: readonly string[],
  isOpen = false,
): Verification {
  const decisions = isOpen ? recorded.length : Math.max(recorded.length, replayed.length);
  let differing = 0;
  let first: Difference | null = null;
  for (let i = 0; i < decisions; i++) {
    if (recorded[i] === replayed[i]) continue;
    differing++;
    first ??= describe(i + 1, recorded[i], replayed[i]);
  }
  return { decisions, differing, first };
}

/** The lines of a decisions file, without line breaks. An unfinished last line is dropped after a crash only. */
export function readDecisions(path: string, isOpen: boolean): string[] {
  if (!existsSync(path))
    throw new RecordingError(path, null, "missing: no decisions to compare with; mcbot replay writes them");
  const text = readFileSync(path, "utf8");
  if (text === "") throw new RecordingError(path, null, "empty: no decisions to compare with");
  const lines = text.split("\n");
  const torn = lines.pop();
  if (torn !== "" && !isOpen) throw new RecordingError(path, lines.length + 1, "truncated: the last line has no end");
  return lines;
}

function describe(line: number, recorded: string | undefined, replayed: string | undefined): Difference {
  if (recorded === undefined || replayed === undefined) {
    return {
      line,
      at: nameOf(parse(recorded ?? replayed)),
      path: "",
      recorded: recorded ?? null,
      replayed: replayed ?? null,
    };
  }
  const [a, b] = [parse(recorded), parse(replayed)];
  const found = firstDifference(a, b, "") ?? { path: "", recorded, replayed };
  return { line, at: nameOf(b), ...found };
}

function firstDifference(a: unknown, b: unknown, path: string): Omit<Difference, "line" | "at"> | null {
  if (!isNode(a) || !isNode(b) || Array.isArray(a) !== Array.isArray(b)) {
    return Object.is(a, b) ? null : { path, recorded: a ?? null, replayed: b ?? null };
  }
  // The hash of the input differs wherever anything did: the values themselves say more.
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])].sort((x, y) => rank(x) - rank(y));
  for (const key of keys) {
    const own = Array.isArray(a) ? `${path}[${key}]` : `${path}${path === "" ? "" : "."}${key}`;
    const found = firstDifference(a[key], b[key], own);
    if (found !== null) return found;
  }
  return null;
}

function rank(key: string): number {
  return key === "input" ? 1 : 0;
}

function isNode(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function parse(line: string | undefined): unknown {
  try {
    return JSON.parse(line ?? "");
  } catch {
    return line;
  }
}

function nameOf(line: unknown): string {
  if (!isNode(line)) return "?";
  return String(line.type === "slice" ? `slice ${line.open}` : line.type);
}
