import { BAR_FIELDS, bars, CLOSE, curve, SLICE_COLUMNS, VOLUME } from "./slices";
import {
  account,
  cash,
  EQUITY,
  equity,
  GROSS,
  lastVolume,
  lots,
  lotsPerUnit,
  markPerLot,
  NET,
  pods,
  RESERVE,
  symbols,
} from "./state";

/** Phase 3: symbols with a bar are marked at its close, the others keep their last mark; then everything is valued. */
export function markToMarket(t: i32): void {
  const row = t * BAR_FIELDS * symbols;
  for (let s: i32 = 0; s < symbols; s++) {
    const close: f64 = unchecked(bars[row + CLOSE * symbols + s]);
    if (close === 0.0) continue;
    unchecked((markPerLot[s] = close / unchecked(lotsPerUnit[s])));
    unchecked((lastVolume[s] = unchecked(bars[row + VOLUME * symbols + s])));
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
  for (let p: i32 = 0; p < pods; p++) unchecked((equity[p] = unchecked(cash[p]) / 1e6));
  let gross: f64 = 0.0;
  let net: f64 = 0.0;
  for (let s: i32 = 0; s < symbols; s++) {
    const mark: f64 = unchecked(markPerLot[s]);
    const base = s * pods;
    let held: f64 = 0.0;
    for (let p: i32 = 0; p < pods; p++) {
      const own: f64 = unchecked(lots[base + p]);
      unchecked((equity[p] = unchecked(equity[p]) + own * mark));
      held += own;
    }
    gross += Math.abs(held) * mark;
    net += held * mark;
  }
  let total: f64 = 0.0;
  for (let p: i32 = 0; p < pods; p++) total += unchecked(equity[p]);
  unchecked((account[EQUITY] = total + unchecked(account[RESERVE]) / 1e6));
  unchecked((account[GROSS] = gross));
  unchecked((account[NET] = net));
}

function record(t: i32): void {
  const at = t * (SLICE_COLUMNS + pods);
  unchecked((curve[at] = unchecked(account[EQUITY])));
  unchecked((curve[at + 1] = unchecked(account[GROSS])));
  unchecked((curve[at + 2] = unchecked(account[NET])));
  for (let p: i32 = 0; p < pods; p++) unchecked((curve[at + SLICE_COLUMNS + p] = unchecked(equity[p])));
}
