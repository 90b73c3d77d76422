import type { AnyStrategy, FindStrategy } from "../strategy.ts";
import type { CandleColumns, UserStrategy } from "../user-strategy.ts";
import { weightColumn } from "./weight-column.ts";

/** One property of a strategy: whether it holds, and what was seen. */
export interface CheckItem {
  readonly name: "finite" | "look_ahead" | "chunks" | "deterministic" | "columns" | "start_dependence";
  readonly ok: boolean;
  readonly detail: string;
}

export interface CheckRequest {
  readonly strategy: AnyStrategy;
  readonly params: unknown;
  readonly candles: CandleColumns;
  readonly find: FindStrategy;
  /** The file's own export, when it is one: its column form is checked, too. */
  readonly user?: UserStrategy<unknown>;
  readonly barsPerYear?: number;
}

/** Places at which history is cut, shares of its length: early, odd, late. */
const CUTS = [0.13, 0.29, 0.37, 0.5, 0.61, 0.73, 0.83, 0.91, 0.97];
const CHUNKS = [1, 7, 256];
/** Relative difference below which a value no longer depends on where history starts. */
const FORGOTTEN = 1e-9;

/**
 * What the engine takes for granted of a strategy: finite weights that do not depend on the future, on chunk size or on
 * the run, the same from both forms; and how far a value depends on where its history starts (which is reported, and fails
 * only when the declared warm-up is too short for a weight to be there).
 */
export function checkStrategy(request: CheckRequest): CheckItem[] {
  const { strategy, params, candles, find, barsPerYear = 365 } = request;
  const whole = weightColumn(strategy, params, candles, { find, barsPerYear });
  if (whole.failure !== null) return [{ name: "finite", ok: false, detail: whole.failure }];
  const items: CheckItem[] = [
    { name: "finite", ok: true, detail: `${whole.weights.length} weights, all finite` },
    checkLookAhead(request, whole.weights),
    checkChunks(request, whole.weights),
    checkDeterminism(request, whole.weights),
  ];
  if (request.user?.weights !== undefined && request.user.start !== undefined) {
    items.push(checkColumns(request, request.user, whole.weights));
  }
  return [...items, checkStartDependence(request, whole.weights)];
}

function checkLookAhead(request: CheckRequest, whole: Float64Array): CheckItem {
  const { strategy, params, candles, find, user, barsPerYear = 365 } = request;
  const n = candles.close.length;
  for (const share of CUTS) {
    const to = Math.floor(n * share);
    const { weights } = weightColumn(strategy, params, candles, { to, find, barsPerYear });
    const at = firstDifference(weights, whole);
    if (at !== null) return lookAhead(candles, at, to, whole[at] as number, weights[at] as number);
    if (user?.weights === undefined) continue;
    // The engine only ever shows the past to the column form; looking ahead would show here, in research.
    const full = Float64Array.from(user.weights(candles, params, { barsPerYear }));
    const cut = Float64Array.from(user.weights(head(candles, to), params, { barsPerYear }));
    const place = firstDifference(cut, full);
    if (place !== null) return lookAhead(candles, place, to, full[place] as number, cut[place] as number);
  }
  return { name: "look_ahead", ok: true, detail: `${CUTS.length} cuts of history change no weight before them` };
}

function lookAhead({ time }: CandleColumns, at: number, cut: number, whole: number, prefix: number): CheckItem {
  const candle = new Date(time[at] as number).toISOString();
  const detail =
    `candle ${at} (${candle}) looks ahead: its weight is ${whole} with the whole history, ` +
    `${prefix} when history ends with candle ${cut - 1}`;
  return { name: "look_ahead", ok: false, detail };
}

function checkChunks(
  { strategy, params, candles, find, barsPerYear = 365 }: CheckRequest,
  whole: Float64Array,
): CheckItem {
  for (const chunk of CHUNKS) {
    const { weights } = weightColumn(strategy, params, candles, { chunk, find, barsPerYear });
    const at = firstDifference(weights, whole);
    if (at !== null) {
      const detail = `candle ${at}: ${weights[at]} when fed ${chunk} at a time, ${whole[at]} in one batch`;
      return { name: "chunks", ok: false, detail };
    }
  }
  return { name: "chunks", ok: true, detail: `chunks of ${CHUNKS.join(", ")} and one batch give the same bits` };
}

function checkDeterminism(
  { strategy, params, candles, find, barsPerYear = 365 }: CheckRequest,
  whole: Float64Array,
): CheckItem {
  const { weights } = weightColumn(strategy, params, candles, { find, barsPerYear });
  const at = firstDifference(weights, whole);
  const detail = at === null ? "a second run gives the same bits" : `candle ${at}: ${whole[at]}, then ${weights[at]}`;
  return { name: "deterministic", ok: at === null, detail };
}

function checkColumns(
  { params, candles, barsPerYear = 365 }: CheckRequest,
  user: UserStrategy<unknown>,
  whole: Float64Array,
): CheckItem {
  const columns = Float64Array.from(user.weights?.(candles, params, { barsPerYear }) ?? []);
  const at = columns.length === whole.length ? firstDifference(columns, whole) : Math.min(columns.length, whole.length);
  const detail =
    at === null
      ? "both forms give the same bits"
      : `candle ${at}: weights gives ${columns[at]}, start gives ${whole[at]}`;
  return { name: "columns", ok: at === null, detail };
}

/** Starts the history later and looks how much the last weights change: recursion in indicators shows here. */
function checkStartDependence(request: CheckRequest, whole: Float64Array): CheckItem {
  const { strategy, params, candles, find, barsPerYear = 365 } = request;
  const n = candles.close.length;
  const warmup = strategy.warmup(params, find);
  const from = Math.max(1, Math.floor(n / 4));
  const { weights } = weightColumn(strategy, params, candles, { from, find, barsPerYear });
  const settled = warmup - 1;
  if (settled >= weights.length) {
    return {
      name: "start_dependence",
      ok: true,
      detail: `the warm-up of ${warmup} candles is longer than the test data`,
    };
  }
  let worst = 0;
  let last = -1;
  for (let t = settled; t < weights.length; t++) {
    const a = weights[t] as number;
    const b = whole[from + t] as number;
    const difference = Math.abs(a - b) / Math.max(Math.abs(a), Math.abs(b), 1e-300);
    if (a !== b && difference > worst) worst = difference;
    if (a !== b && difference > FORGOTTEN) last = t;
  }
  const after = `after the warm-up of ${warmup} candles`;
  const detail =
    last < 0
      ? `${after} no weight depends on where history starts`
      : `${after} a later start still changes weights by up to ${(100 * worst).toPrecision(3)} %, until candle ${last + 1}`;
  return { name: "start_dependence", ok: true, detail };
}

function head(candles: CandleColumns, to: number): CandleColumns {
  const { time, open, high, low, close, volume } = candles;
  const cut = (column: Float64Array): Float64Array => column.slice(0, to);
  return { time: cut(time), open: cut(open), high: cut(high), low: cut(low), close: cut(close), volume: cut(volume) };
}

/** Index of the first value of `part` that differs from `whole` in any bit; null when it is a prefix of it. */
function firstDifference(part: Float64Array, whole: Float64Array): number | null {
  for (let t = 0; t < part.length; t++) if (!Object.is(part[t], whole[t])) return t;
  return null;
}
