import { canonicalConfig } from "../../config/canonical.ts";
import type { Config } from "../../config/schema.ts";
import { sha256 } from "../../lib/sha256.ts";
import type { Market } from "../../market/market.ts";
import { onlySymbols } from "../../market/only-symbols.ts";
import type { FillEvent } from "../../orchestrator/events.ts";
import { openSource } from "../backtest.ts";
import { planEngine } from "../plan.ts";
import { EngineSession, type SessionOutcome } from "../session.ts";
import { DecisionLines } from "./decisions.ts";
import type { ControlPayload } from "./market-events.ts";
import type { Recording } from "./read-recording.ts";
import { RecordingError } from "./recording-error.ts";

/** One engine that goes through recorded slices one by one and says what it decides: a replay, at any pace. */
export class Replay {
  readonly session: EngineSession;
  readonly configHash: string;
  readonly #recording: Recording;
  readonly #source: ReturnType<typeof openSource>;
  readonly #lines: DecisionLines;
  readonly #take: (line: string) => void;
  readonly #fills = { all: 0, clipped: 0 };
  /** Quote units per lot when the orders were decided, [symbol]. */
  #marks = new Float64Array(0);
  /** Slices of the recording that are done, the warm-up included. */
  #done = 0;

  /**
   * @param take gets the lines of decisions.ndjson.
   * @param orchestrated false for a single strategy.
   */
  constructor(recording: Recording, config: Config, take: (line: string) => void, orchestrated = true) {
    const market = marketFor(recording, config);
    const plan = planEngine(config, market, 1, orchestrated);
    const observers: ((event: Parameters<DecisionLines["observe"]>[0]) => void)[] = [];
    this.session = new EngineSession(plan, { observers, orchestrated });
    this.#lines = new DecisionLines(this.session);
    observers.push(this.#lines.observe, (event) => {
      if (event.type === "fill") this.#count(event);
    });
    this.#recording = recording;
    this.#source = openSource(config, market, plan.range.startMs);
    this.#take = take;
    this.configHash = sha256(canonicalConfig(config));
  }

  /** Slices done and in all. */
  get progress(): { done: number; total: number } {
    return { done: this.#done, total: this.#recording.opens.length };
  }

  start(): void {
    this.#take(this.#lines.start(this.configHash));
    this.session.warmUp(this.#source);
    const { startMs } = this.session.plan.range;
    const first = this.#recording.opens.findIndex((openMs) => openMs >= startMs);
    this.#done = first === -1 ? this.#recording.opens.length : first;
    for (const line of this.#lines.warmUp(this.#recording.inputs.slice(0, this.#done))) this.#take(line);
  }

  control(payload: ControlPayload): void {
    this.session.restrict(restrictionsOf(payload));
    this.#take(this.#lines.control(payload));
  }

  /** False when no slice is left, or the account was liquidated. */
  step(): boolean {
    this.#marks = this.session.engine.state.markPerLot.slice();
    if (this.session.advance(this.#source, 1) === 0) return false;
    // Slices in which only symbols of no pod have a bar are none of this engine's.
    while (this.#recording.opens[this.#done] !== this.session.lastOpenMs) this.#done++;
    this.#take(this.#lines.slice(this.#recording.inputs[this.#done++] as string));
    return true;
  }

  /** Share of the fills whose slippage the cost model cut off; null when it has no cap, or nothing was filled. */
  get clippedShare(): number | null {
    const { all, clipped } = this.#fills;
    return this.session.plan.setup.quoted === null || all === 0 ? null : clipped / all;
  }

  #count({ symbol, lots, purpose }: FillEvent): void {
    const { quoted, symbols } = this.session.plan.setup;
    const s = symbols.findIndex((own) => own.symbol === symbol);
    const size = this.session.engine.state.quotedNotional[s] as number;
    if (quoted === null || purpose === "CROSS" || purpose === "LIQUIDATION") return;
    this.#fills.all++;
    const r = size === 0 ? 0 : (Math.abs(lots) * (this.#marks[s] as number)) / size;
    if (quoted.alpha * r > quoted.cap) this.#fills.clipped++;
  }

  finish(): SessionOutcome {
    const outcome = this.session.finish();
    this.#take(this.#lines.end(outcome.resultHash));
    return outcome;
  }
}

export interface ReplayOutcome extends SessionOutcome {
  /** See `Replay.clippedShare`. */
  readonly clippedShare: number | null;
}

export interface ReplayOptions {
  /** False for a single strategy. */
  readonly orchestrated?: boolean;
  /** Called after each slice with the slices that are done, and all of them. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Replays a recording with the control events it holds.
 *
 * @param take gets every decision.
 */
export function replayRecording(
  recording: Recording,
  config: Config,
  take: (line: string) => void,
  { orchestrated = true, onProgress = () => {} }: ReplayOptions = {},
): ReplayOutcome {
  const replay = new Replay(recording, config, take, orchestrated);
  replay.start();
  let next = 0;
  for (;;) {
    for (let control = recording.controls[next]; control !== undefined; control = recording.controls[next]) {
      if (control.afterSlices > replay.progress.done) break;
      replay.control(control.payload);
      next++;
    }
    if (recording.controls[next - 1]?.payload.mode === "STOPPING" || !replay.step())
      return { ...replay.finish(), clippedShare: replay.clippedShare };
    const { done, total } = replay.progress;
    onProgress(done, total);
  }
}

/** Paused, stopping and unknown allow no new risk; a panic and a flatten allow no position. */
function restrictionsOf({ mode, flatten, symbols, pods }: ControlPayload): Parameters<EngineSession["restrict"]>[0] {
  return { reduceOnly: mode !== "RUNNING", flatten: flatten || mode === "PANIC", symbols, pods };
}

/** The recorded market as a config sees it: its own symbols only, in the config's range. */
function marketFor({ market, folder }: Recording, config: Config): Market {
  const wanted = new Set(config.pods.flatMap(({ symbols }) => symbols));
  const missing = [...wanted].filter((symbol) => !market.bars.some((bars) => bars.symbol === symbol));
  if (missing.length > 0) {
    const recorded = market.bars.map(({ symbol }) => symbol).join(", ");
    throw new RecordingError(
      folder,
      null,
      `it has no ${missing.join(", ")}, which the config trades; it has ${recorded}`,
    );
  }
  return onlySymbols(market, wanted);
}
