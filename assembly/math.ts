/**
 * The specified transcendental functions: the only exp, log, pow, sin and cos that may reach a decision.
 *
 * Host implementations differ between engines and versions by an ulp; these are compiled into the module, so every
 * machine gives the same bits. TypeScript calls the exports instead of the host's Math.
 *
 * Source   AssemblyScript NativeMath (a port of musl libm).
 */
export function exp(x: f64): f64 {
  return NativeMath.exp(x);
}

/** Natural logarithm; NaN below 0, −Infinity at 0. */
export function log(x: f64): f64 {
  return NativeMath.log(x);
}

export function pow(x: f64, y: f64): f64 {
  return NativeMath.pow(x, y);
}

export function sin(x: f64): f64 {
  return NativeMath.sin(x);
}

export function cos(x: f64): f64 {
  return NativeMath.cos(x);
}
