import type { Script, ScriptedBar, ScriptedFunding, ScriptedSlice } from "./scripted.ts";

/** A seeded generator of numbers in [0, 1): mulberry32. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Random walks, random weights, opposite pods, flips, missing bars, stops of every kind, costs, impact and funding. */
export function randomScript(seed: number, pods: number, symbols: number, slices: number): Script {
  const random = seededRandom(seed);
  // A stream of its own, so that funding came without changing the prices and weights of a seed.
  const randomRate = seededRandom(seed + 1000);
  const chance = (p: number): boolean => random() < p;
  const names = Array.from({ length: symbols }, (_, s) => `S${String(s).padStart(2, "0")}`);
  const podIds = Array.from({ length: pods }, (_, p) => `p${String(p).padStart(2, "0")}`);
  const price = names.map(() => Number((10 ** (random() * 6 - 2)).toPrecision(5)));

  const bar = (s: number): ScriptedBar => {
    const open = (price[s] as number) * (1 + (random() - 0.5) * 0.06);
    const close = open * (1 + (random() - 0.5) * 0.12);
    price[s] = close;
    const high = Math.max(open, close) * (1 + random() * 0.05);
    const low = Math.min(open, close) * (1 - random() * 0.05);
    return [open, high, low, close, random() * 1e6];
  };
  const oneSlice = (): ScriptedSlice => {
    const bars: Record<string, ScriptedBar> = {};
    const weights: Record<string, number> = {};
    const atr: Record<string, number> = {};
    for (const [s, name] of names.entries()) {
      if (!chance(0.9)) continue;
      bars[name] = bar(s);
      for (const podId of podIds) {
        if (chance(0.5)) weights[`${podId}/${name}`] = chance(0.2) ? 0 : (random() - 0.5) * 1.6;
        if (chance(0.5)) atr[`${podId}/${name}`] = (price[s] as number) * 0.03 * random();
      }
    }
    return { bars, weights, atr, funding: payments() };
  };
  /** Now and then instants before, at and inside the slice, of symbols with and without a bar. */
  const payments = (): ScriptedFunding[] =>
    [-8, 0, 8, 16].flatMap((hours) =>
      names.flatMap((symbol) =>
        randomRate() < 0.3 ? [{ symbol, hours, rate: Number(((randomRate() - 0.4) * 2e-3).toFixed(8)) }] : [],
      ),
    );
  return {
    pods: podIds.map((podId) => ({
      podId,
      capital: 1000 + Math.floor(random() * 1e6),
      maxLeverage: 0.5 + random() * 2,
      rebalanceThreshold: chance(0.3) ? 0 : random() * 0.1,
      rebalanceToEdge: chance(0.5),
      stopLoss: chance(0.5) ? 0.02 + random() * 0.1 : null,
      trailMultiple: chance(0.5) ? 1 + random() * 3 : null,
      cooldownMs: chance(0.3) ? 3 * 86_400_000 : null,
    })),
    symbols: names.map((symbol, s) => ({
      symbol,
      lotsPerUnit: (price[s] as number) < 1 ? 1e5 : 1e8,
      minNotional: chance(0.3) ? 500 : 0,
    })),
    reserve: 12_345.678901,
    setup: {
      feeRate: 0.0007,
      slippage: 0.0005,
      impact: chance(0.5) ? 0.01 : 0,
      maxGrossLeverage: 1 + random() * 2,
    },
    slices: Array.from({ length: slices }, oneSlice),
  };
}

/** The same script with another maintenance rate: a high one liquidates an account that is only leveraged a little. */
export function withMargin(script: Script, maintenanceRate: number): Script {
  const symbols = script.symbols.map((entry) => ({
    ...(typeof entry === "string" ? { symbol: entry } : entry),
    maintenanceRate,
  }));
  return { ...script, symbols };
}

/** The same script with quantity and price steps, coarse ones among them, and minimum notionals. */
export function withSteps(script: Script): Script {
  const steps = [1, 5, 2500, 1e6];
  const symbols = script.symbols.map((entry, s) => ({
    ...(typeof entry === "string" ? { symbol: entry } : entry),
    lotStep: steps[s % steps.length] as number,
    tickDigits: s % 2 === 0 ? 5 : 0,
    tickScale: 1000,
    minNotional: 100,
  }));
  return { ...script, symbols };
}
