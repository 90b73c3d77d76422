import { microText } from "../analytics/exact-decimal.ts";
import type { OrderPurpose } from "../analytics/order-history.ts";
import {
  actsInside,
  type Execution,
  type OrderHistory,
  type OrderOutcome,
  orderHistory,
  outcomeOf,
} from "../analytics/order-history.ts";
import { type EventSource, eventsOf, quantitiesOf } from "../analytics/tables/event-source.ts";
import { cashOf } from "../analytics/tables/fills.ts";
import { msToDate, msToIso } from "../lib/utc.ts";
import { orderId } from "./order-id.ts";

export interface OrderQuery {
  /** May be left out with an order id. */
  readonly symbol?: string;
  /** An order id, the UTC date of the deciding slice, or the open time of that slice (ISO 8601). */
  readonly at: string;
}

/** Quantities are base units, money quote units, both exact decimals unless said otherwise. */
export interface OrderExplanation {
  readonly order_id: string;
  readonly symbol: string;
  /** Open time of the deciding slice; stops and liquidations act inside it. */
  readonly slice: string;
  /** Close of that slice; null for stops and liquidations. */
  readonly decided: string | null;
  readonly purpose: OrderPurpose;
  readonly outcome: OrderOutcome;
  /** With `netting: gross`, whose order it is. */
  readonly pod_id: string | null;
  readonly wishes: readonly ExplainedWish[];
  readonly stops: readonly { readonly pod_id: string; readonly level: number; readonly price: number }[];
  readonly net: string;
  readonly crossed: string;
  readonly executions: readonly ExplainedExecution[];
  /** Why it, or its crossed part, was not traded. */
  readonly lapses: readonly { readonly time: string; readonly reason: string }[];
  readonly checks: readonly SumCheck[];
}

export interface ExplainedWish {
  readonly pod_id: string;
  /** After intra-pod weighting, stops and the pod's leverage limit. */
  readonly target_weight: number;
  /** Quote units, f64. */
  readonly pod_equity: number;
  readonly wished: string;
  readonly held: string;
  readonly demand: string;
}

export interface ExplainedExecution {
  readonly slice: string;
  readonly quantity: string;
  readonly price: number;
  /** Before slippage. */
  readonly reference: number;
  /** (price − reference) ÷ reference in basis points; positive is worse for a buyer. */
  readonly slippage_bps: number;
  readonly cash: string;
  readonly fee: string;
  readonly parts: readonly ExplainedPart[];
}

export interface ExplainedPart {
  readonly pod_id: string;
  readonly quantity: string;
  readonly price: number;
  readonly cash: string;
  readonly fee: string;
  /** Quote units, f64. */
  readonly netting_saving: number;
  readonly quantity_after: string;
  readonly cash_after: string;
}

/** A sum over pods beside the figure of the account. */
export interface SumCheck {
  readonly name: string;
  readonly pods: string;
  readonly account: string;
  readonly agrees: boolean;
}

export type OrderExplained =
  | { readonly ok: true; readonly order: OrderExplanation }
  | { readonly ok: false; readonly code: "BAD_QUERY" | "NO_SUCH_ORDER"; readonly message: string }
  | {
      readonly ok: false;
      readonly code: "SEVERAL_ORDERS";
      readonly message: string;
      readonly candidates: readonly { readonly order_id: string; readonly slice: string; readonly purpose: string }[];
    };

const ORDER_ID = /^[0-9a-f]{20}$/;
const ISO = /^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d)?)?$/;
const ZONE = /(Z|[+-]\d\d:\d\d)$/;

/**
 * Explains one order of a run: what each pod wanted, what crossed, what was executed, and what each pod got of it.
 *
 * @param source a RunRecord, or `readRun(path).events()`.
 * @param runId of the run, which order ids derive from.
 */
export function explainOrder(source: EventSource, runId: string, query: OrderQuery): OrderExplained {
  const byId = ORDER_ID.test(query.at);
  const timeMs = byId ? Number.NaN : sliceMs(query.at);
  if (!byId && Number.isNaN(timeMs)) {
    return bad("BAD_QUERY", `"${query.at}" is neither an order id (20 hex digits) nor a date such as 2024-03-01`);
  }
  if (!byId && query.symbol === undefined) return bad("BAD_QUERY", "a date needs a symbol beside it");
  if (query.symbol !== undefined && !source.symbols.some(({ symbol }) => symbol === query.symbol)) {
    const known = source.symbols.map(({ symbol }) => symbol).join(", ");
    return bad("BAD_QUERY", `${query.symbol} is not a symbol of this run: ${known}`);
  }

  const wholeDay = /^\d{4}-\d\d-\d\d$/.test(query.at);
  const matches = (order: OrderHistory): boolean => {
    if (query.symbol !== undefined && order.symbol !== query.symbol) return false;
    if (byId) return orderId(runId, order) === query.at;
    return wholeDay ? msToDate(order.timeMs) === query.at : order.timeMs === timeMs;
  };
  const found: OrderHistory[] = [];
  for (const order of orderHistory(eventsOf(source))) if (matches(order)) found.push(order);
  const [order] = found;
  if (order === undefined) return bad("NO_SUCH_ORDER", notFound(query, byId));
  if (found.length > 1) {
    return {
      ok: false,
      code: "SEVERAL_ORDERS",
      message: `${found.length} orders of ${order.symbol} at ${query.at}: name one by its id`,
      candidates: found.map((one) => ({
        order_id: orderId(runId, one),
        slice: msToIso(one.timeMs),
        purpose: one.podId === null ? one.purpose : `${one.purpose} ${one.podId}`,
      })),
    };
  }
  return { ok: true, order: explanationOf(order, source, runId) };
}

/** A UTC date, or an ISO time; without a zone it is UTC, never the machine's. NaN for anything else. */
function sliceMs(at: string): number {
  if (!ISO.test(at)) return Number.NaN;
  return Date.parse(at.includes("T") && !ZONE.test(at) ? `${at}Z` : at);
}

function bad(code: "BAD_QUERY" | "NO_SUCH_ORDER", message: string): OrderExplained {
  return { ok: false, code, message };
}

function notFound({ symbol, at }: OrderQuery, byId: boolean): string {
  if (byId) return `no order ${at} in this run`;
  return `no order of ${symbol} was decided at ${at}: no pod wanted to trade it, or the slice is not in the run`;
}

function explanationOf(order: OrderHistory, source: EventSource, runId: string): OrderExplanation {
  const quantityOf = quantitiesOf(source);
  const quantity = (lots: number): string => quantityOf(order.symbol, lots);
  return {
    order_id: orderId(runId, order),
    symbol: order.symbol,
    slice: msToIso(order.timeMs),
    decided: actsInside(order) ? null : msToIso(order.timeMs + source.baseMs),
    purpose: order.purpose,
    outcome: outcomeOf(order),
    pod_id: order.podId,
    wishes: order.wishes.map(({ podId, weight, podEquity, wishLots, demandLots }) => ({
      pod_id: podId,
      target_weight: weight,
      pod_equity: podEquity,
      wished: quantity(wishLots),
      held: quantity(wishLots - demandLots),
      demand: quantity(demandLots),
    })),
    stops: order.stops.map(({ podId, level, price }) => ({ pod_id: podId, level, price })),
    net: quantity(order.netLots),
    crossed: quantity(order.crossedLots),
    executions: order.executions.map((execution) => executionOf(execution, quantity)),
    lapses: order.lapses.map(({ timeMs, reason }) => ({ time: msToIso(timeMs), reason })),
    checks: checksOf(order, quantity),
  };
}

function executionOf({ fill, parts }: Execution, quantity: (lots: number) => string): ExplainedExecution {
  return {
    slice: msToIso(fill.timeMs),
    quantity: quantity(fill.lots),
    price: fill.price,
    reference: fill.reference,
    slippage_bps: ((fill.price - fill.reference) / fill.reference) * 1e4,
    cash: microText(cashOf(fill)),
    fee: microText(fill.feeMicro),
    parts: parts.map((part) => ({
      pod_id: part.podId,
      quantity: quantity(part.lots),
      price: part.price,
      cash: microText(part.cashMicro),
      fee: microText(part.feeMicro),
      netting_saving: part.saving,
      quantity_after: quantity(part.lotsAfter),
      cash_after: microText(part.cashAfterMicro),
    })),
  };
}

/** Σ pods beside the account, for demand, quantity, cash and fee. All of them are whole numbers: they agree or not. */
function checksOf(order: OrderHistory, quantity: (lots: number) => string): SumCheck[] {
  const check = (name: string, pods: number, account: number, print: (value: number) => string): SumCheck => ({
    name,
    pods: print(pods),
    account: print(account),
    agrees: pods === account,
  });
  const total = <T>(items: readonly T[], of: (item: T) => number): number =>
    items.reduce((sum, item) => sum + of(item), 0);
  const fills = order.executions.map(({ fill }) => fill);
  const parts = order.executions.flatMap((execution) => execution.parts);
  const checks: SumCheck[] = [];
  if (order.wishes.length > 0) {
    checks.push(
      check(
        "demand",
        total(order.wishes, (wish) => wish.demandLots),
        order.netLots,
        quantity,
      ),
    );
  }
  if (fills.length > 0) {
    checks.push(
      check(
        "quantity",
        total(parts, (part) => part.lots),
        total(fills, (fill) => fill.lots),
        quantity,
      ),
      check(
        "cash",
        total(parts, (part) => part.cashMicro),
        total(fills, cashOf),
        microText,
      ),
      check(
        "fee",
        total(parts, (part) => part.feeMicro),
        total(fills, (fill) => fill.feeMicro),
        microText,
      ),
    );
  }
  return checks;
}
