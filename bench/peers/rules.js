// The two rules of the engine peers, and the market they run on.

/** Share of the equity that a long position takes. */
export const WEIGHT = 0.9;

/** Periods in bars. `silent`: our Donchian strategy gives no weight until its volatility window is full. */
export const RULES = {
  minute: [
    { name: "ema-cross", fast: 100, slow: 300 },
    { name: "donchian", entry: 1440, exit: 720, silent: 14 },
  ],
  daily: [
    { name: "ema-cross", fast: 10, slow: 30 },
    { name: "donchian", entry: 20, exit: 10, silent: 14 },
  ],
};

/** The pod that follows a rule: in and out at 90 % of the equity, nothing rebalanced in between. */
export function podOf(rule, timeframe) {
  const strategy =
    rule.name === "ema-cross"
      ? { strategy: "ema-cross", params: { fast: rule.fast, slow: rule.slow } }
      : { strategy: "donchian", params: { entry_period: rule.entry, exit_period: rule.exit, vol_target: 1000 } };
  return {
    pod_id: "rule",
    ...strategy,
    timeframe,
    initial_fraction: 1,
    max_fraction: 1,
    // A weight beyond the limit is cut to it: always 90 %.
    risk: { max_leverage: WEIGHT, rebalance_threshold: 0.8, system_stop_loss: null },
  };
}
