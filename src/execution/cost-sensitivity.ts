import { type Bps, notional, orderCost, type QuotedCosts } from "./cost-model.ts";

export interface CostSensitivity {
  readonly label: string;
  readonly base_bps: Bps;
  readonly rows: readonly {
    readonly parameter: keyof QuotedCosts;
    readonly factor: number;
    readonly value: number;
    readonly mean_bps: Bps;
  }[];
}

const PARAMETERS = ["halfSpreadBps", "alphaBps", "capBps", "penaltyBps", "maxSafe"] as const;
const FACTORS = [0.5, 2] as const;

/**
 * Mean cost of orders when one parameter of the model is halved or doubled. Parameters of costs are measured, never chosen: a
 * tuner that may choose them finds the cheapest assumption.
 *
 * @param sizes of the orders, as order notional ÷ quoted notional; at least one.
 */
export function costSensitivity(costs: QuotedCosts, feeBps: Bps, sizes: readonly number[]): CostSensitivity {
  const mean = (own: QuotedCosts): Bps =>
    sizes.reduce((sum, r) => sum + orderCost(own, feeBps, notional(1, r), notional(1, 1)).totalBps, 0) / sizes.length;
  return {
    label: "SENSITIVITY: what an error in the cost model would do; not a choice",
    base_bps: mean(costs),
    rows: PARAMETERS.flatMap((parameter) =>
      FACTORS.map((factor) => {
        const value = costs[parameter] * factor;
        return { parameter, factor, value, mean_bps: mean({ ...costs, [parameter]: value }) };
      }),
    ),
  };
}
