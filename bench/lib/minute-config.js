import { resolveConfig } from "../../dist/library.js";

export const SYMBOLS = ["BTC/USDT", "ETH/USDT", "SOL/USDT", "BNB/USDT", "ADA/USDT"];

/** Five pods of five timeframes on minute bars, with fixed and trailing stops, and funding. */
export function minuteConfig(path, start, end, symbols = SYMBOLS) {
  const pod = (pod_id, strategy, params, timeframe, stops) => ({
    pod_id,
    strategy,
    params,
    symbols,
    timeframe,
    initial_fraction: 0.2,
    max_fraction: 0.4,
    risk: { system_stop_loss: 0.05, ...stops },
  });
  const trailing = { use_trailing_stop: true, trailing_stop_atr_multiplier: 3 };
  return resolveConfig({
    pods: [
      pod("a-quarter", "ema-cross", { fast: 20, slow: 80 }, "15m", trailing),
      pod("b-hour", "donchian", {}, "1h", trailing),
      pod("c-four-hours", "tsmom", { lookback: 30 }, "4h", {}),
      pod("d-day", "vol-adaptive", {}, "1D", trailing),
      pod("e-slow", "ema-cross", { fast: 10, slow: 50 }, "4h", {}),
    ],
    backtest: { start, end, capital: 1_000_000 },
    data: { path, base_timeframe: "1m", funding: "required" },
  });
}
