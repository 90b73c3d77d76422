import { existsSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { foldJournal } from "../../live/journal-fold.ts";
import { StateFolder } from "../../live/state-folder.ts";
import { type EngineStatus, type Liveness, livenessOf, readStatus, statusOfFold } from "../../live/status.ts";
import { renderStatus } from "../../reporting/status.ts";
import { openConfig } from "../open-run.ts";
import { styleOf } from "../terminal.ts";
import { UsageError } from "../usage-error.ts";

export interface StatusFlags {
  readonly config?: string;
  readonly stateDir?: string;
  readonly mode?: "paper" | "live";
  readonly watch?: boolean;
  readonly at?: string;
  readonly json?: boolean;
}

const WATCH_MS = 1000;

/** `orchestrate status`: what a paper or live engine last said of itself, and whether it is alive; changes nothing. */
export async function orchestrateStatus(flags: StatusFlags): Promise<void> {
  const folder = find(flags);
  if (flags.at !== undefined) {
    print(statusAt(folder, flags.at), "stopped", flags);
    return;
  }
  for (;;) {
    const status = readStatus(folder);
    if (status === null) throw new UsageError(`${folder.path}: no engine has run here, or its status cannot be read`);
    if (flags.watch === true && process.stdout.isTTY) process.stdout.write("\u001b[2J\u001b[H");
    print(status, await livenessOf(status, Date.now()), flags);
    if (flags.watch !== true) return;
    await wait(WATCH_MS);
  }
}

/** Folds the journal up to a time: what was held and allowed then. */
function statusAt(folder: StateFolder, text: string): EngineStatus {
  const atMs = Date.parse(text);
  if (Number.isNaN(atMs)) throw new UsageError(`--at ${text}: expected a time such as 2026-02-14T12:00:00Z`);
  const { fold, divergence } = foldJournal(folder, atMs);
  if (divergence !== null) process.stderr.write(`warning: ${divergence}\n`);
  return statusOfFold(fold, atMs);
}

function find({ config: file, stateDir, mode }: StatusFlags): StateFolder {
  const dir = stateDir ?? (file === undefined ? "./state" : openConfig(file, {}).config.execution.state_dir);
  const modes = mode === undefined ? (["live", "paper"] as const) : [mode];
  const folders = modes.map((own) => new StateFolder(dir, own)).filter(({ path }) => existsSync(path));
  const [first] = folders;
  if (first === undefined) throw new UsageError(`${dir}: no paper or live engine has run here`);
  // Both are there: the one that spoke last.
  return folders.reduce((newest, folder) => (heartbeat(folder) > heartbeat(newest) ? folder : newest), first);
}

function heartbeat(folder: StateFolder): number {
  return Date.parse(readStatus(folder)?.heartbeat ?? "1970-01-01");
}

function print(status: EngineStatus, liveness: Liveness, { json, watch }: StatusFlags): void {
  if (json === true) process.stdout.write(`${JSON.stringify({ schema_version: 1, liveness, ...status })}\n`);
  else {
    process.stdout.write(renderStatus(status, liveness, Date.now(), styleOf(process.stdout, process.env)));
    if (watch === true && !process.stdout.isTTY) process.stdout.write("\n");
  }
}
