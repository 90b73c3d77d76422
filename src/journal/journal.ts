import { dirname } from "node:path";
import { assert } from "../lib/assert.ts";
import { GENESIS, makeRecord } from "../lib/chain-record.ts";
import { keepBallast } from "./ballast.ts";
import { DISK, type Disk } from "./disk.ts";
import { JournalFailure } from "./journal-error.ts";
import { type BodyCheck, type JournalEnd, type JournalRecord, readJournal } from "./read-journal.ts";

export interface JournalSettings {
  /** Bytes that must be free on the disk at the start; default 32 MiB. */
  readonly minFreeBytes?: number;
  /** Bytes held back for the last record of a full disk; default 256 KiB. */
  readonly ballastBytes?: number;
  readonly disk?: Disk;
}

export interface OpenedJournal<B extends object> {
  readonly journal: Journal<B>;
  /** True where there was no file. */
  readonly created: boolean;
  /** What a dead writer left of an unfinished record, cut off by now; empty when there was nothing. The caller notes it. */
  readonly torn: string;
}

/**
 * Opens a journal to continue it, and hands every record it holds to `each`, in order. Before it returns, the file is one
 * sound chain on the medium. The caller holds the account's lock (lock.ts).
 *
 * Throws a JournalCorruption when a record is not what was written (nothing was changed then), a JournalFailure when the
 * disk has too little room or fails, and what `each` throws.
 */
export function openJournal<B extends object>(
  path: string,
  check: BodyCheck<B>,
  each: (record: JournalRecord<B>) => void,
  { disk = DISK, minFreeBytes = 32 << 20, ballastBytes = 256 << 10 }: JournalSettings = {},
): OpenedJournal<B> {
  const folder = dirname(path);
  const created = !disk.exists(path);
  let end: JournalEnd = { records: 0, head: GENESIS, length: 0, open: false, torn: Buffer.alloc(0) };
  if (!created) {
    const records = readJournal(path, check, disk);
    let next = records.next();
    for (; next.done !== true; next = records.next()) each(next.value);
    end = next.value;
  }
  const free = disk.freeBytes(folder);
  if (free < minFreeBytes)
    throw new JournalFailure("NO_SPACE", `${folder}: ${free} bytes are free, a start needs ${minFreeBytes}`);
  let file: number;
  try {
    file = disk.openForAppend(path);
  } catch (error) {
    throw failureOf(error, `${path}: cannot be opened`);
  }
  try {
    if (disk.size(file) > end.length) disk.truncate(file, end.length);
    if (end.open && disk.write(file, Buffer.from("\n")) !== 1)
      throw new JournalFailure("NO_SPACE", `${path}: no room for a line break`);
    disk.sync(file);
    const ballast = keepBallast(disk, `${path}.ballast`, ballastBytes);
    disk.syncFolder(folder);
    const place = { seq: end.records, head: end.head, length: end.length + (end.open ? 1 : 0) };
    return { journal: new Journal(disk, file, path, check, place, ballast), created, torn: end.torn.toString() };
  } catch (error) {
    disk.close(file);
    throw failureOf(error, `${path}: cannot be continued`);
  }
}

/** An append-only chain of records with one writer. `append` returns when they are on the medium. */
export class Journal<B extends object> {
  readonly path: string;
  readonly #disk: Disk;
  readonly #file: number;
  readonly #check: BodyCheck<B>;
  readonly #ballast: { release(): void };
  #seq: number;
  #head: string;
  #length: number;
  #failure: JournalFailure | null = null;
  /** After a failure: the file ends with the last durable record. */
  #cut = false;
  #closed = false;

  /** For `openJournal`. */
  constructor(
    disk: Disk,
    file: number,
    path: string,
    check: BodyCheck<B>,
    end: { readonly seq: number; readonly head: string; readonly length: number },
    ballast: { release(): void },
  ) {
    this.#disk = disk;
    this.#file = file;
    this.path = path;
    this.#check = check;
    this.#seq = end.seq;
    this.#head = end.head;
    this.#length = end.length;
    this.#ballast = ballast;
  }

  /** Records so far: the `seq` of the next. */
  get records(): number {
    return this.#seq;
  }

  /** Hash of the last record; 64 zeros before the first. */
  get head(): string {
    return this.#head;
  }

  /** Bytes of the file. */
  get length(): number {
    return this.#length;
  }

  /** Why nothing may be appended any more; null while all is well. */
  get failure(): JournalFailure | null {
    return this.#failure;
  }

  /** Bytes that are still free on the journal's disk: asked before new exposure. */
  freeBytes(): number {
    return this.#disk.freeBytes(dirname(this.path));
  }

  /**
   * Appends records with one write and one sync; they are on the medium when it returns. A process that dies inside leaves
   * the first few of them, or none.
   *
   * Throws a JournalFailure when that cannot be said: then the journal is poisoned, every later append throws, too, and the
   * file is cut back to the records before where the disk lets it. Throws an AssertionError for a body that could not be
   * read back, before anything is written.
   */
  append(...bodies: readonly B[]): readonly JournalRecord<B>[] {
    if (this.#failure !== null)
      throw new JournalFailure("POISONED", `${this.path}: nothing can follow a failed append`, this.#failure);
    if (this.#closed) throw new JournalFailure("CLOSED", `${this.path}: is closed`);
    return this.#write(bodies);
  }

  /**
   * The halt record of a full disk: gives the ballast back and writes one more record into a journal that failed for want of
   * space. False when the record could not be made durable or the failure was another: then it is not there, and the
   * journal stays poisoned either way.
   */
  appendLast(body: B): boolean {
    const failure = this.#failure;
    if (failure?.code !== "NO_SPACE" || !this.#cut || this.#closed) return false;
    try {
      this.#ballast.release();
      this.#write([body]);
      return true;
    } catch {
      return false;
    } finally {
      this.#failure = failure;
      this.#cut = false;
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#disk.close(this.#file);
  }

  #write(bodies: readonly B[]): readonly JournalRecord<B>[] {
    const records: JournalRecord<B>[] = [];
    let text = "";
    let seq = this.#seq;
    let head = this.#head;
    for (const body of bodies) {
      const checked = this.#check(body);
      assert(checked.ok, `${this.path}: a record that could not be read back: ${checked.ok ? "" : checked.message}`);
      const { record, line } = makeRecord(seq, head, body);
      text += `${line}\n`;
      head = record.hash;
      records.push({ seq: seq++, body });
    }
    const bytes = Buffer.from(text);
    try {
      const size = this.#disk.size(this.#file);
      if (size !== this.#length)
        throw new JournalFailure(
          "FOREIGN_WRITE",
          `${this.path}: has ${size} bytes, ${this.#length} were written: somebody else writes to it`,
        );
      const written = this.#disk.write(this.#file, bytes);
      // A full disk writes what fits and says so only by the count.
      if (written !== bytes.length)
        throw new JournalFailure("NO_SPACE", `${this.path}: only ${written} of ${bytes.length} bytes were written`);
      this.#disk.sync(this.#file);
    } catch (error) {
      this.#poison(failureOf(error, `${this.path}: append failed`));
    }
    this.#seq = seq;
    this.#head = head;
    this.#length += bytes.length;
    return records;
  }

  #poison(failure: JournalFailure): never {
    this.#failure = failure;
    // What somebody else wrote is not ours to cut.
    if (failure.code !== "FOREIGN_WRITE") {
      try {
        this.#disk.truncate(this.#file, this.#length);
        this.#cut = true;
      } catch {
        // The next start finds a torn tail or a record whose effect never happened; both are sound.
      }
    }
    throw failure;
  }
}

const FULL = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);

function failureOf(error: unknown, what: string): JournalFailure {
  if (error instanceof JournalFailure) return error;
  const { code = "", message } = error as NodeJS.ErrnoException;
  return new JournalFailure(FULL.has(code) ? "NO_SPACE" : "IO", `${what}: ${message}`, error);
}
