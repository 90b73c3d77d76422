// Goal: the control state moves only as docs/CONTROL.md says, refusals included.
// Method: the whole table, written out; then a random walk for what must hold whatever is typed.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MODES } from "../../src/control/control-state.ts";
import { type Before, type ControlCommand, INITIAL, type Settings, transition } from "../../src/control/transitions.ts";

const at = (mode: Settings["mode"], more: Partial<Settings> = {}): Settings => ({
  ...INITIAL,
  mode,
  flatten: mode === "PANIC",
  ...more,
});
const BEFORE: Record<string, Before> = {
  RUNNING: at("RUNNING"),
  PAUSED: at("PAUSED"),
  STOPPING: at("STOPPING"),
  PANIC: at("PANIC"),
  "PANIC, seen": at("PANIC", { acknowledged: true }),
  unknown: { mode: null, wasPanic: false },
  "unknown, panic": { mode: null, wasPanic: true },
};
const COMMANDS: Record<string, ControlCommand> = {
  pause: { name: "pause" },
  resume: { name: "resume" },
  stop: { name: "stop" },
  panic: { name: "panic" },
  "ack-panic": { name: "ack-panic" },
  flatten: { name: "flatten", pod: null },
};

describe("transition table", () => {
  // biome-ignore format: one row per state, one column per command
  it.each([
    // state            pause             resume              stop              panic    ack-panic         flatten
    ["RUNNING",         "PAUSED",         "ALREADY_SO",       "STOPPING",       "PANIC", "NO_PANIC",       "PAUSED"],
    ["PAUSED",          "ALREADY_SO",     "RUNNING",          "STOPPING",       "PANIC", "NO_PANIC",       "PAUSED"],
    ["STOPPING",        "STOPPING!",      "RUNNING",          "ALREADY_SO",     "PANIC", "NO_PANIC",       "STOPPING"],
    ["PANIC",           "PANIC_LATCHED",  "NOT_ACKNOWLEDGED", "PANIC_LATCHED",  "PANIC", "PANIC",          "PANIC_LATCHED"],
    ["PANIC, seen",     "PANIC_LATCHED",  "RUNNING",          "PANIC_LATCHED",  "PANIC", "ALREADY_SO",     "PANIC_LATCHED"],
    ["unknown",         "PAUSED",         "UNKNOWN_STATE",    "UNKNOWN_STATE",  "PANIC", "UNKNOWN_STATE",  "UNKNOWN_STATE"],
    ["unknown, panic",  "UNKNOWN_STATE",  "UNKNOWN_STATE",    "UNKNOWN_STATE",  "PANIC", "PANIC",          "UNKNOWN_STATE"],
  ])("from %s", (state, ...expected) => {
    const found = Object.values(COMMANDS).map((command) => {
      const result = transition(BEFORE[state] as Before, command);
      return result.ok ? result.after.mode : result.code;
    });
    // "STOPPING" is a mode and a refusal: the table marks the refusal.
    expect(found).toEqual(expected.map((entry) => entry.replace("!", "")));
    const refused = transition(BEFORE[state] as Before, { name: "pause" }).ok === false;
    expect(refused).toBe(expected[0] !== "PAUSED");
  });

  it("flattens and panics at once, and ends both with resume", () => {
    expect(transition(at("RUNNING"), { name: "panic" })).toMatchObject({
      after: { flatten: true, acknowledged: false },
    });
    expect(transition(at("RUNNING"), { name: "flatten", pod: null })).toMatchObject({ after: { flatten: true } });
    const flat = at("PAUSED", { flatten: true });
    expect(transition(flat, { name: "flatten", pod: null })).toMatchObject({ ok: false, code: "ALREADY_SO" });
    expect(transition(flat, { name: "resume" })).toMatchObject({ after: { mode: "RUNNING", flatten: false } });
  });

  it("takes back the acknowledgement when there is another panic", () => {
    expect(transition(at("PANIC", { acknowledged: true }), { name: "panic" })).toMatchObject({
      after: { acknowledged: false },
    });
  });

  it("lists and unlists symbols and pods; flatten of a pod lists it", () => {
    const add: ControlCommand = { name: "blacklist add", kind: "symbol", id: "BTC/USDT" };
    const listed = transition(at("PAUSED"), add);
    if (!listed.ok) throw new Error("refused");
    expect(listed.after.blacklist).toEqual({ symbols: ["BTC/USDT"], pods: [] });
    expect(transition(listed.after, add)).toMatchObject({ code: "LISTED" });
    const remove: ControlCommand = { ...add, name: "blacklist remove" };
    expect(transition(listed.after, remove)).toMatchObject({ after: { blacklist: { symbols: [] } } });
    expect(transition(at("PAUSED"), remove)).toMatchObject({ code: "NOT_LISTED" });
    expect(transition(at("RUNNING"), { name: "flatten", pod: "a" })).toMatchObject({
      after: { mode: "RUNNING", flatten: false, blacklist: { pods: ["a"] } },
    });
  });

  it("leaves a panic only by ack-panic and then resume, whatever else is typed", () => {
    const command = fc.constantFrom<ControlCommand>(...Object.values(COMMANDS), {
      name: "blacklist add",
      kind: "pod",
      id: "a",
    });
    const property = fc.property(fc.constantFrom(...MODES), fc.array(command, { maxLength: 12 }), (mode, commands) => {
      let state = at(mode);
      for (const order of commands) {
        const result = transition(state, order);
        if (!result.ok) continue;
        if (state.mode === "PANIC" && result.after.mode !== "PANIC") {
          expect({ order: order.name, acknowledged: state.acknowledged }).toEqual({
            order: "resume",
            acknowledged: true,
          });
        }
        state = result.after;
      }
    });
    fc.assert(property, { seed: 6, numRuns: 300 });
  });
});
