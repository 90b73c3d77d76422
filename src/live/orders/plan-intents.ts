import type { Leg, Side } from "../../exchange/port.ts";
import type { Intent } from "../journal-records.ts";
import { clientId } from "./client-id.ts";
import { lotsOf, lotsWithin, quantityOf } from "./units.ts";

/** What of an instrument's rules an order must keep. */
export interface OrderRules {
  /** The engine's lot, of the base. */
  readonly lot: string;
  /** The venue's step: a whole number of lots. */
  readonly step: string;
  readonly minQuantity: string;
  readonly maxQuantity: string;
  readonly maxMarketQuantity: string;
  readonly minNotional: string;
  readonly trading: boolean;
}

/** Held on the exchange, signed lots: `long` ≥ 0 ≥ `short` in hedge mode, `net` in one-way mode and on spot. */
export interface HeldLegs {
  readonly long: number;
  readonly short: number;
  readonly net: number;
}

/** One wish of the engine: signed lots to trade, for the account or, with `netting: gross`, for a pod. */
export interface OrderWish {
  readonly symbol: string;
  readonly lots: number;
  readonly pod: string | null;
  /** Lots that the pod holds, signed; not read for a net wish. */
  readonly podHeld: number;
}

export interface PlanContext {
  readonly instance: string;
  readonly openMs: number;
  readonly hedged: boolean;
  /** Orders that only reduce may be below the minimum notional (futures). */
  readonly reducingExempt: boolean;
  readonly held: (symbol: string) => HeldLegs;
  readonly rules: (symbol: string) => OrderRules;
  /** Last mark, quote units. */
  readonly mark: (symbol: string) => number;
  /** The symbol takes no new exposure. */
  readonly locked: (symbol: string) => boolean;
}

export type DropReason = "NOT_TRADING" | "STEP" | "LOCKED" | "MIN_QUANTITY" | "MIN_NOTIONAL" | "MAX_ORDERS";

/** Lots that no order is sent for; they lapse when the symbol is settled. */
export interface DroppedWish {
  readonly symbol: string;
  readonly pod: string | null;
  /** Above 0. */
  readonly lots: number;
  readonly reason: DropReason;
}

export interface OrderPlan {
  /** In the order of sending: what only reduces first. */
  readonly intents: readonly Intent[];
  readonly dropped: readonly DroppedWish[];
}

/** The mark moves between the decision and the venue's check. */
const NOTIONAL_CUSHION = 1.01;
/** Of one symbol in one decision; the part of an id has one digit of base 36. */
const MAX_PARTS = 36;

/**
 * Turns the wishes of a decision into orders that the venue takes: in hedge mode a flip is a close and an open, what is above
 * the market maximum is split evenly, a locked symbol only reduces. Pure; the same wishes give the same ids.
 */
export function planIntents(wishes: readonly OrderWish[], context: PlanContext): OrderPlan {
  const reducing: Intent[] = [];
  const opening: Intent[] = [];
  const dropped: DroppedWish[] = [];
  const parts = new Map<string, number>();
  const nets = new Map<string, number>();
  for (const wish of wishes) {
    if (wish.lots === 0) continue;
    for (const piece of pieces(wish, context, nets)) {
      const reason = refusal(wish.symbol, piece, context);
      if (reason !== null) {
        dropped.push({ symbol: wish.symbol, pod: wish.pod, lots: piece.lots, reason });
        continue;
      }
      const rules = context.rules(wish.symbol);
      const odd = piece.lots % lotsOf(rules.step, rules.lot);
      if (odd > 0) dropped.push({ symbol: wish.symbol, pod: wish.pod, lots: odd, reason: "STEP" });
      for (const lots of split(piece.lots - odd, rules)) {
        const part = parts.get(wish.symbol) ?? 0;
        if (part === MAX_PARTS) {
          dropped.push({ symbol: wish.symbol, pod: wish.pod, lots, reason: "MAX_ORDERS" });
          continue;
        }
        parts.set(wish.symbol, part + 1);
        const { side, leg, reduces } = piece;
        const cid = clientId({ ...context, symbol: wish.symbol, leg, part, attempt: 0 });
        const quantity = quantityOf(lots, rules.lot);
        const intent = { cid, symbol: wish.symbol, side, leg, lots, quantity, reduces, pod: wish.pod };
        (reduces ? reducing : opening).push(intent);
      }
    }
  }
  return { intents: [...reducing, ...opening], dropped };
}

interface Piece {
  readonly side: Side;
  readonly leg: Leg;
  readonly lots: number;
  readonly reduces: boolean;
}

function pieces(wish: OrderWish, context: PlanContext, nets: Map<string, number>): Piece[] {
  const side: Side = wish.lots > 0 ? "buy" : "sell";
  const magnitude = Math.abs(wish.lots);
  const held = context.held(wish.symbol);
  if (context.hedged) {
    const closes = Math.min(magnitude, closable(wish, side === "buy" ? -held.short : held.long));
    const result: Piece[] = [];
    if (closes > 0) result.push({ side, leg: side === "buy" ? "short" : "long", lots: closes, reduces: true });
    if (magnitude > closes)
      result.push({ side, leg: side === "buy" ? "long" : "short", lots: magnitude - closes, reduces: false });
    return result;
  }
  // Pods' orders reach one position one after the other.
  const net = nets.get(wish.symbol) ?? held.net;
  const opposite = side === "buy" ? Math.max(0, -net) : Math.max(0, net);
  const taken = context.locked(wish.symbol) ? Math.min(magnitude, opposite) : magnitude;
  nets.set(wish.symbol, net + Math.sign(wish.lots) * taken);
  const reduces = magnitude <= opposite;
  if (reduces || taken === 0 || taken === magnitude) return [{ side, leg: "net", lots: magnitude, reduces }];
  return [
    { side, leg: "net", lots: taken, reduces: true },
    { side, leg: "net", lots: magnitude - taken, reduces: false },
  ];
}

/** A net wish may close what the leg holds, a pod's only its own. */
function closable({ pod, podHeld, lots }: OrderWish, leg: number): number {
  if (pod === null) return Math.max(0, leg);
  const own = lots > 0 ? -podHeld : podHeld;
  return Math.max(0, Math.min(own, leg));
}

function refusal(symbol: string, { lots, reduces }: Piece, context: PlanContext): DropReason | null {
  const { trading, lot, minQuantity, minNotional } = context.rules(symbol);
  if (!trading) return "NOT_TRADING";
  if (!reduces && context.locked(symbol)) return "LOCKED";
  if (lots < lotsWithin(minQuantity, lot)) return "MIN_QUANTITY";
  if (reduces && context.reducingExempt) return null;
  const notional = Number(quantityOf(lots, lot)) * context.mark(symbol);
  return notional < Number(minNotional) * NOTIONAL_CUSHION ? "MIN_NOTIONAL" : null;
}

/**
 * As few parts as the market maximum allows, equal to one step, so that none falls below a minimum that the whole keeps.
 *
 * @param lots a whole number of steps.
 */
function split(lots: number, { lot, step, maxQuantity, maxMarketQuantity }: OrderRules): number[] {
  const unit = lotsOf(step, lot);
  const maximum = Math.min(lotsWithin(maxQuantity, step), lotsWithin(maxMarketQuantity, step));
  const units = lots / unit;
  const count = Math.ceil(units / Math.max(1, maximum));
  const size = Math.floor(units / count);
  const larger = units - size * count;
  return Array.from({ length: count }, (_, i) => unit * (i < larger ? size + 1 : size));
}
