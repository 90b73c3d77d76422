import { assert } from "../lib/assert.ts";
import type { FundingPayments } from "../market/funding-schedule.ts";
import type { SymbolChunk } from "../market/slice-reader.ts";
import type { SliceSource } from "../market/slice-source.ts";
import type { SliceBuffers } from "../orchestrator/engine.ts";
import type { SliceRecord } from "./journal-records.ts";

const FIELDS = 5;

/** One journaled slice at a time, as a source of slices for an engine session. */
export class LiveSource implements SliceSource {
  readonly #symbols: readonly string[];
  readonly #baseMs: number;
  #next: SliceRecord | null = null;
  #lastMs = Number.NEGATIVE_INFINITY;

  /** @param symbols in the order of the engine. */
  constructor(symbols: readonly string[], baseMs: number) {
    this.#symbols = symbols;
    this.#baseMs = baseMs;
  }

  /** Offers a slice; the one before it must have been read, and time does not go back. */
  push(slice: SliceRecord): void {
    assert(this.#next === null, "live source: the slice before was not read");
    assert(slice.open_ms > this.#lastMs, "live source: the watermark does not go back");
    this.#next = slice;
  }

  read(
    endMs: number,
    max: number,
    openTimes: Float64Array,
    rows: Float64Array,
    chunks: readonly SymbolChunk[],
  ): number {
    for (const chunk of chunks) chunk.count = 0;
    const slice = this.#next;
    if (slice === null || max < 1 || slice.open_ms >= endMs) return 0;
    openTimes[0] = slice.open_ms;
    for (const [s, symbol] of this.#symbols.entries()) {
      const bar = slice.bars[symbol];
      for (let field = 0; field < FIELDS; field++)
        rows[field * this.#symbols.length + s] = bar === undefined ? 0 : Number(bar[field]);
      if (bar !== undefined) fillChunk(chunks[s] as SymbolChunk, slice.open_ms, bar);
    }
    this.#lastMs = slice.open_ms;
    this.#next = null;
    return 1;
  }

  /** Open of the slice that should follow the last one read. */
  peek(): number {
    return this.#next?.open_ms ?? this.#lastMs + this.#baseMs;
  }
}

function fillChunk(chunk: SymbolChunk, openMs: number, bar: SliceRecord["bars"][string]): void {
  const { views } = chunk;
  views.time[0] = openMs;
  for (const [i, column] of [views.open, views.high, views.low, views.close, views.volume].entries())
    column[0] = Number(bar[i]);
  chunk.slice[0] = 0;
  chunk.count = 1;
}

/** The funding of each slice as the journal has it. */
export class LiveFunding implements FundingPayments {
  readonly perSlice: number;
  readonly payments = 0;
  readonly left = 0;
  readonly #symbols: readonly string[];
  #next: SliceRecord["funding"] = [];

  /** @param perSlice most payments a slice can carry, over all symbols. */
  constructor(symbols: readonly string[], perSlice: number) {
    this.#symbols = symbols;
    this.perSlice = perSlice;
  }

  push({ funding }: SliceRecord): void {
    assert(funding.length <= this.perSlice, `live funding: ${funding.length} payments in one slice`);
    this.#next = funding;
  }

  write(_openTimes: Float64Array, slices: number, buffers: SliceBuffers): void {
    buffers.fundingStart[0] = 0;
    for (const [i, { symbol, time_ms, rate, mark }] of this.#next.entries()) {
      const s = this.#symbols.indexOf(symbol);
      assert(s >= 0, `live funding: the engine does not trade ${symbol}`);
      buffers.fundingTime[i] = time_ms;
      buffers.fundingSymbol[i] = s;
      buffers.fundingRate[i] = Number(rate);
      buffers.fundingPrice[i] = mark === null ? 0 : Number(mark);
    }
    buffers.fundingStart[slices] = this.#next.length;
    this.#next = [];
  }
}
