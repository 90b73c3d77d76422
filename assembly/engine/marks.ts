import { valuePods } from "./pod-lanes";
import { BAR_FIELDS, bars, CLOSE, curve, SLICE_COLUMNS, VOLUME } from "./slices";
import {
  account,
  cash,
  EQUITY,
  equity,
  forget,
  GROSS,
  holders,
  lastVolume,
  lots,
  lotsPerUnit,
  MONEY,
  markPerLot,
  NET,
  netLots,
  pods,
  RESERVE,
  symbols,
} from "./state";

/** Phase 3: symbols with a bar are marked at its close, the others keep their last mark; then everything is valued. */
export function markToMarket(t: i32): void {
  const closes = (t * BAR_FIELDS + CLOSE) * symbols;
  const volumes = (t * BAR_FIELDS + VOLUME) * symbols;
  const rows = bars;
  const marks = markPerLot;
  const unit = lotsPerUnit;
  const latest = lastVolume;
  for (let s: i32 = 0; s < symbols; s++) {
    const close: f64 = unchecked(rows[closes + s]);
    if (close === 0.0) continue;
    unchecked((marks[s] = close / unchecked(unit[s])));
    unchecked((latest[s] = unchecked(rows[volumes + s])));
  }
  value();
  record(t);
}

/** Last close in quote units; 0 = never had a bar. */
export function markOf(s: i32): f64 {
  return unchecked(markPerLot[s]) * unchecked(lotsPerUnit[s]);
}

/** Pod and portfolio equity, gross and net exposure at the current marks, summed in symbol and pod order. */
export function value(): void {
  valuePods(equity, cash, lots, markPerLot, holders, pods, symbols);
  const marks = markPerLot;
  const held = netLots;
  let gross: f64 = 0.0;
  let net: f64 = 0.0;
  for (let s: i32 = 0; s < symbols; s++) {
    const exposed: f64 = unchecked(held[s]) * unchecked(marks[s]);
    gross += Math.abs(exposed);
    net += exposed;
  }
  const own = equity;
  let total: f64 = 0.0;
  for (let p: i32 = 0; p < pods; p++) total += unchecked(own[p]);
  unchecked((account[EQUITY] = total + unchecked(account[RESERVE]) / 1e6));
  unchecked((account[GROSS] = gross));
  unchecked((account[NET] = net));
}

/** `value`, after the host changed cash, positions or weights: what was derived from them is made anew. */
export function revalue(): void {
  let money: f64 = unchecked(account[RESERVE]);
  for (let p: i32 = 0; p < pods; p++) money += unchecked(cash[p]);
  unchecked((account[MONEY] = money));
  forget();
  value();
}

function record(t: i32): void {
  const at = t * (SLICE_COLUMNS + pods);
  const row = curve;
  const own = equity;
  unchecked((row[at] = unchecked(account[EQUITY])));
  unchecked((row[at + 1] = unchecked(account[GROSS])));
  unchecked((row[at + 2] = unchecked(account[NET])));
  for (let p: i32 = 0; p < pods; p++) unchecked((row[at + SLICE_COLUMNS + p] = unchecked(own[p])));
}
