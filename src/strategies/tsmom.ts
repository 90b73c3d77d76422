import { z } from "zod";
import { stateLengths } from "../kernels/state-lengths.ts";
import { kernelStrategy } from "./kernel-strategy.ts";
import {
  candles,
  hedgeMemory,
  type ShortParams,
  type SmoothingParams,
  shortShape,
  shortSlots,
  smoothingShape,
  type VolScalarParams,
  volScalarShape,
  volScalarSlots,
} from "./parameters.ts";

export interface TsmomParams extends SmoothingParams, VolScalarParams, ShortParams {
  /** Candles of the momentum. */
  readonly lookback: number;
}

/** Time-series momentum: the sign of the mean log return over `lookback`, scaled to a volatility target. */
export const tsmom = kernelStrategy<TsmomParams>({
  name: "tsmom",
  params: z.strictObject({
    lookback: candles("lookback").default(30),
    ...smoothingShape,
    ...volScalarShape(30, 0.3),
    ...shortShape("hedge_only"),
  }),
  // lookback returns give the first momentum, smoothing its own number of momenta; volatility needs vol_window returns.
  warmup: (p) => Math.max(p.lookback + (p.momentum_smoothing ?? 1), p.vol_window + 1),
  stateLength: (p) => stateLengths.tsmomStateLength(p.lookback, p.vol_window, hedgeMemory(p)),
  initialise(state, p, barsPerYear) {
    state.set([p.lookback, p.momentum_smoothing ?? 0, ...volScalarSlots(p, barsPerYear), ...shortSlots(p)]);
  },
  run: "tsmomRun",
});
