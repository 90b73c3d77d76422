/** Exit codes of every command (documented in the README). */
export const EXIT = {
  ok: 0,
  error: 1,
  /** Wrong usage or bad input, bad data rows included. */
  usage: 2,
  /** The data or the venue cannot be reached. */
  unavailable: 3,
  configInvalid: 4,
  /** A paper or live engine that a risk limit or a fault halted. */
  riskHalt: 10,
  /** Ledger and exchange disagree. */
  reconcileMismatch: 11,
  /** A replay decides otherwise than the recording. */
  replayMismatch: 12,
  /** A bug: a broken assertion. Restarting is safe. */
  internal: 70,
  tryAgain: 75,
} as const;
