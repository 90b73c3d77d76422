import { hostname, userInfo } from "node:os";
import { nearest } from "../../config/hints.ts";
import type { Config } from "../../config/schema.ts";
import { type ControlOutcome, command, type Operator } from "../../control/control-desk.ts";
import { auditPath, type ReadControl, readControl } from "../../control/control-state.ts";
import type { ControlCommand } from "../../control/transitions.ts";
import { EXIT } from "../exit-codes.ts";
import { openConfig } from "../open-run.ts";
import { UsageError } from "../usage-error.ts";
import { closeDeadEngine, closesAll, type DeadOutcome, describeDead } from "./close-dead-engine.ts";

export interface ControlFlags {
  readonly config?: string;
  readonly stateDir?: string;
  readonly json?: boolean;
  readonly reason?: string;
}

/** `control pause|resume|stop|panic|ack-panic|flatten`: works from any process, whatever the engine does. */
export async function controlCommand(order: ControlCommand, flags: ControlFlags): Promise<void> {
  const { folder, config } = open(flags);
  requireKnown(order, config);
  const outcome = command(folder, order, operator(flags.reason ?? ""));
  // Asked again, it is still carried out: an engine may have died since.
  const exchange = closesAll(order) ? await closeDeadEngine(folder) : null;
  print(order, outcome, exchange, flags);
}

/** `control blacklist add|remove SYMBOL`, or `--pod ID`. */
export async function blacklistCommand(
  verb: "add" | "remove",
  symbol: string | undefined,
  pod: string | undefined,
  flags: ControlFlags,
): Promise<void> {
  if ((symbol === undefined) === (pod === undefined))
    throw new UsageError("give a symbol such as BTC/USDT, or a pod with --pod, and not both");
  if (symbol !== undefined && !/^[A-Z0-9]+\/[A-Z0-9]+$/.test(symbol))
    throw new UsageError(`${symbol}: expected a symbol such as BTC/USDT`);
  const kind = pod === undefined ? "symbol" : "pod";
  await controlCommand({ name: `blacklist ${verb}`, kind, id: (pod ?? symbol) as string }, flags);
}

/** `control status`: reads, and changes nothing. */
export function controlStatus(flags: ControlFlags): void {
  const { folder } = open(flags);
  const found = readControl(folder);
  process.stdout.write(
    flags.json === true ? `${JSON.stringify({ schema_version: 1, ...found })}\n` : describe(found, folder),
  );
}

/** Who sits at this terminal, now. */
export function operator(reason: string): Operator {
  return { actor: `${userInfo().username}@${hostname()}`, reason, now: () => new Date() };
}

function open({ config: file, stateDir, reason }: ControlFlags): { folder: string; config: Config | null } {
  if (reason !== undefined && reason.trim() === "") throw new UsageError("--reason: say why");
  const config = file === undefined ? null : openConfig(file, {}).config;
  return { folder: stateDir ?? config?.execution.state_dir ?? "./state", config };
}

/** A blacklist entry that names nothing forbids nothing. */
function requireKnown(order: ControlCommand, config: Config | null): void {
  if (config === null) return;
  const pods = config.pods.map(({ pod_id }) => pod_id);
  const symbols = config.pods.flatMap((pod) => pod.symbols);
  const check = (id: string, known: readonly string[]): void => {
    if (!known.includes(id)) throw new UsageError(`${id} is not in the config: did you mean ${nearest(id, known)}?`);
  };
  if (order.name === "flatten" && order.pod !== null) check(order.pod, pods);
  if (order.name === "blacklist add") check(order.id, order.kind === "pod" ? pods : symbols);
}

function print(
  order: ControlCommand,
  { transition, before, auditSeq, trouble }: ControlOutcome,
  exchange: DeadOutcome | null,
  { json }: ControlFlags,
): void {
  if (!transition.ok && exchange?.kind !== "acted") process.exitCode = EXIT.error;
  if (trouble !== null) process.stderr.write(`warning: carried out all the same, but ${trouble}\n`);
  if (json === true) {
    process.stdout.write(
      `${JSON.stringify({ schema_version: 1, command: order, before, ...transition, audit_seq: auditSeq, trouble, ...(exchange === null ? {} : { exchange }) })}\n`,
    );
    return;
  }
  const from = before.known ? before.state.mode : before.code;
  if (transition.ok)
    process.stdout.write(
      `${order.name}: ${from} → ${transition.after.mode} (${auditSeq === null ? "NOT audited" : `audit record ${auditSeq}`})\n`,
    );
  else
    process.stderr.write(
      `refused: ${order.name} in ${from}: ${transition.message} (${transition.code}, audit record ${auditSeq})\n`,
    );
  if (exchange !== null) process.stdout.write(describeDead(exchange));
}

function describe(found: ReadControl, folder: string): string {
  if (!found.known) return `Not running: ${found.message}\n`;
  const { mode, flatten, acknowledged, blacklist, reason, actor, changed_at } = found.state;
  const notes = [
    flatten ? "every position is to be closed" : "",
    mode === "PANIC" ? (acknowledged ? "acknowledged: resume leaves it" : "latched: ack-panic, then resume") : "",
  ].filter((note) => note !== "");
  const lines = [
    `Mode       ${mode}${notes.length === 0 ? "" : ` (${notes.join("; ")})`}`,
    `Since      ${changed_at} by ${actor}: ${reason}`,
    `Blacklist  ${[...blacklist.symbols, ...blacklist.pods.map((pod) => `pod ${pod}`)].join(", ") || "empty"}`,
    `Audit log  ${auditPath(folder)}`,
  ];
  return `${lines.join("\n")}\n`;
}
