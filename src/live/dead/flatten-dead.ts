import type { ReadControl } from "../../control/control-state.ts";
import { controlPayload } from "../../control/engine-control.ts";
import { VenueError, type VenuePosition } from "../../exchange/port.ts";
import { JournalCorruption, JournalFailure } from "../../journal/journal-error.ts";
import { AssertionError } from "../../lib/assert.ts";
import { DivergenceError } from "../divergence-error.ts";
import type { Intent } from "../journal-records.ts";
import { readHeader } from "../live-engine.ts";
import type { Draft } from "../live-session.ts";
import { LedgerError } from "../orders/order-ledger.ts";
import { type OrderWish, planIntents } from "../orders/plan-intents.ts";
import { Reconciler } from "../reconcile/reconciler.ts";
import { type StateFolder, StateFolderError } from "../state-folder.ts";
import { cancelOurs, closeDirectly } from "./close-directly.ts";
import { type Connection, DeadEngine, takeAccount } from "./dead-engine.ts";

export type DeadFlatten =
  /** No live engine ever ran here. */
  | { readonly kind: "none" }
  /** An engine runs, and does what the control state says. */
  | { readonly kind: "alive" }
  | {
      readonly kind: "acted";
      /** "journal": orders and trades are in it; "direct": the journal cannot be opened, and knows nothing of this. */
      readonly through: "journal" | "direct";
      /** Why not through the journal, or what went wrong on the way. */
      readonly problems: readonly string[];
      /** What the account still holds of the engine's symbols. */
      readonly left: readonly VenuePosition[];
    };

/**
 * Closes the positions of a live engine whose process is dead (spec 6.6): takes the account, opens the journal, and lets the
 * engine decide to be flat, so that the ledger stays true. Where the journal cannot be opened it acts on the exchange alone.
 *
 * @throws VenueError when the exchange cannot be reached
 */
export async function flattenDead(
  folder: StateFolder,
  control: ReadControl,
  connect: () => Promise<Connection>,
): Promise<DeadFlatten> {
  if (!folder.exists) return { kind: "none" };
  const header = headerOf(folder);
  if (header?.mode === "paper") return { kind: "none" };
  const early = header?.account == null ? null : await takeAccount(header.account);
  if (header?.account != null && early === null) return { kind: "alive" };
  try {
    const connection = await connect();
    try {
      // A journal that cannot be read does not say whose account it is.
      const lock = early ?? (await takeAccount((await connection.venue.permissions()).account));
      if (lock === null) return { kind: "alive" };
      try {
        return await act(folder, control, connection, header?.instance ?? null);
      } finally {
        if (lock !== early) await lock.release();
      }
    } finally {
      await connection.close();
    }
  } finally {
    await early?.release();
  }
}

async function act(
  folder: StateFolder,
  control: ReadControl,
  connection: Connection,
  instance: string | null,
): Promise<DeadFlatten> {
  let dead: DeadEngine;
  try {
    dead = await DeadEngine.open(folder, connection);
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    const { left, problems } = await closeDirectly(connection, symbolsIn(folder), instance);
    const why = `the journal cannot be continued, so it knows nothing of this: ${(error as Error).message}`;
    return { kind: "acted", through: "direct", left, problems: [why, ...problems] };
  }
  try {
    const problems = await throughJournal(dead, control, connection);
    const left = (await connection.venue.positions()).filter(({ symbol }) => dead.symbols.includes(symbol));
    return { kind: "acted", through: "journal", left, problems };
  } finally {
    dead.close();
  }
}

async function throughJournal(dead: DeadEngine, control: ReadControl, { venue }: Connection): Promise<string[]> {
  const { engine, orders, manager, header } = dead;
  const problems: string[] = [];
  await manager?.recover();
  await cancelOurs({ venue }, await venue.openOrders(), header.instance);
  await manager?.recover();
  const reconciler = new Reconciler({ ...dead.ports, requests: null }, dead.settings);
  try {
    // Whatever somebody did since: more cannot be closed than is there.
    await reconciler.run();
  } catch (error) {
    if (!(error instanceof VenueError)) throw error;
    problems.push(`not reconciled: ${error.message}`);
  }
  if (reconciler.objection !== null) problems.push(reconciler.objection.reason);
  const { type: _, ...before } = engine.ledger.control;
  // A flatten that was decided before, and not filled to the end, is decided once more.
  if (before.flatten || before.mode === "PANIC")
    engine.commit({ type: "control", ...before, mode: "PAUSED", flatten: false });
  const wished = controlPayload(control, before as Parameters<typeof controlPayload>[1]);
  engine.commit({ type: "control", ...wished, flatten: true });
  const decision = engine.decideAgain((draft) => closingOrders(dead, draft));
  if (decision !== null) await dead.execute(decision);
  for (const symbol of orders.inFlight()) problems.push(`${symbol}: its order has no end yet`);
  return problems;
}

function closingOrders(dead: DeadEngine, draft: Draft): readonly Intent[] {
  const { engine, orders, header, hedged } = dead;
  const { setup, state } = engine.session.session.engine;
  const wishes = draft.symbols.flatMap(({ symbol, net, demand }): OrderWish[] => {
    if (setup.netting === "net") return [{ symbol, lots: net, pod: null, podHeld: 0 }];
    const s = setup.symbols.findIndex((own) => own.symbol === symbol);
    return demand.map(([pod, lots]) => {
      const p = setup.pods.findIndex(({ podId }) => podId === pod);
      return { symbol, lots, pod, podHeld: state.lots[s * setup.pods.length + p] as number };
    });
  });
  const { intents } = planIntents(wishes, {
    instance: header.instance,
    openMs: draft.open_ms,
    hedged: hedged === true,
    reducingExempt: hedged !== null,
    held: (symbol) => orders.held(symbol),
    rules: (symbol) => dead.rules(symbol),
    mark: (symbol) => Number(dead.mark(symbol)),
    locked: () => true,
  });
  return intents;
}

function headerOf(folder: StateFolder): ReturnType<typeof readHeader> {
  try {
    return readHeader(folder);
  } catch (error) {
    if (isUnreadable(error)) return null;
    throw error;
  }
}

/** Of the folder's config; null when that is gone, too. */
function symbolsIn(folder: StateFolder): string[] | null {
  try {
    return [...new Set(folder.readConfig().pods.flatMap(({ symbols }) => symbols))];
  } catch (error) {
    if (error instanceof StateFolderError || error instanceof SyntaxError) return null;
    throw error;
  }
}

function isUnreadable(error: unknown): boolean {
  return [
    JournalCorruption,
    JournalFailure,
    DivergenceError,
    LedgerError,
    StateFolderError,
    AssertionError,
    SyntaxError,
  ].some((kind) => error instanceof kind);
}
