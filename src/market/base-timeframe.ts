import { type DataIssueCode, IssueList } from "./data-error.ts";
import { formatTimeframe, type Timeframe, timeframeMs } from "./timeframe.ts";

export type BaseTimeframe =
  | { readonly ok: true; readonly timeframe: Timeframe }
  | { readonly ok: false; readonly issues: IssueList };

/**
 * The timeframe that an engine reads: `requested`, or else the coarsest one stored for every symbol that divides the
 * timeframe of every pod (so the finest pod's own when it is stored and divides the others).
 *
 * @param source where the data are, for issues.
 * @param stored timeframes by symbol, for the symbols of the run.
 * @param requested must be stored and divide; nothing else is taken in its place.
 */
export function chooseBaseTimeframe(
  source: string,
  stored: ReadonlyMap<string, readonly Timeframe[]>,
  podTimeframes: readonly Timeframe[],
  requested: Timeframe | null,
): BaseTimeframe {
  const issues = new IssueList();
  const complain = (code: DataIssueCode, value: string, expected: string, hint: string | null) =>
    issues.add({ file: source, line: null, column: null, code, value, expected, hint });

  for (const name of new Set(requested === null ? podTimeframes : [...podTimeframes, requested])) {
    if (timeframeMs(name) === null) {
      complain(
        "UNKNOWN_TIMEFRAME",
        JSON.stringify(name),
        "minutes, hours or days that divide a UTC day: 1m, 4h, 1D",
        null,
      );
    }
  }
  if (!issues.isEmpty) return { ok: false, issues };

  const podMs = podTimeframes.map(lengthOf);
  const dividesAll = (ms: number) => podMs.every((pod) => pod % ms === 0);
  const common = storedForAll([...stored.values()]);
  const wanted = requested === null ? common.filter(dividesAll).at(-1) : lengthOf(requested);

  if (wanted !== undefined && common.includes(wanted) && dividesAll(wanted)) {
    return { ok: true, timeframe: formatTimeframe(wanted) };
  }
  const pods = formatAll([...new Set(podMs)].sort((a, b) => a - b));
  if (wanted !== undefined && !dividesAll(wanted)) {
    complain("NO_COMMON_TIMEFRAME", formatTimeframe(wanted), `a base timeframe that divides ${pods}`, null);
  }
  if (wanted === undefined || !common.includes(wanted)) {
    const list = [...stored].map(([symbol, timeframes]) => `${symbol} ${timeframes.join(" ") || "none"}`).join("; ");
    const expected = wanted === undefined ? `one timeframe that divides ${pods}` : formatTimeframe(wanted);
    complain("NO_COMMON_TIMEFRAME", list, `${expected}, stored for every symbol`, hintFor(common));
  }
  return { ok: false, issues };
}

function hintFor(common: readonly number[]): string {
  return common.length === 0 ? "no timeframe is stored for all of them" : `for all of them: ${formatAll(common)}`;
}

function formatAll(lengths: readonly number[]): string {
  return lengths.map(formatTimeframe).join(", ");
}

/** Lengths in ms that every list has, finest first. */
function storedForAll(lists: readonly (readonly Timeframe[])[]): number[] {
  const [first = [], ...others] = lists.map((list) => list.map(lengthOf));
  return first.filter((ms) => others.every((other) => other.includes(ms))).sort((a, b) => a - b);
}

function lengthOf(timeframe: Timeframe): number {
  return timeframeMs(timeframe) ?? Number.NaN;
}
