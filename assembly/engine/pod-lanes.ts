import { addressOf, laneMax } from "../lanes";

// Two pods at a time. Lanes never meet: each does what the scalar statement in the comment does, in the same order, so a
// run without SIMD, and the C twin, have the same bits.

/**
 * Equity of every pod: cash, then position × mark in symbol order. Symbols that nobody holds add nothing.
 *
 * Shapes   equity, cash [P]; lots [S·P]; marks, holders [S].
 * Units    cash micro-units; equity and marks (per lot) quote units.
 * Writes   equity.
 * Cost     O(P·S).
 */
export function valuePods(
  equity: StaticArray<f64>,
  cash: StaticArray<f64>,
  lots: StaticArray<f64>,
  marks: StaticArray<f64>,
  holders: StaticArray<f64>,
  pods: i32,
  symbols: i32,
): void {
  const even = pods & ~1;
  const micro = f64x2.splat(1e6);
  for (let p: i32 = 0; p < even; p += 2) {
    // own = cash[p] / 1e6; own += lots[s·P + p] × marks[s]
    let own = f64x2.div(v128.load(addressOf(cash, p)), micro);
    for (let s: i32 = 0; s < symbols; s++) {
      if (unchecked(holders[s]) === 0.0) continue;
      const held = v128.load(addressOf(lots, s * pods + p));
      own = f64x2.add(own, f64x2.mul(held, f64x2.splat(unchecked(marks[s]))));
    }
    v128.store(addressOf(equity, p), own);
  }
  for (let p: i32 = even; p < pods; p++) {
    let own: f64 = unchecked(cash[p]) / 1e6;
    for (let s: i32 = 0; s < symbols; s++) {
      if (unchecked(holders[s]) !== 0.0) own += unchecked(lots[s * pods + p]) * unchecked(marks[s]);
    }
    unchecked((equity[p] = own));
  }
}

/** Share of a value by which its roundings may differ between here and sizing, with room to spare. */
const ROUNDING: f64 = 1e-12;

/**
 * True when sizing would surely let every pod hold what it holds of a symbol: the filter in front of it. False decides
 * nothing.
 *
 * With value x wanted, v held and a step of the instrument worth u (one lot more than a step, because sizing cuts to whole
 * lots and steps): the change is inside the band, |x − v| + u < band, and the wish is neither 0 nor of the other sign,
 * x·v ≥ u·|v|, which holds when nothing is held, too.
 *
 * Shapes   scaled, lots [S·P] from `at`; capital, band [P].
 * Units    quote units; `mark` per lot.
 */
export function surelyHolds(
  scaled: StaticArray<f64>,
  lots: StaticArray<f64>,
  capital: StaticArray<f64>,
  band: StaticArray<f64>,
  at: i32,
  pods: i32,
  mark: f64,
  step: f64,
): boolean {
  const even = pods & ~1;
  const unit: f64 = (step + 1.0) * mark;
  const marks = f64x2.splat(mark);
  const units = f64x2.splat(unit);
  const rounding = f64x2.splat(ROUNDING);
  let over = f64x2.splat(-1.0);
  let turned = f64x2.splat(-1.0);
  for (let p: i32 = 0; p < even; p += 2) {
    const x = f64x2.mul(v128.load(addressOf(scaled, at + p)), v128.load(addressOf(capital, p)));
    const v = f64x2.mul(v128.load(addressOf(lots, at + p)), marks);
    const gap = f64x2.add(f64x2.abs(f64x2.sub(x, v)), f64x2.add(units, f64x2.mul(f64x2.abs(x), rounding)));
    over = f64x2.pmax(over, f64x2.sub(gap, v128.load(addressOf(band, p))));
    turned = f64x2.pmax(turned, f64x2.sub(f64x2.mul(units, f64x2.abs(v)), f64x2.mul(x, v)));
  }
  if (laneMax(over) >= 0.0 || laneMax(turned) > 0.0) return false;
  for (let p: i32 = even; p < pods; p++) {
    const x: f64 = unchecked(scaled[at + p]) * unchecked(capital[p]);
    const v: f64 = unchecked(lots[at + p]) * mark;
    if (Math.abs(x - v) + (unit + Math.abs(x) * ROUNDING) - unchecked(band[p]) >= 0.0) return false;
    if (unit * Math.abs(v) - x * v > 0.0) return false;
  }
  return true;
}
