import { known, type Metric, unknown } from "./metric.ts";

/** Share of round trips that ended with a gain after fees; breaking even is not a win. */
export function winRate(pnls: ArrayLike<number>): Metric {
  if (pnls.length === 0) return unknown("no finished trade");
  let wins = 0;
  for (let i = 0; i < pnls.length; i++) if ((pnls[i] as number) > 0) wins++;
  return known(wins / pnls.length);
}
