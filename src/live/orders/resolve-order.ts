import type { OrderReport, VenuePosition, VenueTrade } from "../../exchange/port.ts";
import { AGAIN, type Desk, OrderStuck, Patience } from "./desk.ts";
import type { LedgerOrder } from "./order-ledger.ts";
import type { HeldLegs } from "./plan-intents.ts";
import { lotsWithin, UnitError } from "./units.ts";

/** Before the signed timestamp: our idea of the exchange's clock may be ahead of it by what it accepts. */
const CLOCK_LEAD_MS = 1000;

/**
 * Finds out what became of an order whose POST had no clear outcome: the exchange's report, or null when it never arrived.
 *
 * Null needs four things: the exchange does not know the id, asked after timestamp + recvWindow + margin had passed on its
 * own clock (a request may be under way until then); it finds nothing to cancel under it; there is no trade since then that
 * could be this order's; and the position is what the ledger says. Reads may lag, so a disagreement is looked at several
 * times, the order included, before it throws an OrderStuck.
 */
export async function resolveOrder(desk: Desk, order: LedgerOrder): Promise<OrderReport | null> {
  const { sent, intent } = order;
  const { venue } = desk.ports;
  const pause = desk.backoff();
  const patience = new Patience(desk, sent.cid);
  const disagrees = disagreements(desk, sent.cid);
  for (;;) {
    // The clock is read before the question: an order that arrives between the two must not be missed.
    const late = await isPastHorizon(desk, sent);
    const report = await desk.ask(() => venue.find(intent.symbol, sent.cid), patience);
    if (report === null && late) {
      const cancelled = await cancelUnknown(desk, order, patience);
      if (cancelled !== AGAIN && cancelled !== null) return cancelled;
      const disagreement =
        cancelled ?? (await strangerOf(desk, order, patience)) ?? (await positionGap(desk, intent.symbol, patience));
      if (disagreement === null) return null;
      disagrees(disagreement);
    }
    if (report !== AGAIN && report !== null) {
      const fault = desk.faultOf(report, sent, intent.symbol);
      if (fault === null) return report;
      patience.nonsense(fault);
    }
    await pause();
  }
}

/**
 * Cancels what may rest under an id that the exchange says it does not know: lookups lag and forget, its book does not.
 * The report of an order that was there after all; null when there is nothing.
 */
export async function cancelUnknown(
  desk: Desk,
  { sent, intent }: LedgerOrder,
  patience: Patience,
): Promise<OrderReport | null | typeof AGAIN> {
  const outcome = await desk.ask(() => desk.ports.venue.cancel(intent.symbol, sent.cid), patience);
  if (outcome === AGAIN) return AGAIN;
  if (outcome.kind === "not_found") return null;
  if (outcome.kind === "cancelled" && desk.faultOf(outcome.order, sent, intent.symbol) === null) return outcome.order;
  patience.nonsense(outcome.kind === "ambiguous" ? outcome.message : "a cancel was answered with another order");
  return AGAIN;
}

/** Counts disagreements, of which one without an answer is none; throws an OrderStuck when there were too many. */
export function disagreements(desk: Desk, cid: string): (what: string | typeof AGAIN) => void {
  let count = 0;
  return (what) => {
    if (what === AGAIN || ++count < desk.settings.confirmations) return;
    throw new OrderStuck("UNEXPLAINED", `${cid}: the exchange does not know it, but ${what}`);
  };
}

/** A trade since the order was sent that could be its own and is nobody else's; null when there is none. */
async function strangerOf(desk: Desk, order: LedgerOrder, patience: Patience): Promise<string | typeof AGAIN | null> {
  const { sent, intent } = order;
  const trades = await desk.ask(
    () => desk.ports.venue.trades(intent.symbol, { sinceMs: sent.ts - CLOCK_LEAD_MS }),
    patience,
  );
  if (trades === AGAIN) return AGAIN;
  const found = trades.find(
    (trade) => couldBe(desk, order, trade) && !desk.ports.ledger.explains(intent.symbol, trade),
  );
  return found === undefined ? null : `trade ${found.tradeId} of order ${found.orderId} is of no order that is known`;
}

/** How the exchange's position differs from the ledger's; null when it does not. */
export async function positionGap(
  desk: Desk,
  symbol: string,
  patience: Patience,
): Promise<string | typeof AGAIN | null> {
  const positions = await desk.ask(() => desk.ports.venue.positions(), patience);
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

/** In whole lots towards zero: a spot balance has dust. */
function legsOf(desk: Desk, symbol: string, positions: readonly VenuePosition[]): HeldLegs {
  const legs = { long: 0, short: 0, net: 0 };
  const { lot } = desk.ports.rules(symbol);
  for (const { leg, quantity } of positions.filter((position) => position.symbol === symbol))
    legs[leg] += lotsWithin(quantity, lot);
  return legs;
}

function describe({ long, short, net }: HeldLegs): string {
  return `long ${long}, short ${short}, net ${net} lots`;
}
