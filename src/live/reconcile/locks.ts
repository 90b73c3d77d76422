import type { VenueInstrument } from "../../exchange/port.ts";
import type { ReconcileDesk } from "./ports.ts";

/** A symbol whose trading ends within this takes no new exposure. */
const NOTICE_MS = 48 * 3_600_000;

/** Brings the locks in line with what speaks against new exposure in each symbol, and says both numbers. */
export function updateLocks(
  { ports, settings }: ReconcileDesk,
  instruments: readonly VenueInstrument[],
  reported: (symbol: string) => number,
): void {
  const nowMs = ports.clock.now();
  for (const symbol of settings.symbols) {
    const reasons = [
      ...(ports.ledger.unassigned.of(symbol).some(({ accepted }) => !accepted) ? ["lots of UNASSIGNED"] : []),
      ...listingProblem(
        instruments.find((own) => own.symbol === symbol),
        nowMs,
      ),
    ];
    const reason = reasons.join("; ");
    const before = ports.ledger.locks.get(symbol)?.reason ?? "";
    if (reason === before) continue;
    const numbers = { ledger: ports.session.lotsOf(symbol), exchange: reported(symbol) };
    const words = `ledger ${numbers.ledger} lots, exchange ${numbers.exchange}`;
    const locked = reason !== "";
    ports.commit(
      {
        type: "lock",
        symbol,
        locked,
        reason: locked ? reason : "nothing speaks against it any more",
        ...numbers,
      },
      {
        type: "alert",
        severity: locked ? "critical" : "info",
        code: locked ? "LOCKED" : "UNLOCKED",
        message: locked ? `${symbol} takes no new exposure: ${reason} (${words})` : `${symbol}: ${words}`,
        ts: nowMs,
      },
    );
  }
}

function listingProblem(instrument: VenueInstrument | undefined, nowMs: number): string[] {
  if (instrument === undefined) return ["the venue does not list it any more"];
  if (!instrument.trading) return ["the venue does not trade it now"];
  const { delistMs } = instrument;
  return delistMs !== null && delistMs - nowMs <= NOTICE_MS
    ? [`its trading ends at ${new Date(delistMs).toISOString()}`]
    : [];
}
