import { roundHalfUp } from "../exact";
import { account, FEE_RATE, IMPACT, lastVolume, lotsPerUnit, SLIPPAGE } from "./state";

/**
 * Slippage of an order as a fraction of the price: a constant, plus impact × √(quantity ÷ volume of the decision bar).
 * A decision bar without volume counts as a volume share of 1.
 */
export function slippageOf(s: i32, magnitude: f64): f64 {
  const impact: f64 = unchecked(account[IMPACT]);
  const constant: f64 = unchecked(account[SLIPPAGE]);
  if (impact === 0.0) return constant;
  const volume: f64 = unchecked(lastVolume[s]);
  const volumeShare = volume > 0.0 ? magnitude / unchecked(lotsPerUnit[s]) / volume : 1.0;
  return constant + impact * Math.sqrt(volumeShare);
}

/** Value of `magnitude` lots in micro-units, before rounding. */
export function valueOf(s: i32, magnitude: f64, price: f64): f64 {
  return (magnitude * price * 1e6) / unchecked(lotsPerUnit[s]);
}

/** Fee in whole micro-units on a value in micro-units. */
export function feeOf(value: f64): f64 {
  return roundHalfUp(value * unchecked(account[FEE_RATE]));
}
