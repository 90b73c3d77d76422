import { closeSync, existsSync, fstatSync, ftruncateSync, openSync, readFileSync, readSync, writeSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { JobOutcome } from "./evaluate-jobs.ts";
import { outcomeHash, TALLY } from "./point-outcome.ts";

const line = z.union([
  z.strictObject({
    index: z.int(),
    job_id: z.string(),
    status: z.literal("ok"),
    hash: z.string(),
    tally: z.array(z.number()).length(TALLY.length),
  }),
  z.strictObject({ index: z.int(), job_id: z.string(), status: z.literal("failed"), error: z.string() }),
]);
type StoredLine = z.infer<typeof line>;

/**
 * Outcomes of a tuning run on disk, written as they come: daily equity to equity.f64 at the job's place, then a line to
 * results.jsonl. A job counts as finished once its line is whole and its numbers hash to what the line says, so a process
 * that is killed at any moment loses at most the jobs it was running.
 */
export class ResultStore {
  readonly days: number;
  readonly #ids: readonly string[];
  readonly #outcomes = new Map<number, JobOutcome>();
  readonly #lines: number;
  readonly #equity: number;

  constructor(folder: string, ids: readonly string[], days: number) {
    this.days = days;
    this.#ids = ids;
    const path = join(folder, "results.jsonl");
    this.#equity = openSync(join(folder, "equity.f64"), existsSync(join(folder, "equity.f64")) ? "r+" : "w+");
    const whole = existsSync(path) ? this.#read(readFileSync(path, "utf8")) : 0;
    this.#lines = openSync(path, existsSync(path) ? "r+" : "w+");
    // A line that was cut off by a kill is not finished work.
    ftruncateSync(this.#lines, whole);
  }

  get finished(): ReadonlyMap<number, JobOutcome> {
    return this.#outcomes;
  }

  add(outcomes: readonly JobOutcome[]): void {
    let text = "";
    for (const outcome of outcomes) {
      if (outcome.ok)
        writeSync(this.#equity, outcome.equity, 0, outcome.equity.byteLength, this.#placeOf(outcome.index));
      text += `${JSON.stringify(this.#lineOf(outcome))}\n`;
      this.#outcomes.set(outcome.index, outcome);
    }
    writeSync(this.#lines, text, fstatSync(this.#lines).size);
  }

  close(): void {
    closeSync(this.#lines);
    closeSync(this.#equity);
  }

  #lineOf(outcome: JobOutcome): StoredLine {
    const own = { index: outcome.index, job_id: this.#ids[outcome.index] as string };
    return outcome.ok
      ? { ...own, status: "ok", hash: outcome.hash, tally: [...outcome.tally] }
      : { ...own, status: "failed", error: outcome.error };
  }

  /** @returns bytes of the lines that are whole. */
  #read(text: string): number {
    const end = text.lastIndexOf("\n") + 1;
    for (const row of text.slice(0, end).split("\n").slice(0, -1)) {
      const parsed = line.safeParse(parse(row));
      // Jobs of another plan, or a damaged line: run again.
      if (!parsed.success || this.#ids[parsed.data.index] !== parsed.data.job_id) continue;
      const outcome = this.#restore(parsed.data);
      if (outcome !== null) this.#outcomes.set(outcome.index, outcome);
    }
    return Buffer.byteLength(text.slice(0, end));
  }

  #restore(stored: StoredLine): JobOutcome | null {
    const { index } = stored;
    if (stored.status === "failed") return { index, ok: false, error: stored.error };
    const equity = new Float64Array(this.days);
    const read = readSync(this.#equity, equity, 0, equity.byteLength, this.#placeOf(index));
    const tally = Float64Array.from(stored.tally);
    if (read !== equity.byteLength || outcomeHash({ equity, tally }) !== stored.hash) return null;
    return { index, ok: true, hash: stored.hash, tally, equity };
  }

  #placeOf(index: number): number {
    return index * this.days * Float64Array.BYTES_PER_ELEMENT;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
