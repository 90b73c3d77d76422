import { createHash } from "node:crypto";
import type { Leg } from "../../exchange/port.ts";
import { assert } from "../../lib/assert.ts";

/** What makes a client id unique for ever: exchanges take the id of a filled order again, so we never offer one twice. */
export interface ClientIdParts {
  /** Two to four characters of a-z and 0-9. */
  readonly instance: string;
  /** Open time of the slice that decided, epoch ms. */
  readonly openMs: number;
  /** BASE/QUOTE. */
  readonly symbol: string;
  readonly leg: Leg;
  /** Counts the intents of the symbol in this decision, from 0. */
  readonly part: number;
  /** Counts the orders of the intent, from 0. */
  readonly attempt: number;
}

const MAX_LENGTH = 36;
const MAX_SYMBOL = 12;
const FORM = /^mc([0-9a-z]{2,4})-([0-9a-z]{1,9})-([0-9A-Za-z]{1,12})-([lsn])([0-9a-z]{1,2})-([0-9a-z])$/;

/** `mc<instance>-<slice, base 36>-<symbol>-<leg><part>-<attempt>`: from content, so that a restart makes the same one. */
export function clientId({ instance, openMs, symbol, leg, part, attempt }: ClientIdParts): string {
  const id = `mc${instance}-${openMs.toString(36)}-${shortSymbol(symbol)}-${leg[0]}${part.toString(36)}-${attempt.toString(36)}`;
  assert(FORM.test(id) && id.length <= MAX_LENGTH, `${id} is not a client id`);
  return id;
}

/** The id of the intent's next order. */
export function nextAttempt(cid: string): string {
  const attempt = FORM.exec(cid)?.[6];
  assert(attempt !== undefined && attempt !== "z", `${cid}: no next id of ours`);
  return `${cid.slice(0, -1)}${(Number.parseInt(attempt, 36) + 1).toString(36)}`;
}

/** What an id of this form says; null for one that another program made. */
export function readClientId(cid: string): { readonly instance: string; readonly openMs: number } | null {
  const match = FORM.exec(cid);
  if (match === null) return null;
  return { instance: match[1] as string, openMs: Number.parseInt(match[2] as string, 36) };
}

/** BTC/USDT → BTCUSDT; a longer one, or one with letters that venues refuse in ids, by its hash. */
function shortSymbol(symbol: string): string {
  const plain = symbol.replace("/", "");
  if (plain.length <= MAX_SYMBOL && /^[0-9A-Z]+$/.test(plain)) return plain;
  const hash = createHash("sha256").update(symbol).digest("hex").slice(0, 8);
  return `${plain.replace(/[^0-9A-Z]/g, "").slice(0, MAX_SYMBOL - hash.length)}${hash}`;
}
