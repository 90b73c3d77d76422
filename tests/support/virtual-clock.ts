import type { Clock } from "../../src/live/clock.ts";

interface Timer {
  readonly at: number;
  readonly wake: () => void;
}

/** Time that passes only while everybody waits. */
export class VirtualClock implements Clock {
  #now: number;
  #timers: Timer[] = [];

  constructor(startMs: number) {
    this.#now = startMs;
  }

  now(): number {
    return this.#now;
  }

  sleep(ms: number): Promise<void> {
    return new Promise((wake) => {
      this.#timers.push({ at: this.#now + Math.max(0, ms), wake });
    });
  }

  /** Lets time pass until the promise settles; throws when nobody waits for anything any more. */
  async run<T>(work: Promise<T>): Promise<T> {
    let settled = false;
    const end = (): void => {
      settled = true;
    };
    work.then(end, end);
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      if (settled) return work;
      let next = 0;
      for (let i = 1; i < this.#timers.length; i++)
        if ((this.#timers[i] as Timer).at < (this.#timers[next] as Timer).at) next = i;
      const [timer] = this.#timers.splice(next, 1);
      if (timer === undefined) throw new Error("deadlock: nobody waits for time, and the work is not done");
      this.#now = timer.at;
      timer.wake();
    }
  }
}
