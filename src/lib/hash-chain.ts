import { createHash } from "node:crypto";
import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, readFileSync, readSync, writeSync } from "node:fs";

// Append-only files that show it when somebody edits them: journal, audit log and lineage share this format.
//
// One JSON object per line: {"seq": 0, "prev": "<hash of the line before>", "body": {…}, "hash": "<SHA-256>"}.
// `hash` is SHA-256 (hex) of `${prev}\n${seq}\n${JSON of body as it stands in the line}`; the first `prev` is 64 zeros.

const GENESIS = "0".repeat(64);
const BLOCK = 1 << 16;

export interface ChainRecord {
  readonly seq: number;
  readonly prev: string;
  readonly body: unknown;
  readonly hash: string;
}

export type ChainProblemCode = "NOT_JSON" | "NOT_A_RECORD" | "GAP" | "BROKEN_LINK" | "ALTERED";

/** The first line that does not belong. */
export interface ChainProblem {
  readonly code: ChainProblemCode;
  /** From 1. */
  readonly line: number;
  readonly message: string;
}

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
  const text = readIfPresent(path);
  const end = text.lastIndexOf("\n") + 1;
  const tornBytes = Buffer.byteLength(text.slice(end));
  const records: ChainRecord[] = [];
  let head = GENESIS;
  for (const [i, line] of text.slice(0, end).split("\n").slice(0, -1).entries()) {
    const checked = checkLine(line, i, head);
    if (!checked.ok) return { records, head, problem: { ...checked.problem, line: i + 1 }, tornBytes };
    records.push(checked.record);
    head = checked.record.hash;
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
  const hash = hashRecord(prev, seq, full);
  const line = Buffer.from(`${JSON.stringify({ seq, prev, body: full, hash })}\n`);
  const file = openSync(path, "a", 0o600);
  try {
    if (torn !== "") ftruncateSync(file, length);
    for (let from = 0; from < line.length; ) from += writeSync(file, line, from);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  return { seq, prev, body: full, hash };
}

type Checked =
  | { readonly ok: true; readonly record: ChainRecord }
  | { readonly ok: false; readonly problem: Omit<ChainProblem, "line"> };

function checkLine(line: string, seq: number, prev: string): Checked {
  const bad = (code: ChainProblemCode, message: string): Checked => ({ ok: false, problem: { code, message } });
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return bad("NOT_JSON", "the line is not JSON");
  }
  if (!isRecord(json)) return bad("NOT_A_RECORD", "expected the fields seq, prev, body and hash, and no others");
  if (json.seq !== seq) return bad("GAP", `record ${json.seq} stands where ${seq} belongs`);
  if (json.prev !== prev) return bad("BROKEN_LINK", `it follows ${json.prev}, the line before it is ${prev}`);
  const hash = hashRecord(prev, seq, json.body);
  if (json.hash !== hash) return bad("ALTERED", `its content hashes to ${hash}, it says ${json.hash}`);
  return { ok: true, record: json };
}

function isRecord(json: unknown): json is ChainRecord {
  if (typeof json !== "object" || json === null) return false;
  const { seq, prev, body, hash, ...others } = json as Record<string, unknown>;
  if (Object.keys(others).length > 0 || typeof body !== "object" || body === null) return false;
  return Number.isSafeInteger(seq) && typeof prev === "string" && typeof hash === "string";
}

function hashRecord(prev: string, seq: number, body: unknown): string {
  return createHash("sha256")
    .update(`${prev}\n${seq}\n${JSON.stringify(body)}`)
    .digest("hex");
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
  const lineEnd = tail.lastIndexOf(10) + 1;
  const torn = tail.subarray(lineEnd).toString();
  const length = size - (tail.length - lineEnd);
  if (lineEnd === 0) return { record: null, torn, length };
  const line = tail.subarray(tail.lastIndexOf(10, lineEnd - 2) + 1, lineEnd - 1).toString();
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    throw new ChainError(`${path}: its last line is not JSON: mcbot journal verify says where it broke`);
  }
  if (!isRecord(json) || hashRecord(json.prev, json.seq, json.body) !== json.hash)
    throw new ChainError(`${path}: its last record was altered: mcbot journal verify says where it broke`);
  return { record: json, torn, length };
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
      const lineEnd = tail.lastIndexOf(10);
      if (length === size || (lineEnd > 0 && tail.lastIndexOf(10, lineEnd - 1) >= 0)) return { tail, size };
    }
  } finally {
    closeSync(file);
  }
}

function readIfPresent(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}
