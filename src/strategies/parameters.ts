import { z } from "zod";

// The parameters that strategies share (spec part 3), and the slots the kernels read them from. Every part spreads into
// a strict object, so a strategy offers exactly the keys that have an effect on it.

/** No history is longer: two years of minutes. Bounds the memory one stream can ask for. */
const MAX_WINDOW = 1_051_200;

/** A number of candles. */
export function candles(name: string) {
  return z
    .int({ error: `${name} must be a whole number of candles` })
    .min(2, `${name} must be at least 2 candles`)
    .max(MAX_WINDOW, `${name} must be at most ${MAX_WINDOW} candles`);
}

export function positive(name: string) {
  return z.number({ error: `${name} must be a number` }).positive(`${name} must be above 0`);
}

/** A level of an oscillator that runs from 0 to 100. */
export function level(name: string) {
  return z
    .number({ error: `${name} must be a number` })
    .min(0, `${name} must be at least 0`)
    .max(100, `${name} must be at most 100`);
}

export interface VolScalarParams {
  /** Log returns in the realised volatility. */
  readonly vol_window: number;
  /** Annual volatility that a weight of full conviction aims at. */
  readonly vol_target: number;
  /** Floor of the realised volatility: bounds the weight at vol_target / min_volatility. */
  readonly min_volatility: number;
}

/** Floor of a realised volatility. */
export function minVolatility() {
  return positive("min_volatility").default(0.05);
}

export function volScalarShape(window: number, target: number) {
  return {
    vol_window: candles("vol_window").default(window),
    vol_target: positive("vol_target").default(target),
    min_volatility: minVolatility(),
  };
}

/** Slots of `scaleByVolatility`. */
export function volScalarSlots(params: VolScalarParams, barsPerYear: number): number[] {
  return [params.vol_window, params.vol_target, params.min_volatility, barsPerYear];
}

/** Order of the modes as the kernels count them. */
const SHORT_MODES = ["disabled", "hedge_only", "full"] as const;
export type ShortMode = (typeof SHORT_MODES)[number];

export interface ShortParams {
  readonly short_mode: ShortMode;
  /** Distance below the running maximum, as a fraction of it, from which hedge_only lets a short through. */
  readonly hedge_threshold: number;
  /** Share of its weight that a hedging short keeps. */
  readonly hedge_strength_ratio: number;
  /** Candles in the running maximum of the closes. */
  readonly hedge_lookback: number;
}

export function shortShape(mode: ShortMode) {
  return {
    short_mode: z.enum(SHORT_MODES, { error: `short_mode must be one of ${SHORT_MODES.join(", ")}` }).default(mode),
    hedge_threshold: z
      .number({ error: "hedge_threshold must be a number" })
      .min(0, "hedge_threshold must be at least 0")
      .lt(1, "hedge_threshold must be below 1")
      .default(0.07),
    hedge_strength_ratio: z
      .number({ error: "hedge_strength_ratio must be a number" })
      .positive("hedge_strength_ratio must be above 0; short_mode disabled drops shorts")
      .max(1, "hedge_strength_ratio must be at most 1")
      .default(0.8),
    hedge_lookback: candles("hedge_lookback").default(365),
  };
}

/** Candles of running maximum the kernel has to keep: none unless the mode is hedge_only. */
export function hedgeMemory(params: ShortParams): number {
  return params.short_mode === "hedge_only" ? params.hedge_lookback : 0;
}

/** Slots of `applyShortMode`. */
export function shortSlots(params: ShortParams): number[] {
  const mode = SHORT_MODES.indexOf(params.short_mode);
  return [mode, params.hedge_threshold, params.hedge_strength_ratio, hedgeMemory(params)];
}

export interface SmoothingParams {
  /** EMA over the momenta before their sign is taken; null for none. */
  readonly momentum_smoothing: number | null;
}

export const smoothingShape = { momentum_smoothing: candles("momentum_smoothing").nullable().default(null) };
