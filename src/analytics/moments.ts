// Sums run left to right and deviations are two-pass, so a window's value does not depend on what came before it.

/** Deviations below this share of the largest value are rounding noise: a series of equal numbers has a tiny one. */
const NOISE = 1e-9;

export interface Moments {
  readonly mean: number;
  /** Sample standard deviation (ddof 1); NaN below two values. */
  readonly deviation: number;
  /** Population moment coefficients m₃ ÷ m₂^1.5 and m₄ ÷ m₂² (3 for a normal distribution); NaN without variation. */
  readonly skewness: number;
  readonly kurtosis: number;
  /** False when the values are equal up to rounding: ratios over the deviation mean nothing then. */
  readonly varies: boolean;
}

/** Mean, spread and shape of `values`. */
export function momentsOf(values: ArrayLike<number>): Moments {
  const n = values.length;
  const mean = sum(values) / n;
  let second = 0;
  let third = 0;
  let fourth = 0;
  let largest = 0;
  for (let i = 0; i < n; i++) {
    const value = values[i] as number;
    const gap = value - mean;
    const square = gap * gap;
    second += square;
    third += square * gap;
    fourth += square * square;
    largest = Math.max(largest, Math.abs(value));
  }
  const deviation = n < 2 ? Number.NaN : Math.sqrt(second / (n - 1));
  const varies = deviation > NOISE * largest;
  const variance = second / n;
  return {
    mean,
    deviation,
    skewness: varies ? third / n / (variance * Math.sqrt(variance)) : Number.NaN,
    kurtosis: varies ? fourth / n / (variance * variance) : Number.NaN,
    varies,
  };
}

/** Σ values, left to right. */
export function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i] as number;
  return total;
}
