import { math } from "../../kernels/math.ts";

// Horner coefficients, highest power first.
const CDF_NUMERATOR = [
  3.52624965998911e-2, 0.700383064443688, 6.37396220353165, 33.912866078383, 112.079291497871, 221.213596169931,
  220.206867912376,
];
const CDF_DENOMINATOR = [
  8.83883476483184e-2, 1.75566716318264, 16.064177579207, 86.7807322029461, 296.564248779674, 637.333633378831,
  793.826512519948, 440.413735824752,
];

/**
 * Standard normal distribution function, absolute error below 1e-14.
 *
 * Only + − × ÷ and the module's exp, so every machine gives the same bits.
 *
 * Source   Hart (1968) as given by West (2005), "Better approximations to cumulative normal functions".
 */
export function normalCdf(x: number): number {
  const z = Math.abs(x);
  if (Number.isNaN(x)) return Number.NaN;
  if (z > 37) return x > 0 ? 1 : 0;
  const density = math.exp((-z * z) / 2);
  const tail =
    z < 7.07106781186547
      ? (density * horner(CDF_NUMERATOR, z)) / horner(CDF_DENOMINATOR, z)
      : density / (z + 1 / (z + 2 / (z + 3 / (z + 4 / (z + 0.65))))) / 2.506628274631;
  return x > 0 ? 1 - tail : tail;
}

const CENTRE_NUMERATOR = [
  2.509080928730122e3, 3.343057558358813e4, 6.72657709270087e4, 4.592195393154987e4, 1.3731693765509461e4,
  1.9715909503065513e3, 1.3314166789178438e2, 3.3871328727963665,
];
const CENTRE_DENOMINATOR = [
  5.226495278852855e3, 2.8729085735721943e4, 3.930789580009271e4, 2.1213794301586597e4, 5.394196021424751e3,
  6.871870074920579e2, 4.2313330701600911e1, 1,
];
const NEAR_NUMERATOR = [
  7.745450142783414e-4, 2.2723844989269184e-2, 2.417807251774506e-1, 1.2704582524523684, 3.6478483247632045,
  5.769497221460691, 4.630337846156546, 1.4234371107496835,
];
const NEAR_DENOMINATOR = [
  1.0507500716444169e-9, 5.475938084995345e-4, 1.5198666563616457e-2, 1.4810397642748008e-1, 6.897673349851e-1,
  1.6763848301838038, 2.053191626637759, 1,
];
const FAR_NUMERATOR = [
  2.0103343992922881e-7, 2.7115555687434876e-5, 1.2426609473880784e-3, 2.6532189526576124e-2, 2.965605718285049e-1,
  1.7848265399172913, 5.463784911164114, 6.657904643501103,
];
const FAR_DENOMINATOR = [
  2.0442631033899397e-15, 1.4215117583164459e-7, 1.8463183175100548e-5, 7.868691311456133e-4, 1.4875361290850615e-2,
  1.3692988092273581e-1, 5.998322065558879e-1, 1,
];

/**
 * Quantile of the standard normal distribution, relative error about 1e-16; ±Infinity at 0 and 1, NaN outside.
 *
 * Source   Wichura (1988), Algorithm AS 241 (PPND16), Applied Statistics 37.
 */
export function normalQuantile(p: number): number {
  if (!(p >= 0 && p <= 1)) return Number.NaN;
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q;
    return (q * horner(CENTRE_NUMERATOR, r)) / horner(CENTRE_DENOMINATOR, r);
  }
  const tail = q < 0 ? p : 1 - p;
  if (tail === 0) return q < 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const r = Math.sqrt(-math.log(tail));
  const size =
    r <= 5
      ? horner(NEAR_NUMERATOR, r - 1.6) / horner(NEAR_DENOMINATOR, r - 1.6)
      : horner(FAR_NUMERATOR, r - 5) / horner(FAR_DENOMINATOR, r - 5);
  return q < 0 ? -size : size;
}

function horner(coefficients: readonly number[], x: number): number {
  let value = 0;
  for (const coefficient of coefficients) value = value * x + coefficient;
  return value;
}
