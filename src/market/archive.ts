import { closeSync, fstatSync, openSync, readFileSync, readSync } from "node:fs";
import { gunzipSync, inflateRawSync } from "node:zlib";
import type { DataIssueCode, IssueList } from "./data-error.ts";
import type { ParseRoom } from "./parse-room.ts";

/** A file's bytes, unpacked. */
export interface Unpacked {
  readonly name: string;
  readonly bytes: Buffer;
}

/**
 * The content of a file: itself, or what a .gz or each entry of a .zip holds; empty, with an issue, when unreadable.
 *
 * @param room where the file's bytes are put; left out = memory of their own.
 */
export function unpackFile(path: string, issues: IssueList, room?: ParseRoom): Unpacked[] {
  let code: DataIssueCode = "UNREADABLE";
  let expected = "a file that can be read";
  try {
    const stored = room === undefined ? readFileSync(path) : readInto(room, path);
    if (path.endsWith(".gz")) {
      [code, expected] = ["BAD_GZIP", "a whole gzip file"];
      return [{ name: path, bytes: gunzipSync(stored) }];
    }
    if (path.endsWith(".zip")) {
      [code, expected] = ["BAD_ARCHIVE", "a whole zip file"];
      return unzip(path, stored);
    }
    return [{ name: path, bytes: stored }];
  } catch (error) {
    issues.add({ file: path, line: null, column: null, code, value: (error as Error).message, expected, hint: null });
    return [];
  }
}

function readInto(room: ParseRoom, path: string): Buffer {
  const file = openSync(path, "r");
  try {
    const bytes = room.bytes(fstatSync(file).size);
    for (let at = 0; at < bytes.length; ) {
      const read = readSync(file, bytes, at, Math.min(READ_AT_ONCE, bytes.length - at), at);
      if (read === 0) throw new Error(`it ends after ${at} of ${bytes.length} bytes`);
      at += read;
    }
    return bytes;
  } finally {
    closeSync(file);
  }
}

/** Node reads no more than 2 GB in one call. */
const READ_AT_ONCE = 1 << 30;

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const [STORED, DEFLATED] = [0, 8];

/** Entries of a zip by its directory; ZIP64 and encryption, which no vendor of bars uses, are refused. */
function unzip(path: string, zip: Buffer): Unpacked[] {
  let end = zip.length - 22;
  while (end >= 0 && zip.readUInt32LE(end) !== END_OF_DIRECTORY) end--;
  if (end < 0) throw new Error("no zip directory: the file was cut off");
  const entries: Unpacked[] = [];
  let at = zip.readUInt32LE(end + 16);
  for (let i = zip.readUInt16LE(end + 10); i > 0; i--) {
    if (zip.readUInt32LE(at) !== DIRECTORY_ENTRY) throw new Error("a broken zip directory");
    const [flags, method] = [zip.readUInt16LE(at + 8), zip.readUInt16LE(at + 10)];
    const [packed, size] = [zip.readUInt32LE(at + 20), zip.readUInt32LE(at + 24)];
    const nameLength = zip.readUInt16LE(at + 28);
    const name = zip.toString("utf8", at + 46, at + 46 + nameLength);
    const local = zip.readUInt32LE(at + 42);
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
    if (name.endsWith("/")) continue;
    if ((flags & 1) !== 0 || size === 0xffffffff) throw new Error(`${name} is encrypted or larger than 4 GB`);
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const bytes = zip.subarray(start, start + packed);
    if (method !== STORED && method !== DEFLATED) throw new Error(`${name} has compression method ${method}`);
    const content = method === STORED ? bytes : inflateRawSync(bytes);
    if (content.length !== size) throw new Error(`${name} is ${content.length} bytes, the directory says ${size}`);
    entries.push({ name: `${path}#${name}`, bytes: content });
  }
  return entries;
}
