import type { OrderReport, VenuePosition, VenueTrade } from "../../exchange/port.ts";
import { AGAIN, type Desk, OrderStuck } from "./desk.ts";
import type { LedgerOrder } from "./order-ledger.ts";
import type { HeldLegs } from "./plan-intents.ts";
import { UnitError } from "./units.ts";

/** Before the signed timestamp: our idea of the exchange's clock may be ahead of it by what it accepts. */
const CLOCK_LEAD_MS = 1000;

/**
 * Finds out what became of an order whose POST had no clear outcome: the exchange's report, or null when it never arrived.
 *
 * Null needs three things: the exchange does not know the id, asked after timestamp + recvWindow + margin had passed on its
 * own clock (a request may be under way until then); no trade since then that could be this order's; and the position is
 * what the ledger says. Reads may lag, so a disagreement is looked at several times, the order included, before it throws
 * an OrderStuck. Asks until there is an answer.
 */
export async function resolveOrder(desk: Desk, order: LedgerOrder): Promise<OrderReport | null> {
  const { sent, intent } = order;
  const { venue } = desk.ports;
  const pause = desk.backoff();
  const malformed = desk.tolerance();
  const disagrees = disagreements(desk, sent.cid);
  for (;;) {
    // The clock is read before the question: an order that arrives between the two must not be missed.
    const late = await isPastHorizon(desk, sent);
    const report = await desk.ask(() => venue.find(intent.symbol, sent.cid));
    if (report === null && late) {
      const disagreement = (await strangerOf(desk, order)) ?? (await positionGap(desk, intent.symbol));
      if (disagreement === null) return null;
      disagrees(disagreement);
    }
    if (report !== AGAIN && report !== null) {
      const fault = desk.faultOf(report, sent, intent.symbol);
      if (fault === null) return report;
      malformed(sent.cid, fault);
    }
    await pause();
  }
}

/**
 * Returns when the position agrees with the ledger; for an accepted order that the exchange has forgotten (it keeps unfilled
 * ones for days only) and whose trades are booked. Throws an OrderStuck when it does not agree.
 */
export async function confirmVanished(desk: Desk, { sent, intent }: LedgerOrder): Promise<void> {
  const disagrees = disagreements(desk, sent.cid);
  for (;;) {
    const gap = await positionGap(desk, intent.symbol);
    if (gap === null) return;
    disagrees(gap);
    await desk.sleep(desk.settings.lastPollMs);
  }
}

/** Counts disagreements; one without an answer does not count. */
function disagreements(desk: Desk, cid: string): (what: string | typeof AGAIN) => void {
  let count = 0;
  return (what) => {
    if (what === AGAIN || ++count < desk.settings.confirmations) return;
    throw new OrderStuck("UNEXPLAINED", `${cid}: the exchange does not know it, but ${what}`);
  };
}

/** A trade since the order was sent that could be its own and is nobody else's; null when there is none. */
async function strangerOf(desk: Desk, order: LedgerOrder): Promise<string | typeof AGAIN | null> {
  const { sent, intent } = order;
  const trades = await desk.ask(() => desk.ports.venue.trades(intent.symbol, { sinceMs: sent.ts - CLOCK_LEAD_MS }));
  if (trades === AGAIN) return AGAIN;
  const found = trades.find(
    (trade) => couldBe(desk, order, trade) && !desk.ports.ledger.explains(intent.symbol, trade),
  );
  return found === undefined ? null : `trade ${found.tradeId} of order ${found.orderId} is of no order that is known`;
}

/** How the exchange's position differs from the ledger's; null when it does not. */
async function positionGap(desk: Desk, symbol: string): Promise<string | typeof AGAIN | null> {
  const positions = await desk.ask(() => desk.ports.venue.positions());
  if (positions === AGAIN) return AGAIN;
  const legs = legsOf(desk, symbol, positions);
  const held = desk.ports.ledger.held(symbol);
  if (legs.long === held.long && legs.short === held.short && legs.net === held.net) return null;
  return `the exchange holds ${describe(legs)}, the ledger ${describe(held)}`;
}

async function isPastHorizon(desk: Desk, { ts, recv_window }: LedgerOrder["sent"]): Promise<boolean> {
  const horizon = ts + recv_window + desk.settings.notFoundMarginMs;
  if (desk.ports.clock.now() <= horizon) return false;
  const time = await desk.ask(() => desk.ports.venue.serverTime());
  return time !== AGAIN && time > horizon;
}

function couldBe(desk: Desk, { sent, intent }: LedgerOrder, trade: VenueTrade): boolean {
  if (trade.side !== intent.side || trade.leg !== intent.leg) return false;
  try {
    return desk.lots(intent.symbol, trade.quantity) <= sent.lots;
  } catch (error) {
    if (error instanceof UnitError) return true;
    throw error;
  }
}

function legsOf(desk: Desk, symbol: string, positions: readonly VenuePosition[]): HeldLegs {
  const legs = { long: 0, short: 0, net: 0 };
  for (const position of positions) {
    if (position.symbol !== symbol) continue;
    try {
      legs[position.leg] += desk.lots(symbol, position.quantity);
    } catch (error) {
      if (!(error instanceof UnitError)) throw error;
      legs[position.leg] = Number.NaN;
    }
  }
  return legs;
}

function describe({ long, short, net }: HeldLegs): string {
  return `long ${long}, short ${short}, net ${net} lots`;
}
