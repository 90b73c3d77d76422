import { known, type Metric, unknown } from "./metric.ts";

/** End ÷ start − 1. */
export function totalReturn(start: number, end: number): Metric {
  if (!(start > 0)) return unknown("no capital at the start");
  return known(end / start - 1);
}
