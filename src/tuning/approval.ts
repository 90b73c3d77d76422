import { closeSync, existsSync, fsyncSync, openSync, writeSync } from "node:fs";
import { sha256, type Ticket } from "./promotion.ts";
import { PromotionError } from "./tuning-error.ts";

export interface Approval {
  readonly schema_version: 1;
  readonly ticket_hash: string;
  readonly plan_id: string;
  readonly job_id: string;
  readonly old_config: string;
  readonly old_sha256: string;
  readonly new_config: string;
  readonly new_sha256: string;
  readonly approved_by: string;
  readonly approved_at: string;
}

/** Where the approval of a config is. */
export function approvalPath(newConfig: string): string {
  return `${newConfig}.approval.json`;
}

/** Writes a new config and, before it, who approved it: a config without its approval must not exist. Overwrites nothing. */
export function writeApproved(
  ticket: Ticket,
  text: string,
  { oldConfig, newConfig, by, now }: { oldConfig: string; newConfig: string; by: string; now: Date },
): Approval {
  const record = approvalPath(newConfig);
  for (const file of [newConfig, record]) {
    if (existsSync(file)) throw new PromotionError(`${file} exists: nothing is overwritten`);
  }
  const approval: Approval = {
    schema_version: 1,
    ticket_hash: ticket.ticket_hash,
    plan_id: ticket.plan_id,
    job_id: ticket.job_id,
    old_config: oldConfig,
    old_sha256: ticket.config_sha256,
    new_config: newConfig,
    new_sha256: sha256(text),
    approved_by: by,
    approved_at: now.toISOString(),
  };
  writeNew(record, `${JSON.stringify(approval, null, 2)}\n`);
  writeNew(newConfig, text);
  return approval;
}

/** Writes a file that must not exist yet and flushes it. */
function writeNew(path: string, text: string): void {
  let file: number;
  try {
    file = openSync(path, "wx", 0o644);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    throw new PromotionError(`${path} exists: a config is never overwritten`);
  }
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
