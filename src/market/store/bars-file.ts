import { createHash } from "node:crypto";
import { closeSync, fsyncSync, mkdirSync, openSync, readSync, renameSync, rmSync, statSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import type { StoredColumn } from "../bar-series.ts";
import { DataError, type DataIssueCode, IssueList } from "../data-error.ts";
import { type Timeframe, timeframeMs } from "../timeframe.ts";
import { type BlockBars, type BlockShape, blockLength, decodeBlock, hashBlock, viewsOf } from "./bar-block.ts";
import { emptyBars, type MonthBlock, sliceBars } from "./bar-months.ts";

const MAGIC = "MCBARS\r\n";
const VERSION = 1;
/** Magic, header length (u32), version (u32), SHA-256 of the header. */
const PREAMBLE = 48;

/** One month in a file. */
export interface StoredBlock extends BlockShape {
  readonly month: string;
  /** First byte, counted from the end of the header. */
  readonly offset: number;
  readonly sha256: string;
}

export interface BarsHeader {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly rows: number;
  /** Comments of the files it came from: what says SYNTHETIC stays with the data. */
  readonly comments: readonly string[];
  readonly blocks: readonly StoredBlock[];
}

/** A bars file of the store, opened: its header is checked, its blocks are checked as they are read. */
export interface BarsFile {
  readonly path: string;
  readonly header: BarsHeader;
  /** First byte of the first block. */
  readonly start: number;
}

/**
 * Writes a bars file: into a file beside it, to the disk, then renamed over it. Whoever reads sees the old file or the
 * new one, whole.
 */
export function writeBarsFile(
  path: string,
  { symbol, timeframe, comments }: Pick<BarsHeader, "symbol" | "timeframe" | "comments">,
  blocks: readonly MonthBlock[],
): void {
  let offset = 0;
  const stored = blocks.map(({ month, shape, bytes, sha256 }) => {
    const block = { month, offset, sha256, ...shape };
    offset += bytes.length;
    return block;
  });
  const rows = blocks.reduce((sum, { shape }) => sum + shape.rows, 0);
  const header: BarsHeader = { symbol, timeframe, rows, comments, blocks: stored };
  const text = JSON.stringify(header);
  // Blocks begin on a multiple of 8, so they can be viewed as doubles.
  const json = Buffer.from(text + " ".repeat((8 - (Buffer.byteLength(text) % 8)) % 8));
  const preamble = Buffer.alloc(PREAMBLE);
  preamble.write(MAGIC, "latin1");
  preamble.writeUInt32LE(json.length, 8);
  preamble.writeUInt32LE(VERSION, 12);
  createHash("sha256").update(json).digest().copy(preamble, 16);

  mkdirSync(dirname(path), { recursive: true });
  const part = `${path}.part-${process.pid}`;
  const file = openSync(part, "w");
  try {
    for (const bytes of [preamble, json, ...blocks.map((block) => block.bytes)]) writeSync(file, bytes);
    fsyncSync(file);
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
  renameSync(part, path);
}

/**
 * Opens a bars file without its blocks.
 *
 * @throws DataError when the file cannot be read, is of another kind or version, or shorter than its header says, or when its
 *   header was changed.
 */
export function openBarsFile(path: string): BarsFile {
  const { header, start } = readHeader(path);
  const size = statSync(path).size;
  const cut = header.blocks.find((block) => start + block.offset + blockLength(block) > size);
  if (cut !== undefined) {
    const value = `${size} bytes: it ends before the end of ${cut.month}`;
    refuse(path, "TAMPERED", value, "the bytes that were imported", RESTORE);
  }
  return { path, header, start };
}

function readHeader(path: string): Omit<BarsFile, "path"> {
  const preamble = readBytes(path, 0, new ArrayBuffer(PREAMBLE));
  if (preamble.length < PREAMBLE || preamble.toString("latin1", 0, 8) !== MAGIC)
    refuse(path, "BAD_STORE", "another kind of file", "a bars file of the store", "import the data again");
  const version = preamble.readUInt32LE(12);
  if (version !== VERSION)
    refuse(path, "BAD_STORE", `version ${version}`, `version ${VERSION}`, "import the data again with this mcbot");
  const json = readBytes(path, PREAMBLE, new ArrayBuffer(preamble.readUInt32LE(8)));
  if (!createHash("sha256").update(json).digest().equals(preamble.subarray(16, PREAMBLE)))
    refuse(path, "TAMPERED", "a header that does not match its hash", "the bytes that were imported", RESTORE);
  return { header: JSON.parse(json.toString("utf8")) as BarsHeader, start: PREAMBLE + json.length };
}

const RESTORE = "the file was changed or damaged: import the data again";

/** Reads blocks that follow one another as columns. @throws DataError as `readBlock`. */
export function readBlocks(file: BarsFile, blocks: readonly StoredBlock[]): BlockBars {
  const bars = emptyBars(blocks.reduce((sum, { rows }) => sum + rows, 0));
  const room = new ArrayBuffer(Math.max(0, ...blocks.map(blockLength)));
  const stepMs = timeframeMs(file.header.timeframe) ?? Number.NaN;
  let at = 0;
  for (const block of blocks) {
    const { rows } = block;
    decodeBlock(block, readBlock(file, block, room), stepMs, sliceBars(bars, at, at + rows));
    at += rows;
  }
  return bars;
}

/**
 * Reads a block as it is stored (open, high, low, close, volume), and checks it.
 *
 * @param room where its bytes are put; left out = memory of its own. What was read into it before is gone.
 * @throws DataError that names the month when the bytes are not what was written.
 */
export function readBlock(
  { path, header, start }: BarsFile,
  block: StoredBlock,
  room = new ArrayBuffer(blockLength(block)),
): StoredColumn[] {
  const length = blockLength(block);
  const bytes = readBytes(path, start + block.offset, room, length);
  if (bytes.length < length || hashBlock(block, bytes) !== block.sha256) {
    const place = `bytes ${start + block.offset} to ${start + block.offset + length}`;
    const value = `${block.month} (${place}) does not match its hash`;
    const isReplaced = JSON.stringify(readHeader(path).header) !== JSON.stringify(header);
    const hint = isReplaced ? "the file was replaced while it was read, by an import or a fetch: run again" : RESTORE;
    refuse(path, "TAMPERED", value, "the bytes that were imported", hint);
  }
  return viewsOf(block, room, 0);
}

function readBytes(path: string, position: number, room: ArrayBuffer, length = room.byteLength): Buffer {
  let file: number | undefined;
  try {
    file = openSync(path, "r");
    const read = readSync(file, Buffer.from(room), 0, length, position);
    return Buffer.from(room, 0, read);
  } catch (error) {
    return refuse(path, "UNREADABLE", (error as Error).message, "a file that can be read", null);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function refuse(file: string, code: DataIssueCode, value: string, expected: string, hint: string | null): never {
  const issues = new IssueList();
  issues.add({ file, line: null, column: null, code, value, expected, hint });
  throw new DataError(issues);
}
