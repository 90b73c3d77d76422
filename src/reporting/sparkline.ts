const BLOCKS = "▁▂▃▄▅▆▇█";
/** The same eight levels where only ASCII can be shown. */
const ASCII = "_.:-=+*#";

export interface Scale {
  readonly low: number;
  readonly high: number;
}

/**
 * A curve as one character per column.
 *
 * @param values any number of them; each column shows the last value of its share of them, or with `keep: "largest"` the
 *   largest, so that no peak disappears.
 */
export function sparkline(
  values: readonly number[],
  width: number,
  { low, high }: Scale,
  unicode: boolean,
  keep: "last" | "largest" = "last",
): string {
  const levels = unicode ? BLOCKS : ASCII;
  const columns = Math.min(width, values.length);
  let line = "";
  for (let i = 0; i < columns; i++) {
    const from = Math.floor((i * values.length) / columns);
    const to = Math.floor(((i + 1) * values.length) / columns);
    const share = values.slice(from, to);
    const value = keep === "last" ? (share.at(-1) as number) : share.reduce((a, b) => Math.max(a, b));
    const height = high > low ? (value - low) / (high - low) : 0;
    const level = Math.floor(height * levels.length);
    line += levels[Math.min(levels.length - 1, Math.max(0, level))];
  }
  return line;
}

/** The scale that holds a curve. */
export function scaleOf(curve: readonly number[]): Scale {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of curve) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return { low, high };
}
