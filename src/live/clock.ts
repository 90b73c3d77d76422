import { setTimeout as wait } from "node:timers/promises";

/** Time as a runner sees it. Nothing below the runners asks for it: decisions know bar times only. */
export interface Clock {
  /** Epoch ms. */
  now(): number;
  /** Resolves `ms` later, at once when aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The machine's time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: async (ms, signal) => {
    await wait(Math.max(0, ms), undefined, { signal }).catch(() => {});
  },
};

/** Time that passes `speed` times as fast, from `startMs` on; Infinity: as fast as the work is done. */
export function pacedClock(startMs: number, speed: number): Clock {
  if (speed === Number.POSITIVE_INFINITY) return new VirtualClock(startMs);
  const begun = performance.now();
  return {
    now: () => Math.floor(startMs + (performance.now() - begun) * speed),
    sleep: (ms, signal) => systemClock.sleep(ms / speed, signal),
  };
}

/** Time that only passes when somebody waits. */
export class VirtualClock implements Clock {
  #now: number;

  constructor(startMs: number) {
    this.#now = startMs;
  }

  now(): number {
    return this.#now;
  }

  async sleep(ms: number): Promise<void> {
    this.#now += Math.max(0, ms);
  }
}
