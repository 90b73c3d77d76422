export { attribute } from "./attribution";
export { candles } from "./candles";
export { bindEvents, clearEvents, eventsPerSlice, eventsUsed } from "./engine/events";
export { bookFill } from "./engine/fills";
export { value } from "./engine/marks";
export { bindSlices } from "./engine/slices";
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
export { endOfData, run } from "./engine/step";
export { apportion, exactDifference, floorDivide } from "./exact";
export * from "./math";

/** First byte that static data does not use; the host's arena starts above it. */
export function heapBase(): usize {
  return __heap_base;
}
