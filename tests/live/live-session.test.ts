// Goal: one engine. A paper session that gets its slices one by one from a journal decides what the backtest of the same bars
// decides; the same journal folded again, in whatever process, gives the same bytes; what was journaled and what the code
// decides may not differ silently (spec 5.2).

import { describe, expect, it } from "vitest";
import type { Config, OrchestratorFile } from "../../src/config/schema.ts";
import { simulate } from "../../src/engine/backtest.ts";
import { sha256 } from "../../src/lib/sha256.ts";
import { resolveConfig } from "../../src/library.ts";
import { DivergenceError } from "../../src/live/divergence-error.ts";
import type { DecisionRecord, JournalBody, TradeRecord } from "../../src/live/journal-records.ts";
import { planLive } from "../../src/live/live-plan.ts";
import { LiveSession } from "../../src/live/live-session.ts";
import type { Market } from "../../src/market/market.ts";
import { journaled } from "../support/journaled-market.ts";
import { madeMarket, walk } from "../support/made-market.ts";

const FIRST = Date.UTC(2023, 0, 1);
const START = Date.UTC(2023, 2, 1);
const HOURS = 24 * 150;

const market: Market = madeMarket(
  {
    "BTC/USDT": walk(1, HOURS, { start: 20_000, step: 0.01, missing: 0.01 }),
    "ETH/USDT": walk(2, HOURS, { start: 1500, step: 0.012 }),
  },
  FIRST,
  "1h",
  ["BTC/USDT", "ETH/USDT"].map((symbol, s) => ({
    symbol,
    timeMs: Float64Array.from({ length: HOURS / 8 }, (_, i) => FIRST + i * 28_800_000 + s * 60_000),
    rate: Float64Array.from({ length: HOURS / 8 }, (_, i) => ((i % 7) - 3) * 1e-4),
  })) as never,
);

const pods = (risk: object): OrchestratorFile["pods"] => [
  { pod_id: "a", strategy: "tsmom", params: { short_mode: "full" }, symbols: ["BTC/USDT", "ETH/USDT"], risk },
  {
    pod_id: "b",
    strategy: "donchian",
    params: { short_mode: "full" },
    symbols: ["ETH/USDT"],
    initial_fraction: 0.3,
    risk,
  },
  { pod_id: "c", strategy: "ema-cross", symbols: ["BTC/USDT"], timeframe: "1h", risk },
];

function configOf(risk: object, extra: Partial<OrchestratorFile> = {}): Config {
  return resolveConfig({
    pods: pods(risk),
    backtest: { start: "2023-03-01", end: "2023-05-30", capital: 100_000 },
    ...extra,
  });
}

function open(
  config: Config,
  mode: "paper" | "live",
): { live: LiveSession; slices: ReturnType<typeof journaled>["slices"] } {
  const { warmup, slices } = journaled(market, START);
  const plan = planLive(config, warmup, { startMs: START, capitalMicro: 100_000e6, mode });
  return { live: new LiveSession(config, plan, warmup), slices };
}

/** Goes through the slices; `work` says what comes after each decision. @returns the journal. */
function journalOf(
  config: Config,
  mode: "paper" | "live",
  work: (decision: DecisionRecord, live: LiveSession) => JournalBody[] = () => [],
  traded: (slice: number) => boolean = () => true,
): { live: LiveSession; journal: JournalBody[] } {
  const { live, slices } = open(config, mode);
  const journal: JournalBody[] = [];
  const commit = (body: JournalBody): void => {
    journal.push(body);
    live.apply(body);
  };
  for (const [i, slice] of slices.entries()) {
    commit({ ...slice, traded: traded(i) });
    for (;;) {
      const { draft } = live;
      if (draft === null) break;
      const decision: DecisionRecord = {
        type: "decision",
        ...draft,
        intents: mode === "paper" ? [] : intentsOf(draft.symbols, i),
      };
      commit(decision);
      for (const body of work(decision, live)) commit(body);
    }
  }
  return { live, journal };
}

function intentsOf(symbols: DecisionRecord["symbols"], slice: number): DecisionRecord["intents"] {
  return symbols.flatMap(({ symbol, net }) =>
    net === 0
      ? []
      : [
          {
            cid: `mct-${slice}-${symbol}`,
            symbol,
            side: net > 0 ? "buy" : "sell",
            leg: "net",
            lots: Math.abs(net),
            quantity: "",
            reduces: false,
            pod: null,
          } as const,
        ],
  );
}

/** Every order fills at the mark, in three trades. */
function fills(decision: DecisionRecord, live: LiveSession): JournalBody[] {
  const { state, setup } = live.session.engine;
  return decision.intents.flatMap(({ cid, symbol, lots, side }): JournalBody[] => {
    const s = setup.symbols.findIndex((own) => own.symbol === symbol);
    const lotsPerUnit = setup.symbols[s]?.lotsPerUnit as number;
    const price = (state.markPerLot[s] as number) * lotsPerUnit;
    const sign = side === "buy" ? 1 : -1;
    const parts = [Math.floor(lots / 3), Math.floor(lots / 3), lots - 2 * Math.floor(lots / 3)].filter(
      (part) => part > 0,
    );
    const trades = parts.map((part, i): TradeRecord => {
      const value = Math.floor((part / lotsPerUnit) * price * 1e6 + 0.5);
      return {
        type: "trade",
        cid,
        symbol,
        trade_id: `${cid}-${i}`,
        lots: sign * part,
        price: String(price),
        value_micro: value,
        fee_micro: Math.floor(value * 4e-4 + 0.5),
        fee: "0",
        fee_lots: 0,
        fee_asset: "USDT",
        time_ms: decision.open_ms,
        synthetic: false,
      };
    });
    return [
      ...trades,
      { type: "done", cid, status: "filled", lots },
      { type: "settled", open_ms: decision.open_ms, symbol },
    ];
  });
}

function folded(config: Config, mode: "paper" | "live", journal: readonly JournalBody[]): LiveSession {
  const { live } = open(config, mode);
  for (const body of journal) live.apply(body);
  return live;
}

const NO_STOPS = { system_stop_loss: null };

describe("a paper session", () => {
  it("decides what the backtest of the same bars decides, to the hash", () => {
    const config = configOf(NO_STOPS);
    const { live } = journalOf(config, "paper");
    const outcome = live.finish();
    const backtest = simulate(config, market);
    expect(outcome.record.records.length).toBeGreaterThan(1000);
    expect(outcome.resultHash).toBe(backtest.resultHash);
  });

  it("sends a stop's exit with the orders of its slice, so fills differ and decisions before the first stop do not", () => {
    const config = configOf({ system_stop_loss: 0.03 });
    const stops: number[] = [];
    const { warmup, slices } = journaled(market, START);
    const plan = planLive(config, warmup, { startMs: START, capitalMicro: 100_000e6, mode: "paper" });
    const purposes = new Set<string>();
    const live = new LiveSession(config, plan, warmup, (event) => {
      if (event.type === "stop") stops.push(event.timeMs);
      if (event.type === "fill") purposes.add(event.purpose);
    });
    for (const slice of slices) {
      live.apply(slice);
      if (live.draft !== null) live.apply({ type: "decision", ...live.draft, intents: [] });
    }
    expect(stops.length).toBeGreaterThan(3);
    expect(purposes.has("STOP")).toBe(false);
  });
});

describe("a live session", () => {
  it("folds its journal to the same bytes, cut anywhere", () => {
    const config = configOf({ system_stop_loss: 0.03 });
    const { live, journal } = journalOf(config, "live", fills);
    expect(journal.filter(({ type }) => type === "trade").length).toBeGreaterThan(100);
    const again = folded(config, "live", journal);
    const bytes = ({ session }: LiveSession): string =>
      sha256(new Uint8Array(session.engine.state.region.slice().buffer));
    expect(bytes(again)).toBe(bytes(live));
    const cut = Math.floor(journal.length / 2);
    const continued = folded(config, "live", journal.slice(0, cut));
    for (const body of journal.slice(cut)) continued.apply(body);
    expect(continued.finish().resultHash).toBe(live.finish().resultHash);
  });

  it("goes on with the same decision when it died before it was journaled", () => {
    const config = configOf(NO_STOPS);
    const { journal } = journalOf(config, "live", fills);
    const at = journal.findIndex((body) => body.type === "decision" && body.intents.length > 0);
    const restarted = folded(config, "live", journal.slice(0, at));
    const { intents: _, type, ...decided } = journal[at] as DecisionRecord;
    expect(type).toBe("decision");
    expect(restarted.draft).toEqual(decided);
    expect(restarted.watermarkMs).toBe(decided.open_ms);
  });

  it("does not trade slices that came too late, and remembers them all the same", () => {
    const config = configOf(NO_STOPS);
    const late = journalOf(config, "live", fills, (slice) => slice < 500 || slice >= 600);
    const decisions = late.journal.filter((body) => body.type === "decision");
    expect(decisions.slice(500, 600).every(({ intents }) => intents.length === 0)).toBe(true);
    expect(decisions.slice(600).some(({ intents }) => intents.length > 0)).toBe(true);
  });

  it("halts where the code decides otherwise than the journal", () => {
    const config = configOf(NO_STOPS);
    const { journal } = journalOf(config, "live", fills);
    const changed = journal.map((body, i) =>
      body.type === "slice" && i > 100 && i < 104
        ? { ...body, bars: { ...body.bars, "BTC/USDT": ["1", "1", "1", "1", "1"] as const } }
        : body,
    );
    expect(() => folded(config, "live", changed)).toThrow(DivergenceError);
    expect(() => folded(config, "live", changed)).toThrow(/the slice of 2023-03-0\d.* decides .*, the journal has/);
  });
});

describe("what operators and reconciliation change", () => {
  it("a pause decides again at once, a flatten closes everything", () => {
    const config = configOf(NO_STOPS);
    let held = 0;
    const { live } = journalOf(config, "live", (decision, session) => {
      const done = fills(decision, session);
      const lots = Math.abs(session.lotsOf("BTC/USDT"));
      if (held === 0 && lots > 0) {
        held = lots;
        return [...done, { type: "control", mode: "PAUSED", flatten: true, symbols: [], pods: [] }];
      }
      return done;
    });
    expect(held).toBeGreaterThan(0);
    expect(live.lotsOf("BTC/USDT")).toBe(0);
    expect(live.lotsOf("ETH/USDT")).toBe(0);
  });

  it("transfers move the reserve, an autoclose the pods, a lock one symbol", () => {
    const config = configOf(NO_STOPS);
    const { journal } = journalOf(config, "live", fills);
    const at = journal.findLastIndex(({ type }) => type === "settled");
    const live = folded(config, "live", journal.slice(0, at + 1));
    const { account } = live.session.engine.state;
    const [reserve, peak] = [account[0] as number, account[13] as number];
    live.apply(external("transfer", null, 0, 1_000_000_000));
    expect(account[0]).toBe(reserve + 1_000_000_000);
    expect(account[13]).toBeCloseTo(peak + 1000, 6);
    const lots = live.lotsOf("ETH/USDT");
    expect(lots).not.toBe(0);
    live.apply(external("autoclose", "ETH/USDT", -lots, 5_000_000));
    expect(live.lotsOf("ETH/USDT")).toBe(0);
    live.apply({ type: "lock", symbol: "BTC/USDT", locked: true, reason: "test", ledger: 0, exchange: 1 });
    expect(live.session.engine.state.locked[0]).toBe(1);
  });
});

function external(kind: "transfer" | "autoclose", symbol: string | null, lots: number, cash: number): JournalBody {
  return { type: "external", kind, id: "1", symbol, leg: null, lots, cash_micro: cash, note: "" };
}
