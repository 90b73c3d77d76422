import { readFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import writeFileAtomic from "write-file-atomic";
import { engineHash } from "../../engine/run-identity.ts";
import { approvalPath, writeApproved } from "../../tuning/approval.ts";
import { lineageKey } from "../../tuning/auto-tuner.ts";
import { countLooks } from "../../tuning/lineage.ts";
import { applyTicket, makeTicket, parseTicket, type Ticket } from "../../tuning/promotion.ts";
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
  const approval = writeApproved(ticket, text, {
    oldConfig: flags.config,
    newConfig: flags.to,
    by: userInfo().username,
    now: new Date(),
  });
  process.stdout.write(
    flags.json === true
      ? `${JSON.stringify(approval)}\n`
      : `${flags.to} is written, approval in ${approvalPath(flags.to)}. ${flags.config} is as it was: to roll back, run it again.\n`,
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
