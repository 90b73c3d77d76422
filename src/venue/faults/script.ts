import { z } from "zod";

/** Which requests, or which moment, a fault is for. Every field given must match. */
const when = z
  .strictObject({
    /** "POST /fapi/v1/order"; "*" stands for any text. */
    req: z.string().optional(),
    /** Only this one of the matching requests, counted from 1. */
    nth: z.int().min(1).optional(),
    /** Only requests whose order has this client id. */
    cid: z.string().optional(),
    /** From this time on: ISO 8601 or epoch ms. */
    simTime: z.union([z.string(), z.number()]).optional(),
    /** Until this time, exclusive. */
    until: z.union([z.string(), z.number()]).optional(),
    /** Each matching request with this probability, drawn from the venue's seed. */
    chance: z.number().gt(0).max(1).optional(),
  })
  .refine((at) => Object.keys(at).length > 0, "say when: req, simTime, cid, …");

const decimal = z.union([z.string(), z.number()]).transform(String);

/** Happens to a request on its way in or out. */
const requestFaults = [
  z.strictObject({ do: z.literal("dropBefore") }),
  z.strictObject({ do: z.literal("dropAfter") }),
  z.strictObject({ do: z.literal("hangBefore") }),
  z.strictObject({ do: z.literal("hangAfter") }),
  z.strictObject({ do: z.literal("delayBefore"), ms: z.number().positive() }),
  z.strictObject({ do: z.literal("delayAfter"), ms: z.number().positive() }),
  z.strictObject({
    do: z.literal("reply"),
    status: z.int(),
    body: z.unknown(),
    headers: z.record(z.string(), z.string()).optional(),
  }),
  z.strictObject({
    do: z.literal("replyAfter"),
    status: z.int(),
    body: z.unknown(),
    headers: z.record(z.string(), z.string()).optional(),
  }),
  z.strictObject({ do: z.literal("truncate"), bytes: z.int().min(0).default(20) }),
  z.strictObject({ do: z.literal("stallBody") }),
  /** Kills a process (SIGKILL) when the request has arrived, or when it has been acted on and before it is answered. */
  z.strictObject({ do: z.literal("killClient"), pid: z.int().min(2), moment: z.enum(["receipt", "answer"]) }),
  /** Sets (or, with null, deletes) fields of the answer by path: "0.price", "orderId". */
  z.strictObject({ do: z.literal("mutate"), set: z.record(z.string(), z.unknown()) }),
] as const;

/** Happens to the exchange at a time. */
const stateFaults = [
  z.strictObject({
    do: z.literal("visibilityLag"),
    orderMs: z.number().min(0).default(0),
    tradeMs: z.number().min(0).default(0),
  }),
  z.strictObject({ do: z.literal("partialFill"), share: decimal.nullable() }),
  z.strictObject({ do: z.literal("noFill"), on: z.boolean().default(true) }),
  z.strictObject({ do: z.literal("setPrice"), symbol: z.string(), price: decimal.nullable() }),
  /** From now on, or for a while, the whole market of the symbol stands at this multiple of what it would. */
  z.strictObject({
    do: z.literal("gap"),
    symbol: z.string(),
    factor: decimal,
    forMs: z.number().positive().nullable().default(null),
  }),
  z.strictObject({
    do: z.literal("setStatus"),
    symbol: z.string(),
    status: z.enum(["TRADING", "PENDING_TRADING", "BREAK", "SETTLING", "CLOSE", "TRADING_HALT"]),
  }),
  z.strictObject({
    do: z.literal("setFilters"),
    symbol: z.string(),
    tick: decimal.optional(),
    step: decimal.optional(),
    minNotional: decimal.optional(),
    deliveryMs: z.number().optional(),
  }),
  /** How the klines of a symbol are told; each rule replaces the one before, one without anything ends it. */
  z.strictObject({
    do: z.literal("bars"),
    symbol: z.string(),
    lagMs: z.number().min(0).default(0),
    frozen: z.boolean().default(false),
    drop: z.array(z.number()).default([]),
    duplicate: z.boolean().default(false),
    reverse: z.boolean().default(false),
    revise: z.record(z.string(), decimal).default({}),
  }),
  /** Resting orders of the symbol fill now, at their own price, whole or this share of what is left. */
  z.strictObject({ do: z.literal("fillResting"), symbol: z.string(), share: decimal.default("1") }),
  z.strictObject({ do: z.literal("clockOffset"), ms: z.number() }),
  z.strictObject({ do: z.literal("ban"), ms: z.number().positive() }),
  z.strictObject({ do: z.literal("maintenance"), ms: z.number().positive() }),
  z.strictObject({
    do: z.literal("manualOrder"),
    symbol: z.string(),
    side: z.enum(["BUY", "SELL"]),
    positionSide: z.enum(["BOTH", "LONG", "SHORT"]),
    quantity: decimal,
  }),
  z.strictObject({ do: z.literal("manualCancel"), symbol: z.string() }),
  z.strictObject({ do: z.literal("changeMode"), hedge: z.boolean() }),
  z.strictObject({ do: z.literal("changeLeverage"), symbol: z.string(), leverage: z.int().min(1) }),
  z.strictObject({ do: z.literal("transfer"), amount: decimal }),
  z.strictObject({ do: z.literal("liquidate") }),
  z.strictObject({ do: z.literal("adl"), symbol: z.string() }),
  z.strictObject({ do: z.literal("settle"), symbol: z.string() }),
  z.strictObject({ do: z.literal("funding"), symbol: z.string(), rate: decimal }),
  z.strictObject({ do: z.literal("revokeKey") }),
  z.strictObject({ do: z.literal("wsClose"), code: z.int().default(1006) }),
  z.strictObject({ do: z.literal("wsStall"), on: z.boolean().default(true) }),
  /** Messages of streams are lost, come twice, or come after the next one. */
  z.strictObject({ do: z.literal("wsDrop"), on: z.boolean().default(true) }),
  z.strictObject({ do: z.literal("wsDup"), on: z.boolean().default(true) }),
  z.strictObject({ do: z.literal("wsReorder"), on: z.boolean().default(true) }),
  z.strictObject({ do: z.literal("listenKeyExpire") }),
] as const;

const requestFault = z.discriminatedUnion("do", requestFaults);
const stateFault = z.discriminatedUnion("do", stateFaults);
export type RequestFault = z.infer<typeof requestFault>;
export type StateFault = z.infer<typeof stateFault>;
export type When = z.infer<typeof when>;

const REQUEST_KINDS = new Set(requestFaults.map((fault) => fault.shape.do.value as string));

/** One line of a script: a condition and what to do when it holds. */
export interface FaultRule {
  readonly at: When;
  readonly fault:
    | { readonly kind: "request"; readonly does: RequestFault }
    | { readonly kind: "state"; readonly does: StateFault };
}

/**
 * Reads a fault script: a list of `{at: {…}, do: …, …}`.
 *
 * @throws z.ZodError naming each rule that is wrong
 */
export function parseFaultScript(script: unknown): FaultRule[] {
  const rules = z.array(z.looseObject({ at: when, do: z.string() })).parse(script);
  return rules.map(({ at, ...rest }, index) => {
    const isRequest = REQUEST_KINDS.has(rest.do);
    const parsed = (isRequest ? requestFault : stateFault).safeParse(rest);
    if (!parsed.success) {
      throw new z.ZodError(parsed.error.issues.map((issue) => ({ ...issue, path: [index, ...issue.path] })));
    }
    if (isRequest && at.req === undefined && at.cid === undefined) {
      throw new z.ZodError([
        {
          code: "custom",
          path: [index, "at"],
          message: `${rest.do} happens to requests: say which (req or cid)`,
          input: at,
        },
      ]);
    }
    return {
      at,
      fault: isRequest
        ? { kind: "request", does: parsed.data as RequestFault }
        : { kind: "state", does: parsed.data as StateFault },
    };
  });
}
