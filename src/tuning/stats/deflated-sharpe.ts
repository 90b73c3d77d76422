import { normalCdf, normalQuantile } from "./normal.ts";

const EULER_MASCHERONI = 0.5772156649015329;
const E = Math.E;

/** What the best of several trials is judged with; Sharpe ratios are per return, not annual. */
export interface DeflatedSharpeInput {
  readonly sharpe: number;
  /** Number of returns behind it. */
  readonly returns: number;
  /** Of these returns: population coefficients, kurtosis 3 for a normal distribution. */
  readonly skewness: number;
  readonly kurtosis: number;
  /** Variance of the Sharpe ratio over trials without skill. */
  readonly trialVariance: number;
  /** Independent trials; 1 = nothing was chosen. */
  readonly trials: number;
}

/**
 * Expected maximum of the Sharpe ratio over `trials` independent trials without skill: what luck alone would show.
 *
 *   √V · ((1 − γ)·Φ⁻¹(1 − 1/N) + γ·Φ⁻¹(1 − 1/(N·e)))
 *
 * 0 for a single trial. Source: Bailey & López de Prado (2014), "The Deflated Sharpe Ratio", equation 1.
 */
export function expectedMaxSharpe(trialVariance: number, trials: number): number {
  if (!(trials > 1)) return 0;
  const below = normalQuantile(1 - 1 / trials);
  const above = normalQuantile(1 - 1 / (trials * E));
  return Math.sqrt(trialVariance) * ((1 - EULER_MASCHERONI) * below + EULER_MASCHERONI * above);
}

/** Standard error of a per-return Sharpe ratio (Mertens), with the n − 1 of Bailey & López de Prado. */
export function sharpeError({
  sharpe,
  returns,
  skewness,
  kurtosis,
}: Omit<DeflatedSharpeInput, "trialVariance" | "trials">): number {
  const spread = 1 - skewness * sharpe + ((kurtosis - 1) / 4) * sharpe * sharpe;
  return Math.sqrt(Math.max(spread, 0) / (returns - 1));
}

/**
 * Probability that the true Sharpe ratio is above what the best of N trials without skill would show.
 *
 *   DSR = Φ((SR − SR₀)·√(T − 1) ÷ √(1 − γ₃·SR + ¼(γ₄ − 1)·SR²))
 *
 * Source   Bailey & López de Prado (2014), "The Deflated Sharpe Ratio", equation 2.
 */
export function deflatedSharpe(input: DeflatedSharpeInput): number {
  const luck = expectedMaxSharpe(input.trialVariance, input.trials);
  return normalCdf((input.sharpe - luck) / sharpeError(input));
}
