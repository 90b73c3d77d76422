import { type Consequence, type SubmitOutcome, VenueError } from "../port.ts";
import type { CallFailure } from "./call-error.ts";

/** What an answer to an order says: it was definitely not taken, or nobody knows. */
type Verdict = Consequence | "ambiguous";

/** Verdict by code; where one code has several meanings, by how its text begins, "" for all other texts. */
type VerdictTable = Readonly<Record<string, Verdict | readonly (readonly [text: string, verdict: Verdict])[]>>;

const all = (verdict: Verdict, codes: readonly number[]): VerdictTable =>
  Object.fromEntries(codes.map((code) => [String(code), verdict]));

/**
 * Binance's codes for an order (USD-M error codes, spot errors.md). A code that is not here is ambiguous: one query settles
 * it. -1008 is documented as not accepted and is ambiguous all the same, since asking costs little. -4116 and "Duplicate
 * order" say that an order of this id is open: it is ours, and the query finds it.
 */
export const BINANCE_VERDICTS: VerdictTable = {
  ...all("ambiguous", [-1000, -1001, -1006, -1007, -1008, -4116]),
  ...all("wait", [-1003, -1015]),
  ...all("resync_clock", [-1021, -5028]),
  ...all("halt", [-1002, -1022, -2014, -2015, -2023, -4061, -4067, -4068]),
  // Malformed, or the filters have changed: a bug, or the rules must be read again.
  ...all("halt_symbol", [-1100, -1101, -1102, -1103, -1104, -1105, -1106, -1111, -1114, -1115, -1116, -1117, -1118]),
  ...all("halt_symbol", [-1119, -1121, -1127, -1128, -1130, -4001, -4002, -4003, -4004, -4005, -4013, -4014, -4015]),
  ...all("halt_symbol", [-4023, -4029, -4030, -4140, -4141]),
  // Margin, limits, price bands, notional, over-close, post-only: true of this order at this moment.
  ...all("redecide", [-1112, -2018, -2019, -2020, -2021, -2022, -2024, -2025, -2027, -2028, -4016, -4024, -4050]),
  ...all("redecide", [-4051, -4131, -4164, -4183, -5021, -5022]),
  ...all("reduce_only", [-4087, -4088, -4192, -4400, -4401]),
  "-1013": [
    ["Filter failure: NOTIONAL", "redecide"],
    ["Filter failure: MIN_NOTIONAL", "redecide"],
    ["Filter failure: PERCENT_PRICE", "redecide"],
    ["", "halt_symbol"],
  ],
  "-2010": [
    ["Duplicate order", "ambiguous"],
    ["", "redecide"],
  ],
};

/** The same by ccxt's class of error, for venues whose codes are not in a table of ours. */
export const CLASS_VERDICTS: VerdictTable = {
  InsufficientFunds: "redecide",
  OrderNotFillable: "redecide",
  OrderImmediatelyFillable: "redecide",
  AuthenticationError: "halt",
  PermissionDenied: "halt",
  AccountNotEnabled: "halt",
  AccountSuspended: "halt",
  InvalidNonce: "resync_clock",
  RateLimitExceeded: "wait",
  DDoSProtection: "wait",
  BadSymbol: "halt_symbol",
  BadRequest: "halt_symbol",
  ArgumentsRequired: "halt_symbol",
  MarketClosed: "halt_symbol",
};

/**
 * The outcome of an order whose call failed. A rejection is definite only when nothing was sent, or when a whole reply with a
 * status from `lowestStatus` to 499 carries a code of the table; everything else is ambiguous.
 */
export function outcomeOf(failure: CallFailure, table: VerdictTable, lowestStatus = 400): SubmitOutcome {
  const { cause, status, code, type, message, retryAtMs } = failure;
  if (cause === "unsent") {
    // Anything else that stopped it in here is a bug of ours with this order.
    const consequence = retryAtMs !== null ? "wait" : type === "DeadlineError" ? "redecide" : "halt_symbol";
    return { kind: "rejected", code: "UNSENT", message, consequence, retryAtMs };
  }
  const isRefusal = cause === "reply" && status !== null && status >= lowestStatus && status < 500 && status !== 408;
  const verdict = isRefusal ? verdictOf(failure, table) : "ambiguous";
  if (verdict !== "ambiguous") {
    return { kind: "rejected", code: code ?? String(status), message, consequence: verdict, retryAtMs };
  }
  const seen = [status === null ? null : `HTTP ${status}`, code, type].filter((part) => part !== null).join(" ");
  return { kind: "ambiguous", message: `${seen}: ${message}` };
}

function verdictOf({ status, code, type, message }: CallFailure, table: VerdictTable): Verdict {
  // Refused before anything looked at the order, whatever the body says.
  if (status === 429 || status === 418) return "wait";
  const row = table[code ?? ""] ?? table[type] ?? "ambiguous";
  if (typeof row === "string") return row;
  return row.find(([text]) => message.startsWith(text))?.[1] ?? "ambiguous";
}

const AUTH = new Set(["-1002", "-1022", "-2014", "-2015"]);
const PASSING = new Set(["-1", "-1000", "-1001", "-1006", "-1007", "-1008"]);
const UNKNOWN_ORDER = new Set(["-2011", "-2013"]);

/** The error of a call other than an order's. */
export function venueErrorOf({ cause, status, code, type, message, retryAtMs }: CallFailure): VenueError {
  const make = (kind: VenueError["kind"]): VenueError => new VenueError(kind, message, code, retryAtMs);
  if (type === "RateBudget") return make("rate_limited");
  if (cause === "network" || cause === "deadline" || type === "DeadlineError") return make("unavailable");
  if (cause === "unsent") return make("refused");
  if (status === 418) return make("banned");
  if (status === 429 || code === "-1003") return make("rate_limited");
  if (code !== null && AUTH.has(code)) return make("auth");
  if (code === "-1021") return make("clock");
  if (status !== null && status >= 500) return make("unavailable");
  if (code !== null && PASSING.has(code)) return make("unavailable");
  // A whole reply that ccxt could not read: HTML, or nothing.
  if (code === null) return make(status !== null && status >= 400 ? "unavailable" : "malformed");
  return make("refused");
}

export function isUnknownOrder({ code, cause }: CallFailure): boolean {
  return cause === "reply" && code !== null && UNKNOWN_ORDER.has(code);
}
