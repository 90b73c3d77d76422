/** A broken assertion is a bug in mcbot, never a user's mistake: the process stops. */
export class AssertionError extends Error {
  override readonly name = "AssertionError";
}

/** Throws an AssertionError unless `condition` holds. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AssertionError(message);
}
