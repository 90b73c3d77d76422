// The strategies once more, from the table of spec part 3 alone, on the naive indicators. Returns the column of weights,
// 0 where undefined.

import type { Candles } from "../../support/candles.ts";
import { adx, breakouts, type Column, ema, logReturns, rsi, std, window } from "./indicators.ts";

interface VolParams {
  vol_window: number;
  vol_target: number;
  min_volatility: number;
}
interface ShortParams {
  short_mode: string;
  hedge_threshold: number;
  hedge_strength_ratio: number;
  hedge_lookback: number;
}
interface MomentumParams extends VolParams, ShortParams {
  lookback: number;
  momentum_smoothing: number | null;
}

type Weights = number[];
/** The parameters are complete and were checked by nobody. */
// biome-ignore lint/suspicious/noExplicitAny: each rule names the type it needs
type Rule = (params: any, candles: Candles, barsPerYear: number) => Weights;

function scaled(directions: Column, p: VolParams, { close }: Candles, barsPerYear: number): Weights {
  const returns = logReturns(close);
  return directions.map((direction, t) => {
    const values = window(returns, t, p.vol_window);
    if (direction === undefined || values === undefined) return 0;
    const volatility = std(values) * Math.sqrt(barsPerYear);
    return (direction * p.vol_target) / Math.max(volatility, p.min_volatility);
  });
}

function gated(weights: Weights, p: ShortParams, { close }: Candles): Weights {
  return weights.map((weight, t) => {
    if (weight >= 0 || p.short_mode === "full") return weight;
    if (p.short_mode === "disabled") return 0;
    const highest = Math.max(...close.subarray(Math.max(0, t + 1 - p.hedge_lookback), t + 1));
    return (close[t] as number) < highest * (1 - p.hedge_threshold) ? weight * p.hedge_strength_ratio : 0;
  });
}

function fromMomentum(momentum: Column, p: MomentumParams, candles: Candles, barsPerYear: number): Weights {
  const smoothed = p.momentum_smoothing === null ? momentum : ema(momentum, p.momentum_smoothing);
  const directions = smoothed.map((value) => value && Math.sign(value));
  return gated(scaled(directions, p, candles, barsPerYear), p, candles);
}

const tsmom: Rule = (p: MomentumParams, candles, barsPerYear) => {
  const { close } = candles;
  const momentum = Array.from(close, (c, t) =>
    t < p.lookback ? undefined : Math.log(c / (close[t - p.lookback] as number)) / p.lookback,
  );
  return fromMomentum(momentum, p, candles, barsPerYear);
};

const vwTsmom: Rule = (p: MomentumParams, candles, barsPerYear) => {
  const returns = logReturns(candles.close);
  const momentum = returns.map((_, t) => {
    const values = window(returns, t, p.lookback);
    if (values === undefined) return undefined;
    const weights = [...candles.volume.subarray(t + 1 - p.lookback, t + 1)].map((volume) => Math.log(1 + volume));
    const total = weights.reduce((a, b) => a + b, 0);
    return total === 0 ? undefined : values.reduce((a, r, i) => a + r * (weights[i] as number), 0) / total;
  });
  return fromMomentum(momentum, p, candles, barsPerYear);
};

const donchian: Rule = (p: VolParams & ShortParams & Record<string, number>, candles, barsPerYear) => {
  const entries = breakouts(candles, p.entry_period as number);
  const exits = breakouts(candles, p.exit_period as number);
  let side = "flat";
  const directions = entries.map((entry, t) => {
    if (side === "long" && exits[t] === -1) side = "flat";
    if (side === "short" && exits[t] === 1) side = "flat";
    if (side === "flat" && entry === 1) side = "long";
    if (side === "flat" && entry === -1 && p.short_mode !== "disabled") side = "short";
    return side === "long" ? 1 : side === "short" ? -1 : 0;
  });
  return gated(scaled(directions, p, candles, barsPerYear), p, candles);
};

const donchianEnsemble: Rule = (p: VolParams & ShortParams & { lookbacks: number[] }, candles, barsPerYear) => {
  const votes = p.lookbacks.map((lookback) => breakouts(candles, lookback));
  const means = Array.from(candles.close, (_, t) => {
    const now = votes.map((column) => column[t]);
    return now.every((vote) => vote !== undefined)
      ? (now as number[]).reduce((a, b) => a + b, 0) / now.length
      : undefined;
  });
  return gated(scaled(means, p, candles, barsPerYear), p, candles);
};

const volAdaptive: Rule = (p: VolParams & ShortParams & Record<string, number>, candles, barsPerYear) => {
  const prices = [...candles.close];
  const fast = ema(prices, p.ema_fast as number);
  const slow = ema(prices, p.ema_slow as number);
  const strength = rsi(candles.close, p.rsi_period as number);
  const trend = adx(candles, p.adx_period as number);
  const directions = prices.map((_, t) => {
    const [f, s, r, a] = [fast[t], slow[t], strength[t], trend[t]];
    if (f === undefined || s === undefined || r === undefined || a === undefined) return undefined;
    if (f > s && r > (p.rsi_upper as number) && a > (p.adx_threshold as number)) return 1;
    if (f < s && r < (p.rsi_lower as number) && a > (p.adx_threshold as number)) return -1;
    return 0;
  });
  return gated(scaled(directions, p, candles, barsPerYear), p, candles);
};

const emaCross: Rule = (p: ShortParams & Record<string, number>, candles) => {
  const prices = [...candles.close];
  const fast = ema(prices, p.fast as number);
  const slow = ema(prices, p.slow as number);
  const directions = prices.map((_, t) => {
    const [f, s] = [fast[t], slow[t]];
    return f === undefined || s === undefined ? 0 : Math.sign(f - s);
  });
  return gated(directions, p, candles);
};

export const naiveStrategies: Record<string, Rule> = {
  tsmom,
  "vw-tsmom": vwTsmom,
  donchian,
  "donchian-ensemble": donchianEnsemble,
  "vol-adaptive": volAdaptive,
  "ema-cross": emaCross,
  "buy-and-hold": (_, { close }) => [...close].map(() => 1),
};
