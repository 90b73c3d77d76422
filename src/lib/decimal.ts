/** A decimal number digits × 10^−decimals, both whole and ≥ 0. */
export interface Decimal {
  readonly digits: number;
  readonly decimals: number;
}

/** The shortest decimal that reads back as `value`, which is finite and ≥ 0: 0.025 → 25 × 10^−3, 1e-7 → 1 × 10^−7. */
export function decimalOf(value: number): Decimal {
  const [mantissa = "", exponent = "0"] = value.toExponential().split("e");
  const [whole = "", part = ""] = mantissa.split(".");
  const digits = Number(whole + part);
  const decimals = part.length - Number(exponent);
  return decimals >= 0 ? { digits, decimals } : { digits: digits * scaleOf(-decimals), decimals: 0 };
}

/** 10^decimals: the nearest double, exact from 0 to 22. From text, because the language does not specify every bit of `**`. */
export function scaleOf(decimals: number): number {
  return Number(`1e${decimals}`);
}
