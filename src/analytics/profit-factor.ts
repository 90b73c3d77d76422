import { known, type Metric, unknown } from "./metric.ts";

/** Σ gains ÷ Σ losses of round trips, both after fees. */
export function profitFactor(pnls: ArrayLike<number>): Metric {
  if (pnls.length === 0) return unknown("no finished trade");
  let gains = 0;
  let losses = 0;
  for (let i = 0; i < pnls.length; i++) {
    const pnl = pnls[i] as number;
    if (pnl > 0) gains += pnl;
    else losses -= pnl;
  }
  return losses === 0 ? unknown("no losing trade") : known(gains / losses);
}
