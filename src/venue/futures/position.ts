import { abs, divide, type E8, min, multiply } from "../decimal.ts";

/** One leg: BOTH in one-way mode, LONG (never negative) or SHORT (never positive) in hedge mode. */
export interface Position {
  /** Signed, long positive. */
  amount: E8;
  /** Average entry price; 0 when flat. */
  entry: E8;
}

/**
 * Books an execution on a leg and returns the P&L it realises. The average entry is weighted when adding, stays when
 * reducing and is new when the sign changes.
 *
 * @param signed executed quantity, bought positive
 */
export function book(position: Position, signed: E8, price: E8): E8 {
  const { amount, entry } = position;
  const adds = amount === 0n || amount > 0n === signed > 0n;
  if (adds) {
    const total = abs(amount) + abs(signed);
    position.entry = divide(multiply(abs(amount), entry) + multiply(abs(signed), price), total);
    position.amount = amount + signed;
    return 0n;
  }
  const closed = min(abs(amount), abs(signed));
  const realised = multiply(closed, amount > 0n ? price - entry : entry - price);
  position.amount = amount + signed;
  if (position.amount === 0n) position.entry = 0n;
  else if (position.amount > 0n !== amount > 0n) position.entry = price;
  return realised;
}

export function unrealised({ amount, entry }: Position, mark: E8): E8 {
  return amount === 0n ? 0n : multiply(amount, mark - entry);
}
