import { compareDecimals, isDecimal } from "../decimal-text.ts";
import type { OrderRequest } from "../port.ts";

const CLIENT_ID = /^[.A-Z:/a-z0-9_-]{1,36}$/;

/** What must never reach the exchange (P2, P7, P20). */
export function problemOf({ clientId, quantity, price, type }: OrderRequest): string | null {
  if (!CLIENT_ID.test(clientId)) return `client id ${clientId} is not 1 to 36 characters of [.A-Z:/a-z0-9_-]`;
  if (!isPositive(quantity)) return `quantity ${quantity} is no decimal above 0`;
  if (type === "market") return price === null ? null : "a market order has no price";
  return price !== null && isPositive(price) ? null : `price ${price} is no decimal above 0`;
}

function isPositive(text: string): boolean {
  return isDecimal(text) && compareDecimals(text, "0") > 0;
}
