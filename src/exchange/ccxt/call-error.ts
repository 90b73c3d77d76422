/** What is known of a call that did not work. */
export interface CallFailure {
  /**
   * `unsent`: no request left this process; `network`: the connection broke before a whole reply had come; `deadline`: our own;
   * `reply`: a whole reply came, and it is not what was asked for.
   */
  readonly cause: "unsent" | "network" | "deadline" | "reply";
  /** Of the reply. */
  readonly status: number | null;
  /** The exchange's own, as text. */
  readonly code: string | null;
  /** Class of ccxt's error. */
  readonly type: string;
  /** One line without secrets: the exchange's text where there is one. */
  readonly message: string;
  /** No request before this time on the exchange's clock; null = none named. */
  readonly retryAtMs: number | null;
}

export class CallError extends Error {
  override readonly name = "CallError";
  readonly failure: CallFailure;

  constructor(failure: CallFailure) {
    super(failure.message);
    this.failure = failure;
  }
}

export class DeadlineError extends Error {
  override readonly name = "DeadlineError";

  constructor(ms: number) {
    super(`no reply within ${ms} ms`);
  }
}
