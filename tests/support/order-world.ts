import type { OrderRequest, TradingVenue } from "../../src/exchange/port.ts";
import { type Journal, openJournal } from "../../src/journal/journal.ts";
import type { DecisionRecord, JournalBody } from "../../src/live/journal-records.ts";
import { checkJournalBody } from "../../src/live/journal-schema.ts";
import type { OrderConsequence } from "../../src/live/orders/desk.ts";
import { OrderLedger } from "../../src/live/orders/order-ledger.ts";
import { OrderManager } from "../../src/live/orders/order-manager.ts";
import { type OrderWish, planIntents } from "../../src/live/orders/plan-intents.ts";
import { type ExecutionStyle, ORDER_DEFAULTS, type OrderSettings } from "../../src/live/orders/settings.ts";
import { FakeExchange, type Faults } from "./fake-exchange.ts";
import { MemoryDisk } from "./memory-disk.ts";
import { VirtualClock } from "./virtual-clock.ts";

// A trader around the order manager, small enough to be seen through: per bar and symbol a target for each pod, orders for
// the difference to what the journal says is held, a journal on a disk, an exchange that fails by script, and a process
// that dies at given records and starts again. What must hold is checked from outside, on the exchange and in the journal.

export interface Scenario {
  readonly hedged: boolean;
  readonly gross: boolean;
  readonly style: ExecutionStyle;
  readonly symbols: readonly string[];
  /** Bar → symbol → pod → lots. */
  readonly targets: readonly (readonly (readonly number[])[])[];
  readonly faults: Faults;
  /** Deaths: before the nth append of the whole run, after it, or in the middle of its write. */
  readonly deaths: readonly { readonly append: number; readonly how: "before" | "after" | "torn" }[];
}

/** What a wrong implementation would do, put around the right one. */
export interface Mutation {
  readonly venue?: (venue: TradingVenue) => TradingVenue;
  readonly record?: (record: (...bodies: JournalBody[]) => void) => (...bodies: JournalBody[]) => void;
  readonly settings?: Partial<OrderSettings>;
}

export interface Outcome {
  /** What must hold and did not. */
  readonly violations: readonly string[];
  readonly consequences: readonly OrderConsequence[];
  readonly journal: readonly JournalBody[];
  readonly exchange: FakeExchange;
  readonly ledger: OrderLedger;
  readonly restarts: number;
  /** Appends of all lives. */
  readonly appends: number;
}

const START = Date.UTC(2026, 0, 1);
const BAR_MS = 3_600_000;
const PATH = "/state/journal.ndjson";
export const PODS = ["p0", "p1"] as const;
/** Clean bars at the end, in which the last targets must be reached. */
const CLEAN_BARS = 2;

class Death extends Error {}

export async function runWorld(scenario: Scenario, mutation: Mutation = {}): Promise<Outcome> {
  const clock = new VirtualClock(START);
  return clock.run(live(clock, scenario, mutation));
}

async function live(clock: VirtualClock, scenario: Scenario, mutation: Mutation): Promise<Outcome> {
  const exchange = new FakeExchange(clock, scenario);
  const disk = new MemoryDisk();
  const violations: string[] = [];
  const consequences: OrderConsequence[] = [];
  let bars = scenario.targets.length + CLEAN_BARS;
  let current = 0;
  let appends = 0;
  let healed = false;
  let restarts = 0;

  exchange.onReceipt = ({ clientId }: OrderRequest) => {
    if (!disk.files.get(PATH)?.durable.includes(`"type":"sent","cid":"${clientId}"`))
      violations.push(`I4: ${clientId} was received before it was durable as sent`);
  };

  for (;;) {
    const { venue, kill } = exchange.connect();
    const { journal, ledger, podHeld } = boot(disk, violations);
    let die: (death: Death) => void = () => {};
    const death = new Promise<never>((_, reject) => {
      die = reject;
    });
    death.catch(() => {});
    const fold = (bodies: readonly JournalBody[]): void => {
      for (const body of bodies) {
        ledger.apply(body);
        podHeld.apply(body);
      }
    };
    const append = (...bodies: JournalBody[]): void => {
      const planned = scenario.deaths.find((one) => one.append === appends);
      appends++;
      if (planned?.how === "torn") disk.faults.push({ on: "write", bytes: 40 }, { on: "truncate", code: "EIO" });
      try {
        if (planned?.how !== "before") journal.append(...bodies);
      } catch (error) {
        if (planned === undefined) throw error;
      }
      if (planned !== undefined) {
        kill();
        const end = new Death(planned.how);
        die(end);
        throw end;
      }
      fold(bodies);
    };
    const record = mutation.record === undefined ? append : mutation.record(append);
    const manager = new OrderManager(
      {
        venue: mutation.venue?.(venue) ?? venue,
        clock,
        record,
        ledger,
        rules: () => RULES,
        mark: () => "100",
        quote: async () => {
          await clock.sleep(40);
          return { bid: "100.1", bidQuantity: "1", ask: "100.2", askQuantity: "1" };
        },
        feePrice: () => "600",
        permits: () => true,
        onConsequence: (consequence) => consequences.push(consequence),
      },
      { ...ORDER_DEFAULTS, quoteAsset: "USDT", takerFeeBps: 4, style: scenario.style, ...mutation.settings },
    );
    const life = async (): Promise<void> => {
      if (journal.records === 0) record(HEADER);
      await settleAll(manager, ledger, clock);
      for (let bar = nextBar(ledger, clock); bar < bars; bar = nextBar(ledger, clock)) {
        current = bar;
        const open = START + bar * BAR_MS;
        if (clock.now() < open + BAR_MS) await clock.sleep(open + BAR_MS - clock.now());
        if (bar >= scenario.targets.length && !healed) {
          healed = true;
          exchange.heal();
        }
        const decision = decide(scenario, bar, ledger, podHeld);
        record({ type: "slice", open_ms: open, bars: {}, funding: [], traded: true }, decision);
        await manager.execute(decision, { validUntilMs: clock.now() + BAR_MS / 2 });
        await settleAll(manager, ledger, clock);
        if (!scenario.gross && scenario.hedged)
          for (const symbol of scenario.symbols) {
            const { long, short } = ledger.held(symbol);
            if (long !== 0 && short !== 0) violations.push(`I9: ${symbol} holds ${long} and ${short} after bar ${bar}`);
          }
      }
    };
    try {
      const running = life();
      running.catch(() => {});
      await Promise.race([running, death]);
      const bodies = journalOf(disk);
      violations.push(...finalViolations(scenario, exchange, ledger, podHeld, bodies));
      for (const { consequence, code, message } of consequences)
        if (consequence === "halt_symbol" || consequence === "halt")
          violations.push(`${consequence}: ${code} ${message}`);
      return { violations, consequences, journal: bodies, exchange, ledger, restarts, appends };
    } catch (error) {
      if (error instanceof Death) {
        restarts++;
        bars = Math.max(bars, current + 1 + CLEAN_BARS);
        continue;
      }
      violations.push(`threw ${error instanceof Error ? `${error.name}: ${error.message}` : error}`);
      return { violations, consequences, journal: journalOf(disk), exchange, ledger, restarts, appends };
    }
  }
}

export const RULES = {
  lot: "0.001",
  step: "0.001",
  tick: "0.1",
  minQuantity: "0.001",
  maxQuantity: "1000",
  maxMarketQuantity: "1.500",
  minNotional: "0",
  trading: true,
} as const;

const HEADER: JournalBody = {
  type: "header",
  v: 1,
  mode: "live",
  venue: "binanceusdm",
  simulator: true,
  account: "A1",
  instance: "t0",
  run_id: "run",
  start_ms: START,
  capital_micro: 1e12,
  warmup: "0".repeat(64),
};

class PodHeld {
  readonly #held = new Map<string, number>();
  readonly #pods = new Map<string, string | null>();

  of(symbol: string, pod: string): number {
    return this.#held.get(`${symbol} ${pod}`) ?? 0;
  }

  apply(body: JournalBody): void {
    if (body.type === "decision") for (const { cid, pod } of body.intents) this.#pods.set(cid, pod);
    if (body.type === "sent") this.#pods.set(body.cid, this.#pods.get(body.intent) ?? null);
    if (body.type !== "trade") return;
    const key = `${body.symbol} ${this.#pods.get(body.cid) ?? "net"}`;
    this.#held.set(key, (this.#held.get(key) ?? 0) + body.lots);
  }
}

function boot(
  disk: MemoryDisk,
  violations: string[],
): { journal: Journal<JournalBody>; ledger: OrderLedger; podHeld: PodHeld } {
  disk.faults.length = 0;
  const ledger = new OrderLedger();
  const podHeld = new PodHeld();
  try {
    const { journal } = openJournal(
      PATH,
      checkJournalBody,
      ({ body }) => {
        ledger.apply(body);
        podHeld.apply(body);
      },
      { disk, minFreeBytes: 0, ballastBytes: 0 },
    );
    return { journal, ledger, podHeld };
  } catch (error) {
    violations.push(`boot: ${error}`);
    throw error;
  }
}

/** Stuck symbols are tried again, as a runner does; ten minutes must be enough. */
async function settleAll(manager: OrderManager, ledger: OrderLedger, clock: VirtualClock): Promise<void> {
  const until = clock.now() + 600_000;
  do {
    await manager.recover();
    if (ledger.inFlight().size === 0) return;
    await clock.sleep(5_000);
  } while (clock.now() < until);
}

function nextBar(ledger: OrderLedger, clock: VirtualClock): number {
  const decided = Number.isFinite(ledger.watermark) ? (ledger.watermark - START) / BAR_MS + 1 : 0;
  // A bar that was missed is not traded later.
  return Math.max(decided, Math.floor((clock.now() - START) / BAR_MS) - 1);
}

function decide(
  { hedged, gross, symbols, targets }: Scenario,
  bar: number,
  ledger: OrderLedger,
  pods: PodHeld,
): DecisionRecord {
  const openMs = START + bar * BAR_MS;
  const row = targets[Math.min(bar, targets.length - 1)] ?? [];
  const wishes: OrderWish[] = [];
  const decided: DecisionRecord["symbols"][number][] = [];
  for (const [s, symbol] of symbols.entries()) {
    if (ledger.inFlight().has(symbol)) continue;
    const wanted = row[s] ?? [];
    const held = ledger.held(symbol);
    if (gross) {
      for (const [p, pod] of PODS.entries()) {
        const podHeld = pods.of(symbol, pod);
        const lots = (wanted[p] ?? 0) - podHeld;
        if (lots !== 0) wishes.push({ symbol, lots, pod, podHeld });
      }
      const demand = wishes.filter((wish) => wish.symbol === symbol).map(({ pod, lots }) => [pod ?? "", lots] as const);
      if (demand.length > 0)
        decided.push({ symbol, net: demand.reduce((sum, [, lots]) => sum + lots, 0), crossed: 0, demand });
    } else {
      const net = wanted.reduce((sum, lots) => sum + lots, 0) - held.long - held.short - held.net;
      if (net === 0) continue;
      wishes.push({ symbol, lots: net, pod: null, podHeld: 0 });
      decided.push({ symbol, net, crossed: 0, demand: [["p0", net]] });
    }
  }
  const { intents } = planIntents(wishes, {
    instance: "t0",
    openMs,
    hedged,
    reducingExempt: true,
    held: (symbol) => ledger.held(symbol),
    rules: () => RULES,
    mark: () => 100,
    locked: () => false,
  });
  return { type: "decision", open_ms: openMs, events: "0".repeat(64), symbols: decided, intents };
}

function journalOf(disk: MemoryDisk): JournalBody[] {
  const lines = disk.text(PATH).split("\n").slice(0, -1);
  return lines.map((line) => (JSON.parse(line) as { body: JournalBody }).body);
}

function finalViolations(
  { hedged, gross, symbols, targets }: Scenario,
  exchange: FakeExchange,
  ledger: OrderLedger,
  pods: PodHeld,
  journal: readonly JournalBody[],
): string[] {
  const violations: string[] = [];
  const check = (holds: boolean, message: string): void => {
    if (!holds) violations.push(message);
  };
  const sent = new Set(journal.flatMap((body) => (body.type === "sent" ? [body.cid] : [])));
  const byId = new Map<string, number>();
  for (const { request } of exchange.orders) byId.set(request.clientId, (byId.get(request.clientId) ?? 0) + 1);
  for (const [cid, count] of byId) {
    check(count === 1, `I3: ${count} orders of ${cid}`);
    check(sent.has(cid), `I3: ${cid} is not in the journal`);
  }
  for (const symbol of ledger.inFlight()) violations.push(`${symbol} is not settled`);
  for (const [s, symbol] of symbols.entries()) {
    const held = ledger.held(symbol);
    for (const leg of ["long", "short", "net"] as const) {
      const real = exchange.position(symbol, leg);
      check(real === held[leg], `I2: ${symbol} ${leg} is ${real} on the exchange, ${held[leg]} in the journal`);
    }
    const wanted = targets.at(-1)?.[s] ?? [];
    const total = wanted.reduce((sum, lots) => sum + lots, 0);
    check(held.long + held.short + held.net === total, `I13: ${symbol} holds other than its target ${total}`);
    if (!gross) continue;
    for (const [p, pod] of PODS.entries())
      check(
        pods.of(symbol, pod) === wanted[p],
        `I13: ${pod} holds ${pods.of(symbol, pod)} of ${symbol}, not ${wanted[p]}`,
      );
    if (hedged) {
      const long = wanted.reduce((sum, lots) => sum + Math.max(0, lots), 0);
      check(held.long === long, `I13: ${symbol} has ${held.long} lots long, not ${long}`);
    }
  }
  return violations;
}
