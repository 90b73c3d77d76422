import { canonicalConfig } from "../../config/canonical.ts";
import type { Config } from "../../config/schema.ts";
import type { NewMarketEvent } from "../../engine/recording/market-events.ts";
import { eventsOf } from "../../engine/recording/market-lines.ts";
import { type RecordingHead, RecordingWriter } from "../../engine/recording/recording-writer.ts";
import { mergeQuotes, quoteEvents, readTopOfBook } from "../../engine/recording/top-of-book.ts";
import { sha256 } from "../../lib/sha256.ts";
import { timeframeMs } from "../../market/timeframe.ts";
import { openConfig, openMarketFor, withWholeRange } from "../open-run.ts";
import { Progress } from "../progress.ts";
import { UsageError } from "../usage-error.ts";

export interface RecordFlags {
  readonly from: readonly string[];
  readonly bar: string;
  readonly data?: string;
  readonly out: string;
  readonly json?: boolean;
}

/** `record CONFIG`: the bars of a config; `record --from FILE`: a top-of-book file, as quotes and bars of their mid. */
export function record(file: string | undefined, flags: RecordFlags): void {
  const { from, data } = flags;
  if (from.length > 0 && data !== undefined)
    throw new UsageError("--data names bars, --from names quotes: give one of them");
  if (from.length > 0) recordQuotes(file, flags);
  else if (file === undefined)
    throw new UsageError("give a config, whose bars are recorded, or a top-of-book file with --from");
  else recordBars(file, flags);
}

function recordBars(file: string, flags: RecordFlags): void {
  const loaded = openConfig(file, flags);
  const opened = openMarketFor(loaded.config, loaded.origins.get("data.path")?.kind === "default");
  const { market } = opened;
  const config = withWholeRange(opened.config, market);
  const symbols = market.bars.map(({ symbol, volumeDecimals }) => ({ symbol, volume_decimals: volumeDecimals }));
  const source = { type: "bars" as const, label: market.label, files: [...market.files] };
  const head = {
    ...headOf(config),
    orchestrated: loaded.form.name === "orchestrator",
    source,
    synthetic: market.kind === "synthetic",
    timeframe: market.timeframe,
    symbols,
  };
  const slices = Math.max(...market.bars.map(({ timeMs }) => timeMs.length));
  write(head, eventsOf(market, timeframeMs(market.timeframe) as number), { type: "slice", about: slices }, flags);
}

function recordQuotes(file: string | undefined, flags: RecordFlags): void {
  const { from, bar } = flags;
  const barMs = timeframeMs(bar);
  if (barMs === null) throw new UsageError(`--bar ${bar}: expected a length that divides a UTC day, such as 10s or 1m`);
  const quotes = mergeQuotes(from.map(readTopOfBook));
  const symbols = [...new Set(quotes.map(({ symbol }) => symbol))]
    .sort()
    .map((symbol) => ({ symbol, volume_decimals: 0 }));
  const source = { type: "quotes" as const, label: `top of book, ${bar} bars of the mid`, files: [...from] };
  const loaded = file === undefined ? null : openConfig(file, {});
  const orchestrated = loaded === null || loaded.form.name === "orchestrator";
  const head = { ...headOf(loaded?.config ?? null), orchestrated, source, synthetic: false, timeframe: bar, symbols };
  write(head, quoteEvents(quotes, barMs), { type: "quote", about: quotes.length }, flags);
}

function headOf(config: Config | null): Pick<RecordingHead, "now" | "command" | "config"> {
  const recorded = config === null ? null : { hash: sha256(canonicalConfig(config)), resolved: config };
  return { now: new Date(), command: process.argv.slice(2), config: recorded };
}

/** How much there is to record: events of one type, and about how many (symbols may have other bars than the longest). */
interface Extent {
  readonly type: NewMarketEvent["type"];
  readonly about: number;
}

function write(
  head: RecordingHead,
  events: Iterable<NewMarketEvent>,
  { type, about }: Extent,
  { out, json }: RecordFlags,
): void {
  const progress = new Progress("record", `${type}s`, process.stderr);
  const writer = new RecordingWriter(out, head, false);
  const counts: Record<string, number> = {};
  try {
    for (const event of events) {
      writer.append(event);
      counts[event.type] = (counts[event.type] ?? 0) + 1;
      const done = counts[type] ?? 0;
      progress.update(done, Math.max(done, about));
    }
  } catch (error) {
    writer.discard();
    throw error;
  } finally {
    progress.stop();
  }
  const folder = writer.close();
  const { label } = head.source;
  const text = Object.entries(counts)
    .map(([type, count]) => `${count} ${type} events`)
    .join(", ");
  process.stdout.write(
    json === true
      ? `${JSON.stringify({ schema_version: 1, folder, market: label, events: counts })}\n`
      : `Market: ${label}\nRecorded ${text}\nRecording: ${folder}\n`,
  );
}
