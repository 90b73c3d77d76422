import { roundHalfUp } from "../exact";
import { account, FEE_RATE, IMPACT, lastVolume, lotsPerUnit, SLIPPAGE, tickDigits, tickScale } from "./state";

/** Relative distance at which a price is taken to lie on a tick: a few roundings of a double. */
const ON_TICK: f64 = 1e-15;

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

/** The price after slippage, on the next tick against the order; `direction` > 0 buys. */
export function worsened(s: i32, price: f64, direction: f64, slippage: f64): f64 {
  const moved = direction > 0.0 ? price * (1.0 + slippage) : price * (1.0 - slippage);
  return unchecked(tickDigits[s]) === 0.0 ? moved : onTick(s, moved, direction);
}

function onTick(s: i32, price: f64, direction: f64): f64 {
  const digits: f64 = unchecked(tickDigits[s]);
  const scale: f64 = unchecked(tickScale[s]);
  const ticks = (price * scale) / digits;
  const nearest = Math.floor(ticks + 0.5);
  let whole = direction > 0.0 ? Math.ceil(ticks) : Math.floor(ticks);
  if (Math.abs(ticks - nearest) <= ticks * ON_TICK) whole = nearest;
  // Nothing is sold for nothing: the lowest price is one tick.
  return (Math.max(whole, 1.0) * digits) / scale;
}

/** Value of `magnitude` lots in micro-units, before rounding. */
export function valueOf(s: i32, magnitude: f64, price: f64): f64 {
  return (magnitude * price * 1e6) / unchecked(lotsPerUnit[s]);
}

/** Fee in whole micro-units on a value in micro-units. */
export function feeOf(value: f64): f64 {
  return roundHalfUp(value * unchecked(account[FEE_RATE]));
}
