import { emitFailure, emitTarget } from "./events";
import { updateSlot, updateStart, updateValue } from "./slices";
import { account, blocked, failed, highGate, pods, signals, symbols, WEIGHTS_KNOWN } from "./state";

/**
 * Phase 4: completed candles replace target weights and ATRs. A weight of another sign lets a stopped cell trade again. A
 * weight of NaN says that the strategy failed: its pod is kept flat from here on, the others go on.
 */
export function takeSignals(t: i32): void {
  const cells = pods * symbols;
  const end: i32 = unchecked(updateStart[t + 1]);
  for (let u: i32 = unchecked(updateStart[t]); u < end; u++) {
    const slot: i32 = unchecked(updateSlot[u]);
    const fresh: f64 = unchecked(updateValue[u]);
    if (slot < cells) {
      if (!(fresh <= Infinity)) {
        fail(slot);
        continue;
      }
      if (fresh !== unchecked(signals[slot])) emitTarget(slot, fresh);
      if (unchecked(blocked[slot]) * fresh <= 0.0) unchecked((blocked[slot] = 0.0));
      unchecked((account[WEIGHTS_KNOWN] = 0.0));
    } else {
      unchecked((highGate[i32((slot - cells) / pods)] = 0.0));
    }
    unchecked((signals[slot] = fresh));
  }
}

function fail(c: i32): void {
  const p = c % pods;
  if (unchecked(failed[p]) > 0.0) return;
  unchecked((failed[p] = 1.0));
  emitFailure(c);
}
