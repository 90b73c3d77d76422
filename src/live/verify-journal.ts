import { JournalCorruption, type JournalCorruptionCode } from "../journal/journal-error.ts";
import { type JournalEnd, readJournal } from "../journal/read-journal.ts";
import type { JournalBody } from "./journal-records.ts";
import { checkJournalBody } from "./journal-schema.ts";
import { LedgerError, OrderLedger } from "./orders/order-ledger.ts";

export interface JournalProblem {
  readonly code: JournalCorruptionCode | "INCONSISTENT";
  /** From 1. */
  readonly line: number;
  readonly message: string;
}

export interface JournalReport {
  /** Sound records before the end or the problem. */
  readonly records: number;
  /** Hash of the last record; null with a problem. */
  readonly head: string | null;
  readonly problem: JournalProblem | null;
  readonly tornBytes: number;
  readonly decisions: number;
  readonly orders: number;
  readonly trades: number;
  /** Symbols with an order that is not settled: the next start brings it to its end. */
  readonly open: readonly string[];
}

/** Whether a file begins like a live or paper journal; false for other hash-chained logs and for what cannot be read. */
export function isLiveJournal(path: string): boolean {
  try {
    const first = readJournal(path, (body) => ({ ok: true, body: body as { type?: unknown } })).next();
    return first.done !== true && first.value.body.type === "header";
  } catch (error) {
    if (error instanceof JournalCorruption) return false;
    throw error;
  }
}

/**
 * Reads a journal as a start would, without changing it: every record chained and of a known form, one header, slices and
 * decisions in order of time, every trade and end of an order that was sent, one end per order with the lots of its
 * trades, no trade twice. Throws what the disk throws.
 */
export function verifyLiveJournal(path: string): JournalReport {
  const ledger = new OrderLedger();
  const order = new RecordOrder();
  let [records, decisions, orders, trades] = [0, 0, 0, 0];
  const report = (problem: JournalProblem | null, end: JournalEnd | null): JournalReport => ({
    records,
    head: end?.head ?? null,
    problem,
    tornBytes: end?.torn.length ?? 0,
    decisions,
    orders,
    trades,
    open: [...ledger.inFlight()].sort(),
  });
  try {
    const reader = readJournal(path, checkJournalBody);
    for (;;) {
      const next = reader.next();
      if (next.done === true) return report(null, next.value);
      const { body } = next.value;
      order.take(body);
      ledger.apply(body);
      records++;
      if (body.type === "decision") decisions++;
      if (body.type === "sent") orders++;
      if (body.type === "trade") trades++;
    }
  } catch (error) {
    if (error instanceof JournalCorruption) {
      const { code, line, problem } = error;
      return report({ code, line, message: problem }, null);
    }
    if (error instanceof LedgerError)
      return report({ code: "INCONSISTENT", line: records + 1, message: error.message }, null);
    throw error;
  }
}

/** What must hold between records and needs the whole journal; throws a LedgerError. */
class RecordOrder {
  #first = true;
  #slice = Number.NEGATIVE_INFINITY;
  readonly #trades = new Set<string>();

  take(body: JournalBody): void {
    if (this.#first !== (body.type === "header"))
      throw new LedgerError(this.#first ? "it does not begin with a header" : "a second header");
    this.#first = false;
    if (body.type === "slice") {
      if (body.open_ms <= this.#slice) throw new LedgerError(`slice ${body.open_ms} after slice ${this.#slice}`);
      this.#slice = body.open_ms;
    }
    // Decisions of one slice are a millisecond apart; the shortest slice is a minute.
    if (body.type === "decision" && !(body.open_ms >= this.#slice && body.open_ms < this.#slice + 60_000))
      throw new LedgerError(`a decision for ${body.open_ms}, the last slice is ${this.#slice}`);
    if (body.type === "trade") {
      const key = `${body.symbol} ${body.trade_id}`;
      if (this.#trades.has(key)) throw new LedgerError(`${body.symbol}: trade ${body.trade_id} twice`);
      this.#trades.add(key);
    }
  }
}
