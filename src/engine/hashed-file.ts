import { createHash } from "node:crypto";
import { closeSync, openSync, writeSync } from "node:fs";

/** Characters gathered before a write: few system calls, and memory does not grow with the file. */
const BATCH = 1 << 16;

/** What a file holds. */
export interface FileDigest {
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
}

/** A new file that is hashed as it is written. */
export class HashedFile {
  readonly #hash = createHash("sha256");
  #file: number | undefined;
  #batch = "";
  #bytes = 0;

  constructor(path: string) {
    this.#file = openSync(path, "wx");
  }

  write(chunk: string | Uint8Array): void {
    if (typeof chunk === "string") {
      this.#batch += chunk;
      if (this.#batch.length < BATCH) return;
    }
    this.#putBatch();
    if (typeof chunk !== "string") this.#put(chunk);
  }

  finish(): FileDigest {
    this.#putBatch();
    this.close();
    return { bytes: this.#bytes, sha256: this.#hash.digest("hex") };
  }

  /** Closes a file that may be finished or not. */
  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  #putBatch(): void {
    this.#put(Buffer.from(this.#batch));
    this.#batch = "";
  }

  #put(bytes: Uint8Array): void {
    this.#hash.update(bytes);
    for (let from = 0; from < bytes.length; ) from += writeSync(this.#file as number, bytes, from);
    this.#bytes += bytes.length;
  }
}
