import { checkLine, GENESIS } from "../lib/chain-record.ts";
import { DISK, type Disk } from "./disk.ts";
import { JournalCorruption } from "./journal-error.ts";

/** Whether a body is one that this version knows; used before a record is written and after it is read. */
export type BodyCheck<B> = (
  body: unknown,
) => { readonly ok: true; readonly body: B } | { readonly ok: false; readonly message: string };

export interface JournalRecord<B> {
  /** From 0: line − 1. */
  readonly seq: number;
  readonly body: B;
}

/** Where a journal ends and how. */
export interface JournalEnd {
  readonly records: number;
  /** Hash of the last record; 64 zeros for an empty journal. */
  readonly head: string;
  /** Bytes that are sound records. */
  readonly length: number;
  /** The last record lacks its line break (it counts). */
  readonly open: boolean;
  /** Bytes behind `length`: the beginning of a record whose writer died. */
  readonly torn: Buffer;
}

const BLOCK = 1 << 20;
const LINE_BREAK = 10;

/**
 * Reads a journal record by record, in memory of one block and one line; returns its end. Throws a JournalCorruption at the
 * first record that is not what was written, and whatever the disk throws. A missing file throws ENOENT.
 *
 * Only what a dying writer can leave counts as a torn tail: the beginning of the very record that is due. A last line that
 * is anything else was written whole once and changed later, and cutting it off could forget an order.
 */
export function* readJournal<B>(
  path: string,
  check: BodyCheck<B>,
  disk: Disk = DISK,
): Generator<JournalRecord<B>, JournalEnd> {
  const file = disk.openForReading(path);
  try {
    let seq = 0;
    let head = GENESIS;
    let length = 0;
    const accept = (line: Buffer): JournalRecord<B> => {
      const checked = checkLine(line, seq, head);
      if (!checked.ok) throw new JournalCorruption(path, seq + 1, checked.problem.code, checked.problem.message);
      const body = check(checked.record.body);
      if (!body.ok) throw new JournalCorruption(path, seq + 1, "BAD_BODY", body.message);
      head = checked.record.hash;
      return { seq: seq++, body: body.body };
    };
    for (const piece of readLines(disk, file)) {
      if (piece.ended) {
        yield accept(piece.line);
        length += piece.line.length + 1;
        continue;
      }
      // A writer that dies in a page that was never written leaves zeros.
      const tail = withoutZeros(piece.line);
      if (checkLine(tail, seq, head).ok) {
        yield accept(tail);
        return { records: seq, head, length: length + tail.length, open: true, torn: Buffer.alloc(0) };
      }
      const start = Buffer.from(`{"seq":${seq},"prev":"${head}","body":{`).subarray(0, tail.length);
      const changedLineBreak = checkLine(tail.subarray(0, -1), seq, head).ok;
      if (changedLineBreak || !tail.subarray(0, start.length).equals(start))
        throw new JournalCorruption(
          path,
          seq + 1,
          "BAD_TAIL",
          "what stands after the last line is not the beginning of a record",
        );
      return { records: seq, head, length, open: false, torn: Buffer.from(piece.line) };
    }
    return { records: seq, head, length, open: false, torn: Buffer.alloc(0) };
  } finally {
    disk.close(file);
  }
}

function* readLines(disk: Disk, file: number): Generator<{ readonly line: Buffer; readonly ended: boolean }> {
  const block = Buffer.allocUnsafe(BLOCK);
  let rest: Buffer[] = [];
  let position = 0;
  for (let count = disk.read(file, block, 0); count > 0; count = disk.read(file, block, position)) {
    position += count;
    let from = 0;
    const bytes = block.subarray(0, count);
    for (let end = bytes.indexOf(LINE_BREAK); end >= 0; end = bytes.indexOf(LINE_BREAK, from)) {
      const line = bytes.subarray(from, end);
      yield { line: rest.length === 0 ? line : Buffer.concat([...rest, line]), ended: true };
      rest = [];
      from = end + 1;
    }
    if (from < count) rest.push(Buffer.from(bytes.subarray(from)));
  }
  if (rest.length > 0) yield { line: Buffer.concat(rest), ended: false };
}

function withoutZeros(bytes: Buffer): Buffer {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  return bytes.subarray(0, end);
}
