import { existsSync } from "node:fs";
import { auditPath } from "../../control/control-state.ts";
import { verifyChain } from "../../lib/hash-chain.ts";
import { isLiveJournal, verifyLiveJournal } from "../../live/verify-journal.ts";
import { EXIT } from "../exit-codes.ts";
import { UsageError } from "../usage-error.ts";

/** `journal verify [FILE]`: exit 1 at the first record that is not what was written, or that contradicts those before it. */
export function verifyJournal(
  file: string | undefined,
  { stateDir, json }: { stateDir: string; json?: boolean },
): void {
  const path = file ?? auditPath(stateDir);
  if (!existsSync(path)) throw new UsageError(`there is no ${path}`);
  const outcome = isLiveJournal(path) ? verifyOrders(path) : verifyLog(path);
  if (outcome.problem !== null) process.exitCode = EXIT.error;
  if (json === true) {
    const { summary: _, ...fields } = outcome;
    process.stdout.write(`${JSON.stringify({ schema_version: 1, path, ...fields })}\n`);
    return;
  }
  const { records, problem, torn_bytes: tornBytes, summary } = outcome;
  const torn =
    tornBytes === 0 ? "" : `; ${tornBytes} bytes of an unfinished record at the end, the next append cuts them off`;
  if (problem === null) process.stdout.write(`${path}: ${records} records, ${summary}${torn}\n`);
  else
    process.stderr.write(
      `error: ${path}:${problem.line}: ${problem.message} (${problem.code}); ${records} records before it are sound${torn}\n`,
    );
}

interface Verified {
  readonly records: number;
  readonly head: string | null;
  readonly problem: { readonly code: string; readonly line: number; readonly message: string } | null;
  readonly torn_bytes: number;
  /** Of a live journal. */
  readonly decisions?: number;
  readonly orders?: number;
  readonly trades?: number;
  readonly open?: readonly string[];
  /** For people. */
  readonly summary: string;
}

/** Audit log, lineage: only the chain says something. */
function verifyLog(path: string): Verified {
  const { records, head, problem, tornBytes } = verifyChain(path);
  const summary = `the chain holds, head ${head}`;
  return { records: records.length, head, problem, torn_bytes: tornBytes, summary };
}

/** A live or paper journal: the chain, the form of each record, and what became of each order. */
function verifyOrders(path: string): Verified {
  const { records, head, problem, tornBytes, decisions, orders, trades, open } = verifyLiveJournal(path);
  const pending = open.length === 0 ? "none open" : `open: ${open.join(", ")}`;
  const summary = `the chain holds, ${decisions} decisions, ${orders} orders (${pending}), ${trades} trades agree, head ${head}`;
  return { records, head, problem, torn_bytes: tornBytes, decisions, orders, trades, open, summary };
}
