import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import writeFileAtomic from "write-file-atomic";
import { z } from "zod";
import { assert } from "../lib/assert.ts";

import type { ChainRecord } from "../lib/chain-record.ts";
import { FileLockedError, holdsLock, seizeLock, withLock } from "../lib/file-lock.ts";

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
  /** Its record in the audit log; null: a panic that could not be noted. */
  readonly auditSeq: number | null;
  /** What went wrong around a panic that was carried out all the same; null = nothing. */
  readonly trouble: string | null;
}

/** A panic that could not be stored. Its message says what was done instead. */
export class PanicError extends Error {
  override readonly name = "PanicError";
}

const LOCK_PATIENCE_MS = 5000;
const PANIC_PATIENCE_MS = 500;

/**
 * Carries out a command, from whatever process: judges it against the state on the disk, writes and flushes the audit
 * record (refusals too), then replaces the state in one step.
 *
 * A panic waits for nobody: with the lock held by a process that hangs, or with an audit log that cannot be written, it is
 * carried out all the same, and `trouble` says so.
 */
export function command(folder: string, order: ControlCommand, operator: Operator): ControlOutcome {
  mkdirSync(folder, { recursive: true });
  const lock = lockPath(folder);
  const act = (): ControlOutcome => {
    const before = rolledForward(folder, readControl(folder));
    const judged = transition(settingsOf(folder, before), order);
    const { seq } = appendRecord(auditPath(folder), auditBody(order, operator, before, judged));
    // A panic may have seized the lock of a process that hung here: what it did must not be undone.
    if (!holdsLock(lock)) throw new FileLockedError(lock, "of a panic that did not wait");
    if (judged.ok) writeState(folder, judged.after, seq, operator);
    return { transition: judged, before, auditSeq: seq, trouble: null };
  };
  try {
    return withLock(lock, order.name === "panic" ? PANIC_PATIENCE_MS : LOCK_PATIENCE_MS, act);
  } catch (error) {
    if (order.name !== "panic") throw error;
    return error instanceof FileLockedError
      ? panicWithoutLock(act, error, folder, operator)
      : panic(folder, operator, error);
  }
}

function panicWithoutLock(
  act: () => ControlOutcome,
  held: FileLockedError,
  folder: string,
  operator: Operator,
): ControlOutcome {
  try {
    const giveBack = seizeLock(lockPath(folder));
    const outcome = { ...act(), trouble: held.message };
    giveBack();
    return outcome;
  } catch (error) {
    return panic(folder, operator, error);
  }
}

/**
 * PANIC without an audit record. No later command may take the log's last word for newer than this state, so it carries
 * the largest number there is when the log cannot be read.
 */
function panic(folder: string, operator: Operator, cause: unknown): ControlOutcome {
  const trouble = `not in the audit log: ${cause instanceof Error ? cause.message : String(cause)}`;
  const before = readControl(folder);
  const judged = transition(before.known ? before.state : { mode: null, wasPanic: false }, { name: "panic" });
  assert(judged.ok, "control: a panic is possible in every state");
  const reason = `${operator.reason} (${trouble})`;
  try {
    writeState(folder, judged.after, lastSeq(folder), { ...operator, reason });
  } catch (error) {
    // A state that is missing is not running: a running engine takes no new risk.
    rmSync(statePath(folder), { force: true });
    throw new PanicError(
      `PANIC could not be stored (${(error as Error).message}); the state was removed, so no engine takes new risk, but NOTHING IS CLOSED: close positions at the exchange`,
    );
  }
  return { transition: judged, before, auditSeq: null, trouble };
}

function lastSeq(folder: string): number {
  try {
    return lastRecord(auditPath(folder))?.seq ?? 0;
  } catch {
    return Number.MAX_SAFE_INTEGER;
  }
}

function lockPath(folder: string): string {
  return join(folder, "control.lock");
}

/** Writes a command that something else carries out into the audit log, flushed. @returns its record's place and hash. */
export function audit(
  folder: string,
  body: Readonly<Record<string, unknown>>,
  operator: Operator,
): { readonly seq: number; readonly hash: string } {
  mkdirSync(folder, { recursive: true });
  return withLock(lockPath(folder), LOCK_PATIENCE_MS, () =>
    appendRecord(auditPath(folder), { ...stamp(operator), ...body, result: "filed" }),
  );
}

/**
 * The state an engine starts with. Created as RUNNING only in a folder that never had one: where the audit log exists and
 * the state is gone, somebody removed it, and it stays missing.
 */
export function openControl(folder: string, operator: Operator): ReadControl {
  mkdirSync(folder, { recursive: true });
  return withLock(lockPath(folder), LOCK_PATIENCE_MS, () => {
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
