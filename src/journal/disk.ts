import * as fs from "node:fs";

/**
 * What the journal asks of a file system. Every method throws what the operating system says (`code` as in errno);
 * `write` may write less than it was given, as a full disk does.
 */
export interface Disk {
  /** Reads anywhere, writes at the end; created with mode 0600 where there is none. */
  openForAppend(path: string): number;
  openForReading(path: string): number;
  /** Bytes read; 0 at the end of the file. */
  read(file: number, into: Buffer, position: number): number;
  /** Bytes written, possibly fewer than given. */
  write(file: number, bytes: Buffer): number;
  /** Returns when the content is on the medium (fdatasync). */
  sync(file: number): void;
  truncate(file: number, length: number): void;
  size(file: number): number;
  close(file: number): void;
  exists(path: string): boolean;
  remove(path: string): void;
  /** Makes created and removed names durable. */
  syncFolder(folder: string): void;
  /** Bytes that this user may still write. */
  freeBytes(folder: string): number;
}

export const DISK: Disk = {
  openForAppend: (path) => fs.openSync(path, "a+", 0o600),
  openForReading: (path) => fs.openSync(path, "r"),
  read: (file, into, position) => fs.readSync(file, into, 0, into.length, position),
  write: (file, bytes) => fs.writeSync(file, bytes, 0, bytes.length),
  sync: (file) => fs.fdatasyncSync(file),
  truncate: (file, length) => fs.ftruncateSync(file, length),
  size: (file) => fs.fstatSync(file).size,
  close: (file) => fs.closeSync(file),
  exists: (path) => fs.existsSync(path),
  remove: (path) => fs.rmSync(path, { force: true }),
  syncFolder(folder) {
    // Windows cannot open folders; its file systems journal names themselves.
    if (process.platform === "win32") return;
    const file = fs.openSync(folder, "r");
    try {
      fs.fsyncSync(file);
    } finally {
      fs.closeSync(file);
    }
  },
  freeBytes(folder) {
    const { bavail, bsize } = fs.statfsSync(folder);
    return bavail * bsize;
  },
};
