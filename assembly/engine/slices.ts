// The slices of one call: rows packed by the host, signal updates, funding, and what the engine writes back per slice.

/** Open times [n], epoch ms. */
export let openTimes: StaticArray<f64> = new StaticArray<f64>(0);
/** Bars [n][BAR_FIELDS][S]; open = 0 marks a symbol without a bar in the slice. */
export let bars: StaticArray<f64> = new StaticArray<f64>(0);
/** Signal updates of slice t lie at [updateStart[t], updateStart[t + 1]). */
export let updateStart: StaticArray<i32> = new StaticArray<i32>(0);
/** Index into `signals`: a cell's weight below S·P, its ATR above. */
export let updateSlot: StaticArray<i32> = new StaticArray<i32>(0);
export let updateValue: StaticArray<f64> = new StaticArray<f64>(0);
/** 1 = the last slice of its UTC date. */
export let dayEnd: StaticArray<i32> = new StaticArray<i32>(0);
/** Written: [n][SLICE_COLUMNS + P] portfolio equity, gross, net exposure, then pod equities. */
export let curve: StaticArray<f64> = new StaticArray<f64>(0);

/** Funding payments of slice t lie at [fundingStart[t], fundingStart[t + 1]), in order of time: those since the slice before. */
export let fundingStart: StaticArray<i32> = new StaticArray<i32>(0);
/** Index of the symbol. */
export let fundingSymbol: StaticArray<i32> = new StaticArray<i32>(0);
/** Epoch ms; at or before the slice's open, or inside the slice. */
export let fundingTime: StaticArray<f64> = new StaticArray<f64>(0);
/** Share of the position's value that longs pay to shorts. */
export let fundingRate: StaticArray<f64> = new StaticArray<f64>(0);
/** Price an exchange charged on, quote units; 0 = the engine's own: the last close, or the bar's open. */
export let fundingPrice: StaticArray<f64> = new StaticArray<f64>(0);

export const OPEN: i32 = 0;
export const HIGH: i32 = 1;
export const LOW: i32 = 2;
export const CLOSE: i32 = 3;
export const VOLUME: i32 = 4;
export const BAR_FIELDS: i32 = 5;
export const SLICE_COLUMNS: i32 = 3;

export function bindSlices(
  openTimesAt: StaticArray<f64>,
  barsAt: StaticArray<f64>,
  updateStartAt: StaticArray<i32>,
  updateSlotAt: StaticArray<i32>,
  updateValueAt: StaticArray<f64>,
  dayEndAt: StaticArray<i32>,
  curveAt: StaticArray<f64>,
): void {
  openTimes = openTimesAt;
  bars = barsAt;
  updateStart = updateStartAt;
  updateSlot = updateSlotAt;
  updateValue = updateValueAt;
  dayEnd = dayEndAt;
  curve = curveAt;
}

export function bindFunding(
  fundingStartAt: StaticArray<i32>,
  fundingSymbolAt: StaticArray<i32>,
  fundingTimeAt: StaticArray<f64>,
  fundingRateAt: StaticArray<f64>,
  fundingPriceAt: StaticArray<f64>,
): void {
  fundingStart = fundingStartAt;
  fundingSymbol = fundingSymbolAt;
  fundingTime = fundingTimeAt;
  fundingRate = fundingRateAt;
  fundingPrice = fundingPriceAt;
}
