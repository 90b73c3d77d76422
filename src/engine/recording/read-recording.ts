import { createHash } from "node:crypto";
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { readLines } from "../../lib/file-lines.ts";
import { GrowableColumn } from "../../lib/growable.ts";
import type { BarColumns } from "../../market/bars.ts";
import type { FundingRates } from "../../market/funding.ts";
import type { Market, QuotedSizes } from "../../market/market.ts";
import { hashMarket } from "../../market/market-hash.ts";
import { timeframeMs } from "../../market/timeframe.ts";
import { MARKET_FILE, type RecordingManifest, readManifest } from "./manifest.ts";
import {
  type ControlPayload,
  type EventCounts,
  type FillPayload,
  type MarketEvent,
  marketEventSchema,
  noEvents,
  type QuoteEvent,
} from "./market-events.ts";
import { RecordingError } from "./recording-error.ts";

const LINE_BREAK = 10;

/** A venue's fill report, and the last quote of its symbol that came before it. */
export interface RecordedFill extends FillPayload {
  readonly quote: QuoteEvent["payload"] | null;
}

/** A control event and the number of slices that came before it. */
export interface RecordedControl {
  readonly afterSlices: number;
  readonly payload: ControlPayload;
}

export interface QuoteCounts {
  quotes: number;
  twoSided: number;
  /** Quotes that differ from the one before of their symbol, in price or size. */
  changed: number;
}

/** A recording, read and checked to the last line. */
export interface Recording {
  readonly folder: string;
  readonly manifest: RecordingManifest;
  readonly market: Market;
  readonly controls: readonly RecordedControl[];
  /** What a venue reported. A replay fills by itself, at the opens: costs are measured with these. */
  readonly fills: readonly RecordedFill[];
  /** [slice] epoch ms. */
  readonly opens: readonly number[];
  /** [slice] hash of the exact bytes of the slice's line and of the market lines since the slice before. */
  readonly inputs: readonly string[];
  readonly quotes: QuoteCounts;
  readonly counts: EventCounts;
  /** SHA-256 of the exact bytes of market.ndjson. */
  readonly sha256: string;
  /** False: the bytes are not those that were recorded. Null: the recording was never completed. */
  readonly isAsRecorded: boolean | null;
  /** Bytes of an unfinished last line, after a crash; they are left out. */
  readonly tornBytes: number;
}

/** Lines between two calls of `onProgress`. */
const REPORTED_LINES = 4096;

/**
 * Reads a recording. Throws a RecordingError with the line of the first thing that is wrong.
 *
 * @param onProgress called now and then with the bytes that are read, and all of them.
 */
export function readRecording(
  folder: string,
  onProgress: (doneBytes: number, totalBytes: number) => void = () => {},
): Recording {
  const manifest = readManifest(folder);
  const path = join(folder, MARKET_FILE);
  if (!existsSync(path)) throw new RecordingError(path, null, "missing: the recording has no market");
  const { size } = statSync(path);
  const builder = new RecordingBuilder(path, manifest);
  const hash = createHash("sha256");
  let line = 0;
  let tornBytes = 0;
  let read = 0;
  for (const bytes of readLines(path)) {
    hash.update(bytes);
    read += bytes.length;
    if (bytes.at(-1) === LINE_BREAK) builder.add(bytes, ++line);
    else tornBytes = bytes.length;
    if (line % REPORTED_LINES === 0) onProgress(read, size);
  }
  if (line === 0 && tornBytes === 0) throw new RecordingError(path, null, "empty: nothing was recorded");
  if (tornBytes > 0 && manifest.market !== null)
    throw new RecordingError(
      path,
      line + 1,
      `truncated: the last line has no end, ${tornBytes} bytes; the recording was completed once`,
    );
  const sha256 = hash.digest("hex");
  return { folder, manifest, ...builder.finish(), sha256, isAsRecorded: isAsRecorded(manifest, sha256), tornBytes };
}

function isAsRecorded({ market }: RecordingManifest, sha256: string): boolean | null {
  return market === null ? null : market.sha256 === sha256;
}

class RecordingBuilder {
  readonly #path: string;
  readonly #manifest: RecordingManifest;
  readonly #baseMs: number;
  readonly #symbols: readonly string[];
  readonly #bars: readonly (readonly GrowableColumn[])[];
  readonly #rates: readonly { timeMs: GrowableColumn; rate: GrowableColumn }[];
  readonly #counts = noEvents();
  readonly #quotes: QuoteCounts = { quotes: 0, twoSided: 0, changed: 0 };
  readonly #controls: RecordedControl[] = [];
  readonly #fills: RecordedFill[] = [];
  readonly #opens: number[] = [];
  readonly #inputs: string[] = [];
  /** By symbol: what was quoted at the close of each slice. */
  readonly #quoted: readonly GrowableColumn[];
  readonly #lastQuote: (QuoteEvent["payload"] | null)[];
  #hash = createHash("sha256");
  #seq = 0;
  #lastTs = 0;
  #lastOpen = Number.NEGATIVE_INFINITY;

  constructor(path: string, manifest: RecordingManifest) {
    this.#path = path;
    this.#manifest = manifest;
    const baseMs = timeframeMs(manifest.timeframe);
    if (baseMs === null) throw new RecordingError(path, null, `its manifest has the timeframe ${manifest.timeframe}`);
    this.#baseMs = baseMs;
    this.#symbols = manifest.symbols.map(({ symbol }) => symbol);
    this.#bars = this.#symbols.map(() => Array.from({ length: 6 }, () => new GrowableColumn()));
    this.#rates = this.#symbols.map(() => ({ timeMs: new GrowableColumn(), rate: new GrowableColumn() }));
    this.#lastQuote = this.#symbols.map(() => null);
    this.#quoted = this.#symbols.map(() => new GrowableColumn());
  }

  /** @param bytes the line with its line break. */
  add(bytes: Uint8Array, line: number): void {
    const event = this.#parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length - 1).toString(), line);
    if (event.seq !== this.#seq) this.#refuseSeq(event.seq, line);
    this.#seq++;
    if (event.ts < this.#lastTs) this.#refuse(line, `ts ${event.ts} goes back: the line before has ${this.#lastTs}`);
    this.#lastTs = event.ts;
    this.#counts[event.type]++;
    if (event.type !== "control") this.#hash.update(bytes);
    switch (event.type) {
      case "slice":
        this.#addSlice(event.payload, event.ts, line);
        break;
      case "quote":
        this.#addQuote(event.payload, line);
        break;
      case "funding":
        this.#addRate(event.payload, line);
        break;
      case "control":
        this.#controls.push({ afterSlices: this.#inputs.length, payload: event.payload });
        break;
      case "fill": {
        const quote = this.#lastQuote[this.#indexOf(event.payload.symbol, line)] ?? null;
        if (Number(event.payload.quantity) === 0) this.#refuse(line, "a fill of nothing");
        this.#fills.push({ ...event.payload, quote });
      }
    }
  }

  finish(): Pick<Recording, "market" | "controls" | "fills" | "opens" | "inputs" | "quotes" | "counts"> {
    const { market: recorded, symbols, source, synthetic, timeframe } = this.#manifest;
    if (this.#inputs.length === 0) throw new RecordingError(this.#path, null, "it holds no slice: nothing to replay");
    for (const type of Object.keys(this.#counts) as (keyof EventCounts)[]) {
      const expected = recorded?.events[type] ?? this.#counts[type];
      if (this.#counts[type] === expected) continue;
      const message = `truncated or edited: ${this.#counts[type]} ${type} events, ${expected} were recorded`;
      throw new RecordingError(this.#path, this.#seq, message);
    }
    const bars = this.#bars.map((columns, s): BarColumns => {
      const [timeMs, open, high, low, close, volume] = columns.map((column) => column.view().slice()) as [
        Float64Array,
        Float64Array,
        Float64Array,
        Float64Array,
        Float64Array,
        Float64Array,
      ];
      const { symbol, volume_decimals } = symbols[s] as (typeof symbols)[number];
      return { symbol, timeMs, open, high, low, close, volume, volumeDecimals: volume_decimals };
    });
    const funding = this.#rates.map(({ timeMs, rate }, s): FundingRates | null =>
      timeMs.length === 0
        ? null
        : { symbol: this.#symbols[s] as string, timeMs: timeMs.view().slice(), rate: rate.view().slice() },
    );
    const barsHash = hashMarket(bars, funding, timeframe);
    const quoted = this.#counts.quote === 0 ? undefined : this.#quotedSizes();
    const market: Market = {
      kind: synthetic ? "synthetic" : "files",
      label: source.label,
      timeframe,
      bars,
      funding,
      files: [this.#path],
      ...(quoted === undefined ? {} : { quoted }),
      hash: quoted === undefined ? barsHash : hashWithQuotes(barsHash, quoted),
    };
    return {
      market,
      controls: this.#controls,
      fills: this.#fills,
      opens: this.#opens,
      inputs: this.#inputs,
      quotes: this.#quotes,
      counts: this.#counts,
    };
  }

  #quotedSizes(): QuotedSizes {
    return { openMs: Float64Array.from(this.#opens), notional: this.#quoted.map((column) => column.view().slice()) };
  }

  #parse(text: string, line: number): MarketEvent {
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch (cause) {
      this.#refuse(line, `not JSON: ${(cause as Error).message}`);
    }
    const parsed = marketEventSchema.safeParse(json);
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    const at = issue === undefined || issue.path.length === 0 ? "" : `${z.core.toDotPath(issue.path)}: `;
    this.#refuse(line, `${at}${issue?.message}`);
  }

  #addSlice({ open_ms, bars }: { open_ms: number; bars: Record<string, string[]> }, ts: number, line: number): void {
    if (open_ms <= this.#lastOpen) this.#refuse(line, `the slice of ${open_ms} comes after that of ${this.#lastOpen}`);
    if (open_ms % this.#baseMs !== 0)
      this.#refuse(line, `open_ms ${open_ms} is not a multiple of ${this.#manifest.timeframe}`);
    if (ts < open_ms + this.#baseMs) this.#refuse(line, `the slice is recorded at ${ts}, before it closed`);
    if (Object.keys(bars).length === 0) this.#refuse(line, "a slice without a bar");
    this.#lastOpen = open_ms;
    this.#opens.push(open_ms);
    for (const [symbol, texts] of Object.entries(bars)) {
      const values = texts.map(Number);
      const problem = problemOf(values);
      if (problem !== null) this.#refuse(line, `${symbol}: ${problem}`);
      const columns = this.#bars[this.#indexOf(symbol, line)] as readonly GrowableColumn[];
      for (const [i, value] of [open_ms, ...values].entries()) columns[i]?.push(value);
    }
    this.#inputs.push(this.#hash.digest("hex").slice(0, 16));
    this.#hash = createHash("sha256");
    for (const [s, quote] of this.#lastQuote.entries()) this.#quoted[s]?.push(quote === null ? 0 : thinnerSide(quote));
  }

  #addQuote(quote: QuoteEvent["payload"], line: number): void {
    const s = this.#indexOf(quote.symbol, line);
    const { bid, ask } = quote;
    const isTwoSided = Number(bid) > 0 && Number(ask) > 0;
    if (isTwoSided && Number(bid) > Number(ask)) this.#refuse(line, `${quote.symbol}: bid ${bid} above ask ${ask}`);
    this.#quotes.quotes++;
    if (isTwoSided) this.#quotes.twoSided++;
    const last = this.#lastQuote[s] ?? null;
    if (last === null || FIELDS.some((field) => last[field] !== quote[field])) this.#quotes.changed++;
    this.#lastQuote[s] = quote;
  }

  #addRate({ symbol, time_ms, rate }: { symbol: string; time_ms: number; rate: string }, line: number): void {
    const own = this.#rates[this.#indexOf(symbol, line)] as { timeMs: GrowableColumn; rate: GrowableColumn };
    const last = own.timeMs.length === 0 ? -1 : (own.timeMs.view()[own.timeMs.length - 1] as number);
    if (time_ms <= last) this.#refuse(line, `${symbol}: the rate of ${time_ms} comes after that of ${last}`);
    own.timeMs.push(time_ms);
    own.rate.push(Number(rate));
  }

  #indexOf(symbol: string, line: number): number {
    const index = this.#symbols.indexOf(symbol);
    if (index === -1) this.#refuse(line, `${symbol} is not a symbol of this recording: ${this.#symbols.join(", ")}`);
    return index;
  }

  #refuseSeq(seq: number, line: number): never {
    const what = seq < this.#seq ? `seq ${seq} again` : "a gap in seq";
    this.#refuse(line, `${what}: expected ${this.#seq}, found ${seq}`);
  }

  #refuse(line: number, message: string): never {
    throw new RecordingError(this.#path, line, message);
  }
}

const FIELDS = ["bid", "bid_qty", "ask", "ask_qty"] as const;
function hashWithQuotes(barsHash: string, { openMs, notional }: QuotedSizes): string {
  const hash = createHash("sha256").update(barsHash);
  for (const { buffer, byteOffset, byteLength } of [openMs, ...notional])
    hash.update(new Uint8Array(buffer, byteOffset, byteLength));
  return hash.digest("hex");
}

/** Price × size of the side that offers less, quote units. */
function thinnerSide({ bid, bid_qty, ask, ask_qty }: QuoteEvent["payload"]): number {
  return Math.min(Number(bid) * Number(bid_qty), Number(ask) * Number(ask_qty));
}

function problemOf(values: readonly number[]): string | null {
  const [open, high, low, close, volume] = values as [number, number, number, number, number];
  if (values.some((value) => !Number.isFinite(value))) return "a number that is not finite";
  if (Math.min(open, high, low, close) <= 0) return "a price of 0";
  if (high < Math.max(open, close) || low > Math.min(open, close))
    return `high ${high} and low ${low} do not hold open ${open} and close ${close}`;
  return volume < 0 ? "a negative volume" : null;
}

/** The events of a recording that `readRecording` has checked, once more and in order. */
export function* recordedEvents(folder: string): Generator<MarketEvent> {
  for (const bytes of readLines(join(folder, MARKET_FILE))) {
    // What follows the last line break is torn.
    if (bytes.at(-1) === LINE_BREAK) yield JSON.parse(bytes.toString()) as MarketEvent;
  }
}
