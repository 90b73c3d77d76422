import type { z } from "zod";
import type { Pointer } from "../kernels/arena.ts";
import type { Kernels } from "../kernels/load.ts";
import type { AnyStrategy, CandlePointers, StreamContext, WeightStream } from "./strategy.ts";

/** One closed candle of the pod's timeframe. */
export interface Candle {
  /** Open time, epoch ms UTC. */
  readonly time: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** Base units. */
  readonly volume: number;
}

/** Candles as columns of equal length, ascending by time. */
export type CandleColumns = { readonly [field in keyof Candle]: Float64Array };

/** What a strategy may know beside candles and parameters. */
export interface StrategyInfo {
  /** 365 for daily candles, 8760 for hourly ones. */
  readonly barsPerYear: number;
}

/**
 * A strategy of your own. It has `start`, the streaming form, or `weights`, the column form; with both, `mcbot strategy check`
 * compares them and the engine runs `start`.
 *
 * A weight is the signed fraction of the equity to hold, decided at the candle's close; 0 while undefined. An error, or a
 * weight that is no finite number, pauses the pod.
 */
export interface UserStrategy<P = Record<string, never>> {
  readonly name: string;
  /** A strict object with a default for every key: `z.strictObject({...})`. */
  readonly params: z.ZodType<P>;
  /** Candles up to and including the first whose weight is defined. */
  warmup(params: P): number;
  /** Makes a machine that is called once per candle, in order. Everything it remembers lives in its closure. */
  start?(params: P, info: StrategyInfo): (candle: Candle) => number;
  /**
   * The weight of every candle, made from the candles up to it. The engine calls it with the candles so far and takes the
   * last weight, so it costs the square of the history: write `start` for minute candles.
   */
  weights?(candles: CandleColumns, params: P, info: StrategyInfo): ArrayLike<number>;
}

/** Types a strategy; returns it as it is. */
export function defineStrategy<P>(strategy: UserStrategy<P>): UserStrategy<P> {
  return strategy;
}

/** Calls the user's code; the shell adds what must not be reachable from it. */
export type Guard = <T>(code: () => T) => T;

/** A user's strategy as the engine knows strategies. `name` is the file with the hash of its source. */
export function fromUserStrategy(name: string, strategy: UserStrategy<unknown>, guard: Guard): AnyStrategy {
  return {
    name,
    params: strategy.params,
    warmup: (params) => guard(() => strategy.warmup(params)),
    bytes: () => 0,
    open: (kernels, params, context) => new UserStream(kernels, strategy, params, context, guard),
  };
}

const FIELDS = ["time", "open", "high", "low", "close", "volume"] as const;

class UserStream implements WeightStream {
  failure: string | null = null;
  readonly #kernels: Kernels;
  readonly #guard: Guard;
  #next: ((candle: Candle) => number) | null = null;

  constructor(
    kernels: Kernels,
    strategy: UserStrategy<unknown>,
    params: unknown,
    context: StreamContext,
    guard: Guard,
  ) {
    this.#kernels = kernels;
    this.#guard = guard;
    const info = { barsPerYear: context.barsPerYear };
    this.#try(() => {
      this.#next = strategy.start?.(params, info) ?? fromColumns(strategy, params, info);
    });
  }

  run(candles: CandlePointers, n: number, out: Pointer): void {
    const { arena } = this.#kernels;
    const columns = FIELDS.map((field) => arena.viewF64(candles[field], n));
    const [time, open, high, low, close, volume] = columns as [
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    const weights = arena.viewF64(out, n);
    for (let t = 0; t < n; t++) {
      const candle: Candle = {
        time: time[t] as number,
        open: open[t] as number,
        high: high[t] as number,
        low: low[t] as number,
        close: close[t] as number,
        volume: volume[t] as number,
      };
      weights[t] = this.failure === null ? this.#weightAt(candle) : Number.NaN;
    }
  }

  #weightAt(candle: Candle): number {
    let weight = Number.NaN;
    this.#try(() => {
      const value: unknown = this.#next?.(candle);
      if (typeof value !== "number" || !Number.isFinite(value)) {
        throw new TypeError(`the weight is ${String(value)}, not a finite number`);
      }
      // + 0 turns −0 into 0.
      weight = value + 0;
    }, candle);
    return weight;
  }

  #try(code: () => void, candle?: Candle): void {
    try {
      this.#guard(code);
    } catch (error) {
      const when = candle === undefined ? "when it started" : `at the candle of ${new Date(candle.time).toISOString()}`;
      this.failure = `${error instanceof Error ? error.message : String(error)} (${when})`;
    }
  }
}

/** The column form called with ever longer history: the last weight is the one of the candle that has just closed. */
function fromColumns(
  strategy: UserStrategy<unknown>,
  params: unknown,
  info: StrategyInfo,
): ((candle: Candle) => number) | null {
  const { weights } = strategy;
  if (weights === undefined) return null;
  const past = FIELDS.map((): number[] => []);
  return (candle) => {
    for (const [i, field] of FIELDS.entries()) past[i]?.push(candle[field]);
    const columns = Object.fromEntries(FIELDS.map((field, i) => [field, Float64Array.from(past[i] ?? [])]));
    const column = weights(columns as CandleColumns, params, info);
    const length = past[0]?.length ?? 0;
    if (column.length !== length) throw new TypeError(`weights gave ${column.length} values for ${length} candles`);
    return column[length - 1] as number;
  };
}
