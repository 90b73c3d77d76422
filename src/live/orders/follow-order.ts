import type { OrderReport, OrderStatus } from "../../exchange/port.ts";
import { newTrades, syntheticTrade } from "./book-trades.ts";
import { AGAIN, type Desk, Patience } from "./desk.ts";
import { filledLots } from "./order-ledger.ts";
import { cancelUnknown, disagreements, positionGap } from "./resolve-order.ts";

/** When an open order should not rest any longer. Called before each pause. */
export interface RestPolicy {
  /** Fixed pause between two looks; null = the growing one. */
  readonly pollMs: number | null;
  cancels(): Promise<boolean>;
}

/**
 * Follows an accepted order until the exchange says that it ended, books its trades, and records its end. Whoever wins the
 * race between a cancel and a fill, what was filled counts.
 *
 * Throws an OrderStuck when the exchange's answers cannot be brought together.
 */
export async function followOrder(
  desk: Desk,
  cid: string,
  first: OrderReport | null,
  policy: RestPolicy,
): Promise<void> {
  const { venue, ledger, clock } = desk.ports;
  const { sent, intent } = ledger.order(cid);
  const pause = desk.backoff();
  const patience = new Patience(desk, cid);
  let report = first;
  let missingSince: number | null = null;
  for (;;) {
    if (report !== null) {
      if (isTerminal(report.status)) return finish(desk, cid, report);
      if (desk.lots(intent.symbol, report.filled) > ledger.order(cid).booked) {
        const fresh = await newTrades(desk, ledger.order(cid), patience);
        if (fresh !== AGAIN && fresh.length > 0) desk.record(...fresh);
      }
    }
    if (await policy.cancels()) {
      const outcome = await desk.ask(() => venue.cancel(intent.symbol, cid));
      if (
        outcome !== AGAIN &&
        outcome.kind === "cancelled" &&
        desk.faultOf(outcome.order, sent, intent.symbol) === null
      )
        if (isTerminal(outcome.order.status)) return finish(desk, cid, outcome.order);
    }
    await (policy.pollMs === null ? pause() : desk.sleep(policy.pollMs));
    const found = await desk.ask(() => venue.find(intent.symbol, cid), patience);
    report = null;
    if (found === AGAIN) continue;
    if (found === null) {
      missingSince ??= clock.now();
      if (clock.now() - missingSince >= desk.settings.vanishedMs) return vanish(desk, cid);
      continue;
    }
    missingSince = null;
    const fault = desk.faultOf(found, sent, intent.symbol);
    if (fault === null) report = found;
    else patience.nonsense(fault);
  }
}

function isTerminal(status: OrderStatus): boolean {
  return status !== "open" && status !== "partial";
}

/** Waits until the trades add up to what was filled (they lag), then records the end. */
async function finish(desk: Desk, cid: string, report: OrderReport): Promise<void> {
  const { ledger, clock } = desk.ports;
  const { sent, intent } = ledger.order(cid);
  const due = desk.lots(intent.symbol, report.filled);
  const since = clock.now();
  const pause = desk.backoff();
  const patience = new Patience(desk, cid);
  for (;;) {
    const order = ledger.order(cid);
    const fresh = order.booked < due ? await newTrades(desk, order, patience) : [];
    if (fresh !== AGAIN) {
      const booked = order.booked + fresh.reduce((lots, trade) => lots + filledLots(trade), 0);
      if (booked >= due) {
        const status = booked === sent.lots ? "filled" : report.status === "filled" ? "expired" : report.status;
        return desk.record(...fresh, { type: "done", cid, status, lots: booked });
      }
      if (fresh.length > 0) desk.record(...fresh);
    }
    if (clock.now() - since >= desk.settings.tradesTimeoutMs) {
      const now = ledger.order(cid);
      const status = due === sent.lots ? "filled" : report.status;
      const trade = syntheticTrade(desk, now, due - now.booked, report);
      return desk.record(trade, { type: "done", cid, status, lots: due });
    }
    await pause();
  }
}

/**
 * Ends an accepted order that the exchange no longer knows (it forgets unfilled ones after days): nothing of it may rest, its
 * trades are booked, and the position must be what the ledger says then.
 */
async function vanish(desk: Desk, cid: string): Promise<void> {
  const { ledger } = desk.ports;
  const patience = new Patience(desk, cid);
  const disagrees = disagreements(desk, cid);
  const pause = desk.backoff();
  for (;;) {
    const cancelled = await cancelUnknown(desk, ledger.order(cid), patience);
    if (cancelled !== AGAIN && cancelled !== null) return finish(desk, cid, cancelled);
    const fresh = cancelled ?? (await newTrades(desk, ledger.order(cid), patience));
    if (fresh !== AGAIN) {
      if (fresh.length > 0) desk.record(...fresh);
      const { booked, sent, intent } = ledger.order(cid);
      const gap = await positionGap(desk, intent.symbol, patience);
      if (gap === null) {
        const status = booked === sent.lots ? "filled" : "expired";
        return desk.record({ type: "done", cid, status, lots: booked });
      }
      disagrees(gap);
    }
    await pause();
  }
}
