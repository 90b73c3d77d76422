import { createHash } from "node:crypto";
import type { OrderHistory } from "../analytics/order-history.ts";

/** `podId` is null unless each pod orders for itself (`netting: gross`). */
export type OrderIdentity = Pick<OrderHistory, "timeMs" | "symbol" | "purpose" | "podId">;

/** Deterministic id of an order: 20 hex digits of SHA-256 over the JSON list [run id, slice, symbol, purpose, attempt, pod]. */
export function orderId(runId: string, { timeMs, symbol, purpose, podId }: OrderIdentity, attempt = 0): string {
  const identity = JSON.stringify([runId, timeMs, symbol, purpose, attempt, podId]);
  return createHash("sha256").update(identity).digest("hex").slice(0, 20);
}
