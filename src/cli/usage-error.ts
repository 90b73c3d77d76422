/** A mistake in what the user typed, found by a command itself. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
