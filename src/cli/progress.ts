import { Presets, SingleBar } from "cli-progress";

/** A bar appears only when the work turns out to take this long. */
const PATIENCE_MS = 2000;
const STEPS = 1000;

/** Shows progress on stderr of a terminal once work lasts longer than two seconds; elsewhere it does nothing. */
export class Progress {
  readonly #started = Date.now();
  readonly #stream: NodeJS.WriteStream;
  readonly #label: string;
  #bar: SingleBar | null = null;

  constructor(label: string, stream: NodeJS.WriteStream) {
    this.#label = label;
    this.#stream = stream;
  }

  /** @param done share of the work that is done, 0 to 1. */
  update(done: number): void {
    if (this.#stream.isTTY !== true || Date.now() - this.#started < PATIENCE_MS) return;
    this.#bar ??= this.#start();
    this.#bar.update(Math.round(done * STEPS));
  }

  stop(): void {
    this.#bar?.stop();
  }

  #start(): SingleBar {
    const format = `${this.#label} {bar} {percentage}% | {duration_formatted} elapsed | {eta_formatted} left`;
    const bar = new SingleBar({ format, stream: this.#stream, clearOnComplete: true }, Presets.shades_classic);
    bar.start(STEPS, 0);
    return bar;
  }
}
