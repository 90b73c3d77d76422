import { Progress, paceOf } from "./progress.ts";

const EVERY_MS = 1000;

/** Progress of a sweep: a bar on a terminal, a line of JSON a second elsewhere. */
export class SweepProgress {
  readonly #stream: NodeJS.WriteStream;
  readonly #bar: Progress;
  readonly #started = performance.now();
  #last = Number.NEGATIVE_INFINITY;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
    this.#bar = new Progress("tuning", "jobs", stream);
  }

  update(done: number, total: number): void {
    if (this.#stream.isTTY === true) {
      this.#bar.update(done, total);
      return;
    }
    const now = performance.now();
    if (done < total && now - this.#last < EVERY_MS) return;
    this.#last = now;
    const { rate, left } = paceOf(done, total, (now - this.#started) / 1000);
    this.#stream.write(`${JSON.stringify({ type: "progress", done, total, rate, eta: left })}\n`);
  }

  stop(): void {
    this.#bar.stop();
  }
}
