// Kernel files and the tests that must notice a mutant of each, the likeliest killer first (tests/NAME.test.ts).

const RISK_BUDGET = ["kernels/erc"];

export const TESTS = {
  "exact.ts": ["kernels/exact", "kernels/attribution"],
  "attribution.ts": ["kernels/attribution"],
  "covariance.ts": ["kernels/covariance"],
  "correlation.ts": ["kernels/covariance"],
  "portfolio-risk.ts": ["kernels/covariance", "kernels/kelly"],
  "linalg.ts": ["kernels/linalg", "kernels/kelly", "kernels/covariance", "kernels/erc"],
  "lanes.ts": ["kernels/linalg", "kernels/erc"],
  "erc.ts": RISK_BUDGET,
  "erc-vectors.ts": RISK_BUDGET,
  "erc-start.ts": RISK_BUDGET,
  "erc-residual.ts": RISK_BUDGET,
  "erc-direction.ts": RISK_BUDGET,
  "erc-line-search.ts": RISK_BUDGET,
  "erc-newton.ts": RISK_BUDGET,
  "kelly.ts": ["kernels/kelly"],
  "page-hinkley.ts": ["kernels/page-hinkley"],
  "degradation.ts": ["kernels/page-hinkley"],
  "indicators/ring.ts": ["kernels/indicators"],
  "indicators/rolling-max.ts": ["kernels/indicators"],
  "indicators/rolling-std.ts": ["kernels/indicators"],
  "indicators/ema.ts": ["kernels/indicators"],
  "indicators/wilder.ts": ["kernels/indicators"],
  "indicators/atr.ts": ["kernels/indicators"],
  "indicators/true-range.ts": ["kernels/indicators"],
  "indicators/rsi.ts": ["kernels/indicators"],
  "indicators/adx.ts": ["kernels/indicators"],
  "indicators/channel.ts": ["kernels/indicators"],
};
