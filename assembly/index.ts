export { attribute } from "./attribution";
export { candles } from "./candles";
export { correlation, meanCorrelation } from "./correlation";
export * from "./covariance";
export { parseBars } from "./csv";
export * from "./degradation";
export { bindEvents, clearEvents, eventsPerFunding, eventsPerSlice, eventsUsed } from "./engine/events";
export { bookFill } from "./engine/fills";
export { revalue } from "./engine/marks";
export { bindFunding, bindSlices } from "./engine/slices";
export {
  bindAccount,
  bindDimensions,
  bindIntentions,
  bindOrders,
  bindPods,
  bindPositions,
  bindScratch,
  bindStops,
  bindSymbols,
} from "./engine/state";
export { decideAgain, endOfData, run } from "./engine/step";
export { bookAdoption, bookAutoclose, dropOrder, settleOrder, venueFill } from "./engine/venue";
export { riskBudget, riskBudgetReportLength, riskBudgetWorkLength } from "./erc";
export { apportion, exactDifference, floorDivide, roundHalfUp } from "./exact";
export * from "./indicators/adx";
export * from "./indicators/atr";
export * from "./indicators/channel";
export * from "./indicators/ema";
export * from "./indicators/ring";
export * from "./indicators/rolling-max";
export * from "./indicators/rolling-std";
export * from "./indicators/rsi";
export * from "./indicators/true-range";
export * from "./indicators/wilder";
export * from "./kelly";
export * from "./linalg";
export * from "./math";
export * from "./page-hinkley";
export * from "./portfolio-risk";
export { STATUS_FLOOR, STATUS_INVALID_INPUT, STATUS_MAX_ITER, STATUS_NOT_PD, STATUS_OK } from "./status";
export * from "./strategies/buy-and-hold";
export * from "./strategies/donchian";
export * from "./strategies/donchian-ensemble";
export * from "./strategies/ema-cross";
export { ensembleRun, ensembleStateLength } from "./strategies/ensemble";
export * from "./strategies/tsmom";
export * from "./strategies/vol-adaptive";
export { volScalarRun, volScalarStateLength } from "./strategies/vol-scalar";
export * from "./strategies/vw-tsmom";

/** First byte that static data does not use; the host's arena starts above it. */
export function heapBase(): usize {
  return __heap_base;
}
