// Goal: skimming over slices in which one pod does nothing leaves every byte that the step leaves.
// Method: quiet random walks (small moves, rare signals, stops near, missing bars, funding, ruin) run with skimming, and once more
// with the weights declared unknown before every slice, which makes the step do each of them whole.

import { describe, expect, it } from "vitest";
import { instantiateKernels } from "../../src/kernels/load.ts";
import { ACCOUNT } from "../../src/orchestrator/state.ts";
import { plainKernels } from "../support/plain-kernels.ts";
import { seededRandom, withMargin } from "../support/random-script.ts";
import { runScript, type Script, type ScriptedBar } from "../support/scripted.ts";

const bytes = (values: ArrayLike<number>): string => Buffer.from(Float64Array.from(values).buffer).toString("base64");
const SLICES = 1500;

function quietWalk(seed: number, symbols: number): Script {
  const random = seededRandom(seed);
  const chance = (p: number): boolean => random() < p;
  const names = Array.from({ length: symbols }, (_, s) => `S${s}`);
  const price = names.map(() => 10 ** (1 + 3 * random()));
  const volatility = seed % 3 === 0 ? 0.02 : 0.002;
  const bar = (s: number): ScriptedBar => {
    const open = price[s] as number;
    const close = open * (1 + (random() - 0.5) * volatility);
    price[s] = close;
    return [
      open,
      Math.max(open, close) * (1 + 0.1 * volatility),
      Math.min(open, close) * (1 - 0.1 * volatility),
      close,
    ];
  };
  return {
    pods: [
      {
        podId: "p",
        capital: seed % 4 === 0 ? 0.01 : 50_000,
        active: seed % 7 !== 0,
        maxLeverage: 0.5 + 2 * random(),
        rebalanceThreshold: 0.05,
        rebalanceToEdge: chance(0.5),
        stopLoss: chance(0.6) ? 0.02 : null,
        trailMultiple: chance(0.4) ? 2 : null,
        cooldownMs: chance(0.3) ? 3 * 86_400_000 : null,
      },
    ],
    symbols: names,
    reserve: chance(0.5) ? 1000.5 : 0,
    setup: { feeRate: 0.0006, slippage: 0.0005, maxGrossLeverage: chance(0.3) ? 1.2 : 3 },
    slices: Array.from({ length: SLICES }, () => {
      const shown = names.filter(() => !chance(0.03));
      const bars = Object.fromEntries(shown.map((name) => [name, bar(names.indexOf(name))]));
      const signalled = shown.filter(() => chance(0.03));
      const weights = Object.fromEntries(signalled.map((name) => [`p/${name}`, chance(0.2) ? 0 : 2 * random() - 1]));
      const atr = Object.fromEntries(
        shown.filter(() => chance(0.05)).map((name) => [`p/${name}`, 0.01 * (price[names.indexOf(name)] as number)]),
      );
      const funding = names.filter(() => chance(0.01)).map((symbol) => ({ symbol, rate: 0.0001 }));
      return { bars, weights, atr, funding };
    }),
  };
}

describe.each([1, 2, 3, 4, 5, 6, 7, 8, 9])("quiet walk %i", (seed) => {
  // The last one is liquidated on the way.
  const script = withMargin(quietWalk(seed, seed % 2 === 0 ? 1 : 3), seed === 9 ? 0.9 : 0.005);
  const whole = runScript(script, {
    chunk: 1,
    onCall: (_, { state }) => {
      state.account[ACCOUNT.weightsKnown] = 0;
    },
  });

  it.each([
    ["wasm, 256 slices a call", 256, instantiateKernels],
    ["wasm, 1 slice a call", 1, instantiateKernels],
    ["plain TypeScript, 64 slices a call", 64, plainKernels],
  ] as const)("%s", (_, chunk, kernels) => {
    const run = runScript(script, { chunk, kernels });
    run.engine.state.account[ACCOUNT.weightsKnown] = 0;
    expect(bytes(run.records)).toBe(bytes(whole.records));
    expect(bytes(run.curve.flat())).toBe(bytes(whole.curve.flat()));
    expect(bytes(run.engine.state.region)).toBe(bytes(whole.engine.state.region));
  });

  it("trades, and is liquidated only where it should be", () => {
    expect(whole.engine.liquidated).toBe(seed === 9);
    expect(whole.events.length).toBeGreaterThan(seed === 7 ? 0 : 20);
  });
});
