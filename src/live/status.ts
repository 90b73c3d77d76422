import { readFileSync } from "node:fs";
import writeFileAtomic from "write-file-atomic";
import { z } from "zod";
import { quantityPrinter } from "../analytics/exact-decimal.ts";
import { ownerOf } from "../journal/lock.ts";
import type { EngineSymbol } from "../orchestrator/engine.ts";
import { ACCOUNT } from "../orchestrator/state.ts";
import type { JournalFold } from "./journal-fold.ts";
import type { LiveEngine } from "./live-engine.ts";
import type { StateFolder } from "./state-folder.ts";

const podSchema = z.strictObject({
  pod_id: z.string(),
  state: z.string(),
  equity: z.number(),
  /** Of the portfolio's equity; null without any. */
  fraction: z.number().nullable(),
  /** What it holds, by symbol: base units as text. */
  holds: z.record(z.string(), z.string()),
});

const statusSchema = z.strictObject({
  v: z.literal(1),
  mode: z.enum(["paper", "live"]),
  venue: z.string(),
  simulator: z.boolean(),
  pid: z.int(),
  /** Name of the lock that the process holds while it lives. */
  lock: z.string(),
  /** ISO time of this heartbeat, by the machine's clock. */
  heartbeat: z.string(),
  /** Seconds until the next one, at most: much later means that the engine is dead. */
  interval_seconds: z.number(),
  /** False: the engine said goodbye. */
  running: z.boolean(),
  state: z.string(),
  reason: z.string(),
  control: z.strictObject({
    mode: z.string(),
    flatten: z.boolean(),
    symbols: z.array(z.string()),
    pods: z.array(z.string()),
  }),
  started: z.string(),
  /** Open of the last slice; null before the first. */
  watermark: z.string().nullable(),
  next_close: z.string().nullable(),
  journal: z.strictObject({ records: z.int(), head: z.string(), bytes: z.int() }),
  equity: z.number(),
  gross: z.number(),
  net: z.number(),
  drawdown: z.number(),
  exposure: z.number(),
  pods: z.array(podSchema),
  /** Of the account, by symbol: base units as text. */
  positions: z.record(z.string(), z.string()),
  locks: z.array(z.strictObject({ symbol: z.string(), reason: z.string(), ledger: z.number(), exchange: z.number() })),
  /** Exposure that no pod ordered; P&L in quote units. */
  unassigned: z.strictObject({
    legs: z.array(
      z.strictObject({ symbol: z.string(), leg: z.string(), lots: z.number(), pnl: z.number(), accepted: z.boolean() }),
    ),
    realised: z.number(),
  }),
  counts: z.record(z.string(), z.int()),
  alerts: z.array(z.strictObject({ severity: z.string(), code: z.string(), message: z.string(), time: z.string() })),
});

/** What a paper or live engine says of itself, for other processes. */
export type EngineStatus = z.infer<typeof statusSchema>;

/** What the runner knows beside the fold. */
export type RunnerFacts = Pick<
  EngineStatus,
  "pid" | "lock" | "heartbeat" | "interval_seconds" | "running" | "started" | "next_close" | "simulator"
>;

/** The status of an engine as it stands. */
export function statusOf(engine: LiveEngine, facts: RunnerFacts): EngineStatus {
  return describe(engine, { records: engine.records, head: engine.head, bytes: engine.journalBytes }, facts);
}

/** The status of a journal that was folded up to `atMs`: nothing runs there. */
export function statusOfFold({ session, ledger }: JournalFold, atMs: number): EngineStatus {
  const time = new Date(atMs).toISOString();
  const facts = {
    pid: 0,
    lock: "",
    heartbeat: time,
    interval_seconds: 0,
    running: false,
    started: time,
    next_close: null,
  };
  const journal = { records: ledger.counts.records, head: "", bytes: 0 };
  return describe({ session, ledger }, journal, { ...facts, simulator: ledger.header?.simulator ?? false });
}

function describe(
  { session, ledger }: Pick<JournalFold, "session" | "ledger">,
  journal: EngineStatus["journal"],
  facts: RunnerFacts,
): EngineStatus {
  const { header, control, locks, unassigned, alerts, counts, state, stateReason } = ledger;
  const { engine, podStates } = session.session;
  const { account, equity, lots, netLots } = engine.state;
  const { pods, symbols } = engine.setup;
  const total = account[ACCOUNT.equity] as number;
  const peak = account[ACCOUNT.highWater] as number;
  return {
    v: 1,
    mode: header?.mode ?? "paper",
    venue: header?.venue ?? "",
    ...facts,
    state,
    reason: stateReason,
    control: { mode: control.mode, flatten: control.flatten, symbols: [...control.symbols], pods: [...control.pods] },
    watermark: iso(session.watermarkMs),
    journal,
    equity: total,
    gross: account[ACCOUNT.gross] as number,
    net: account[ACCOUNT.net] as number,
    drawdown: peak > 0 ? Math.max(0, 1 - total / peak) : 0,
    exposure: account[ACCOUNT.exposureFactor] as number,
    pods: pods.map(({ podId, symbols: own }, p) => ({
      pod_id: podId,
      state: podStates[p] ?? "",
      equity: equity[p] as number,
      fraction: total > 0 ? (equity[p] as number) / total : null,
      holds: held(own.map((s) => [symbols[s] as EngineSymbol, lots[s * pods.length + p] as number])),
    })),
    positions: held(symbols.map((symbol, s) => [symbol, netLots[s] as number])),
    locks: [...locks.values()].map(({ symbol, reason, ledger: own, exchange }) => ({
      symbol,
      reason,
      ledger: own,
      exchange,
    })),
    unassigned: {
      legs: unassigned.entries.map(({ symbol, leg, lots: own, cashMicro, accepted }) => {
        const mark = engine.state.markPerLot[symbols.findIndex((each) => each.symbol === symbol)] ?? 0;
        return { symbol, leg, lots: own, pnl: cashMicro / 1e6 + own * mark, accepted };
      }),
      realised: unassigned.realisedMicro / 1e6,
    },
    counts: { ...counts },
    alerts: alerts.map(({ severity, code, message, ts }) => ({ severity, code, message, time: iso(ts) ?? "" })),
  };
}

export function writeStatus(folder: StateFolder, status: EngineStatus): void {
  writeFileAtomic.sync(folder.status, `${JSON.stringify(status, null, 2)}\n`, { mode: 0o600, fsync: false });
}

/** Null where there is none, or none that can be read: then nothing is known. */
export function readStatus(folder: StateFolder): EngineStatus | null {
  try {
    return statusSchema.parse(JSON.parse(readFileSync(folder.status, "utf8")));
  } catch {
    return null;
  }
}

/** `stalled`: the process lives and says nothing. */
export type Liveness = "running" | "stalled" | "stopped" | "dead";

/** An engine lives while its process holds the account's lock, which the kernel takes back at any death. */
export async function livenessOf(status: EngineStatus, nowMs: number): Promise<Liveness> {
  if (!status.running) return "stopped";
  const owner = await ownerOf(status.lock);
  if (!owner.alive || (owner.pid !== null && owner.pid !== status.pid)) return "dead";
  const age = (nowMs - Date.parse(status.heartbeat)) / 1000;
  return age <= 3 * status.interval_seconds ? "running" : "stalled";
}

function held(entries: readonly (readonly [EngineSymbol, number])[]): Record<string, string> {
  return Object.fromEntries(
    entries.flatMap(([{ symbol, lotsPerUnit }, lots]) =>
      lots === 0 ? [] : [[symbol, quantityPrinter(lotsPerUnit)(lots)]],
    ),
  );
}

function iso(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
