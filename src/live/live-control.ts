import { hostname } from "node:os";
import { command, type Operator, openControl } from "../control/control-desk.ts";
import { type ReadControl, readControl } from "../control/control-state.ts";

/** What operators allow an engine, and the engine's own hand on it. */
export interface LiveControl {
  /** Reads; changes nothing. */
  readonly read: () => ReadControl;
  /** Pauses, audited under the engine's name. What cannot be written keeps the engine from new risk anyway. */
  readonly pause: (reason: string) => void;
}

/** The control state of a folder; created as RUNNING only where there never was one. */
export function controlOf(stateDir: string): LiveControl {
  const engine = (reason: string): Operator => ({ actor: `engine@${hostname()}`, reason, now: () => new Date() });
  openControl(stateDir, engine("first start"));
  return {
    read: () => readControl(stateDir),
    pause: (reason) => {
      command(stateDir, { name: "pause" }, engine(reason));
    },
  };
}
