import { z } from "zod";
import type { Pointer } from "../kernels/arena.ts";
import type { Kernels } from "../kernels/load.ts";
import { stateLengths } from "../kernels/state-lengths.ts";
import { assert } from "../lib/assert.ts";
import { candles, minVolatility, positive, volScalarSlots } from "./parameters.ts";
import { arenaBytes } from "./signal-stream.ts";
import type {
  AnyStrategy,
  CandlePointers,
  FindStrategy,
  StrategyDefinition,
  StreamContext,
  WeightStream,
} from "./strategy.ts";

/** Order of the aggregations as the kernel counts them. */
const AGGREGATIONS = ["equal_weight", "inverse_volatility", "majority_vote", "strategy_momentum"] as const;
const MAX_MEMBERS = 50;

/** Slots of the kernel's parameters; the members' static weights lie behind its memory's head. */
const FIRST_WEIGHT = 8;

export interface EnsembleMember {
  readonly name: string;
  readonly params: Record<string, unknown>;
  /** Static weight, relative to the others; `equal_weight` uses it. */
  readonly weight: number;
}

export interface EnsembleParams {
  readonly sub_strategies: readonly EnsembleMember[];
  readonly aggregation: (typeof AGGREGATIONS)[number];
  /** Strategy returns in the deviation of `inverse_volatility`, and of the scaling by `vol_target`. */
  readonly vol_lookback: number;
  /** Strategy returns in the Sharpe ratio of `strategy_momentum`. */
  readonly momentum_lookback: number;
  readonly top_n: number;
  readonly min_agreement: number;
  /** Annual volatility to scale the combined weight to; null leaves it as it is. */
  readonly vol_target: number | null;
  readonly min_volatility: number;
}

const member = z.strictObject({
  name: z.string(),
  params: z.record(z.string(), z.unknown()).default({}),
  weight: z.number().positive("weight must be above 0").default(1),
});

/** Several strategies on the same symbol, combined into one weight. In a file the members stand beside `params`. */
export const ensemble: StrategyDefinition<EnsembleParams> = {
  name: "ensemble",
  params: z.strictObject({
    sub_strategies: z
      .array(member, { error: "sub_strategies must be a list of {name, params, weight}" })
      .min(1, "sub_strategies must name at least one strategy")
      .max(MAX_MEMBERS, `sub_strategies must name at most ${MAX_MEMBERS} strategies`),
    aggregation: z
      .enum(AGGREGATIONS, { error: `aggregation must be one of ${AGGREGATIONS.join(", ")}` })
      .default("equal_weight"),
    vol_lookback: candles("vol_lookback").default(63),
    momentum_lookback: candles("momentum_lookback").default(126),
    top_n: z.int({ error: "top_n must be a whole number" }).min(1, "top_n must be at least 1").default(3),
    min_agreement: z
      .number({ error: "min_agreement must be a number" })
      .min(0, "min_agreement must be at least 0")
      .max(1, "min_agreement must be at most 1")
      .default(0.5),
    vol_target: positive("vol_target").nullable().default(null),
    min_volatility: minVolatility(),
  }),
  warmup(params, find) {
    const members = params.sub_strategies.map((sub) => {
      const { strategy, params: own } = resolveMember(sub, find);
      return strategy.warmup(own, find);
    });
    // A strategy return needs the weight of the candle before; a realised volatility one more close than returns.
    const scaling = params.vol_target === null ? 0 : params.vol_lookback + 1;
    return Math.max(Math.max(...members) + windowOf(params), scaling);
  },
  bytes(params, context) {
    const members = params.sub_strategies.map((sub) => {
      const { strategy, params: own } = resolveMember(sub, context.find);
      return strategy.bytes(own, context);
    });
    const columns = arenaBytes(params.sub_strategies.length * context.chunk);
    const combination = arenaBytes(stateLengths.ensembleStateLength(members.length, windowOf(params)));
    const scaling = arenaBytes(stateLengths.volScalarStateLength(params.vol_lookback));
    return members.reduce((sum, bytes) => sum + bytes, columns + combination + scaling);
  },
  open: (kernels, params, context) => new EnsembleStream(kernels, params, context),
};

function resolveMember(
  { name, params }: EnsembleMember,
  find: FindStrategy,
): { strategy: AnyStrategy; params: unknown } {
  const strategy = find(name);
  assert(strategy !== undefined, `ensemble: strategy ${name} passed validation but is not registered`);
  return { strategy, params: strategy.params.parse(params) };
}

/** Strategy returns that the aggregation looks back on. */
function windowOf({ aggregation, vol_lookback, momentum_lookback }: EnsembleParams): number {
  if (aggregation === "inverse_volatility") return vol_lookback;
  return aggregation === "strategy_momentum" ? momentum_lookback : 0;
}

class EnsembleStream implements WeightStream {
  readonly #kernels: Kernels;
  readonly #members: readonly WeightStream[];
  /** Weights of the members, [member × chunk]. */
  readonly #columns: Pointer;
  readonly #chunk: number;
  readonly #combination: Pointer;
  readonly #scaling: Pointer | null;

  constructor(kernels: Kernels, params: EnsembleParams, context: StreamContext) {
    const { arena } = kernels;
    const { sub_strategies: subs, aggregation, top_n, min_agreement, vol_target, vol_lookback } = params;
    const window = windowOf(params);
    this.#kernels = kernels;
    this.#chunk = context.chunk;
    this.#members = subs.map((sub) => {
      const { strategy, params: own } = resolveMember(sub, context.find);
      return strategy.open(kernels, own, context);
    });
    this.#columns = arena.f64(subs.length * context.chunk);
    const length = stateLengths.ensembleStateLength(subs.length, window);
    this.#combination = arena.f64(length);
    const state = arena.viewF64(this.#combination, length);
    state.set([AGGREGATIONS.indexOf(aggregation), subs.length, window, top_n, min_agreement]);
    state.set(
      subs.map(({ weight }) => weight),
      FIRST_WEIGHT,
    );
    if (vol_target === null) {
      this.#scaling = null;
    } else {
      const scalingLength = stateLengths.volScalarStateLength(vol_lookback);
      this.#scaling = arena.f64(scalingLength);
      const slots = volScalarSlots(
        { vol_window: vol_lookback, vol_target, min_volatility: params.min_volatility },
        context.barsPerYear,
      );
      arena.viewF64(this.#scaling, scalingLength).set(slots);
    }
  }

  get failure(): string | null {
    return this.#members.find(({ failure }) => failure !== null)?.failure ?? null;
  }

  run(candles: CandlePointers, n: number, out: Pointer): void {
    const { exports } = this.#kernels;
    for (const [m, stream] of this.#members.entries()) {
      stream.run(candles, n, this.#columns + m * this.#chunk * Float64Array.BYTES_PER_ELEMENT);
    }
    exports.ensembleRun(this.#combination, candles.close, this.#columns, this.#chunk, n, out);
    if (this.#scaling !== null) exports.volScalarRun(this.#scaling, candles.close, n, out);
  }
}
