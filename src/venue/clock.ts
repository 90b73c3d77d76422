/** The exchange's time. Everything in the venue reads this and nothing else. */
export interface VenueClock {
  /** Epoch ms UTC. */
  now(): number;
  /** Resolves when `ms` have passed on this clock. */
  wait(ms: number): Promise<void>;
}

/** Wall time, optionally as if it were `startMs` now, and `speed` times as fast. */
export class RealClock implements VenueClock {
  readonly #startMs: number;
  readonly #origin = performance.now();
  readonly #speed: number;

  constructor(startMs: number, speed = 1) {
    this.#startMs = startMs;
    this.#speed = speed;
  }

  now(): number {
    return Math.floor(this.#startMs + (performance.now() - this.#origin) * this.#speed);
  }

  wait(ms: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, ms / this.#speed));
  }
}

/** Time that moves only when it is told to: a year of bars in seconds, the same way each time. */
export class VirtualClock implements VenueClock {
  #now: number;
  #waiting: { atMs: number; resolve: () => void }[] = [];

  constructor(startMs: number) {
    this.#now = startMs;
  }

  now(): number {
    return this.#now;
  }

  wait(ms: number): Promise<void> {
    if (ms <= 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ atMs: this.#now + ms, resolve }));
  }

  /** Moves to `ms`, never back, and wakes whoever waited for a time up to it, in the order of those times. */
  advanceTo(ms: number): void {
    if (ms <= this.#now) return;
    this.#now = ms;
    const due = this.#waiting.filter(({ atMs }) => atMs <= ms).sort((a, b) => a.atMs - b.atMs);
    this.#waiting = this.#waiting.filter(({ atMs }) => atMs > ms);
    for (const { resolve } of due) resolve();
  }
}
