import type { VenueQuote } from "../../exchange/port.ts";
import type { Intent } from "../journal-records.ts";
import { nextAttempt } from "./client-id.ts";
import { AGAIN, type Desk } from "./desk.ts";
import type { RestPolicy } from "./follow-order.ts";
import { placeOrder, resumeOrder } from "./place-order.ts";
import type { LimitThenMarket } from "./settings.ts";
import { quantityOf, toTick } from "./units.ts";

/** Carries out an intent that has not left yet, by the execution style. `mayPost` is asked before each POST. */
export async function workIntent(
  desk: Desk,
  intent: Intent,
  mayPost: () => boolean,
  posted: () => void,
): Promise<void> {
  const { style } = desk.settings;
  const quote = style.kind === "limit_then_market" ? await desk.ask(() => desk.ports.quote(intent.symbol)) : AGAIN;
  if (style.kind === "market" || quote === AGAIN) {
    if (mayPost()) await placeMarket(desk, intent, intent.cid, intent.lots, posted);
    else leave(desk, intent);
    return;
  }
  if (!mayPost()) return leave(desk, intent);
  await placeLimit(desk, intent, style, quote, posted);
  const last = desk.ports.ledger.ordersOf(intent).at(-1);
  const rest = intent.lots - desk.ports.ledger.filled(intent);
  // A lost order means that the way to the exchange is broken: deciding anew is safer than sending more.
  if (rest === 0 || last?.done?.status === "lost" || !mayPost() || isTooSmall(desk, intent, rest)) return;
  await placeMarket(desk, intent, nextAttempt(last?.sent.cid ?? intent.cid), rest, () => {});
}

/**
 * Brings the orders of an intent to their end after a restart and sends nothing new: one that never left ends as `unsent`, a
 * resting one is cancelled, what is left of it lapses.
 */
export async function resumeIntent(desk: Desk, intent: Intent): Promise<void> {
  const { ledger } = desk.ports;
  if (ledger.isComplete(intent)) return;
  const open = ledger.ordersOf(intent).find(({ done }) => done === null);
  if (open === undefined) return leave(desk, intent);
  await resumeOrder(desk, open.sent.cid, open.sent.order === "limit" ? CANCEL_AT_ONCE : marketPolicy(desk));
}

/** Ends an intent that does not leave. */
export function leave(desk: Desk, intent: Intent): void {
  desk.record({ type: "done", cid: intent.cid, status: "unsent", lots: 0 });
}

const CANCEL_AT_ONCE: RestPolicy = { pollMs: null, cancels: () => Promise.resolve(true) };

function placeMarket(desk: Desk, intent: Intent, cid: string, lots: number, posted: () => void): Promise<void> {
  return placeOrder(desk, intent, { cid, type: "market", price: null, lots }, marketPolicy(desk), posted);
}

function marketPolicy(desk: Desk): RestPolicy {
  const since = desk.ports.clock.now();
  return {
    pollMs: null,
    cancels: () => Promise.resolve(desk.ports.clock.now() - since >= desk.settings.marketTimeoutMs),
  };
}

function placeLimit(
  desk: Desk,
  intent: Intent,
  style: LimitThenMarket,
  quote: VenueQuote,
  posted: () => void,
): Promise<void> {
  const { clock, rules, quote: ask } = desk.ports;
  const price = toTick(touchOf(intent, quote), rules(intent.symbol).tick, intent.side);
  const since = clock.now();
  const policy: RestPolicy = {
    pollMs: style.pollMs,
    async cancels() {
      if (clock.now() - since >= style.timeoutMs) return true;
      const now = await desk.ask(() => ask(intent.symbol));
      return now !== AGAIN && driftBps(intent, price, now) >= style.driftBps;
    },
  };
  return placeOrder(desk, intent, { cid: intent.cid, type: "limit", price, lots: intent.lots }, policy, posted);
}

function touchOf({ side }: Intent, { bid, ask }: VenueQuote): string {
  return side === "buy" ? bid : ask;
}

/** How far the touch has run away from our price; below 0 when it came nearer. */
function driftBps(intent: Intent, price: string, quote: VenueQuote): number {
  const away = (Number(touchOf(intent, quote)) / Number(price) - 1) * 10_000;
  return intent.side === "buy" ? away : -away;
}

function isTooSmall(desk: Desk, intent: Intent, lots: number): boolean {
  if (intent.reduces) return false;
  const { lot, minNotional } = desk.ports.rules(intent.symbol);
  return Number(quantityOf(lots, lot)) * Number(desk.ports.mark(intent.symbol)) < Number(minNotional);
}
