import type { OrderReport } from "../../exchange/port.ts";
import { AGAIN, type Desk, OrderStuck } from "./desk.ts";
import type { LedgerOrder } from "./order-ledger.ts";
import { UnitError } from "./units.ts";

/** Before the signed timestamp: our idea of the exchange's clock may be ahead of it by what it accepts. */
const CLOCK_LEAD_MS = 1000;

/**
 * Finds out what became of an order whose POST had no clear outcome: the exchange's report, or null when it never arrived.
 *
 * Null needs three things: the exchange does not know the id, asked after timestamp + recvWindow + margin had passed on its
 * own clock (a request may be under way until then); no trade since then that could be this order's; and the position is
 * what the ledger says. A disagreement throws an OrderStuck. Asks until there is an answer.
 */
export async function resolveOrder(desk: Desk, order: LedgerOrder): Promise<OrderReport | null> {
  const { sent, intent } = order;
  const { venue } = desk.ports;
  const pause = desk.backoff();
  const malformed = desk.tolerance();
  for (;;) {
    // The clock is read before the question: an order that arrives between the two must not be missed.
    const late = await isPastHorizon(desk, sent);
    const report = await desk.ask(() => venue.find(intent.symbol, sent.cid));
    if (report === null && late) {
      await confirmPosition(desk, order, (trades) =>
        trades.find((trade) => couldBe(desk, order, trade) && !desk.ports.ledger.explains(intent.symbol, trade)),
      );
      return null;
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
 * Whether the position agrees with the ledger, of an accepted order that the exchange has forgotten (it keeps unfilled ones
 * for days only) and whose trades are booked. Throws an OrderStuck when it does not.
 */
export async function confirmVanished(desk: Desk, order: LedgerOrder): Promise<void> {
  await confirmPosition(desk, order, () => undefined);
}

type Trades = Awaited<ReturnType<Desk["ports"]["venue"]["trades"]>>;

async function confirmPosition(
  desk: Desk,
  { sent, intent: { symbol } }: LedgerOrder,
  suspect: (trades: Trades) => Trades[number] | undefined,
): Promise<void> {
  const { venue, ledger } = desk.ports;
  let disagreement = "";
  for (let look = 0; look < desk.settings.confirmations; ) {
    const trades = await desk.ask(() => venue.trades(symbol, { sinceMs: sent.ts - CLOCK_LEAD_MS }));
    const positions = await desk.ask(() => venue.positions());
    if (trades !== AGAIN && positions !== AGAIN) {
      const stranger = suspect(trades);
      const legs = legsOf(desk, symbol, positions);
      const held = ledger.held(symbol);
      if (stranger !== undefined)
        disagreement = `trade ${stranger.tradeId} of order ${stranger.orderId} is of no order that is known`;
      else if (legs.long !== held.long || legs.short !== held.short || legs.net !== held.net)
        disagreement = `the exchange holds ${describe(legs)}, the ledger ${describe(held)}`;
      else return;
      look++;
    }
    await desk.sleep(desk.settings.lastPollMs);
  }
  throw new OrderStuck("UNEXPLAINED", `${sent.cid}: the exchange does not know it, but ${disagreement}`);
}

async function isPastHorizon(desk: Desk, { ts, recv_window }: LedgerOrder["sent"]): Promise<boolean> {
  const horizon = ts + recv_window + desk.settings.notFoundMarginMs;
  if (desk.ports.clock.now() <= horizon) return false;
  const time = await desk.ask(() => desk.ports.venue.serverTime());
  return time !== AGAIN && time > horizon;
}

function couldBe(desk: Desk, { sent, intent }: LedgerOrder, trade: Trades[number]): boolean {
  if (trade.side !== intent.side || trade.leg !== intent.leg) return false;
  try {
    return desk.lots(intent.symbol, trade.quantity) <= sent.lots;
  } catch (error) {
    if (error instanceof UnitError) return true;
    throw error;
  }
}

function legsOf(
  desk: Desk,
  symbol: string,
  positions: readonly { readonly symbol: string; readonly leg: "long" | "short" | "net"; readonly quantity: string }[],
): { long: number; short: number; net: number } {
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

function describe({ long, short, net }: { long: number; short: number; net: number }): string {
  return `long ${long}, short ${short}, net ${net} lots`;
}
