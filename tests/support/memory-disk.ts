import { dirname } from "node:path";
import type { Disk } from "../../src/journal/disk.ts";

interface MemoryFile {
  content: Buffer;
  /** What survives a power cut. */
  durable: Buffer;
}

export type DiskFault =
  /** The next write writes this many bytes only. */
  | { readonly on: "write"; readonly bytes: number }
  | { readonly on: "write" | "sync" | "truncate" | "openForAppend"; readonly code: string };

/** A disk in memory that holds the contract of the real one (tests/journal/disk.test.ts) and breaks when it is told to. */
export class MemoryDisk implements Disk {
  readonly files = new Map<string, MemoryFile>();
  /** Taken in order, each by the first call of its kind. */
  readonly faults: DiskFault[] = [];
  /** Bytes that may still be written; removed files give theirs back. */
  room = Number.POSITIVE_INFINITY;
  writes = 0;
  syncs = 0;
  readonly #open = new Map<number, { path: string; file: MemoryFile }>();
  #next = 3;

  openForAppend(path: string): number {
    this.#fail("openForAppend");
    const file = this.files.get(path) ?? { content: Buffer.alloc(0), durable: Buffer.alloc(0) };
    this.files.set(path, file);
    return this.#add(path, file);
  }

  openForReading(path: string): number {
    const file = this.files.get(path);
    if (file === undefined) throw errno("ENOENT", path);
    return this.#add(path, file);
  }

  read(file: number, into: Buffer, position: number): number {
    return this.#of(file).content.copy(into, 0, position);
  }

  write(file: number, bytes: Buffer): number {
    this.writes++;
    const fault = this.#fail("write");
    let count = Math.min(bytes.length, fault === null ? bytes.length : fault);
    if (count > this.room) {
      count = this.room;
      if (count === 0) throw errno("ENOSPC", "write");
    }
    this.room -= count;
    const target = this.#of(file);
    target.content = Buffer.concat([target.content, bytes.subarray(0, count)]);
    return count;
  }

  sync(file: number): void {
    this.syncs++;
    this.#fail("sync");
    const target = this.#of(file);
    target.durable = target.content;
  }

  truncate(file: number, length: number): void {
    this.#fail("truncate");
    const target = this.#of(file);
    this.room += target.content.length - length;
    target.content = target.content.subarray(0, length);
  }

  size(file: number): number {
    return this.#of(file).content.length;
  }

  close(file: number): void {
    this.#of(file);
    this.#open.delete(file);
  }

  exists(path: string): boolean {
    return this.files.has(path);
  }

  remove(path: string): void {
    this.room += this.files.get(path)?.content.length ?? 0;
    this.files.delete(path);
  }

  syncFolder(folder: string): void {
    if (![...this.files.keys()].some((path) => dirname(path) === folder)) throw errno("ENOENT", folder);
  }

  freeBytes(): number {
    return this.room;
  }

  /** Open handles: 0 when everything was closed. */
  get handles(): number {
    return this.#open.size;
  }

  text(path: string): string {
    return this.files.get(path)?.content.toString() ?? "";
  }

  put(path: string, content: Buffer | string): void {
    const bytes = Buffer.from(content);
    this.files.set(path, { content: bytes, durable: bytes });
  }

  #add(path: string, file: MemoryFile): number {
    this.#open.set(this.#next, { path, file });
    return this.#next++;
  }

  #of(file: number): MemoryFile {
    const open = this.#open.get(file);
    if (open === undefined) throw errno("EBADF", String(file));
    return open.file;
  }

  #fail(on: DiskFault["on"]): number | null {
    const i = this.faults.findIndex((fault) => fault.on === on);
    if (i < 0) return null;
    const [fault] = this.faults.splice(i, 1) as [DiskFault];
    if ("code" in fault) throw errno(fault.code, on);
    return fault.bytes;
  }
}

function errno(code: string, what: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: ${what}`), { code, syscall: what });
}
