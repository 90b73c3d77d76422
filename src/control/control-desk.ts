import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import writeFileAtomic from "write-file-atomic";
import { z } from "zod";
import type { ChainRecord } from "../lib/chain-record.ts";
import { appendRecord, lastRecord, verifyChain } from "../lib/hash-chain.ts";
import { auditPath, type ControlState, MODES, type ReadControl, readControl, statePath } from "./control-state.ts";
import {
  type Before,
  type ControlCommand,
  INITIAL,
  type Settings,
  type Transition,
  transition,
} from "./transitions.ts";

/** Who gives a command, and when: the shell knows, nothing in here asks a clock. */
export interface Operator {
  readonly actor: string;
  readonly reason: string;
  readonly now: () => Date;
}

export interface ControlOutcome {
  readonly transition: Transition;
  readonly before: ReadControl;
  readonly auditSeq: number;
}

/** Another command is being carried out and does not end. */
export class ControlBusyError extends Error {
  override readonly name = "ControlBusyError";
}

const LOCK_TRIES = 100;
const LOCK_WAIT_MS = 50;

/**
 * Carries out a command, from whatever process: judges it against the state on the disk, writes and flushes the audit
 * record (refusals too), then replaces the state in one step.
 */
export function command(folder: string, order: ControlCommand, operator: Operator): ControlOutcome {
  mkdirSync(folder, { recursive: true });
  return locked(folder, () => {
    const before = rolledForward(folder, readControl(folder));
    const judged = transition(settingsOf(folder, before), order);
    const { seq } = appendRecord(auditPath(folder), auditBody(order, operator, before, judged));
    if (judged.ok) writeState(folder, judged.after, seq, operator);
    return { transition: judged, before, auditSeq: seq };
  });
}

/** Writes a command that something else carries out into the audit log, flushed. @returns its record's place and hash. */
export function audit(
  folder: string,
  body: Readonly<Record<string, unknown>>,
  operator: Operator,
): { readonly seq: number; readonly hash: string } {
  mkdirSync(folder, { recursive: true });
  return locked(folder, () => appendRecord(auditPath(folder), { ...stamp(operator), ...body, result: "filed" }));
}

/**
 * The state an engine starts with. Created as RUNNING only in a folder that never had one: where the audit log exists and
 * the state is gone, somebody removed it, and it stays missing.
 */
export function openControl(folder: string, operator: Operator): ReadControl {
  mkdirSync(folder, { recursive: true });
  return locked(folder, () => {
    const found = readControl(folder);
    if (found.known || found.code !== "MISSING" || existsSync(auditPath(folder))) return found;
    const body = { ...stamp(operator), command: "create", before: null, after: INITIAL, result: "accepted" };
    const { seq } = appendRecord(auditPath(folder), body);
    writeState(folder, INITIAL, seq, operator);
    return readControl(folder);
  });
}

const auditedSchema = z.object({
  result: z.string(),
  time: z.string(),
  actor: z.string(),
  reason: z.string(),
  after: z.strictObject({
    mode: z.enum(MODES),
    flatten: z.boolean(),
    acknowledged: z.boolean(),
    blacklist: z.strictObject({ symbols: z.array(z.string()), pods: z.array(z.string()) }),
  }),
});

/** A command that died between its audit record and its effect is finished by the next one. */
function rolledForward(folder: string, found: ReadControl): ReadControl {
  if (!found.known) return found;
  const last = lastEffective(folder, found.state.audit_seq);
  if (last === null) return found;
  const audited = auditedSchema.safeParse(last.body);
  if (!audited.success || audited.data.result !== "accepted") return found;
  const { after, time, actor, reason } = audited.data;
  return { known: true, state: { v: 1, ...after, audit_seq: last.seq, changed_at: time, actor, reason } };
}

/** The last command of the control state after a record; requests that others carry out are none. */
function lastEffective(folder: string, after: number): ChainRecord | null {
  const last = lastRecord(auditPath(folder));
  if (last === null || last.seq <= after) return null;
  if (!isElsewhere(last.body)) return last;
  const { records } = verifyChain(auditPath(folder));
  return records.findLast(({ seq, body }) => seq > after && !isElsewhere(body)) ?? null;
}

function isElsewhere(body: unknown): boolean {
  return typeof body === "object" && body !== null && "result" in body && body.result === "filed";
}

function settingsOf(folder: string, found: ReadControl): Before {
  if (!found.known) return { mode: null, wasPanic: lastAudited(folder) === "PANIC" };
  const { mode, flatten, acknowledged, blacklist } = found.state;
  return { mode, flatten, acknowledged, blacklist };
}

/** The mode the audit log last knew of. */
function lastAudited(folder: string): string | null {
  for (const { body } of verifyChain(auditPath(folder)).records.toReversed()) {
    const audited = auditedSchema.safeParse(body);
    if (audited.success && audited.data.result === "accepted") return audited.data.after.mode;
  }
  return null;
}

function auditBody(
  order: ControlCommand,
  operator: Operator,
  before: ReadControl,
  judged: Transition,
): Readonly<Record<string, unknown>> {
  const { name, ...target } = order;
  const { mode, flatten, acknowledged, blacklist } = before.known ? before.state : {};
  return {
    ...stamp(operator),
    command: name,
    ...target,
    before: before.known ? { mode, flatten, acknowledged, blacklist } : { mode: null, problem: before.code },
    ...(judged.ok
      ? { after: judged.after, result: "accepted" }
      : { after: null, result: "refused", code: judged.code, message: judged.message }),
  };
}

function stamp({ actor, reason, now }: Operator): { time: string; actor: string; reason: string } {
  return { time: now().toISOString(), actor, reason };
}

function writeState(folder: string, settings: Settings, seq: number, { actor, reason, now }: Operator): void {
  const { mode, flatten, acknowledged, blacklist } = settings;
  const state: ControlState = {
    v: 1,
    mode,
    flatten,
    acknowledged,
    blacklist,
    audit_seq: seq,
    changed_at: now().toISOString(),
    actor,
    reason,
  };
  writeFileAtomic.sync(statePath(folder), `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
}

/** One command at a time. A lock whose owner is dead is nobody's. */
function locked<T>(folder: string, act: () => T): T {
  const path = join(folder, "control.lock");
  for (let tries = 0; !takeLock(path); tries++) {
    if (tries === LOCK_TRIES)
      throw new ControlBusyError(
        `${path} is held by process ${readLock(path)}: try again, or remove it if that is gone`,
      );
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOCK_WAIT_MS);
  }
  try {
    return act();
  } finally {
    rmSync(path, { force: true });
  }
}

function takeLock(path: string): boolean {
  try {
    const file = openSync(path, "wx", 0o600);
    writeSync(file, String(process.pid));
    closeSync(file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    const owner = Number(readLock(path));
    if (owner > 0 && !isAlive(owner)) rmSync(path, { force: true });
    return false;
  }
}

function readLock(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
