import { roundHalfUp } from "../exact";
import {
  ALPHA,
  account,
  FEE_RATE,
  HALF_SPREAD,
  IMPACT,
  lastVolume,
  lotsPerUnit,
  MAX_SAFE,
  markPerLot,
  PENALTY,
  quotedNotional,
  SLIPPAGE,
  SLIPPAGE_CAP,
  tickDigits,
  tickScale,
} from "./state";

/** Slippage of the quoted model when no size is known, fraction of the price. */
const UNKNOWN_SIZE_SLIPPAGE: f64 = 0.002;
/** The clamp of its partial-fill penalty. */
const LEAST_FILLED: f64 = 0.1;

/** Relative distance at which a price is taken to lie on a tick: a few roundings of a double. */
const ON_TICK: f64 = 1e-15;

/**
 * Slippage of an order as a fraction of the price: a constant, plus impact × √(quantity ÷ volume of the decision bar).
 * A decision bar without volume counts as a volume share of 1. With the quoted model: what `quotedSlippage` says.
 */
export function slippageOf(s: i32, magnitude: f64): f64 {
  if (unchecked(account[MAX_SAFE]) > 0.0) return quotedSlippage(s, magnitude);
  const impact: f64 = unchecked(account[IMPACT]);
  const constant: f64 = unchecked(account[SLIPPAGE]);
  if (impact === 0.0) return constant;
  const volume: f64 = unchecked(lastVolume[s]);
  const volumeShare = volume > 0.0 ? magnitude / unchecked(lotsPerUnit[s]) / volume : 1.0;
  return constant + impact * Math.sqrt(volumeShare);
}

/**
 * `portfolio.cost_model: quoted` (spec 6.5; src/execution/cost-model.ts is its plain form): half spread + min(α·r, cap) +
 * penalty · (1 − clamp(max_safe ÷ r, 0.1, 1)), r = order notional at the last mark ÷ quoted notional of the decision. With no
 * size known 20 bps and all of the penalty.
 */
function quotedSlippage(s: i32, magnitude: f64): f64 {
  const halfSpread: f64 = unchecked(account[HALF_SPREAD]);
  const penalty: f64 = unchecked(account[PENALTY]);
  const quoted: f64 = unchecked(quotedNotional[s]);
  if (quoted === 0.0) return halfSpread + UNKNOWN_SIZE_SLIPPAGE + penalty;
  const r = (magnitude * unchecked(markPerLot[s])) / quoted;
  const slippage = Math.min(unchecked(account[ALPHA]) * r, unchecked(account[SLIPPAGE_CAP]));
  const safe: f64 = unchecked(account[MAX_SAFE]);
  const unfilled = r > safe ? 1.0 - Math.max(safe / r, LEAST_FILLED) : 0.0;
  return halfSpread + slippage + penalty * unfilled;
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
