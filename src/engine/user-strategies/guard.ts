const HOST = ["exp", "expm1", "log", "log1p", "log2", "log10", "pow", "sin", "cos", "tan", "asin", "acos", "atan"];
const MORE = ["atan2", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "cbrt", "hypot", "random"];

/** Math without what differs between hosts: whatever way a strategy finds to it, it throws. */
const exactMath = Object.freeze(
  Object.defineProperties(
    {},
    Object.fromEntries(
      Object.getOwnPropertyNames(Math).map((name) => [
        name,
        { enumerable: false, value: [...HOST, ...MORE].includes(name) ? refused(name) : Reflect.get(Math, name) },
      ]),
    ),
  ),
) as typeof Math;

function refused(name: string): () => never {
  return () => {
    throw new Error(`Math.${name} differs between hosts or runs: use math of mcbot`);
  };
}

/** Date without a clock. */
class CandleDate extends Date {
  constructor(...args: unknown[]) {
    if (args.length === 0) throw new Error("new Date() reads the clock: candles carry their time");
    super(...(args as [number]));
  }

  static override now(): never {
    throw new Error("Date.now() reads the clock: candles carry their time");
  }
}

/** Runs a strategy's code with the exact part of Math and a Date without a clock, and puts both back. */
export function guarded<T>(code: () => T): T {
  const { Math: hostMath, Date: hostDate } = globalThis;
  globalThis.Math = exactMath;
  globalThis.Date = CandleDate as unknown as DateConstructor;
  try {
    return code();
  } finally {
    globalThis.Math = hostMath;
    globalThis.Date = hostDate;
  }
}
