/** The run needs numbers that its exact books cannot hold: too much capital for prices as small as these. Not a bug. */
export class CapacityError extends Error {
  override readonly name = "CapacityError";

  /** @param size lots or micro-units that had to be booked. */
  constructor(size: number) {
    super(
      `a position or a balance grew to ${size.toExponential(2)} lots or micro-units; exact books end at 2^53 = 9.01e15 ` +
        "(run with less capital, less leverage, or without the cheapest symbol)",
    );
  }
}
