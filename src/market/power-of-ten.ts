/** The largest power of ten that a double holds exactly. */
export const MAX_POWER = 22;

// From text: unlike the ** operator, the language specifies every bit of it.
const POWERS = Float64Array.from({ length: MAX_POWER + 1 }, (_, k) => Number(`1e${k}`));

/** 10^k, exact; k is a whole number from 0 to MAX_POWER. */
export function powerOfTen(k: number): number {
  return POWERS[k] as number;
}
