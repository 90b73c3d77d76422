// Goal: one step kernel, however it is driven: WASM called 1, 7 or 256 slices at a time and its source run as plain
// TypeScript leave the same bytes of state, events and curve.
// Method: random walks with everything in them; Object.is on every f64, so that −0 and rounding cannot hide.

import { describe, expect, it } from "vitest";
import { instantiateKernels } from "../../src/kernels/load.ts";
import { plainKernels } from "../support/plain-kernels.ts";
import { randomScript, withMargin, withSteps } from "../support/random-script.ts";
import { runScript } from "../support/scripted.ts";

const bytes = (values: ArrayLike<number>): string => Buffer.from(Float64Array.from(values).buffer).toString("base64");

describe.each([1, 2, 3, 4, 5, 6, 7, 8])("random walk %i", (seed) => {
  const walk = randomScript(seed, 1 + (seed % 4) * 2, 1 + (seed % 3) * 2, 300);
  // The last two are liquidated on the way; every other one has instrument rules.
  const script = withMargin(seed % 2 === 0 ? withSteps(walk) : walk, seed > 6 ? 1.5 : 0.005);
  const reference = runScript(script, { chunk: 256 });

  it("runs to its end, or to its liquidation", () => {
    expect(reference.engine.liquidated).toBe(seed > 6);
    expect(reference.curve.length === 300).toBe(seed <= 6);
  });

  it.each([
    ["wasm, 1 slice a call", 1, instantiateKernels],
    ["wasm, 7 slices a call", 7, instantiateKernels],
    ["plain TypeScript, 1 slice a call", 1, plainKernels],
    ["plain TypeScript, 256 slices a call", 256, plainKernels],
  ] as const)("%s", (_, chunk, kernels) => {
    const run = runScript(script, { chunk, kernels });
    expect(bytes(run.state)).toBe(bytes(reference.state));
    expect(bytes(run.records)).toBe(bytes(reference.records));
    expect(bytes(run.curve.flat())).toBe(bytes(reference.curve.flat()));
  });
});

describe("an event buffer that is full", () => {
  it("ends the call early and loses nothing", () => {
    // 20 × 20 cells write more than the buffer holds long before the chunk is over.
    const script = randomScript(9, 20, 20, 120);
    const whole = runScript(script, { chunk: 120 });
    const single = runScript(script, { chunk: 1 });
    expect(whole.records.length).toBeGreaterThan(131_072);
    expect(bytes(whole.records)).toBe(bytes(single.records));
  });
});
