export * from "./math";

/** First byte that static data does not use; the host's arena starts above it. */
export function heapBase(): usize {
  return __heap_base;
}
