import { dateToMs } from "../../lib/utc.ts";
import { writeSyntheticMarket } from "../../market/synth-files.ts";
import { DAY_MS, timeframeMs } from "../../market/timeframe.ts";
import { Progress } from "../progress.ts";
import { UsageError } from "../usage-error.ts";

export interface SynthFlags {
  readonly out: string;
  readonly seed: number;
  readonly symbols: readonly string[];
  readonly timeframes: readonly string[];
  readonly start: string;
  readonly end: string;
  readonly json?: boolean;
}

/** `data synth`: writes the seeded synthetic market as a folder of CSV that every command can read. */
export function synthesise({ out, seed, symbols, timeframes, start, end, json }: SynthFlags): void {
  for (const timeframe of timeframes) {
    if (timeframeMs(timeframe) === null)
      throw new UsageError(`--timeframe ${timeframe}: expected one that divides a day, for example 1D, 1h, 1m`);
  }
  for (const symbol of symbols) {
    if (!/^[A-Z0-9]+\/[A-Z0-9]+$/.test(symbol))
      throw new UsageError(`--symbols ${symbol}: expected BASE/QUOTE, for example BTC/USDT`);
  }
  if (dateToMs(end) < dateToMs(start))
    throw new UsageError(`--end ${end}: expected a date on or after --start ${start}`);
  const request = { folder: out, seed, symbols, timeframes, fromMs: dateToMs(start), endMs: dateToMs(end) + DAY_MS };
  const progress = new Progress("synth", "days", process.stderr);
  const files = progress.during((onProgress) => writeSyntheticMarket({ ...request, onProgress }));
  const result = { schema_version: 1, synthetic: true, seed, folder: out, files };
  process.stdout.write(
    json ? `${JSON.stringify(result)}\n` : `SYNTHETIC market, seed ${seed}: ${files.length} files in ${out}\n`,
  );
}
