import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import writeFileAtomic from "write-file-atomic";
import { z } from "zod";
import type { StateFolder } from "../state-folder.ts";

const requestSchema = z.strictObject({
  v: z.literal(1),
  /** Hash of its record in the audit log. */
  id: z.string().regex(/^[0-9a-f]{64}$/),
  action: z.enum(["adopt", "flatten", "ignore"]),
  /** BASE/QUOTE. */
  symbol: z.string().min(1),
  /** `adopt` only: who gets the lots; null = the pods that hold the other side give theirs up. */
  pod: z.string().nullable(),
  actor: z.string(),
  reason: z.string(),
});

/** What an operator wants done with lots of UNASSIGNED. */
export type PodRequest = z.infer<typeof requestSchema>;

/** Requests that wait for the engine of a state folder: one file each, there until it is answered in the journal. */
export class PodRequests {
  readonly #path: string;

  constructor(folder: StateFolder) {
    this.#path = join(folder.path, "requests");
  }

  /** @param seq of its audit record: requests are answered in that order. */
  file(seq: number, request: PodRequest): void {
    mkdirSync(this.#path, { recursive: true, mode: 0o700 });
    const name = `${String(seq).padStart(12, "0")}.json`;
    writeFileAtomic.sync(join(this.#path, name), `${JSON.stringify(request)}\n`, { mode: 0o600 });
  }

  /** Oldest first; a file that is no request is null. */
  waiting(): { readonly name: string; readonly request: PodRequest | null }[] {
    if (!existsSync(this.#path)) return [];
    const names = readdirSync(this.#path).filter((name) => /^\d{12}\.json$/.test(name));
    return names.sort().map((name) => ({ name, request: this.#read(name) }));
  }

  remove(name: string): void {
    rmSync(join(this.#path, name), { force: true });
  }

  #read(name: string): PodRequest | null {
    try {
      return requestSchema.parse(JSON.parse(readFileSync(join(this.#path, name), "utf8")));
    } catch {
      return null;
    }
  }
}
