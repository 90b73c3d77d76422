import type { ControlPayload } from "../engine/recording/market-events.ts";
import type { ReadControl } from "./control-state.ts";

/** What an engine is told. A state that cannot be read means no new risk; what was forbidden before stays forbidden. */
export function controlPayload(found: ReadControl, before: ControlPayload): ControlPayload {
  if (!found.known) return { ...before, mode: "UNKNOWN" };
  const { mode, flatten, blacklist } = found.state;
  return { mode, flatten, symbols: [...blacklist.symbols], pods: [...blacklist.pods] };
}
