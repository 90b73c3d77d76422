import picocolors from "picocolors";

/** What the terminal can show; the caller asks the terminal and the environment (NO_COLOR). */
export interface ReportStyle {
  /** Columns. */
  readonly width: number;
  readonly color: boolean;
  /** False: ASCII only. */
  readonly unicode: boolean;
}

type Paint = (text: string) => string;

/** A style as sections use it. Colour repeats what sign or word already says. */
export interface Pen {
  readonly width: number;
  readonly unicode: boolean;
  readonly title: Paint;
  readonly faint: Paint;
  readonly good: Paint;
  readonly bad: Paint;
  readonly alarm: Paint;
  readonly ellipsis: string;
}

/** Narrower terminals get lines of this width: below it, numbers would have to be cut. */
export const MIN_WIDTH = 40;

export function penOf({ width, color, unicode }: ReportStyle): Pen {
  const colors = picocolors.createColors(color);
  return {
    width: Math.max(MIN_WIDTH, Math.floor(width)),
    unicode,
    title: colors.bold,
    faint: colors.dim,
    good: colors.green,
    bad: colors.red,
    alarm: (text) => colors.bold(colors.yellow(text)),
    ellipsis: unicode ? "…" : "~",
  };
}
