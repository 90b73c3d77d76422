import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

let collector: (() => void) | undefined;

/**
 * Collects the garbage of this thread now. V8 lets a heap of short-lived results grow to several times what is alive before it
 * looks at the old ones; a sweep of many small jobs would take that memory for nothing (spec 8.2, S10).
 */
export function collectGarbage(): void {
  if (collector === undefined) {
    setFlagsFromString("--expose-gc");
    collector = runInNewContext("gc") as () => void;
  }
  collector();
}
