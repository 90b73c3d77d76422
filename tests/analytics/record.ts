import type { BarColumns } from "../../src/market/bars.ts";
import type { Market } from "../../src/market/market.ts";
import type { ResultContext } from "../../src/orchestrator/result.ts";
import type { RunRecord } from "../../src/orchestrator/run-record.ts";
import { ACCOUNT } from "../../src/orchestrator/state.ts";
import { DAY, runScript, type Script, T0 } from "../support/scripted.ts";

export { DAY, T0 };

/** The record of a hand-written run of daily slices. */
export function recordOf(script: Script): RunRecord {
  const { engine, records, curve } = runScript(script);
  const { pods, symbols, reserveMicro } = engine.setup;
  const { state } = engine;
  const timeMs = Float64Array.from(curve, (_, t) => T0 + t * DAY);
  const column = (i: number): Float64Array => Float64Array.from(curve, (row) => row[i] as number);
  return {
    pods: pods.map(({ podId, symbols: own, capitalMicro }) => ({
      podId,
      strategy: "scripted",
      symbols: own.map((s) => symbols[s]?.symbol ?? ""),
      timeframe: "1D",
      initialFraction: capitalMicro / pods.reduce((sum, pod) => sum + pod.capitalMicro, reserveMicro),
      capitalMicro,
      initialState: null,
    })),
    symbols,
    capital: pods.reduce((sum, pod) => sum + pod.capitalMicro, reserveMicro) / 1e6,
    baseMs: DAY,
    curve: { timeMs, lastMs: timeMs.at(-1), equity: column(0), gross: column(1), net: column(2) },
    days: { timeMs, equity: column(0), pods: pods.map((_, p) => column(3 + p)) },
    records: Float64Array.from(records),
    failures: new Map(),
    orchestrator: null,
    books: {
      reserveMicro: state.account[ACCOUNT.reserve] as number,
      cashMicro: state.cash.slice(),
      equity: state.equity.slice(),
      markPerLot: state.markPerLot.slice(),
      lots: state.lots.slice(),
      entry: state.entry.slice(),
      realised: state.realised.slice(),
      feesMicro: state.fees.slice(),
      fundingMicro: state.funding.slice(),
      saving: state.saving.slice(),
      target: state.signals.slice(0, state.lots.length),
      intraWeight: state.intraWeight.slice(),
    },
    counts: {
      slices: curve.length,
      bars: script.slices.reduce((sum, { bars }) => sum + Object.keys(bars).length, 0),
      warmupBars: symbols.map(() => 0),
      targets: records.length,
      eventObjects: 0,
      stepCalls: 1,
      numericCalls: 0,
    },
  };
}

/** The bars of a script as a market. */
export function marketOf(script: Script, overrides: Partial<Market> = {}): Market {
  const names = script.symbols.map((entry) => (typeof entry === "string" ? entry : entry.symbol));
  return {
    kind: "files",
    label: "./data (CSV, 1d)",
    timeframe: "1D",
    bars: names.map((name) => columnsOf(script, name)),
    funding: names.map(() => null),
    files: ["data/1d/BTC-USDT-1d.csv"],
    hash: "d".repeat(64),
    ...overrides,
  };
}

function columnsOf(script: Script, symbol: string): BarColumns {
  const rows = script.slices.flatMap(({ bars }, t) =>
    bars[symbol] ? [[T0 + t * DAY, ...bars[symbol]] as number[]] : [],
  );
  const column = (i: number, missing = 0): Float64Array => Float64Array.from(rows, (row) => row[i] ?? missing);
  return {
    symbol,
    timeMs: column(0),
    open: column(1),
    high: column(2),
    low: column(3),
    close: column(4),
    volume: column(5, 1000),
    volumeDecimals: 0,
  };
}

/** The context of a script's result; costs as in its setup. */
export function contextOf(script: Script, overrides: Partial<ResultContext> = {}): ResultContext {
  const { feeRate = 0, slippage = 0, netting = "net" } = script.setup ?? {};
  return {
    mcbotVersion: "0.1.0",
    runId: "1".repeat(64),
    configHash: "c".repeat(64),
    resultHash: "ab12cd34".repeat(8),
    market: marketOf(script),
    range: { start: "2024-01-01", end: new Date(T0 + (script.slices.length - 1) * DAY).toISOString().slice(0, 10) },
    funding: "none",
    costs: { costBps: feeRate * 1e4, slippageBps: slippage * 1e4, impactBps: null, netting },
    settings: null,
    warnings: [],
    ...overrides,
  };
}

/** open, high, low, close of a bar that moves from one price to another. */
export function bar(open: number, close = open): [number, number, number, number] {
  return [open, Math.max(open, close), Math.min(open, close), close];
}

/**
 * Two pods with opposite BTC weights that change their minds for 60 days, an ETH gap, costs, funding, a stop, a gross
 * limit: a little of everything.
 */
export function busyScript(setup: Script["setup"] = {}): Script {
  const weight = (t: number, period: number): number => (t % period < period / 2 ? 0.7 : -0.4);
  return {
    pods: [
      { podId: "alpha", capital: 60_000, stopLoss: 0.03 },
      { podId: "beta", capital: 30_000 },
    ],
    symbols: ["BTC/USDT", { symbol: "ETH/USDT", lotsPerUnit: 1000, minNotional: 50 }],
    reserve: 10_000,
    setup: { feeRate: 0.0004, slippage: 0.0005, maxGrossLeverage: 0.9, ...setup },
    slices: Array.from({ length: 60 }, (_, t) => {
      const btc = 40_000 + 900 * ((t * 7) % 11) - 300 * ((t * 5) % 7);
      const eth = 2_000 + 37 * ((t * 3) % 13);
      return {
        bars: {
          "BTC/USDT": bar(btc, btc + 400 - 150 * (t % 6)),
          ...(t % 9 === 4 ? {} : { "ETH/USDT": bar(eth, eth + 20) }),
        },
        weights: {
          "alpha/BTC/USDT": weight(t, 6),
          "beta/BTC/USDT": -weight(t, 10),
          "alpha/ETH/USDT": weight(t, 8) / 2,
          "beta/ETH/USDT": weight(t, 14),
        },
        funding: [0, 8, 16].map((hours) => ({ symbol: "BTC/USDT", hours, rate: ((t % 5) - 1) * 1e-5 })),
      };
    }),
  };
}
