import { nearest } from "../../config/hints.ts";
import { audit } from "../../control/control-desk.ts";
import { DeadEngine, takeAccount } from "../../live/dead/dead-engine.ts";
import { symbolsOf } from "../../live/journal-fold.ts";
import type { PodRequestAction } from "../../live/journal-records.ts";
import { readHeader } from "../../live/live-engine.ts";
import { ReconcileDesk } from "../../live/reconcile/ports.ts";
import { PodRequests } from "../../live/reconcile/requests.ts";
import { serveRequests } from "../../live/reconcile/serve-requests.ts";
import { StateFolder, StateFolderError } from "../../live/state-folder.ts";
import { EXIT } from "../exit-codes.ts";
import { openConfig } from "../open-run.ts";
import { UsageError } from "../usage-error.ts";
import { operator } from "./control.ts";
import { connectExchange } from "./exchange-connection.ts";

export interface UnassignedFlags {
  readonly pod?: string;
  readonly config?: string;
  readonly stateDir?: string;
  readonly json?: boolean;
  readonly reason: string;
}

/** What became of the command: the engine will answer, or it was answered here because none runs. */
type Answer =
  | { readonly kind: "filed"; readonly withinSeconds: number }
  | { readonly kind: "answered"; readonly refused: string | null };

/** `pod adopt|flatten|ignore SYMBOL`: what is to become of exposure that no pod ordered. From any process; exactly once. */
export async function unassignedCommand(
  action: PodRequestAction,
  symbol: string,
  flags: UnassignedFlags,
): Promise<void> {
  if (flags.reason.trim() === "") throw new UsageError("--reason: say why");
  const stateDir =
    flags.stateDir ??
    (flags.config === undefined ? "./state" : openConfig(flags.config, {}).config.execution.state_dir);
  const folder = new StateFolder(stateDir, "live");
  const header = readHeader(folder);
  if (header === null) throw new StateFolderError(`${folder.path}: no live engine has run here`);
  const config = folder.readConfig();
  const check = (id: string, known: readonly string[]): void => {
    if (!known.includes(id)) throw new UsageError(`${id} is not in the config: did you mean ${nearest(id, known)}?`);
  };
  check(symbol, symbolsOf(config));
  const pod = flags.pod ?? null;
  if (pod !== null)
    check(
      pod,
      config.pods.map(({ pod_id }) => pod_id),
    );
  const by = operator(flags.reason);
  const { seq, hash } = audit(stateDir, { command: `pod ${action}`, symbol, pod }, by);
  const requests = new PodRequests(folder);
  requests.file(seq, { v: 1, id: hash, action, symbol, pod, actor: by.actor, reason: by.reason });
  const lock = header.account === null ? null : await takeAccount(header.account);
  if (lock === null)
    return print(action, symbol, seq, { kind: "filed", withinSeconds: config.execution.reconcile_seconds }, flags);
  try {
    const connection = action === "flatten" ? await connectExchange(config) : null;
    const dead = await DeadEngine.open(folder, connection);
    try {
      await dead.manager?.recover();
      // The engine asks the exchange at its next start; until then it stands as the journal has it.
      await serveRequests(new ReconcileDesk(dead.ports, dead.settings), () => {});
      const answered = dead.engine.ledger.reconciled.answerTo(hash);
      print(
        action,
        symbol,
        seq,
        answered === null ? { kind: "filed", withinSeconds: 0 } : { kind: "answered", refused: answered.refused },
        flags,
      );
    } finally {
      dead.close();
      await connection?.close();
    }
  } finally {
    await lock.release();
  }
}

function print(action: string, symbol: string, seq: number, answer: Answer, { json }: UnassignedFlags): void {
  if (answer.kind === "answered" && answer.refused !== null) process.exitCode = EXIT.error;
  if (json === true) {
    process.stdout.write(
      `${JSON.stringify({ schema_version: 1, command: `pod ${action}`, symbol, audit_seq: seq, ...answer })}\n`,
    );
    return;
  }
  const what = `pod ${action} ${symbol}`;
  if (answer.kind === "filed")
    process.stdout.write(
      answer.withinSeconds === 0
        ? `${what}: waits for an order of the symbol, the engine answers at its next start (audit record ${seq})\n`
        : `${what}: the running engine answers within ${answer.withinSeconds} s: mcbot orchestrate status (audit record ${seq})\n`,
    );
  else if (answer.refused === null) process.stdout.write(`${what}: done; no engine runs (audit record ${seq})\n`);
  else process.stderr.write(`refused: ${what}: ${answer.refused} (audit record ${seq})\n`);
}
