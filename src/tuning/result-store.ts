import { closeSync, existsSync, fstatSync, ftruncateSync, openSync, readFileSync, readSync, writeSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { JobOutcome, JobReport } from "./evaluate-jobs.ts";
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
  /** Without the curves: these stay on disk until they are asked for, so that memory does not grow with the jobs. */
  readonly #reports = new Map<number, JobReport>();
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

  get finished(): ReadonlyMap<number, JobReport> {
    return this.#reports;
  }

  /** Everything finished, the curves read back from the disk. */
  outcomes(): Map<number, JobOutcome> {
    const read = (report: JobReport): JobOutcome =>
      report.ok ? { ...report, equity: this.#readEquity(report.index) } : report;
    return new Map([...this.#reports].map(([index, report]) => [index, read(report)]));
  }

  /** @param equity [job of `reports`][day] */
  add(reports: readonly JobReport[], equity: Float64Array): void {
    let text = "";
    const bytes = this.days * Float64Array.BYTES_PER_ELEMENT;
    for (const [i, report] of reports.entries()) {
      if (report.ok) {
        const row = new Uint8Array(equity.buffer, equity.byteOffset + i * bytes, bytes);
        writeSync(this.#equity, row, 0, bytes, this.#placeOf(report.index));
      }
      text += `${JSON.stringify(this.#lineOf(report))}\n`;
      this.#reports.set(report.index, report);
    }
    writeSync(this.#lines, text, fstatSync(this.#lines).size);
  }

  close(): void {
    closeSync(this.#lines);
    closeSync(this.#equity);
  }

  #lineOf(report: JobReport): StoredLine {
    const own = { index: report.index, job_id: this.#ids[report.index] as string };
    return report.ok
      ? { ...own, status: "ok", hash: report.hash, tally: [...report.tally] }
      : { ...own, status: "failed", error: report.error };
  }

  /** @returns bytes of the lines that are whole. */
  #read(text: string): number {
    const end = text.lastIndexOf("\n") + 1;
    for (const row of text.slice(0, end).split("\n").slice(0, -1)) {
      const parsed = line.safeParse(parse(row));
      // Jobs of another plan, or a damaged line: run again.
      if (!parsed.success || this.#ids[parsed.data.index] !== parsed.data.job_id) continue;
      const report = this.#restore(parsed.data);
      if (report !== null) this.#reports.set(report.index, report);
    }
    return Buffer.byteLength(text.slice(0, end));
  }

  #restore(stored: StoredLine): JobReport | null {
    const { index } = stored;
    if (stored.status === "failed") return { index, ok: false, error: stored.error };
    const tally = Float64Array.from(stored.tally);
    if (outcomeHash({ equity: this.#readEquity(index), tally }) !== stored.hash) return null;
    return { index, ok: true, hash: stored.hash, tally };
  }

  /** Zeros where the file ends too early: no outcome hashes to them. */
  #readEquity(index: number): Float64Array {
    const equity = new Float64Array(this.days);
    readSync(this.#equity, equity, 0, equity.byteLength, this.#placeOf(index));
    return equity;
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
