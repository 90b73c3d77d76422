import type { OrderHistory } from "../analytics/order-history.ts";
import { sha256 } from "../lib/sha256.ts";

/** `podId` is null unless each pod orders for itself (`netting: gross`). */
export type OrderIdentity = Pick<OrderHistory, "timeMs" | "symbol" | "purpose" | "podId">;

/** Deterministic id of an order: 20 hex digits of SHA-256 over the JSON list [run id, slice, symbol, purpose, attempt, pod]. */
export function orderId(runId: string, { timeMs, symbol, purpose, podId }: OrderIdentity, attempt = 0): string {
  const identity = JSON.stringify([runId, timeMs, symbol, purpose, attempt, podId]);
  return sha256(identity).slice(0, 20);
}
