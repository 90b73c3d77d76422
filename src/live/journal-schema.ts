import { z } from "zod";
import type { JournalBody } from "./journal-records.ts";

// The records of journal-records.ts as a schema: what a journal may hold, to the key. Checked before a record is written,
// so that it can be read back, and after it is read. The end of this file holds the two descriptions equal.

const text = z.string();
const name = z.string().min(1);
const whole = z.int();
const count = z.int().nonnegative();
const timeMs = z.int().nonnegative();
/** A plain decimal, as venues write numbers. */
const decimal = z.string().regex(/^-?\d+(\.\d+)?$/, "expected a plain decimal");
/** As a feed or a recording wrote it; a double's own text may have an exponent. */
const figure = z.string().regex(/^-?\d+(\.\d+)?(e[+-]?\d+)?$/i, "expected a number");
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, "expected a SHA-256");
const clientId = z.string().regex(/^[.A-Z:/a-z0-9_-]{1,36}$/, "expected a client id");
const side = z.enum(["buy", "sell"]);
const leg = z.enum(["long", "short", "net"]);

const header = z.strictObject({
  type: z.literal("header"),
  v: z.literal(1),
  mode: z.enum(["paper", "live"]),
  venue: name,
  simulator: z.boolean(),
  account: name.nullable(),
  instance: z.string().regex(/^[0-9a-z]{2,4}$/, "expected two to four characters of a-z and 0-9"),
  run_id: name,
  start_ms: timeMs,
  capital_micro: whole,
  warmup: sha256,
});

const epoch = z.strictObject({ type: z.literal("epoch"), config_hash: name, version: name, ts: timeMs });

const slice = z.strictObject({
  type: z.literal("slice"),
  open_ms: timeMs,
  bars: z.record(name, z.tuple([figure, figure, figure, figure, figure])),
  funding: z.array(z.strictObject({ symbol: name, time_ms: timeMs, rate: figure, mark: figure.nullable() })),
  traded: z.boolean(),
});

const intent = z.strictObject({
  cid: clientId,
  symbol: name,
  side,
  leg,
  lots: z.int().positive(),
  quantity: decimal,
  reduces: z.boolean(),
  pod: name.nullable(),
});

const decision = z.strictObject({
  type: z.literal("decision"),
  open_ms: timeMs,
  events: sha256,
  symbols: z.array(
    z.strictObject({
      symbol: name,
      net: whole,
      crossed: count,
      demand: z.array(z.tuple([name, whole])),
    }),
  ),
  intents: z.array(intent),
});

const sent = z.strictObject({
  type: z.literal("sent"),
  cid: clientId,
  intent: clientId,
  order: z.enum(["market", "limit"]),
  price: decimal.nullable(),
  lots: z.int().positive(),
  ts: timeMs,
  recv_window: z.int().positive(),
});

const accepted = z.strictObject({ type: z.literal("accepted"), cid: clientId, order_id: name });
const rejected = z.strictObject({ type: z.literal("rejected"), cid: clientId, code: text, message: text });
const ambiguous = z.strictObject({ type: z.literal("ambiguous"), cid: clientId, message: text });

const trade = z.strictObject({
  type: z.literal("trade"),
  cid: clientId,
  symbol: name,
  trade_id: name,
  lots: whole.refine((lots) => lots !== 0, "a trade has lots"),
  fee_lots: count,
  price: decimal,
  value_micro: count,
  fee_micro: whole,
  fee: decimal,
  fee_asset: name,
  time_ms: timeMs,
  synthetic: z.boolean(),
});

const done = z.strictObject({
  type: z.literal("done"),
  cid: clientId,
  status: z.enum(["open", "partial", "filled", "cancelled", "expired", "rejected", "lost", "unsent"]),
  lots: count,
});

const settled = z.strictObject({ type: z.literal("settled"), open_ms: timeMs, symbol: name });

const control = z.strictObject({
  type: z.literal("control"),
  mode: name,
  flatten: z.boolean(),
  symbols: z.array(name),
  pods: z.array(name),
});

const runnerState = z.enum(["BOOT", "RECOVER", "RECONCILE", "RUN", "DEGRADED", "HALT"]);
const state = z.strictObject({
  type: z.literal("state"),
  from: runnerState,
  to: runnerState,
  reason: text,
  ts: timeMs,
});

const lock = z.strictObject({
  type: z.literal("lock"),
  symbol: name,
  locked: z.boolean(),
  reason: text,
  ledger: whole,
  exchange: whole,
});

const external = z.strictObject({
  type: z.literal("external"),
  kind: z.enum(["transfer", "unassigned", "autoclose", "income"]),
  id: name,
  symbol: name.nullable(),
  leg: leg.nullable(),
  lots: whole,
  cash_micro: whole,
  note: text,
});

const adopted = z.strictObject({
  type: z.literal("adopted"),
  symbol: name,
  leg,
  lots: whole.refine((lots) => lots !== 0, "there are lots"),
  pod: name.nullable(),
  value_micro: z.int().positive(),
});

const closing = z.strictObject({ type: z.literal("closing"), open_ms: timeMs, intents: z.array(intent) });

const request = z.strictObject({
  type: z.literal("request"),
  id: name,
  action: z.enum(["adopt", "flatten", "ignore"]),
  symbol: name,
  pod: name.nullable(),
  actor: text,
  reason: text,
  refused: text.nullable(),
});

const settings = z.strictObject({
  type: z.literal("settings"),
  symbols: z.record(name, z.strictObject({ leverage: z.number().positive(), cross_margin: z.boolean() })),
});

const balance = z.strictObject({ type: z.literal("balance"), ts: timeMs, wallet_micro: whole, ledger_micro: whole });

const alert = z.strictObject({
  type: z.literal("alert"),
  severity: z.enum(["info", "warning", "critical"]),
  code: name,
  message: text,
  ts: timeMs,
});

// biome-ignore format: one list, in the order of journal-records.ts
const bodies = z.discriminatedUnion("type", [
  header, epoch, slice, decision, sent, accepted, rejected, ambiguous, trade, done, settled, control, state, lock, external, adopted,
  closing, request, settings, balance, alert,
]);

/** The newest `v` of a header that this version reads. */
const VERSION = 1;

/** Checks the body of a record of a live journal; a newer version, an unknown type and an unknown key are refused. */
export function checkJournalBody(
  body: unknown,
): { readonly ok: true; readonly body: JournalBody } | { readonly ok: false; readonly message: string } {
  const parsed = bodies.safeParse(body);
  if (parsed.success) return { ok: true, body: parsed.data };
  const { type, v } = body as { type?: unknown; v?: unknown };
  if (type === "header" && typeof v === "number" && v > VERSION)
    return { ok: false, message: `version ${v} was written by a newer mcbot; this one reads up to ${VERSION}` };
  const issues = parsed.error.issues.map(({ path, message }) => `${path.join(".") || "type"}: ${message}`);
  return { ok: false, message: `not a record that this version knows: ${issues.join("; ")}` };
}

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type Deep<T> = T extends readonly unknown[] | object ? { readonly [K in keyof T]: Deep<T[K]> } : T;
const SAME: Equal<Deep<z.infer<typeof bodies>>, Deep<JournalBody>> = true;
void SAME;
