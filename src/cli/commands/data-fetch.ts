import { dateToMs } from "../../lib/utc.ts";
import { fetchMarket } from "../../market/fetch/fetch-market.ts";
import { requireSymbol } from "../../market/store/import-bars.ts";
import { DAY_MS, timeframeMs } from "../../market/timeframe.ts";
import { Progress } from "../progress.ts";
import { UsageError } from "../usage-error.ts";

export interface FetchFlags {
  readonly out: string;
  readonly venue: string;
  readonly timeframes: readonly string[];
  readonly start: string;
  readonly end?: string;
  readonly funding: boolean;
  readonly baseUrl?: string;
  readonly json?: boolean;
}

/** `data fetch`: bars and funding rates of a venue into the local store. */
export async function fetchData(symbols: readonly string[], flags: FetchFlags): Promise<void> {
  for (const timeframe of flags.timeframes) {
    if (timeframeMs(timeframe) === null)
      throw new UsageError(`--timeframes ${timeframe}: expected one that divides a day, for example 1D, 1h, 1m`);
  }
  const endMs = flags.end === undefined ? Number.POSITIVE_INFINITY : dateToMs(flags.end) + DAY_MS;
  if (endMs <= dateToMs(flags.start))
    throw new UsageError(`--end ${flags.end}: expected a date on or after --start ${flags.start}`);
  const progress = new Progress("fetch", "bars", process.stderr);
  const series = await fetchMarket({
    venue: flags.venue,
    baseUrl: flags.baseUrl ?? process.env.MCBOT_FETCH_BASE_URL ?? null,
    store: flags.out,
    symbols: symbols.map(requireSymbol),
    timeframes: flags.timeframes,
    funding: flags.funding,
    startMs: dateToMs(flags.start),
    endMs,
    onProgress: (done, total) => progress.update(done, total),
  }).finally(() => progress.stop());
  if (flags.json) {
    process.stdout.write(`${JSON.stringify({ schema_version: 1, venue: flags.venue, store: flags.out, series })}\n`);
    return;
  }
  for (const { symbol, timeframe, added } of series)
    process.stdout.write(`${symbol} ${timeframe}: ${added} new rows\n`);
  process.stdout.write(`${series.length} series in ${flags.out}; mcbot data verify ${flags.out} checks them\n`);
}
