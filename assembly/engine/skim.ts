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
  VENUE_FILLS,
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
  return symbols === 1 ? skimOne(from, to) : skimAll(from, to);
}

function skimAll(from: i32, to: i32): i32 {
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
  const holding = holders;
  const wishing = wanting;
  const times = openTimes;
  const updates = updateStart;
  const payments = fundingStart;
  const written = curve;
  const n = symbols;
  const width = SLICE_COLUMNS + 1;
  const stopsAtDayEnd = unchecked(account[STOP_AT_DAY_END]) > 0.0;
  const money = unchecked(account[MONEY]) / 1e6;
  const own = unchecked(cash[0]) / 1e6;
  const reserve = unchecked(account[RESERVE]) / 1e6;
  const trades = mayTrade();
  const exposure: f64 = unchecked(account[EXPOSURE_FACTOR]);
  const share: f64 = unchecked(threshold[0]);
  const maxGross: f64 = unchecked(account[MAX_GROSS]);

  let high: f64 = unchecked(account[HIGH_WATER]);
  let before: f64 = unchecked(account[LAST_EQUITY]);
  let dayBase: f64 = unchecked(account[DAY_BASE]);
  let day: f64 = unchecked(account[LAST_DAY]);
  let nextDay = (day + 1.0) * DAY_MS;
  const lastUpdate: i32 = unchecked(updates[from]);
  const lastPayment: i32 = unchecked(payments[from]);
  let t: i32 = from;
  while (t < to) {
    const update: i32 = unchecked(updates[t + 1]);
    const payment: i32 = unchecked(payments[t + 1]);
    if (update !== lastUpdate || payment !== lastPayment) break;
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
    let netValue: f64 = 0.0;
    for (let s: i32 = 0; s < n; s++) {
      const close: f64 = unchecked(rows[row + CLOSE * n + s]);
      if (close !== 0.0) {
        unchecked((marks[s] = close / unchecked(unit[s])));
        unchecked((volumes[s] = unchecked(rows[row + VOLUME * n + s])));
      }
      const mark: f64 = unchecked(marks[s]);
      if (unchecked(holding[s]) !== 0.0) worth += unchecked(held[s]) * mark;
      const value: f64 = unchecked(net[s]) * mark;
      gross += Math.abs(value);
      netValue += value;
    }
    const total = 0.0 + worth + reserve;
    if (!(gross < FAR_FROM_LIMIT * (maxGross * total))) break;

    const worthOfOne = trades ? worth * exposure : 0.0;
    const wide = share * worth;
    for (let s: i32 = 0; s < n; s++) {
      if (unchecked(wishing[s]) === 0.0 && unchecked(holding[s]) === 0.0) continue;
      const mark: f64 = unchecked(marks[s]);
      const x: f64 = unchecked(wanted[s]) * worthOfOne;
      const v: f64 = unchecked(held[s]) * mark;
      const least = (unchecked(step[s]) + 1.0) * mark;
      if (!keeps(x, v, least, wide)) happens = true;
    }
    if (happens) break;

    const open: f64 = unchecked(times[t]);
    if (open >= nextDay) {
      dayBase = before;
      day = Math.floor(open / DAY_MS);
      nextDay = (day + 1.0) * DAY_MS;
    }
    before = total;
    if (total > high) high = total;
    const at = t * width;
    unchecked((written[at] = total));
    unchecked((written[at + 1] = gross));
    unchecked((written[at + 2] = netValue));
    unchecked((written[at + SLICE_COLUMNS] = worth));
    t++;
  }
  if (t > from) settle((t - 1) * width, trades, high, dayBase, day);
  return t;
}

/**
 * `skim` of an account with one symbol: what that symbol is made of stays in locals, and only the curve is written. A slice
 * without its bar is left to the step.
 */
function skimOne(from: i32, to: i32): i32 {
  if (!isCalm()) return from;
  const rows = bars;
  const times = openTimes;
  const updates = updateStart;
  const payments = fundingStart;
  const written = curve;
  const width = SLICE_COLUMNS + 1;
  const stopsAtDayEnd = unchecked(account[STOP_AT_DAY_END]) > 0.0;
  const money = unchecked(account[MONEY]) / 1e6;
  const own = unchecked(cash[0]) / 1e6;
  const reserve = unchecked(account[RESERVE]) / 1e6;
  const trades = mayTrade();
  const exposure: f64 = unchecked(account[EXPOSURE_FACTOR]);
  const share: f64 = unchecked(threshold[0]);
  const maxGross: f64 = unchecked(account[MAX_GROSS]);
  const bottomGate: f64 = unchecked(lowGate[0]);
  const topGate: f64 = unchecked(highGate[0]);
  const size: f64 = unchecked(netUnits[0]);
  const net: f64 = unchecked(netLots[0]);
  const held: f64 = unchecked(lots[0]);
  const holds = unchecked(holders[0]) !== 0.0;
  const idle = unchecked(wanting[0]) === 0.0 && !holds;
  const wanted: f64 = unchecked(scaled[0]);
  const unit: f64 = unchecked(lotsPerUnit[0]);
  const rate: f64 = unchecked(maintenanceRate[0]);
  const steps = unchecked(lotStep[0]) + 1.0;

  let high: f64 = unchecked(account[HIGH_WATER]);
  let before: f64 = unchecked(account[LAST_EQUITY]);
  let dayBase: f64 = unchecked(account[DAY_BASE]);
  let day: f64 = unchecked(account[LAST_DAY]);
  let nextDay = (day + 1.0) * DAY_MS;
  const lastUpdate: i32 = unchecked(updates[from]);
  const lastPayment: i32 = unchecked(payments[from]);
  let t: i32 = from;
  while (t < to) {
    if (unchecked(updates[t + 1]) !== lastUpdate || unchecked(payments[t + 1]) !== lastPayment) break;
    if (stopsAtDayEnd && unchecked(dayEnd[t]) !== 0) break;
    const row = t * BAR_FIELDS;
    const top: f64 = unchecked(rows[row + HIGH]);
    const bottom: f64 = unchecked(rows[row + LOW]);
    const close: f64 = unchecked(rows[row + CLOSE]);
    if (bottom <= bottomGate || top >= topGate || !(bottom > 0.0)) break;
    if (size !== 0.0) {
      const value = size * (size > 0.0 ? bottom : top);
      if (money + value <= Math.abs(value) * rate) break;
    }

    const mark = close / unit;
    const v = held * mark;
    const worth = holds ? own + v : own;
    const netValue = net * mark;
    const gross = Math.abs(netValue);
    const total = 0.0 + worth + reserve;
    if (!(gross < FAR_FROM_LIMIT * (maxGross * total))) break;
    if (!idle && !keeps(wanted * (trades ? worth * exposure : 0.0), v, steps * mark, share * worth)) break;

    const open: f64 = unchecked(times[t]);
    if (open >= nextDay) {
      dayBase = before;
      day = Math.floor(open / DAY_MS);
      nextDay = (day + 1.0) * DAY_MS;
    }
    before = total;
    if (total > high) high = total;
    const at = t * width;
    unchecked((written[at] = total));
    unchecked((written[at + 1] = gross));
    unchecked((written[at + 2] = 0.0 + netValue));
    unchecked((written[at + SLICE_COLUMNS] = worth));
    t++;
  }
  if (t === from) return t;
  const last = (t - 1) * BAR_FIELDS;
  unchecked((markPerLot[0] = unchecked(rows[last + CLOSE]) / unit));
  unchecked((lastVolume[0] = unchecked(rows[last + VOLUME])));
  settle((t - 1) * width, trades, high, dayBase, day);
  return t;
}

/** Nothing waits, and nothing but the bars can make something happen. Only without portfolio limits: they need every slice. */
function isCalm(): boolean {
  // An exchange's fills and liquidations come between slices, and live has one slice at a time: nothing to skip.
  if (unchecked(account[VENUE_FILLS]) > 0.0) return false;
  if (unchecked(account[LIQUIDATED]) > 0.0 || unchecked(account[BARRED_UNTIL]) > 0.0) return false;
  if (unchecked(account[WEIGHTS_KNOWN]) === 0.0 || unchecked(account[COOLING]) > 0.0) return false;
  if (unchecked(account[DAILY_LOSS_LIMIT]) < Infinity || unchecked(account[DRAWDOWN_LIMIT]) < Infinity) return false;
  for (let s: i32 = 0; s < symbols; s++) {
    if (unchecked(pending[s]) !== PENDING_NONE) return false;
  }
  return true;
}

/** Of the pod; see sizing.ts. */
function mayTrade(): boolean {
  return unchecked(active[0]) !== 0.0 && unchecked(failed[0]) === 0.0;
}

/** True when sizing would surely keep the position: `surelyHolds` of pod-lanes.ts for one pod. */
function keeps(x: f64, v: f64, least: f64, wide: f64): boolean {
  if (Math.abs(x - v) + (least + Math.abs(x) * ROUNDING) - wide >= 0.0) return false;
  return least * Math.abs(v) - x * v <= 0.0;
}

/** The state after the slice whose row of the curve lies at `at`, marks and volumes apart. */
function settle(at: i32, trades: boolean, high: f64, dayBase: f64, day: f64): void {
  const worth: f64 = unchecked(curve[at + SLICE_COLUMNS]);
  unchecked((account[EQUITY] = unchecked(curve[at])));
  unchecked((account[LAST_EQUITY] = unchecked(curve[at])));
  unchecked((account[HIGH_WATER] = high));
  unchecked((account[DAY_BASE] = dayBase));
  unchecked((account[LAST_DAY] = day));
  unchecked((account[GROSS] = unchecked(curve[at + 1])));
  unchecked((account[NET] = unchecked(curve[at + 2])));
  unchecked((account[ALERT_DAILY] = 0.0));
  unchecked((account[ALERT_DRAWDOWN] = 0.0));
  unchecked((account[ALERT_GROSS] = 0.0));
  unchecked((equity[0] = worth));
  unchecked((capital[0] = trades ? worth * unchecked(account[EXPOSURE_FACTOR]) : 0.0));
  unchecked((band[0] = unchecked(threshold[0]) * worth));
  for (let s: i32 = 0; s < symbols; s++) unchecked((quiet[s] = 1.0));
}
