import type { Config } from "../config/schema.ts";
import { type Journal, type JournalSettings, openJournal } from "../journal/journal.ts";
import { readJournal } from "../journal/read-journal.ts";
import { assert } from "../lib/assert.ts";
import { packageVersion } from "../lib/package.ts";

import type { EngineEvent } from "../orchestrator/events.ts";
import { JournalFold } from "./journal-fold.ts";
import type { DecisionRecord, HeaderRecord, Intent, JournalBody, SliceRecord } from "./journal-records.ts";
import { checkJournalBody } from "./journal-schema.ts";
import type { LiveLedger } from "./live-ledger.ts";
import type { Draft, LiveSession } from "./live-session.ts";
import { type StateFolder, StateFolderError } from "./state-folder.ts";

/** Turns what the engine decided into orders; paper sends none. */
export type PlanOrders = (draft: Draft) => readonly Intent[];

export interface OpenEngineOptions {
  readonly folder: StateFolder;
  /** Of the folder: resolved, with the venue's rules and base timeframe as the first start found them. */
  readonly config: Config;
  /** Of the config as the user wrote it: one journal, one config. */
  readonly configHash: string;
  /** Of a first start; null = the journal must be there. */
  readonly header: HeaderRecord | null;
  readonly now: () => number;
  /** Gets engine events, those of the fold included; `isNew` tells them apart. */
  readonly observe?: (event: EngineEvent, isNew: boolean) => void;
  /** Gets every journal record after it was folded. */
  readonly folded?: (body: JournalBody, isNew: boolean) => void;
  readonly journal?: JournalSettings;
}

/**
 * A journal and everything folded from it. Records go in through `commit` only: first to the disk, then into the fold. What
 * a start reads and what a running engine writes take the same way.
 */
export class LiveEngine {
  readonly session: LiveSession;
  readonly ledger: LiveLedger;
  /** Unfinished record of a dead writer that was cut off; empty when there was none. */
  readonly torn: string;
  readonly #journal: Journal<JournalBody>;
  readonly #folded: (body: JournalBody, isNew: boolean) => void;

  /** Opens the journal, folds it, and begins an epoch. The caller holds the account's lock. */
  static open(options: OpenEngineOptions): LiveEngine {
    const { folder, config, configHash, header, now, observe = () => {}, folded = () => {} } = options;
    let isNew = false;
    const all = new JournalFold(folder, config, (event) => observe(event, isNew));
    const fold = (body: JournalBody): void => {
      if (body.type === "epoch" && body.config_hash !== configHash) refuseConfig(folder, body.config_hash, configHash);
      all.apply(body);
      folded(body, isNew);
    };
    const { journal, torn } = openJournal<JournalBody>(
      folder.journal,
      checkJournalBody,
      ({ body }) => fold(body),
      options.journal,
    );
    isNew = true;
    try {
      if (!all.begun) {
        if (header === null) throw new StateFolderError(`${folder.journal}: there is no journal to continue`);
        journal.append(header);
        fold(header);
      }
      const epoch = { type: "epoch", config_hash: configHash, version: packageVersion(), ts: now() } as const;
      journal.append(epoch);
      fold(epoch);
    } catch (error) {
      journal.close();
      throw error;
    }
    return new LiveEngine(all, journal, torn, folded);
  }

  private constructor(
    { session, ledger }: JournalFold,
    journal: Journal<JournalBody>,
    torn: string,
    folded: (body: JournalBody, isNew: boolean) => void,
  ) {
    this.session = session;
    this.ledger = ledger;
    this.torn = torn;
    this.#journal = journal;
    this.#folded = folded;
  }

  /** Bytes of the journal. */
  get journalBytes(): number {
    return this.#journal.length;
  }

  /** Bytes that are free on the journal's disk. */
  get freeBytes(): number {
    return this.#journal.freeBytes();
  }

  get records(): number {
    return this.#journal.records;
  }

  /** Hash of the last record. */
  get head(): string {
    return this.#journal.head;
  }

  /** Writes records, durably, and only then lets them act. */
  commit(...bodies: readonly JournalBody[]): void {
    this.#journal.append(...bodies);
    for (const body of bodies) this.#fold(body);
  }

  /**
   * Takes the next slice: the engine decides, slice and decision are written in one piece, and only then does anything act
   * on them. Deciding has no effect outside, so a crash before the write repeats it.
   */
  decide(slice: SliceRecord, plan: PlanOrders): DecisionRecord {
    this.session.apply(slice);
    const decision = this.#planned(plan);
    this.#journal.append(slice, decision);
    this.ledger.apply(slice);
    this.#folded(slice, true);
    this.#fold(decision);
    return decision;
  }

  /** Commits the decision that is due without a new slice: of a slice whose writer died, or after a control record. Null when none is. */
  decideAgain(plan: PlanOrders): DecisionRecord | null {
    if (this.session.draft === null) return null;
    const decision = this.#planned(plan);
    this.commit(decision);
    return decision;
  }

  /** The last record of a journal that failed for want of space; false when it could not be written. */
  appendLast(body: JournalBody): boolean {
    return this.#journal.appendLast(body);
  }

  close(): void {
    this.#journal.close();
  }

  #planned(plan: PlanOrders): DecisionRecord {
    const { draft } = this.session;
    assert(draft !== null, "live engine: nothing was decided");
    return { type: "decision", ...draft, intents: plan(draft) };
  }

  #fold(body: JournalBody): void {
    this.session.apply(body);
    this.ledger.apply(body);
    this.#folded(body, true);
  }
}

/** The header of a journal; null when there is none. */
export function readHeader(folder: StateFolder): HeaderRecord | null {
  if (!folder.exists) return null;
  const first = readJournal<JournalBody>(folder.journal, checkJournalBody).next();
  return first.done !== true && first.value.body.type === "header" ? first.value.body : null;
}

function refuseConfig(folder: StateFolder, had: string, has: string): never {
  throw new StateFolderError(
    `${folder.path}: its journal runs config ${had.slice(0, 12)}, this one is ${has.slice(0, 12)}: ` +
      "pods keep their ledgers under one config. Go flat (mcbot control flatten), then start with another execution.state_dir",
  );
}
