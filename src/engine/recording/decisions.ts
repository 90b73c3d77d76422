import type { EngineEvent } from "../../orchestrator/events.ts";
import { ACCOUNT } from "../../orchestrator/state.ts";
import type { EngineSession } from "../session.ts";
import type { ControlPayload } from "./market-events.ts";

export const DECISIONS_VERSION = 1;

/** Events that say why a decision is what it is, beside the wishes, orders and fills themselves. */
type Reason = Exclude<EngineEvent, { type: "target" | "wish" | "order" | "fill" | "part" }>;

/**
 * The lines of decisions.ndjson: what an engine saw and decided in each slice. No clock, nothing of the machine: two runs
 * that decide the same write the same bytes (docs/RECORDING.md).
 */
export class DecisionLines {
  readonly #session: EngineSession;
  #seq = 0;
  #events: EngineEvent[] = [];

  constructor(session: EngineSession) {
    this.#session = session;
  }

  /** Takes what happens between two lines; an observer of the session. */
  readonly observe = (event: EngineEvent): void => {
    this.#events.push(event);
  };

  /** @param configHash SHA-256 of the resolved config. */
  start(configHash: string): string {
    const { setup } = this.#session.plan;
    return this.#line({
      type: "start",
      config_hash: configHash,
      pods: setup.pods.map(({ podId }) => podId),
      symbols: setup.symbols.map(({ symbol }) => symbol),
    });
  }

  /** @param inputs hashes of the market lines of a slice before the start. */
  warmUp(inputs: readonly string[]): string[] {
    return inputs.map((input) => this.#line({ type: "warmup", input }));
  }

  control(control: ControlPayload): string {
    return this.#line({ type: "control", control, ...this.#decided(), risk: this.#risk() });
  }

  /** @param input hash of the market lines that led to the slice just processed. */
  slice(input: string): string {
    const { engine, lastOpenMs } = this.#session;
    return this.#line({
      type: "slice",
      open: new Date(lastOpenMs as number).toISOString(),
      input,
      marks: this.#closes(),
      targets: this.#targets(),
      ...this.#decided(),
      risk: this.#risk(),
      equity: Array.from(engine.state.equity),
    });
  }

  end(resultHash: string): string {
    return this.#line({ type: "end", ...this.#decided(), result_hash: resultHash });
  }

  #line(content: object): string {
    return `${JSON.stringify({ v: DECISIONS_VERSION, seq: this.#seq++, ...content })}\n`;
  }

  #decided(): object {
    const events = this.#events;
    this.#events = [];
    const of = (type: EngineEvent["type"]): EngineEvent[] => events.filter((event) => event.type === type);
    const reasons = events.filter((event): event is Reason => !PLAIN.has(event.type));
    return { wishes: of("wish"), orders: of("order"), fills: [...of("fill")], reasons };
  }

  /** Closes of the slice's bars, by symbol. */
  #closes(): Record<string, number> {
    const { engine, plan } = this.#session;
    const { symbols } = plan.setup;
    const closes: Record<string, number> = {};
    for (const [s, { symbol }] of symbols.entries()) {
      // One slice at a time: it is the first of the buffers.
      if ((engine.slices.bars[s] as number) > 0) closes[symbol] = engine.slices.bars[3 * symbols.length + s] as number;
    }
    return closes;
  }

  /** Raw target weights in force, pod by pod. */
  #targets(): Record<string, Record<string, number>> {
    const { engine, plan } = this.#session;
    const { pods, symbols } = plan.setup;
    return Object.fromEntries(
      pods.map(({ podId, symbols: own }, p) => [
        podId,
        Object.fromEntries(
          own.map((s) => [symbols[s]?.symbol as string, engine.state.signals[s * pods.length + p] as number]),
        ),
      ]),
    );
  }

  #risk(): object {
    const { account } = this.#session.engine.state;
    return {
      equity: account[ACCOUNT.equity],
      gross: account[ACCOUNT.gross],
      net: account[ACCOUNT.net],
      high_water: account[ACCOUNT.highWater],
      exposure: account[ACCOUNT.exposureFactor],
      halted: account[ACCOUNT.halted] === 1,
      barred_until_ms: account[ACCOUNT.barredUntil],
      reduce_only: account[ACCOUNT.reduceOnly] === 1,
    };
  }
}

const PLAIN: ReadonlySet<EngineEvent["type"]> = new Set(["target", "wish", "order", "fill", "part"]);
