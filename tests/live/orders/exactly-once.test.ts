// Goal: whatever the network, the exchange and crashes do, each intent becomes at most one order, each fill is booked once,
// and the position reaches its target.
// Method: random faults, fills and deaths around a small trader (tests/support/order-world.ts), shrunk when they fail; and
// wrong variants of the protocol, which the same test must catch.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { TradingVenue } from "../../../src/exchange/port.ts";
import type { JournalBody } from "../../../src/live/journal-records.ts";
import { type Filling, NO_FAULTS, type SubmitFault } from "../../support/fake-exchange.ts";
import { type Mutation, runWorld, type Scenario } from "../../support/order-world.ts";

const sometimes = <T>(fault: fc.Arbitrary<T>, length: number): fc.Arbitrary<(T | null)[]> =>
  fc.array(fc.option(fault, { freq: 2 }), { maxLength: length });

const submitFault = fc.oneof(
  fc.constantFrom("lost_request", "lost_ack", "hang", "wrong_cid", "wrong_quantity"),
  fc.constantFrom(0.3, 0.6, 0.9, 1.3).map((lateShare) => ({ lateShare })),
  fc.constantFrom("redecide", "wait", "reduce_only", "resync_clock").map((reject) => ({ reject })),
);

const filling = fc.oneof(
  fc.constantFrom("full", "three_trades", "never"),
  fc.constantFrom(300, 2_500, 20_000, 40_000).map((afterMs) => ({ afterMs })),
  fc.constantFrom(0, 0.3, 0.7).map((share) => ({ share })),
);

const SYMBOLS = ["BTC/USDT", "ETH/USDT"];
const lots = fc.constantFrom(-2_000, -700, 0, 333, 1_000, 3_100);

const scenarios: fc.Arbitrary<Scenario> = fc.record({
  hedged: fc.boolean(),
  gross: fc.boolean(),
  style: fc.constantFrom({ kind: "market" }, { kind: "limit_then_market", timeoutMs: 5_000, pollMs: 500, driftBps: 5 }),
  symbols: fc.constant(SYMBOLS),
  targets: fc.array(fc.tuple(fc.tuple(lots, lots), fc.tuple(lots, lots)), { minLength: 1, maxLength: 4 }),
  faults: fc.record({
    submit: sometimes(submitFault, 8),
    find: sometimes(fc.constantFrom("unavailable", "unknown", "malformed", "rate_limited"), 12),
    trades: sometimes(fc.constantFrom("unavailable", "empty", "twice", "malformed"), 12),
    cancel: sometimes(fc.constantFrom("lost_request", "lost_ack", "race"), 4),
    positions: sometimes(fc.constantFrom("unavailable", "stale"), 3),
    time: sometimes(fc.constantFrom("unavailable"), 3),
    filling: fc.array(filling, { maxLength: 8 }),
  }),
  deaths: fc.array(fc.record({ append: fc.nat(40), how: fc.constantFrom("before", "after", "torn") }), {
    maxLength: 4,
  }),
});

async function holds(scenario: Scenario, mutation?: Mutation): Promise<void> {
  const { violations } = await runWorld(scenario, mutation);
  if (violations.length > 0) throw new Error(violations.join("\n"));
}

/** More schedules, and other ones: npm run proof:orders. */
const { MCBOT_ORDER_RUNS: runs = 300, MCBOT_ORDER_SEED: seed = 7, MCBOT_ORDER_TIMEOUT: timeout = 30_000 } = process.env;

describe("exactly once", () => {
  it("under random faults, fills and deaths", { timeout: Number(timeout) }, async () => {
    await fc.assert(
      fc.asyncProperty(scenarios, (scenario) => holds(scenario)),
      { seed: Number(seed), numRuns: Number(runs) },
    );
  });
});

const NAMED_FAULTS: [string, SubmitFault | null, Filling[]][] = [
  ["no fault", null, []],
  ["a lost request", "lost_request", []],
  ["a lost acknowledgement", "lost_ack", []],
  ["a hang after the exchange took it", "hang", ["three_trades"]],
  ["a late arrival", { lateShare: 0.6 }, []],
  ["an arrival beyond recvWindow", { lateShare: 1.3 }, []],
  ["a partial fill that expires", null, [{ share: 0.3 }, { afterMs: 2_500 }]],
];

describe("a death at every record", () => {
  // From long to short and back: a close, an open, and parts of both.
  const targets = [[[1_700, 300]], [[-900, -300]], [[400, 0]]];
  it.each(NAMED_FAULTS)("with %s", async (_, fault, filling) => {
    const scenario: Scenario = {
      hedged: true,
      gross: false,
      style: { kind: "market" },
      symbols: ["BTC/USDT"],
      targets,
      faults: { ...NO_FAULTS, submit: [null, fault, fault], filling },
      deaths: [],
    };
    const { appends } = await runWorld(scenario);
    expect(appends).toBeGreaterThan(15);
    for (let append = 0; append < appends; append++) {
      for (const how of ["before", "after", "torn"] as const) {
        // And again in the middle of what the restart writes.
        const deaths = [
          { append, how },
          { append: append + 2, how },
        ];
        const { violations, restarts } = await runWorld({ ...scenario, deaths });
        expect({ append, how, violations }).toEqual({ append, how, violations: [] });
        expect(restarts).toBeGreaterThan(0);
      }
    }
  });
});

function onSubmit(change: (venue: TradingVenue) => TradingVenue["submit"]): Mutation {
  return { venue: (venue) => ({ ...venue, submit: change(venue) }) };
}

const MUTANTS: [string, Mutation][] = [
  [
    "resends by the same id",
    onSubmit((venue) => async (order, at) => {
      const first = await venue.submit(order, at);
      return first.kind === "ambiguous" ? venue.submit(order, at) : first;
    }),
  ],
  [
    "resends by a new id",
    onSubmit((venue) => async (order, at) => {
      const first = await venue.submit(order, at);
      return first.kind === "ambiguous" ? venue.submit({ ...order, clientId: `${order.clientId}r` }, at) : first;
    }),
  ],
  ["takes not-found for final at once", { settings: { notFoundMarginMs: -1e15 } }],
  [
    "journals after the acknowledgement",
    {
      record: (record) => {
        const held: JournalBody[] = [];
        return (...bodies) => {
          if (bodies[0]?.type === "sent") held.push(...bodies);
          else record(...held.splice(0), ...bodies);
        };
      },
    },
  ],
  [
    "does not know a trade again",
    {
      venue: (venue) => {
        let calls = 0;
        return {
          ...venue,
          async trades(symbol, query) {
            const call = calls++;
            return (await venue.trades(symbol, query)).map((trade) => ({
              ...trade,
              tradeId: `${trade.tradeId}.${call}`,
            }));
          },
        };
      },
    },
  ],
];

describe("the proof can fail", () => {
  it.each(MUTANTS)("a variant that %s is caught", async (_, mutation) => {
    const check = await fc.check(
      fc.asyncProperty(scenarios, (scenario) => holds(scenario, mutation)),
      { seed: 7, numRuns: 200, endOnFailure: true },
    );
    expect(check.failed).toBe(true);
  });
});
