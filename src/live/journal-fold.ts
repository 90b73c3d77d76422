import type { Config } from "../config/schema.ts";
import { readJournal } from "../journal/read-journal.ts";
import { assert } from "../lib/assert.ts";
import type { EngineEvent } from "../orchestrator/events.ts";
import { DivergenceError } from "./divergence-error.ts";
import type { JournalBody } from "./journal-records.ts";
import { checkJournalBody } from "./journal-schema.ts";
import { LiveLedger } from "./live-ledger.ts";
import { planLive } from "./live-plan.ts";
import { LiveSession } from "./live-session.ts";
import { type StateFolder, StateFolderError } from "./state-folder.ts";
import { warmupMarket } from "./warmup.ts";

/** A journal folded record by record: the engine and what is beside it. */
export class JournalFold {
  readonly ledger = new LiveLedger();
  readonly #folder: StateFolder;
  readonly #config: Config;
  readonly #observe: (event: EngineEvent) => void;
  #session: LiveSession | null = null;

  /** @param config that of the folder: resolved, with the venue's rules and the base timeframe. */
  constructor(folder: StateFolder, config: Config, observe: (event: EngineEvent) => void = () => {}) {
    this.#folder = folder;
    this.#config = config;
    this.#observe = observe;
  }

  /** True once the header was folded. */
  get begun(): boolean {
    return this.#session !== null;
  }

  get session(): LiveSession {
    assert(this.#session !== null, "journal: the first record is no header");
    return this.#session;
  }

  apply(body: JournalBody): void {
    if (body.type === "header") {
      const { mode, start_ms: startMs, capital_micro: capitalMicro, warmup: hash } = body;
      const timeframe = this.#config.data.base_timeframe;
      assert(timeframe !== null, "journal: the config of a state folder names its base timeframe");
      const warmup = warmupMarket(this.#folder.readWarmup(hash), symbolsOf(this.#config), timeframe);
      const plan = planLive(this.#config, warmup, { mode, startMs, capitalMicro });
      this.#session = new LiveSession(this.#config, plan, warmup, this.#observe);
    }
    this.session.apply(body);
    this.ledger.apply(body);
  }
}

/** What `verify` found in a journal. */
export interface JournalVerification {
  readonly records: number;
  readonly decisions: number;
  /** Of the first decision that this code makes otherwise; null = all reproduce. */
  readonly divergence: string | null;
  readonly fold: JournalFold;
}

/**
 * Folds a state folder's journal without touching it, and so decides everything in it again.
 *
 * @param untilMs leaves out slices that close after it, and what follows them.
 * @throws StateFolderError without a journal, JournalCorruption at a record that is not what was written.
 */
export function foldJournal(folder: StateFolder, untilMs = Number.POSITIVE_INFINITY): JournalVerification {
  if (!folder.exists) throw new StateFolderError(`there is no ${folder.journal}`);
  const fold = new JournalFold(folder, folder.readConfig());
  let records = 0;
  for (const { body } of readJournal<JournalBody>(folder.journal, checkJournalBody)) {
    if (body.type === "slice" && body.open_ms + fold.session.session.plan.baseMs > untilMs) break;
    records++;
    try {
      fold.apply(body);
    } catch (error) {
      if (!(error instanceof DivergenceError)) throw error;
      return { records, decisions: fold.ledger.counts.decisions, divergence: error.message, fold };
    }
  }
  return { records, decisions: fold.ledger.counts.decisions, divergence: null, fold };
}

/** What the pods trade, sorted: the engine's order. */
export function symbolsOf({ pods }: Config): string[] {
  return [...new Set(pods.flatMap(({ symbols }) => symbols))].sort();
}
