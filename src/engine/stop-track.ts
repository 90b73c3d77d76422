import type { StopLevel } from "../analytics/stop-levels.ts";
import type { EngineSession } from "./session.ts";

/** Reads where every stop stands at the closes of days; only what changed is kept. */
export class StopTrack {
  readonly levels: StopLevel[] = [];
  /** By cell: the last level kept, 0 = none. */
  #last = new Float64Array(0);

  /** Takes the stops after the last slice of a day; `SessionOptions.onDayClose`. */
  observe({ engine: { state }, plan: { setup } }: EngineSession, dayMs: number): void {
    const { pods, symbols } = setup;
    if (this.#last.length === 0) this.#last = new Float64Array(pods.length * symbols.length);
    for (const [s, { symbol }] of symbols.entries()) {
      for (const [p, { podId, stopLoss }] of pods.entries()) {
        const c = s * pods.length + p;
        const held = state.lots[c] as number;
        const level = levelOf(held, state.entry[c] as number, stopLoss ?? 0, state.trail[c] as number);
        if (level === this.#last[c]) continue;
        this.#last[c] = level;
        const stop = level === 0 ? null : { side: held > 0 ? ("long" as const) : ("short" as const), level };
        this.levels.push({ dayMs, podId, symbol, side: stop?.side ?? null, level: stop?.level ?? null });
      }
    }
  }
}

/** The nearer of the fixed and the trailing level, as the last bar was tested against; 0 = none. */
function levelOf(held: number, entry: number, stopLoss: number, trail: number): number {
  if (held === 0) return 0;
  const fixed = stopLoss > 0 ? entry * (held > 0 ? 1 - stopLoss : 1 + stopLoss) : 0;
  if (fixed === 0 || trail === 0) return fixed + trail;
  return held > 0 ? Math.max(fixed, trail) : Math.min(fixed, trail);
}
