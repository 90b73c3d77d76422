import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, readFileSync, readSync, writeSync } from "node:fs";
import {
  type ChainProblem,
  type ChainRecord,
  checkLine,
  GENESIS,
  makeRecord,
  readSoundRecord,
} from "./chain-record.ts";

// Append-only files that show it when somebody edits them: audit log and lineage. They are short and several processes
// append to them in turn, so each append looks at the tail again; the journal of live trading (src/journal/) has one
// writer that keeps its place. The format of a line is in chain-record.ts.

const BLOCK = 1 << 16;
const LINE_BREAK = 10;

export interface ChainReport {
  readonly records: readonly ChainRecord[];
  /** Hash of the last sound record; 64 zeros for an empty chain. */
  readonly head: string;
  readonly problem: ChainProblem | null;
  /** Bytes after the last line break: a record that was being written when its writer died. */
  readonly tornBytes: number;
}

/** A chain that must not be continued: its tail cannot be trusted. */
export class ChainError extends Error {
  override readonly name = "ChainError";
}

/** Checks every line of a chain; a missing file is an empty chain. */
export function verifyChain(path: string): ChainReport {
  const bytes = readIfPresent(path);
  const records: ChainRecord[] = [];
  let head = GENESIS;
  let from = 0;
  const tornBytes = bytes.length - (bytes.lastIndexOf(LINE_BREAK) + 1);
  for (let end = bytes.indexOf(LINE_BREAK); end >= 0; end = bytes.indexOf(LINE_BREAK, from)) {
    const checked = checkLine(bytes.subarray(from, end), records.length, head);
    if (!checked.ok) return { records, head, problem: { ...checked.problem, line: records.length + 1 }, tornBytes };
    records.push(checked.record);
    head = checked.record.hash;
    from = end + 1;
  }
  return { records, head, problem: null, tornBytes };
}

/** The last record of a chain without a look at the others; null when there is none. Throws a ChainError when it is not sound. */
export function lastRecord(path: string): ChainRecord | null {
  return readTail(path).record;
}

/**
 * Appends a record and flushes it to the disk before it returns. What a dead writer left of an unfinished line is cut off,
 * and kept as `torn` in the new record's body, so that nothing vanishes.
 *
 * The caller makes sure that nobody else appends at the same time.
 */
export function appendRecord(path: string, body: Readonly<Record<string, unknown>>): ChainRecord {
  const { record: last, torn, length } = readTail(path);
  const seq = last === null ? 0 : last.seq + 1;
  const prev = last?.hash ?? GENESIS;
  const full = torn === "" ? body : { ...body, torn };
  const { record, line: text } = makeRecord(seq, prev, full);
  const line = Buffer.from(`${text}\n`);
  const file = openSync(path, "a", 0o600);
  try {
    if (torn !== "") ftruncateSync(file, length);
    for (let from = 0; from < line.length; ) from += writeSync(file, line, from);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  return record;
}

interface Tail {
  readonly record: ChainRecord | null;
  /** Text after the last line break. */
  readonly torn: string;
  /** Bytes up to the last line break, it included. */
  readonly length: number;
}

function readTail(path: string): Tail {
  const { tail, size } = readEnd(path);
  const lineEnd = tail.lastIndexOf(LINE_BREAK) + 1;
  const torn = tail.subarray(lineEnd).toString();
  const length = size - (tail.length - lineEnd);
  if (lineEnd === 0) return { record: null, torn, length };
  const line = tail.subarray(tail.lastIndexOf(LINE_BREAK, lineEnd - 2) + 1, lineEnd - 1).toString();
  const record = readSoundRecord(line);
  if (record === null)
    throw new ChainError(`${path}: its last record is not what was written: mcbot journal verify says where it broke`);
  return { record, torn, length };
}

/** The end of a file, long enough to hold its last whole line. */
function readEnd(path: string): { tail: Buffer; size: number } {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return { tail: Buffer.alloc(0), size: 0 };
  }
  try {
    const { size } = fstatSync(file);
    for (let length = Math.min(size, BLOCK); ; length = Math.min(size, 2 * length)) {
      const tail = Buffer.alloc(length);
      readSync(file, tail, 0, length, size - length);
      const lineEnd = tail.lastIndexOf(LINE_BREAK);
      if (length === size || (lineEnd > 0 && tail.lastIndexOf(LINE_BREAK, lineEnd - 1) >= 0)) return { tail, size };
    }
  } finally {
    closeSync(file);
  }
}

function readIfPresent(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return Buffer.alloc(0);
    throw error;
  }
}
