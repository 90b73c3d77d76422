import type { SymbolChunk } from "./slice-reader.ts";

/**
 * Where an engine session's slices come from, in order of time: bars in memory, a store that is read in chunks, a
 * recording, a live feed.
 */
export interface SliceSource {
  /**
   * Packs the next slices that open before `endMs`.
   *
   * @param max most slices to read.
   * @param openTimes written: [slice] epoch ms.
   * @param rows written: [slice][field][symbol], 0 where a symbol has no bar.
   * @param chunks written: the same bars by symbol.
   * @returns slices read; less than `max` only when no more are there (yet) before `endMs`.
   */
  read(endMs: number, max: number, openTimes: Float64Array, rows: Float64Array, chunks: readonly SymbolChunk[]): number;
  /**
   * Open time of the slice after the last one read, which decides whether that one ends its day; Infinity when none
   * is left. A feed that cannot know it yet answers with the next one it expects.
   */
  peek(): number;
}
