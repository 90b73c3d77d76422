import { DAY_MS } from "../market/timeframe.ts";
import type { Curve } from "../orchestrator/run-record.ts";

/** What the account did within one span of time. Equity in quote units, at the closes of slices. */
export interface EquitySpan {
  /** Begin of the span, epoch ms UTC: a multiple of its length. */
  readonly timeMs: number;
  readonly low: number;
  readonly high: number;
  readonly close: number;
  /** Deepest fraction below the high-water mark of all slices so far. */
  readonly drawdown: number;
  /** Largest Σ |position| × mark ÷ equity; null where the equity was never positive. */
  readonly gross_leverage: number | null;
  /** Σ position × mark ÷ equity at the close; null where the equity is not positive. */
  readonly net_leverage: number | null;
}

const MINUTE_MS = 60_000;
const LENGTHS_MS = [1, 5, 15, 30, 60, 120, 240, 360, 720, 1440].map((minutes) => minutes * MINUTE_MS);
/** What a chart can hold without lag, and several for every pixel it has. */
const MAX_SPANS = 10_000;

/**
 * The curve of every slice in spans of equal length, each with its extremes: an intraday fall that no daily close saw is
 * still there. The length is the shortest of 1 minute … 1 day that is no finer than a slice and gives at most 10,000 spans
 * (a year of minutes: hours; shorter than a day only where slices are).
 *
 * @param capital before the first slice, quote units.
 */
export function equitySpans({ timeMs, equity, gross, net }: Curve, baseMs: number, capital: number): EquitySpan[] {
  const spans: { -readonly [key in keyof EquitySpan]: EquitySpan[key] }[] = [];
  const length = spanLength(timeMs, baseMs);
  let highWater = capital;
  let open = spans[0];
  for (let i = 0; i < timeMs.length; i++) {
    const value = equity[i] as number;
    highWater = Math.max(highWater, value);
    const drawdown = highWater > 0 ? (highWater - value) / highWater : 0;
    const leverage = value > 0 ? (gross[i] as number) / value : null;
    const netLeverage = value > 0 ? (net[i] as number) / value : null;
    const begin = Math.floor((timeMs[i] as number) / length) * length;
    if (open === undefined || open.timeMs !== begin) {
      open = {
        ...{ timeMs: begin, low: value, high: value, close: value, drawdown },
        ...{ gross_leverage: leverage, net_leverage: netLeverage },
      };
      spans.push(open);
      continue;
    }
    open.low = Math.min(open.low, value);
    open.high = Math.max(open.high, value);
    open.close = value;
    open.drawdown = Math.max(open.drawdown, drawdown);
    if (leverage !== null) open.gross_leverage = Math.max(open.gross_leverage ?? 0, leverage);
    open.net_leverage = netLeverage;
  }
  return spans;
}

function spanLength(timeMs: Float64Array, baseMs: number): number {
  const [first = 0, last = 0] = [timeMs[0], timeMs.at(-1)];
  return LENGTHS_MS.find((ms) => ms >= baseMs && (last - first) / ms < MAX_SPANS) ?? DAY_MS;
}
