import { abs, type E8, formatShort, multiply, ONE } from "./decimal.ts";
import type { Instrument } from "./instrument.ts";
import type { OrderType } from "./order.ts";
import { refuse } from "./venue-error.ts";

const CLIENT_ID = /^[.A-Z:/a-z0-9_-]{1,36}$/;

export function checkClientId(clientId: string): void {
  if (!CLIENT_ID.test(clientId)) throw refuse.badClientId();
}

/** LOT_SIZE and MARKET_LOT_SIZE. */
export function checkQuantity(instrument: Instrument, quantity: E8, type: OrderType): void {
  if (quantity <= 0n) throw refuse.quantityNotPositive();
  if (quantity % instrument.step !== 0n) {
    throw hasTooManyDecimals(quantity, instrument.step) ? refuse.badPrecision() : refuse.quantityStep();
  }
  if (quantity < instrument.minQuantity) throw refuse.quantityTooSmall();
  const largest = type === "MARKET" ? instrument.maxMarketQuantity : instrument.maxQuantity;
  if (quantity > largest) throw refuse.quantityTooLarge();
}

/** PRICE_FILTER and PERCENT_PRICE. */
export function checkPrice(instrument: Instrument, price: E8, mark: E8): void {
  if (price <= 0n) throw refuse.priceNotPositive();
  if (price % instrument.tick !== 0n) {
    throw hasTooManyDecimals(price, instrument.tick) ? refuse.badPrecision() : refuse.priceStep();
  }
  if (abs(price - mark) > multiply(mark, instrument.percentPrice)) throw refuse.priceBand();
}

export function checkNotional(instrument: Instrument, quantity: E8, price: E8): void {
  if (multiply(quantity, price) < instrument.minNotional) {
    throw refuse.notionalTooSmall(formatShort(instrument.minNotional));
  }
}

/** A power-of-ten step allows as many decimals as it has; more of them is a precision error, not a step error. */
function hasTooManyDecimals(value: E8, step: E8): boolean {
  let unit: E8 = ONE;
  while (unit > step) unit /= 10n;
  return value % unit !== 0n;
}
