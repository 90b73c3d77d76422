import { existsSync } from "node:fs";
import { type BarBounds, describeRow, isSound } from "../csv-check.ts";
import { IssueList } from "../data-error.ts";
import { readCsvFunding } from "../funding-csv.ts";
import type { BlockBars } from "../store/bar-block.ts";
import { openBarsFile } from "../store/bars-file.ts";
import { addBars } from "../store/import-bars.ts";
import { barsPath, writeFundingFile } from "../store/store-paths.ts";
import { formatTimeframe, MINUTE_MS, type Timeframe, timeframeMs } from "../timeframe.ts";
import { openVenue, type VenueClient, type VenueOptions } from "./venue-client.ts";

export interface FetchRequest extends VenueOptions {
  readonly store: string;
  /** BASE/QUOTE. */
  readonly symbols: readonly string[];
  readonly timeframes: readonly Timeframe[];
  readonly funding: boolean;
  /** [start, end), epoch ms; bars that are not closed yet are left out. */
  readonly startMs: number;
  readonly endMs: number;
  /** Called with the bars and funding hours asked for so far, and all of them. */
  readonly onProgress?: (done: number, total: number) => void;
}

export interface FetchedSeries {
  readonly path: string;
  readonly symbol: string;
  readonly timeframe: Timeframe | "funding";
  /** Rows that the store did not have. */
  readonly added: number;
}

/** Pages between two writes of a series: what a kill can cost. */
const PAGES_PER_WRITE = 20;

interface Range {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * Fetches what the store lacks of a range: everything before, between and behind the bars it has. So a fetch that was
 * killed goes on where it was, and a venue's outages are asked for again each time, a call each.
 *
 * @throws DataError when the venue cannot be reached or sends what is no bar; what came before is stored.
 */
export async function fetchMarket(request: FetchRequest): Promise<FetchedSeries[]> {
  const venue = await openVenue(request);
  const now = await venue.now();
  const jobs = request.symbols.flatMap((symbol) => {
    const id = venue.resolve(symbol);
    return request.timeframes.map((name) => {
      const lengthMs = timeframeMs(name) ?? Number.NaN;
      const timeframe = formatTimeframe(lengthMs);
      const path = barsPath(request.store, symbol, timeframe);
      // The bar that is open now begins at this time and is left out.
      const closedMs = Math.floor(now / lengthMs) * lengthMs;
      const range = {
        fromMs: Math.ceil(request.startMs / lengthMs) * lengthMs,
        toMs: Math.min(request.endMs, closedMs),
      };
      return { symbol, id, path, timeframe, lengthMs, ranges: missingRanges(path, lengthMs, range) };
    });
  });
  const total = jobs.reduce(
    (sum, { ranges, lengthMs }) => sum + ranges.reduce((n, { fromMs, toMs }) => n + (toMs - fromMs) / lengthMs, 0),
    0,
  );
  let done = 0;
  const fetched: FetchedSeries[] = [];
  for (const { symbol, id, path, timeframe, lengthMs, ranges } of jobs) {
    let added = 0;
    for (const range of ranges) {
      added += await fetchRange(venue, { id, symbol, timeframe, lengthMs, path }, range, (bars) => {
        done += bars;
        request.onProgress?.(done, total);
      });
    }
    fetched.push({ path, symbol, timeframe, added });
  }
  if (request.funding && venue.hasFunding) {
    for (const symbol of request.symbols)
      fetched.push(await fetchFunding(venue, symbol, { ...request, endMs: Math.min(request.endMs, now) }));
  }
  return fetched;
}

/** The parts of `range` in which the store has no bar. */
function missingRanges(path: string, lengthMs: number, { fromMs, toMs }: Range): Range[] {
  const runs = existsSync(path) ? openBarsFile(path).header.blocks.flatMap((block) => block.runs) : [];
  const missing: Range[] = [];
  let at = fromMs;
  for (const [startMs, count] of runs) {
    if (startMs > at) missing.push({ fromMs: at, toMs: Math.min(startMs, toMs) });
    at = Math.max(at, startMs + count * lengthMs);
    if (at >= toMs) break;
  }
  if (at < toMs) missing.push({ fromMs: at, toMs });
  return missing.filter((range) => range.toMs > range.fromMs);
}

interface Series {
  readonly id: string;
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly lengthMs: number;
  readonly path: string;
}

async function fetchRange(
  venue: VenueClient,
  series: Series,
  { fromMs, toMs }: Range,
  onBars: (bars: number) => void,
): Promise<number> {
  const { id, lengthMs } = series;
  const name = series.timeframe === "1D" ? "1d" : series.timeframe;
  let since = fromMs;
  let rows: number[][] = [];
  let added = 0;
  const write = (): void => {
    if (rows.length > 0) added += addBars(series.path, series, columnsOf(rows), `${id} from the venue`);
    rows = [];
  };
  try {
    for (let page = 1; since < toMs; page++) {
      const received = await venue.bars(id, name, since, toMs);
      const fresh = requireBars(received, { ...series, fromMs: since, toMs });
      const last = fresh.at(-1)?.[0];
      const next = last === undefined ? toMs : last + lengthMs;
      rows.push(...fresh);
      onBars((Math.min(next, toMs) - since) / lengthMs);
      since = next;
      if (page % PAGES_PER_WRITE === 0) write();
    }
  } finally {
    // What came before a failure is kept.
    write();
  }
  return added;
}

/** Rows of a page as numbers, those outside the range left out. @throws DataError for a row that is no bar. */
function requireBars(received: readonly unknown[][], { id, lengthMs, fromMs, toMs }: Series & Range): number[][] {
  const issues = new IssueList();
  const bounds: BarBounds = {
    timeframeMs: lengthMs,
    year: null,
    fromMs: Number.NEGATIVE_INFINITY,
    toMs: Number.POSITIVE_INFINITY,
    previousMs: Number.NEGATIVE_INFINITY,
  };
  const rows: number[][] = [];
  for (const [i, fields] of received.entries()) {
    const numbers = Array.from({ length: 6 }, (_, c) =>
      typeof fields[c] === "number" ? (fields[c] as number) : Number.NaN,
    );
    const [timeMs, open, high, low, close, volume] = numbers as [number, number, number, number, number, number];
    const row = { timeMs, open, high, low, close, volume };
    if (!isSound(row, bounds)) {
      const written = numbers.map((_, c) => String(fields[c]));
      for (const issue of describeRow(row, written, bounds))
        issues.add({ file: `${id} from the venue`, line: i + 1, ...issue });
      continue;
    }
    bounds.previousMs = timeMs;
    if (timeMs >= fromMs && timeMs < toMs) rows.push(numbers);
  }
  issues.throwIfAny();
  return rows;
}

function columnsOf(rows: readonly number[][]): BlockBars {
  const column = (c: number): Float64Array => Float64Array.from(rows, (row) => row[c] as number);
  return { timeMs: column(0), open: column(1), high: column(2), low: column(3), close: column(4), volume: column(5) };
}

async function fetchFunding(
  venue: VenueClient,
  symbol: string,
  { store, startMs, endMs }: FetchRequest,
): Promise<FetchedSeries> {
  const stored = readCsvFunding(store, symbol, Number.POSITIVE_INFINITY);
  stored.issues.throwIfAny();
  const times = stored.rates?.timeMs;
  const [first, last] = [times?.[0], times?.at(-1)];
  const ranges =
    first === undefined || last === undefined
      ? [{ fromMs: startMs, toMs: endMs }]
      : [
          { fromMs: startMs, toMs: Math.min(first, endMs) },
          { fromMs: Math.max(startMs, last + MINUTE_MS), toMs: endMs },
        ];
  const id = venue.resolve(symbol);
  const rates = new Map<number, number>();
  for (const { fromMs, toMs } of ranges) {
    for (let since = fromMs; since < toMs; ) {
      const page = await venue.funding(id, since, toMs);
      let latest = since;
      for (const { timestamp, fundingRate } of page) {
        const [time, rate] = [Number(timestamp), Number(fundingRate)];
        if (!Number.isFinite(time) || !Number.isFinite(rate) || Math.abs(rate) >= 1)
          refuseRate(id, timestamp, fundingRate);
        latest = Math.max(latest, time);
        // Venues stamp a payment some milliseconds late.
        const minute = Math.floor(time / MINUTE_MS) * MINUTE_MS;
        if (minute >= fromMs && minute < toMs) rates.set(minute, rate);
      }
      if (page.length === 0) break;
      since = latest + 1;
    }
  }
  const { path, added } =
    rates.size === 0 ? { path: stored.file ?? store, added: 0 } : writeFundingFile(store, symbol, rates, []);
  return { path, symbol, timeframe: "funding", added };
}

function refuseRate(id: string, timestamp: unknown, rate: unknown): never {
  const issues = new IssueList();
  issues.add({
    file: `${id} from the venue`,
    line: null,
    column: "funding_rate",
    code: "NOT_A_NUMBER",
    value: `${rate} at ${timestamp}`,
    expected: "a time and a rate between -1 and 1",
    hint: null,
  });
  return issues.throwIfAny() as never;
}
