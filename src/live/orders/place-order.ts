import type { OrderReport, SubmitOutcome } from "../../exchange/port.ts";
import type { Intent, SentRecord } from "../journal-records.ts";
import type { Desk } from "./desk.ts";
import { AGAIN } from "./desk.ts";
import { followOrder, type RestPolicy } from "./follow-order.ts";
import { resolveOrder } from "./resolve-order.ts";
import { quantityOf } from "./units.ts";

export interface OrderForm {
  readonly cid: string;
  readonly type: "market" | "limit";
  /** Null for market orders. */
  readonly price: string | null;
  /** Whole lots, above 0. */
  readonly lots: number;
}

/**
 * Sends one order of an intent, once, and brings it to its end: `sent` is durable before the POST; everything but a clear
 * acceptance or rejection is resolved by client id.
 *
 * @param posted called when the outcome of the POST is known, whatever it is.
 */
export async function placeOrder(
  desk: Desk,
  intent: Intent,
  { cid, type, price, lots }: OrderForm,
  policy: RestPolicy,
  posted: () => void,
): Promise<void> {
  const { venue, clock, rules } = desk.ports;
  const quantity = quantityOf(lots, rules(intent.symbol).lot);
  const ts = clock.now();
  const sent: SentRecord = {
    type: "sent",
    cid,
    intent: intent.cid,
    order: type,
    price,
    lots,
    ts,
    recv_window: venue.recvWindowMs,
  };
  desk.record(sent);
  const { symbol, side, leg, reduces } = intent;
  const outcome = await venue.submit(
    { clientId: cid, symbol, side, leg, quantity, type, price, reduces, postOnly: type === "limit" },
    ts,
  );
  desk.check();
  posted();
  await takeOutcome(desk, intent, sent, outcome, policy);
}

/** Goes on with an order whose `sent` is in the journal and whose end is not: the way after a restart. */
export async function resumeOrder(desk: Desk, cid: string, policy: RestPolicy): Promise<void> {
  const { orderId, rejected } = desk.ports.ledger.order(cid);
  if (rejected) return desk.record({ type: "done", cid, status: "rejected", lots: 0 });
  if (orderId !== null) return followOrder(desk, cid, null, policy);
  return resolve(desk, cid, policy);
}

async function takeOutcome(
  desk: Desk,
  intent: Intent,
  sent: SentRecord,
  outcome: SubmitOutcome,
  policy: RestPolicy,
): Promise<void> {
  const { cid } = sent;
  if (outcome.kind === "accepted") {
    const fault = desk.faultOf(outcome.order, sent, intent.symbol);
    if (fault === null) return accept(desk, cid, outcome.order, policy);
    desk.record({ type: "ambiguous", cid, message: fault });
    return resolve(desk, cid, policy);
  }
  if (outcome.kind === "ambiguous") {
    desk.record({ type: "ambiguous", cid, message: outcome.message });
    return resolve(desk, cid, policy);
  }
  const { code, message, consequence, retryAtMs } = outcome;
  if (consequence === "wait") desk.pause(retryAtMs);
  // The venue could refuse a second copy of a request whose first one it took: one look costs little.
  if (consequence === "redecide") {
    const found = await desk.ask(() => desk.ports.venue.find(intent.symbol, cid));
    if (found !== null) {
      desk.record({
        type: "ambiguous",
        cid,
        message: `rejected with ${code}, but ${found === AGAIN ? "not confirmed" : "known"}`,
      });
      return resolve(desk, cid, policy);
    }
  }
  desk.record({ type: "rejected", cid, code, message }, { type: "done", cid, status: "rejected", lots: 0 });
  const symbol = consequence === "redecide" || consequence === "halt_symbol" ? intent.symbol : null;
  desk.surface({ consequence, symbol, cid, code, message, retryAtMs });
}

function accept(desk: Desk, cid: string, order: OrderReport, policy: RestPolicy): Promise<void> {
  desk.record({ type: "accepted", cid, order_id: order.orderId });
  return followOrder(desk, cid, order, policy);
}

async function resolve(desk: Desk, cid: string, policy: RestPolicy): Promise<void> {
  const report = await resolveOrder(desk, desk.ports.ledger.order(cid));
  if (report === null) return desk.record({ type: "done", cid, status: "lost", lots: 0 });
  return accept(desk, cid, report, policy);
}
