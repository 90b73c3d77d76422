import type { BarCursor, BarSeries, BarSpan, DailyClose, StoredColumn } from "../bar-series.ts";
import { powerOfTen } from "../power-of-ten.ts";
import { DAY_MS, timeframeMs } from "../timeframe.ts";
import { blockLength } from "./bar-block.ts";
import { type BarsFile, readBlock, type StoredBlock } from "./bars-file.ts";

const OPEN = 0;
const CLOSE = 3;

/** Bars without a gap between them, of one block. */
interface Run {
  readonly startMs: number;
  readonly count: number;
  /** Index of its first bar in the series. */
  readonly first: number;
  /** Index of its block in the file. */
  readonly block: number;
  /** Where its first bar lies in the block's columns. */
  readonly from: number;
}

/** The last bar of a UTC day. */
interface DayEnd extends DailyClose {
  readonly index: number;
}

/**
 * Bars of a store's file that open before `endMs`, decoded from the disk a block at a time. What has no price in it is
 * answered from the header; every block is checked when it is read.
 */
export class StoredSeries implements BarSeries {
  readonly rows: number;
  readonly #file: BarsFile;
  readonly #stepMs: number;
  readonly #runs: readonly Run[];
  /** By block: its day ends, once it was read. */
  readonly #dayEnds: (readonly DayEnd[] | undefined)[] = [];
  /** The block that single bars were asked of last. */
  #recent: { readonly block: number; readonly columns: readonly StoredColumn[] } | undefined;

  constructor(file: BarsFile, endMs: number) {
    this.#file = file;
    this.#stepMs = timeframeMs(file.header.timeframe) ?? Number.NaN;
    this.#runs = runsOf(file.header.blocks, this.#stepMs, endMs);
    const last = this.#runs.at(-1);
    this.rows = last === undefined ? 0 : last.first + last.count;
  }

  indexAt(ms: number): number {
    const run = this.#runs[this.#runBefore((own) => own.startMs < ms)];
    if (run === undefined) return 0;
    return run.first + Math.min(run.count, Math.ceil((ms - run.startMs) / this.#stepMs));
  }

  timeAt(index: number): number {
    const { startMs, first } = this.#runOf(index);
    return startMs + (index - first) * this.#stepMs;
  }

  openAt(index: number): number {
    return this.#priceAt(index, OPEN);
  }

  closeAt(index: number): number {
    return this.#priceAt(index, CLOSE);
  }

  cursor(): BarCursor {
    return new StoredCursor(this.#runs, this.#stepMs, (block, room) => this.#read(block, room), this.#file);
  }

  dailyCloses(fromMs: number, toMs: number): DailyClose[] {
    const [from, to] = [this.indexAt(fromMs), this.indexAt(toMs)];
    if (from >= to) return [];
    const [first, last] = [this.#runOf(from).block, this.#runOf(to - 1).block];
    const days: DailyClose[] = [];
    for (let block = first; block <= last; block++) {
      if (this.#dayEnds[block] === undefined) this.#read(block);
      for (const { dayMs, index, close } of this.#dayEnds[block] as readonly DayEnd[]) {
        if (index < from) continue;
        if (index < to) days.push({ dayMs, close });
        else if (this.timeAt(to - 1) >= dayMs) days.push({ dayMs, close: this.closeAt(to - 1) });
      }
    }
    return days;
  }

  /** The last run that satisfies a condition which those before it satisfy, too; −1 when none does. */
  #runBefore(isBefore: (run: Run) => boolean): number {
    let low = 0;
    let high = this.#runs.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isBefore(this.#runs[middle] as Run)) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  #runOf(index: number): Run {
    return this.#runs[this.#runBefore(({ first }) => first <= index)] as Run;
  }

  #priceAt(index: number, column: number): number {
    const { block, first, from } = this.#runOf(index);
    if (this.#recent?.block !== block) this.#recent = { block, columns: this.#read(block) };
    const { price_decimals } = this.#file.header.blocks[block] as StoredBlock;
    const stored = this.#recent.columns[column] as StoredColumn;
    return (stored[from + index - first] as number) / scaleOf(price_decimals);
  }

  #read(index: number, room?: ArrayBuffer): readonly StoredColumn[] {
    const block = this.#file.header.blocks[index] as StoredBlock;
    const columns = readBlock(this.#file, block, room);
    this.#dayEnds[index] ??= this.#dayEndsOf(index, columns[CLOSE] as StoredColumn, scaleOf(block.price_decimals));
    return columns;
  }

  #dayEndsOf(block: number, close: StoredColumn, scale: number): DayEnd[] {
    const ends: DayEnd[] = [];
    const step = this.#stepMs;
    for (let r = this.#runBefore((run) => run.block < block) + 1; this.#runs[r]?.block === block; r++) {
      const { startMs, count, first, from } = this.#runs[r] as Run;
      for (let i = 0; i < count; ) {
        const dayMs = Math.floor((startMs + i * step) / DAY_MS) * DAY_MS;
        i = Math.min(count, Math.ceil((dayMs + DAY_MS - startMs) / step));
        // A gap inside the day: the later run has its last bar.
        if (ends.at(-1)?.dayMs === dayMs) ends.pop();
        ends.push({ dayMs, index: first + i - 1, close: (close[from + i - 1] as number) / scale });
      }
    }
    return ends;
  }
}

class StoredCursor implements BarCursor {
  readonly #runs: readonly Run[];
  readonly #stepMs: number;
  readonly #readBlock: (block: number, room: ArrayBuffer) => readonly StoredColumn[];
  readonly #file: BarsFile;
  #run = 0;
  /** Bars of the run that were skipped. */
  #done = 0;
  /** One block at a time: room for the longest. */
  #room: ArrayBuffer | undefined;
  #block = -1;
  #columns: readonly StoredColumn[] = [];
  #priceScale = 1;
  #volumeScale = 1;

  constructor(
    runs: readonly Run[],
    stepMs: number,
    readInto: (block: number, room: ArrayBuffer) => readonly StoredColumn[],
    file: BarsFile,
  ) {
    this.#runs = runs;
    this.#stepMs = stepMs;
    this.#readBlock = readInto;
    this.#file = file;
  }

  get timeMs(): number {
    const run = this.#runs[this.#run];
    return run === undefined ? Number.POSITIVE_INFINITY : run.startMs + this.#done * this.#stepMs;
  }

  span(max: number): BarSpan {
    const { block, count, from } = this.#runs[this.#run] as Run;
    if (block !== this.#block) this.#load(block);
    return {
      timeMs: this.timeMs,
      count: Math.min(max, count - this.#done),
      from: from + this.#done,
      columns: this.#columns,
      priceScale: this.#priceScale,
      volumeScale: this.#volumeScale,
    };
  }

  skip(count: number): void {
    this.#done += count;
    if (this.#done < (this.#runs[this.#run] as Run).count) return;
    this.#done = 0;
    this.#run++;
  }

  seek(index: number): void {
    this.#run = this.#runs.findIndex(({ first, count }) => index < first + count);
    if (this.#run < 0) this.#run = this.#runs.length;
    this.#done = index - (this.#runs[this.#run]?.first ?? index);
  }

  #load(block: number): void {
    const { blocks } = this.#file.header;
    this.#room ??= new ArrayBuffer(Math.max(...blocks.map(blockLength)));
    const { price_decimals, volume_decimals } = blocks[block] as StoredBlock;
    this.#columns = this.#readBlock(block, this.#room);
    this.#block = block;
    this.#priceScale = scaleOf(price_decimals);
    this.#volumeScale = scaleOf(volume_decimals);
  }
}

/** Runs of all blocks, cut at the end. */
function runsOf(blocks: readonly StoredBlock[], stepMs: number, endMs: number): Run[] {
  const runs: Run[] = [];
  let first = 0;
  for (const [block, own] of blocks.entries()) {
    let from = 0;
    for (const [startMs, stored] of own.runs) {
      if (startMs >= endMs) return runs;
      const count = Math.min(stored, Math.ceil((endMs - startMs) / stepMs));
      runs.push({ startMs, count, first, block, from });
      first += count;
      from += stored;
    }
  }
  return runs;
}

function scaleOf(decimals: number | null): number {
  return decimals === null ? 1 : powerOfTen(decimals);
}
