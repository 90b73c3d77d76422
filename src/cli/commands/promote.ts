import { existsSync, readFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import writeFileAtomic from "write-file-atomic";
import { engineHash } from "../../engine/run-identity.ts";
import { lineageKey } from "../../tuning/auto-tuner.ts";
import { countLooks } from "../../tuning/lineage.ts";
import {
  type Approval,
  applyTicket,
  makeTicket,
  parseTicket,
  sha256,
  type Ticket,
  writeNew,
} from "../../tuning/promotion.ts";
import { PromotionError } from "../../tuning/tuning-error.ts";
import { readEvidence } from "../../tuning/tuning-folder.ts";

/** `promote RUN --candidate K`: writes the ticket and shows it. */
export function promoteCommand(run: string, flags: { candidate: number; out?: string; json?: boolean }): void {
  const evidence = readEvidence(run);
  const looks = countLooks(evidence.manifest.lineage_file, lineageKey(evidence.plan));
  const ticket = makeTicket(evidence, flags.candidate, looks);
  const path = flags.out ?? join(run, `ticket-${ticket.job_id}.json`);
  writeFileAtomic.sync(path, `${JSON.stringify(ticket, null, 2)}\n`);
  parseTicket(readFileSync(path, "utf8"));
  process.stdout.write(
    flags.json === true ? `${JSON.stringify(ticket)}\n` : `${renderTicket(ticket)}\nTicket: ${path}\n`,
  );
}

export interface ApplyFlags {
  readonly config: string;
  readonly to: string;
  readonly stateDir: string;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** `apply TICKET --yes`: a new file and an approval record; without --yes it only shows what it would do. */
export function applyCommand(path: string, flags: ApplyFlags): void {
  const ticket = parseTicket(readFileSync(path, "utf8"));
  const old = readFileSync(flags.config, "utf8");
  const text = applyTicket(ticket, {
    text: old,
    newPath: flags.to,
    engineHash: engineHash(),
    stateDir: flags.stateDir,
  });
  if (flags.yes !== true) {
    process.stdout.write(
      flags.json === true
        ? `${JSON.stringify({ schema_version: 1, written: false, ticket })}\n`
        : `${renderTicket(ticket)}\nNothing was written: --yes approves.\n`,
    );
    return;
  }
  const record = `${flags.to}.approval.json`;
  for (const file of [flags.to, record]) {
    if (existsSync(file)) throw new PromotionError(`${file} exists: nothing is overwritten`);
  }
  const approval: Approval = {
    schema_version: 1,
    ticket_hash: ticket.ticket_hash,
    plan_id: ticket.plan_id,
    job_id: ticket.job_id,
    old_config: flags.config,
    old_sha256: ticket.config_sha256,
    new_config: flags.to,
    new_sha256: sha256(text),
    approved_by: userInfo().username,
    approved_at: new Date().toISOString(),
  };
  // The record first: a config without its approval must not exist.
  writeNew(record, `${JSON.stringify(approval, null, 2)}\n`);
  writeNew(flags.to, text);
  process.stdout.write(
    flags.json === true
      ? `${JSON.stringify(approval)}\n`
      : `${flags.to} is written, approval in ${record}. ${flags.config} is as it was: to roll back, run it again.\n`,
  );
}

function renderTicket({ changes, expected, holdout_looks, rollback, evidence }: Ticket): string {
  const show = (value: number | null): string => (value === null ? "n/a" : value.toFixed(4));
  return [
    ...changes.map(({ path, from, to }) => `  ${path}: ${JSON.stringify(from)} → ${JSON.stringify(to)}`),
    ...Object.entries(expected).map(
      ([name, each]) => `  ${name}: ${show(each.current)} → ${show(each.candidate)} over the ranked span`,
    ),
    `  deflated Sharpe ratio ${show(evidence.deflated_sharpe)}, looks at the hold-out: ${holdout_looks}`,
    `  rollback: ${rollback}`,
  ].join("\n");
}
