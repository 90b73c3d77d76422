import { METRICS, type MetricName, type PointMetrics } from "./point-metrics.ts";

export type Comparison = "<" | "<=" | ">" | ">=";

/** "max_drawdown < 0.25": what a candidate has to keep. */
export interface Constraint {
  readonly text: string;
  readonly metric: MetricName;
  readonly comparison: Comparison;
  readonly bound: number;
}

export const CONSTRAINT_FORM = `"METRIC < NUMBER" with <, <=, > or >=, and METRIC one of ${METRICS.join(", ")}`;

const FORM = /^\s*([a-z_]+)\s*(<=|>=|<|>)\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)\s*$/i;

/** Reads a constraint; null when it is none. The same grammar in files and on the command line. */
export function parseConstraint(text: string): Constraint | null {
  const match = FORM.exec(text);
  if (match === null) return null;
  const [, name = "", comparison = "", bound = ""] = match;
  const metric = METRICS.find((known) => known === name);
  if (metric === undefined) return null;
  return { text: text.trim(), metric, comparison: comparison as Comparison, bound: Number(bound) };
}

/** By how much `metrics` miss the constraint, in the metric's unit: 0 = kept, null = the metric is unknown (not kept). */
export function shortfall({ metric, comparison, bound }: Constraint, metrics: PointMetrics): number | null {
  const value = metrics[metric];
  if (value === null) return null;
  if (holds(value, comparison, bound)) return 0;
  return Math.abs(value - bound);
}

export function isKept(constraint: Constraint, metrics: PointMetrics): boolean {
  const value = metrics[constraint.metric];
  return value !== null && holds(value, constraint.comparison, constraint.bound);
}

function holds(value: number, comparison: Comparison, bound: number): boolean {
  switch (comparison) {
    case "<":
      return value < bound;
    case "<=":
      return value <= bound;
    case ">":
      return value > bound;
    case ">=":
      return value >= bound;
  }
}
