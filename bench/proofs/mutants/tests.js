// Kernel files and the tests that must notice a mutant of each, the likeliest killer first (tests/NAME.test.ts).

const RISK_BUDGET = ["kernels/reproducible", "kernels/erc", "kernels/bounds"];

export const TESTS = {
  "exact.ts": ["kernels/exact", "kernels/attribution"],
  "attribution.ts": ["kernels/attribution", "kernels/bounds"],
  "covariance.ts": ["kernels/covariance", "kernels/bounds"],
  "correlation.ts": ["kernels/covariance", "kernels/bounds"],
  "portfolio-risk.ts": ["kernels/covariance", "kernels/kelly", "kernels/bounds"],
  "linalg.ts": ["kernels/linalg", "kernels/kelly", "kernels/covariance", "kernels/erc", "kernels/bounds"],
  "lanes.ts": ["kernels/linalg", "kernels/erc"],
  "erc.ts": RISK_BUDGET,
  "erc-vectors.ts": RISK_BUDGET,
  "erc-start.ts": RISK_BUDGET,
  "erc-residual.ts": RISK_BUDGET,
  "erc-direction.ts": RISK_BUDGET,
  "erc-line-search.ts": RISK_BUDGET,
  "erc-newton.ts": RISK_BUDGET,
  "kelly.ts": ["kernels/reproducible", "kernels/kelly", "kernels/bounds"],
  "page-hinkley.ts": ["kernels/page-hinkley", "kernels/bounds"],
  "degradation.ts": ["kernels/page-hinkley", "kernels/bounds"],
  "indicators/ring.ts": ["kernels/indicators"],
  "indicators/rolling-max.ts": ["kernels/indicators"],
  "indicators/rolling-std.ts": ["kernels/indicators"],
  "indicators/ema.ts": ["kernels/indicators", "strategies/kernels"],
  "indicators/wilder.ts": ["kernels/indicators"],
  "indicators/atr.ts": ["kernels/indicators"],
  "indicators/true-range.ts": ["kernels/indicators"],
  "indicators/rsi.ts": ["kernels/indicators"],
  "indicators/adx.ts": ["kernels/indicators"],
  "indicators/channel.ts": ["kernels/indicators"],
};
