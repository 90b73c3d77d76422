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

export interface DonchianParams extends VolScalarParams, ShortParams {
  /** Candles before the current one whose extremes open a position. */
  readonly entry_period: number;
  /** Candles before the current one whose extremes close it. */
  readonly exit_period: number;
}

/** Turtle breakout: entered on a channel of `entry_period`, left on the shorter one of `exit_period`. */
export const donchian = kernelStrategy<DonchianParams>({
  name: "donchian",
  params: z
    .strictObject({
      entry_period: candles("entry_period").default(20),
      exit_period: candles("exit_period").default(10),
      ...volScalarShape(14, 0.4),
      ...shortShape("disabled"),
    })
    .refine((p) => p.exit_period < p.entry_period, {
      path: ["exit_period"],
      error: "exit_period must be below entry_period",
    }),
  // A channel lies before the candle that is compared with it.
  warmup: (p) => Math.max(p.entry_period + 1, p.vol_window + 1),
  stateLength: (p) => stateLengths.donchianStateLength(p.entry_period, p.exit_period, p.vol_window, hedgeMemory(p)),
  initialise(state, p, barsPerYear) {
    state.set([p.entry_period, p.exit_period, ...volScalarSlots(p, barsPerYear), ...shortSlots(p)]);
  },
  run: "donchianRun",
});
