import { z } from "zod";
import { stateLengths } from "../kernels/state-lengths.ts";
import { kernelStrategy } from "./kernel-strategy.ts";
import { candles, hedgeMemory, type ShortParams, shortShape, shortSlots } from "./parameters.ts";

export interface EmaCrossParams extends ShortParams {
  readonly fast: number;
  readonly slow: number;
}

/** Moving-average cross at full weight, without volatility scaling. */
export const emaCross = kernelStrategy<EmaCrossParams>({
  name: "ema-cross",
  params: z
    .strictObject({
      fast: candles("fast").default(10),
      slow: candles("slow").default(50),
      ...shortShape("disabled"),
    })
    .refine((p) => p.fast < p.slow, { path: ["fast"], error: "fast must be below slow" }),
  warmup: (p) => p.slow,
  stateLength: (p) => stateLengths.emaCrossStateLength(hedgeMemory(p)),
  initialise(state, p) {
    state.set([p.fast, p.slow, ...shortSlots(p)]);
  },
  run: "emaCrossRun",
});
