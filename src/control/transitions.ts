import type { ControlState, Mode } from "./control-state.ts";

export type ControlCommand =
  | { readonly name: "pause" | "resume" | "stop" | "panic" | "ack-panic" }
  | { readonly name: "flatten"; readonly pod: string | null }
  | { readonly name: "blacklist add" | "blacklist remove"; readonly kind: "symbol" | "pod"; readonly id: string };

/** What a command changes; who, when and why come from the audit record. */
export type Settings = Pick<ControlState, "mode" | "flatten" | "acknowledged" | "blacklist">;

export type RefusalCode =
  | "ALREADY_SO"
  | "PANIC_LATCHED"
  | "NOT_ACKNOWLEDGED"
  | "NO_PANIC"
  | "STOPPING"
  | "UNKNOWN_STATE"
  | "LISTED"
  | "NOT_LISTED";

export type Transition =
  | { readonly ok: true; readonly after: Settings }
  | { readonly ok: false; readonly code: RefusalCode; readonly message: string };

/** The state before: null = missing or unreadable, and `wasPanic` says whether the audit log last knew of a panic. */
export type Before = Settings | { readonly mode: null; readonly wasPanic: boolean };

const EMPTY: Settings["blacklist"] = { symbols: [], pods: [] };
export const INITIAL: Settings = { mode: "RUNNING", flatten: false, acknowledged: false, blacklist: EMPTY };

/**
 * The transition table of the control state (docs/CONTROL.md shows it).
 *
 * From a state that cannot be read only what adds no risk is possible: `pause` and `panic`; a panic that the audit log
 * knows of stays a panic.
 */
export function transition(before: Before, command: ControlCommand): Transition {
  if (before.mode === null) return fromUnknown(before.wasPanic, command);
  switch (command.name) {
    case "pause":
      return pause(before);
    case "resume":
      return resume(before);
    case "stop":
      return stop(before);
    case "panic":
      // Again in PANIC: it is a new one, and nobody has looked at it.
      return to({ ...before, mode: "PANIC", flatten: true, acknowledged: false });
    case "ack-panic":
      return acknowledge(before);
    case "flatten":
      return command.pod === null ? flatten(before) : list(before, "pods", command.pod);
    case "blacklist add":
      return list(before, command.kind === "pod" ? "pods" : "symbols", command.id);
    case "blacklist remove":
      return unlist(before, command.kind === "pod" ? "pods" : "symbols", command.id);
  }
}

function fromUnknown(wasPanic: boolean, { name }: ControlCommand): Transition {
  const panic: Settings = { ...INITIAL, mode: "PANIC", flatten: true };
  if (name === "panic") return to(panic);
  if (name === "ack-panic" && wasPanic) return to({ ...panic, acknowledged: true });
  if (name === "pause" && !wasPanic) return to({ ...INITIAL, mode: "PAUSED" });
  const way = wasPanic ? "ack-panic, then resume" : "pause, check the blacklist, then resume";
  return refuse("UNKNOWN_STATE", `the state is missing or unreadable, nothing runs: the way back is ${way}`);
}

function pause(before: Settings): Transition {
  if (before.mode === "RUNNING") return to({ ...before, mode: "PAUSED" });
  if (before.mode === "PAUSED") return refuse("ALREADY_SO", "it is paused already");
  if (before.mode === "STOPPING") return refuse("STOPPING", "it is stopping, which is more than a pause");
  return latched("pause");
}

function resume(before: Settings): Transition {
  if (before.mode === "RUNNING") return refuse("ALREADY_SO", "it is running already");
  if (before.mode === "PANIC" && !before.acknowledged)
    return refuse("NOT_ACKNOWLEDGED", "a panic is left by ack-panic, then resume");
  return to({ ...before, mode: "RUNNING", flatten: false, acknowledged: false });
}

function stop(before: Settings): Transition {
  if (before.mode === "STOPPING") return refuse("ALREADY_SO", "it is stopping already");
  if (before.mode === "PANIC") return latched("stop");
  return to({ ...before, mode: "STOPPING" });
}

function acknowledge(before: Settings): Transition {
  if (before.mode !== "PANIC") return refuse("NO_PANIC", `there is no panic: the mode is ${before.mode}`);
  if (before.acknowledged) return refuse("ALREADY_SO", "it is acknowledged already: resume leaves it");
  return to({ ...before, acknowledged: true });
}

function flatten(before: Settings): Transition {
  if (before.mode === "PANIC") return refuse("PANIC_LATCHED", "a panic flattens already");
  if (before.flatten) return refuse("ALREADY_SO", "it is being flattened already: resume ends that");
  // Flat and running would enter again in the next slice.
  return to({ ...before, mode: before.mode === "RUNNING" ? "PAUSED" : before.mode, flatten: true });
}

function list(before: Settings, kind: keyof Settings["blacklist"], id: string): Transition {
  const listed = before.blacklist[kind];
  if (listed.includes(id)) return refuse("LISTED", `${id} is on the blacklist already`);
  return to({ ...before, blacklist: { ...before.blacklist, [kind]: [...listed, id].sort() } });
}

function unlist(before: Settings, kind: keyof Settings["blacklist"], id: string): Transition {
  const listed = before.blacklist[kind];
  if (!listed.includes(id)) return refuse("NOT_LISTED", `${id} is not on the blacklist`);
  return to({ ...before, blacklist: { ...before.blacklist, [kind]: listed.filter((other) => other !== id) } });
}

function to(after: Settings): Transition {
  return { ok: true, after };
}

function refuse(code: RefusalCode, message: string): Transition {
  return { ok: false, code, message };
}

function latched(command: string): Transition {
  return refuse("PANIC_LATCHED", `${command} does not clear a panic: it is left by ack-panic, then resume`);
}

/** Modes in which an engine may take new risk. */
export function mayRun(mode: Mode | null): boolean {
  return mode === "RUNNING";
}
