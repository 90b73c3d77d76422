import { z } from "zod";
import { stateLengths } from "../kernels/state-lengths.ts";
import { kernelStrategy } from "./kernel-strategy.ts";
import {
  candles,
  hedgeMemory,
  type ShortParams,
  shortShape,
  shortSlots,
  type VolScalarParams,
  volScalarShape,
  volScalarSlots,
} from "./parameters.ts";

const MAX_LOOKBACKS = 100;

export interface DonchianEnsembleParams extends VolScalarParams, ShortParams {
  /** Channel lengths in candles, one vote each; a repeated length votes again. */
  readonly lookbacks: readonly number[];
}

/** Mean vote of several Donchian channels, scaled to a volatility target. */
export const donchianEnsemble = kernelStrategy<DonchianEnsembleParams>({
  name: "donchian-ensemble",
  params: z.strictObject({
    lookbacks: z
      .array(candles("a lookback"), { error: "lookbacks must be a list of whole numbers" })
      .min(1, "lookbacks must name at least one channel")
      .max(MAX_LOOKBACKS, `lookbacks must name at most ${MAX_LOOKBACKS} channels`)
      .default([5, 10, 20, 30, 60, 90, 150, 250, 360]),
    ...volScalarShape(14, 0.4),
    ...shortShape("disabled"),
  }),
  warmup: (p) => Math.max(...p.lookbacks, p.vol_window) + 1,
  stateLength: (p) =>
    p.lookbacks.reduce(
      (sum, lookback) => sum + stateLengths.donchianEnsembleVoteLength(lookback),
      stateLengths.donchianEnsembleStateLength(p.vol_window, hedgeMemory(p)),
    ),
  initialise(state, p, barsPerYear) {
    state.set([p.lookbacks.length, ...p.lookbacks, ...volScalarSlots(p, barsPerYear), ...shortSlots(p)]);
  },
  run: "donchianEnsembleRun",
});
