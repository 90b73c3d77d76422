import type { SingleBar } from "cli-progress";
import { lazyPackage } from "../lib/lazy-package.ts";

const cliProgress = lazyPackage<typeof import("cli-progress")>("cli-progress");

/** A bar appears only when the work turns out to take this long. */
const PATIENCE_MS = 2000;

/** Columns of the bar; what is said beside it takes about as many as NUMBERS and must not be cut. */
const SHORTEST_BAR = 5;
const LONGEST_BAR = 40;
const NUMBERS = 60;

/** Shows progress on stderr of a terminal once work lasts longer than two seconds; elsewhere it does nothing. */
export class Progress {
  readonly #started: number;
  readonly #stream: NodeJS.WriteStream;
  readonly #label: string;
  readonly #unit: string;
  readonly #now: () => number;
  #bar: SingleBar | null = null;

  /**
   * @param unit plural, of what is counted: "days".
   * @param now milliseconds, for tests.
   */
  constructor(label: string, unit: string, stream: NodeJS.WriteStream, now: () => number = Date.now) {
    this.#label = label;
    this.#unit = unit;
    this.#stream = stream;
    this.#now = now;
    this.#started = now();
  }

  /** @param done of `total` units, 0 to `total`. */
  update(done: number, total: number): void {
    const elapsedMs = this.#now() - this.#started;
    if (this.#stream.isTTY !== true || elapsedMs < PATIENCE_MS) return;
    this.#bar ??= this.#start(total);
    this.#bar.setTotal(Math.ceil(total));
    this.#bar.update(Math.floor(done), paceOf(done, total, elapsedMs / 1000));
  }

  stop(): void {
    this.#bar?.stop();
    this.#bar = null;
  }

  /** The work, with its progress; the bar is gone afterwards, whatever happens. */
  during<T>(work: (update: (done: number, total: number) => void) => T): T {
    try {
      return work((done, total) => this.update(done, total));
    } finally {
      this.stop();
    }
  }

  #start(total: number): SingleBar {
    const format = `${this.#label} {bar} {value}/{total} ${this.#unit} | {rate} ${this.#unit}/s | {left} left`;
    const { Presets, SingleBar } = cliProgress();
    const barsize = Math.min(LONGEST_BAR, Math.max(SHORTEST_BAR, this.#stream.columns - this.#label.length - NUMBERS));
    const options = { format, barsize, stream: this.#stream, clearOnComplete: true };
    const bar = new SingleBar(options, Presets.shades_classic);
    bar.start(Math.ceil(total), 0, paceOf(0, total, 0));
    return bar;
  }
}

/** Rate and time left at the mean pace since the start: the bar itself begins later and would not know it. */
export function paceOf(done: number, total: number, seconds: number): { rate: string; left: string } {
  if (done <= 0 || seconds <= 0) return { rate: "-", left: "-" };
  const rate = done / seconds;
  return { rate: rate.toFixed(rate < 10 ? 1 : 0), left: duration(Math.ceil((total - done) / rate)) };
}

function duration(seconds: number): string {
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes}m ${seconds % 60}s` : `${Math.floor(minutes / 60)}h ${minutes % 60}m`;
}
