import { z } from "zod";
import { stateLengths } from "../kernels/state-lengths.ts";
import { kernelStrategy } from "./kernel-strategy.ts";
import {
  candles,
  hedgeMemory,
  level,
  type ShortParams,
  shortShape,
  shortSlots,
  type VolScalarParams,
  volScalarShape,
  volScalarSlots,
} from "./parameters.ts";

export interface VolAdaptiveParams extends VolScalarParams, ShortParams {
  readonly ema_fast: number;
  readonly ema_slow: number;
  readonly rsi_period: number;
  /** A long needs an RSI above this, 0 … 100. */
  readonly rsi_upper: number;
  /** A short needs an RSI below this, 0 … 100. */
  readonly rsi_lower: number;
  readonly adx_period: number;
  /** Either needs an ADX above this, 0 … 100. */
  readonly adx_threshold: number;
}

/** Moving-average trend behind an RSI and an ADX filter, scaled to a volatility target. */
export const volAdaptive = kernelStrategy<VolAdaptiveParams>({
  name: "vol-adaptive",
  params: z
    .strictObject({
      ema_fast: candles("ema_fast").default(10),
      ema_slow: candles("ema_slow").default(50),
      rsi_period: candles("rsi_period").default(14),
      rsi_upper: level("rsi_upper").default(50),
      rsi_lower: level("rsi_lower").default(50),
      adx_period: candles("adx_period").default(14),
      adx_threshold: level("adx_threshold").default(20),
      ...volScalarShape(20, 0.4),
      ...shortShape("disabled"),
    })
    .refine((p) => p.ema_fast < p.ema_slow, { path: ["ema_fast"], error: "ema_fast must be below ema_slow" }),
  // RSI needs rsi_period changes; DX starts with the adx_period-th movement, and ADX averages adx_period of them.
  warmup: (p) => Math.max(p.ema_slow, p.rsi_period + 1, 2 * p.adx_period, p.vol_window + 1),
  stateLength: (p) => stateLengths.volAdaptiveStateLength(p.vol_window, hedgeMemory(p)),
  initialise(state, p, barsPerYear) {
    state.set([
      p.ema_fast,
      p.ema_slow,
      p.rsi_period,
      p.rsi_upper,
      p.rsi_lower,
      p.adx_period,
      p.adx_threshold,
      ...volScalarSlots(p, barsPerYear),
      ...shortSlots(p),
    ]);
  },
  run: "volAdaptiveRun",
});
