import { drawdownCurve } from "../../analytics/drawdown.ts";
import type { OrchestratedResult } from "../../orchestrator/result.ts";
import { amount, percent } from "../format.ts";
import type { Pen } from "../pen.ts";
import { scaleOf, sparkline } from "../sparkline.ts";
import { wrap } from "../text-width.ts";

const LABEL = 14;

/** Equity, buy and hold and the portfolio's drawdown, each on its own scale: one of them often dwarfs the other. */
export function curvesSection({ days, portfolio }: OrchestratedResult, pen: Pen): string | null {
  if (days.portfolio.length === 0) return null;
  const held = days.benchmark.filter((value) => value !== null);
  const fallen = Array.from(drawdownCurve(days.portfolio, portfolio.start_equity));
  const deepest = scaleOf(fallen).high;
  const width = pen.width - LABEL;
  const row = (label: string, line: string): string => `${pen.faint(label.padEnd(LABEL))}${line}`;
  const captions = (text: string): string[] => wrap(text, width).map((line) => row("", line));
  const curve = (label: string, values: readonly number[]): string[] => {
    const scale = scaleOf(values);
    const line = row(label, sparkline(values, width, scale, pen.unicode));
    return [line, ...captions(`${amount(scale.low)} (low) to ${amount(scale.high)} (high)`)];
  };
  return [
    ...curve("Equity", days.portfolio),
    ...(held.length === 0 ? [] : curve("Buy and hold", held)),
    row("Drawdown", sparkline(fallen, width, { low: 0, high: deepest }, pen.unicode, "largest")),
    ...captions(`0 (low) to ${percent(deepest)} below the peak (high)`),
  ].join("\n");
}
