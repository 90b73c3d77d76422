import type { Leg, OrderReport, VenueInstrument, VenuePosition } from "../../exchange/port.ts";
import { clientId } from "../orders/client-id.ts";
import { lotsWithin, quantityOf } from "../orders/units.ts";
import { instanceOf } from "../reconcile/open-orders.ts";
import type { Connection } from "./dead-engine.ts";

/** Where no journal tells. */
const NO_INSTANCE = "x0";
const ROUNDS = 5;
/** Orders and positions show late. */
const PAUSE_MS = 2_000;

export interface DirectClose {
  readonly cancelled: number;
  readonly sent: number;
  /** What is left of the symbols. */
  readonly left: readonly VenuePosition[];
  /** What the exchange refused. */
  readonly problems: readonly string[];
}

/**
 * Closes every position of some symbols without a journal: cancels the orders of any mcbot, then sends closing-side orders leg by
 * leg and looks again. Positions are read anew before each round, and what does not answer clearly is not sent again before
 * that; in hedge mode, and with `reduceOnly` in one-way mode, the exchange refuses what would go beyond flat (P9).
 *
 * @param symbols null = all that have a position
 */
export async function closeDirectly(
  { venue, feed, clock }: Connection,
  symbols: readonly string[] | null,
  instance: string | null,
): Promise<DirectClose> {
  const problems: string[] = [];
  const cancelled = await cancelOurs({ venue }, await venue.openOrders(), instance);
  let sent = 0;
  const positions = async (): Promise<VenuePosition[]> =>
    (await venue.positions()).filter(({ symbol }) => symbols === null || symbols.includes(symbol));
  for (let round = 0; ; round++) {
    const open = await positions();
    if (open.length === 0 || round === ROUNDS) return { cancelled, sent, left: open, problems };
    const rules = new Map((await feed.instruments(open.map(({ symbol }) => symbol))).map((own) => [own.symbol, own]));
    for (const { symbol, leg, quantity } of open) {
      const instrument = rules.get(symbol) as VenueInstrument;
      for (const [part, own] of split(quantity, instrument).entries()) {
        const openMs = clock.now() + round;
        const order = {
          clientId: clientId({ instance: instance ?? NO_INSTANCE, openMs, symbol, leg, part, attempt: 0 }),
          symbol,
          side: sideThatCloses(leg, quantity),
          leg,
          quantity: own,
          type: "market",
          price: null,
          reduces: true,
          postOnly: false,
        } as const;
        const outcome = await venue.submit(order, clock.now());
        sent++;
        if (outcome.kind === "rejected") problems.push(`${symbol} ${leg} ${own}: ${outcome.code}: ${outcome.message}`);
        if (outcome.kind === "ambiguous") problems.push(`${symbol} ${leg} ${own}: not known: ${outcome.message}`);
      }
    }
    await clock.sleep(round === 0 ? PAUSE_MS : venue.recvWindowMs + PAUSE_MS);
  }
}

/** Cancels open orders of our instance; of every mcbot where ours is not known. @returns how many */
export async function cancelOurs(
  { venue }: Pick<Connection, "venue">,
  open: readonly OrderReport[],
  instance: string | null,
): Promise<number> {
  const ours = open.filter(({ clientId: cid }) => {
    const own = instanceOf(cid);
    return own !== null && (instance === null || own === instance);
  });
  for (const { symbol, clientId: cid } of ours) await venue.cancel(symbol, cid);
  return ours.length;
}

function sideThatCloses(leg: Leg, quantity: string): "buy" | "sell" {
  if (leg !== "net") return leg === "long" ? "sell" : "buy";
  return quantity.startsWith("-") ? "buy" : "sell";
}

/** Parts that one market order may have. */
function split(quantity: string, { step, maxMarketQuantity }: VenueInstrument): string[] {
  const lots = Math.abs(lotsWithin(quantity, step));
  const most = Math.max(1, lotsWithin(maxMarketQuantity, step));
  const parts: string[] = [];
  for (let left = lots; left > 0; left -= most) parts.push(quantityOf(Math.min(left, most), step));
  return parts;
}
