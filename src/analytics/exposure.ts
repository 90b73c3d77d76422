import { known, type Metric, unknown } from "./metric.ts";

export interface Exposure {
  /** Share of slices that closed with a position. */
  readonly timeInMarket: Metric;
  /** Mean of gross exposure ÷ equity over all slices, those without a position included. */
  readonly meanLeverage: Metric;
}

/** How much was held, how often. Slices with equity ≤ 0 have no leverage and are left out of its mean. */
export function exposure(gross: ArrayLike<number>, equity: ArrayLike<number>): Exposure {
  if (gross.length === 0) return { timeInMarket: unknown("no slice"), meanLeverage: unknown("no slice") };
  let held = 0;
  let leverage = 0;
  let measured = 0;
  for (let t = 0; t < gross.length; t++) {
    const exposed = gross[t] as number;
    const worth = equity[t] as number;
    if (exposed > 0) held++;
    if (!(worth > 0)) continue;
    leverage += exposed / worth;
    measured++;
  }
  return {
    timeInMarket: known(held / gross.length),
    meanLeverage: measured === 0 ? unknown("equity was never positive") : known(leverage / measured),
  };
}
