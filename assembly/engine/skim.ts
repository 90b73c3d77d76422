import {
  BAR_FIELDS,
  bars,
  CLOSE,
  curve,
  dayEnd,
  fundingStart,
  HIGH,
  LOW,
  OPEN,
  openTimes,
  SLICE_COLUMNS,
  updateStart,
  VOLUME,
} from "./slices";
import {
  ALERT_DAILY,
  ALERT_DRAWDOWN,
  ALERT_GROSS,
  account,
  active,
  BARRED_UNTIL,
  band,
  COOLING,
  capital,
  cash,
  DAILY_LOSS_LIMIT,
  DAY_BASE,
  DRAWDOWN_LIMIT,
  EQUITY,
  EXPOSURE_FACTOR,
  equity,
  failed,
  GROSS,
  HIGH_WATER,
  highGate,
  holders,
  LAST_DAY,
  LAST_EQUITY,
  LIQUIDATED,
  lastVolume,
  lotStep,
  lots,
  lotsPerUnit,
  lowGate,
  MAX_GROSS,
  MONEY,
  maintenanceRate,
  markPerLot,
  NET,
  netLots,
  netUnits,
  PENDING_NONE,
  pending,
  quiet,
  RESERVE,
  STOP_AT_DAY_END,
  scaled,
  symbols,
  threshold,
  WEIGHTS_KNOWN,
  wanting,
} from "./state";

const DAY_MS: f64 = 86400000.0;
/** Share of a value by which its roundings may differ between here and sizing: that of pod-lanes.ts. */
const ROUNDING: f64 = 1e-12;
/** Below this share of the gross limit there is no alert, however the quotient is rounded. */
const FAR_FROM_LIMIT: f64 = 0.75;

/**
 * The step of one pod over slices in which nothing happens: no order waits, no signal or payment arrives, no stop is near,
 * the account stands, and sizing surely keeps what is held. Such a slice only moves marks, equity and the curve, and that
 * is all that is done here; at the first other slice it stops, and the step does that one whole.
 *
 * A filter in front of the step, not another step: every byte it leaves is what `run` would leave
 * (tests/engine/skim.test.ts). It writes marks and equity of the slice it stops at, which the step writes again before
 * anything reads them.
 *
 * Shapes   slices [from, to) of the bound chunk; one pod.
 * Returns  the first slice that was not done.
 * Cost     O(S) per slice.
 */
export function skim(from: i32, to: i32): i32 {
  if (!isCalm()) return from;
  const rows = bars;
  const marks = markPerLot;
  const unit = lotsPerUnit;
  const volumes = lastVolume;
  const bottoms = lowGate;
  const tops = highGate;
  const units = netUnits;
  const net = netLots;
  const held = lots;
  const wanted = scaled;
  const rate = maintenanceRate;
  const step = lotStep;
  const n = symbols;
  const width = SLICE_COLUMNS + 1;
  const stopsAtDayEnd = unchecked(account[STOP_AT_DAY_END]) > 0.0;
  const money = unchecked(account[MONEY]) / 1e6;
  const own = unchecked(cash[0]) / 1e6;
  const reserve = unchecked(account[RESERVE]) / 1e6;
  const trades = unchecked(active[0]) !== 0.0 && unchecked(failed[0]) === 0.0;
  const exposure: f64 = unchecked(account[EXPOSURE_FACTOR]);
  const share: f64 = unchecked(threshold[0]);
  const maxGross: f64 = unchecked(account[MAX_GROSS]);

  let high: f64 = unchecked(account[HIGH_WATER]);
  let before: f64 = unchecked(account[LAST_EQUITY]);
  let dayBase: f64 = unchecked(account[DAY_BASE]);
  let day: f64 = unchecked(account[LAST_DAY]);
  let nextDay = (day + 1.0) * DAY_MS;
  let t: i32 = from;
  while (t < to) {
    if (unchecked(updateStart[t]) !== unchecked(updateStart[t + 1])) break;
    if (unchecked(fundingStart[t]) !== unchecked(fundingStart[t + 1])) break;
    if (stopsAtDayEnd && unchecked(dayEnd[t]) !== 0) break;
    const row = t * BAR_FIELDS * n;

    let happens = false;
    let exposed = false;
    let adverseEquity = money;
    let margin: f64 = 0.0;
    for (let s: i32 = 0; s < n; s++) {
      const top: f64 = unchecked(rows[row + HIGH * n + s]);
      const bottom: f64 = unchecked(rows[row + LOW * n + s]);
      if (bottom <= unchecked(bottoms[s]) || top >= unchecked(tops[s])) {
        if (unchecked(rows[row + OPEN * n + s]) !== 0.0) happens = true;
      }
      const size: f64 = unchecked(units[s]);
      if (size === 0.0) continue;
      exposed = true;
      const adverse: f64 = size > 0.0 ? bottom : top;
      const value = size * (adverse > 0.0 ? adverse : unchecked(marks[s]) * unchecked(unit[s]));
      adverseEquity += value;
      margin += Math.abs(value) * unchecked(rate[s]);
    }
    if (happens || (exposed && adverseEquity <= margin)) break;

    let worth = own;
    let gross: f64 = 0.0;
    let signed: f64 = 0.0;
    for (let s: i32 = 0; s < n; s++) {
      const close: f64 = unchecked(rows[row + CLOSE * n + s]);
      if (close !== 0.0) {
        unchecked((marks[s] = close / unchecked(unit[s])));
        unchecked((volumes[s] = unchecked(rows[row + VOLUME * n + s])));
      }
      const mark: f64 = unchecked(marks[s]);
      if (unchecked(holders[s]) !== 0.0) worth += unchecked(held[s]) * mark;
      const value: f64 = unchecked(net[s]) * mark;
      gross += Math.abs(value);
      signed += value;
    }
    const total = 0.0 + worth + reserve;
    if (!(gross < FAR_FROM_LIMIT * (maxGross * total))) break;

    const worthOfOne = trades ? worth * exposure : 0.0;
    const wide = share * worth;
    for (let s: i32 = 0; s < n; s++) {
      if (unchecked(wanting[s]) === 0.0 && unchecked(holders[s]) === 0.0) continue;
      const mark: f64 = unchecked(marks[s]);
      const x: f64 = unchecked(wanted[s]) * worthOfOne;
      const v: f64 = unchecked(held[s]) * mark;
      const least = (unchecked(step[s]) + 1.0) * mark;
      if (Math.abs(x - v) + (least + Math.abs(x) * ROUNDING) - wide >= 0.0) happens = true;
      if (least * Math.abs(v) - x * v > 0.0) happens = true;
    }
    if (happens) break;

    const open: f64 = unchecked(openTimes[t]);
    if (open >= nextDay) {
      dayBase = before;
      day = Math.floor(open / DAY_MS);
      nextDay = (day + 1.0) * DAY_MS;
    }
    before = total;
    if (total > high) high = total;
    const at = t * width;
    unchecked((curve[at] = total));
    unchecked((curve[at + 1] = gross));
    unchecked((curve[at + 2] = signed));
    unchecked((curve[at + SLICE_COLUMNS] = worth));
    t++;
  }
  if (t === from) return t;
  unchecked((account[HIGH_WATER] = high));
  unchecked((account[LAST_EQUITY] = before));
  unchecked((account[DAY_BASE] = dayBase));
  unchecked((account[LAST_DAY] = day));
  settle((t - 1) * width, trades ? exposure : 0.0, share);
  return t;
}

/** Nothing waits, and nothing but the bars can make something happen. Only without portfolio limits: they need every slice. */
function isCalm(): boolean {
  if (unchecked(account[LIQUIDATED]) > 0.0 || unchecked(account[BARRED_UNTIL]) > 0.0) return false;
  if (unchecked(account[WEIGHTS_KNOWN]) === 0.0 || unchecked(account[COOLING]) > 0.0) return false;
  if (unchecked(account[DAILY_LOSS_LIMIT]) < Infinity || unchecked(account[DRAWDOWN_LIMIT]) < Infinity) return false;
  for (let s: i32 = 0; s < symbols; s++) {
    if (unchecked(pending[s]) !== PENDING_NONE) return false;
  }
  return true;
}

/** The rest of the state after the slice whose row of the curve lies at `at`. */
function settle(at: i32, factor: f64, share: f64): void {
  const worth: f64 = unchecked(curve[at + SLICE_COLUMNS]);
  unchecked((account[EQUITY] = unchecked(curve[at])));
  unchecked((account[GROSS] = unchecked(curve[at + 1])));
  unchecked((account[NET] = unchecked(curve[at + 2])));
  unchecked((account[ALERT_DAILY] = 0.0));
  unchecked((account[ALERT_DRAWDOWN] = 0.0));
  unchecked((account[ALERT_GROSS] = 0.0));
  unchecked((equity[0] = worth));
  unchecked((capital[0] = factor === 0.0 ? 0.0 : worth * factor));
  unchecked((band[0] = share * worth));
  for (let s: i32 = 0; s < symbols; s++) unchecked((quiet[s] = 1.0));
}
