// Goal: a stream takes the memory it announces, continues from a copied state, and streams do not share anything.

import { describe, expect, it } from "vitest";
import { instantiateKernels } from "../../src/kernels/load.ts";
import { stateLengths } from "../../src/kernels/state-lengths.ts";
import { findStrategy } from "../../src/strategies/registry.ts";
import { atrStream, atrStreamBytes, type SignalStream } from "../../src/strategies/signal-stream.ts";
import { randomCandles } from "../support/candles.ts";
import { plainKernels } from "../support/plain-kernels.ts";
import { kernelStrategyNames, strategyStream } from "../support/signals.ts";

const candles = randomCandles(120, 21);
const n = candles.close.length;

function loaded() {
  const kernels = instantiateKernels(1_000_000);
  const put = (column: Float64Array) => {
    const pointer = kernels.arena.f64(n);
    kernels.arena.viewF64(pointer, n).set(column);
    return pointer;
  };
  const out = kernels.arena.f64(n);
  const columns = {
    high: put(candles.high),
    low: put(candles.low),
    close: put(candles.close),
    volume: put(candles.volume),
  };
  const advance = (stream: SignalStream, from: number, to: number): number[] => {
    const at = 8 * from;
    const { high, low, close, volume } = columns;
    const chunk = { time: 0, open: 0, high: high + at, low: low + at, close: close + at, volume: volume + at };
    stream.run(chunk, to - from, out);
    return [...kernels.arena.viewF64(out, to - from)];
  };
  return { kernels, advance };
}

describe("SignalStream", () => {
  it.each(kernelStrategyNames)("%s takes the bytes it announces", (name) => {
    const strategy = findStrategy(name);
    const params = strategy?.params.parse({});
    const { kernels } = loaded();
    const before = kernels.arena.used;
    strategyStream(name, params)(kernels);
    expect(kernels.arena.used - before).toBe(
      strategy?.bytes(params, { barsPerYear: 365, chunk: 0, find: findStrategy }),
    );
  });

  it("the plain kernels ask for the same lengths", () => {
    const plain = plainKernels(0).exports;
    expect(plain.tsmomStateLength(3, 5, 7)).toBe(stateLengths.tsmomStateLength(3, 5, 7));
    expect(plain.vwTsmomStateLength(3, 5, 7)).toBe(stateLengths.vwTsmomStateLength(3, 5, 7));
    expect(plain.donchianStateLength(9, 3, 5, 7)).toBe(stateLengths.donchianStateLength(9, 3, 5, 7));
    expect(plain.donchianEnsembleStateLength(5, 7)).toBe(stateLengths.donchianEnsembleStateLength(5, 7));
    expect(plain.donchianEnsembleVoteLength(9)).toBe(stateLengths.donchianEnsembleVoteLength(9));
    expect(plain.volAdaptiveStateLength(5, 7)).toBe(stateLengths.volAdaptiveStateLength(5, 7));
    expect(plain.emaCrossStateLength(7)).toBe(stateLengths.emaCrossStateLength(7));
    expect(plain.emaCrossStateLength(0)).toBe(stateLengths.emaCrossStateLength(0));
    expect(plain.atrStateLength()).toBe(stateLengths.atrStateLength());
  });

  it("the ATR stream too", () => {
    const { kernels } = loaded();
    const before = kernels.arena.used;
    atrStream(kernels, 14);
    expect(kernels.arena.used - before).toBe(atrStreamBytes());
  });

  it("continues from a copied state, and two streams do not disturb each other", () => {
    const { kernels, advance } = loaded();
    const make = strategyStream("tsmom", { ...(findStrategy("tsmom")?.params.parse({}) as object), lookback: 10 });
    const whole = make(kernels);
    const resumed = make(kernels);
    const expected = advance(whole, 0, n).slice(70);
    const first = make(kernels);
    advance(first, 0, 70);
    resumed.state.set(first.state);
    advance(first, 70, 90);
    expect(advance(resumed, 70, n)).toEqual(expected);
  });

  it("running over no candles changes nothing", () => {
    const { kernels, advance } = loaded();
    for (const name of kernelStrategyNames) {
      const stream = strategyStream(name, findStrategy(name)?.params.parse({}))(kernels);
      const before = stream.state.slice();
      advance(stream, 0, 0);
      expect(stream.state).toEqual(before);
    }
  });
});
