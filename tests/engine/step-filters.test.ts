// Goal: what the step kernel leaves out cannot have changed anything. The lane filter in front of sizing never says "holds"
// where the sizing rule would trade, and gates of stops and kept weights give the same records as looking at every cell.
// Method: the filter against the rule of spec 2.3 over random cells near the edges of the band; whole random walks against
// the same walks with everything forgotten after each slice.

import "../support/dialect.ts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomScript } from "../support/random-script.ts";
import { runScript } from "../support/scripted.ts";

type SurelyHolds = (
  scaled: Float64Array,
  lots: Float64Array,
  capital: Float64Array,
  band: Float64Array,
  at: number,
  pods: number,
  mark: number,
  step: number,
) => boolean;
// A computed path: AssemblyScript's types are checked by assembly/tsconfig.json.
const { surelyHolds }: { surelyHolds: SurelyHolds } = await import(
  new URL("../../assembly/engine/pod-lanes.ts", import.meta.url).pathname
);

/** Spec 2.3, rules 2 and 3, rebalanced to the target. */
function wish(weight: number, held: number, equity: number, threshold: number, mark: number, step: number): number {
  const target = Math.trunc(Math.trunc((weight * equity) / mark) / step) * step;
  if (target * held < 0 || target === 0) return target;
  return Math.abs(target - held) * mark < threshold * equity ? held : target;
}

const cell = fc.record({
  weight: fc.double({ min: -2, max: 2, noNaN: true }),
  // Of the band, in or out of it, or so near that rounding decides.
  gap: fc.oneof(fc.double({ min: -3, max: 3, noNaN: true }), fc.constantFrom(-1, 1, -1 - 1e-15, 1 + 1e-15, 0)),
  flat: fc.boolean(),
  equity: fc.double({ min: 1, max: 1e7, noNaN: true }),
});

describe("the filter in front of sizing", () => {
  it.each([1, 2, 3, 5, 8])("says that pods hold only where the rule says so, %i pods", (pods) => {
    let held = 0;
    const property = fc.property(
      fc.array(cell, { minLength: pods, maxLength: pods }),
      fc.double({ min: 1e-9, max: 10, noNaN: true }),
      fc.constantFrom(1, 10, 1000),
      fc.constantFrom(0.01, 0.05, 0.5),
      (cells, mark, step, threshold) => {
        const lots = Float64Array.from(cells, ({ weight, gap, flat, equity }) =>
          flat ? 0 : Math.trunc((weight * equity + gap * threshold * equity) / mark),
        );
        const scaled = Float64Array.from(cells, ({ weight }) => weight);
        const capital = Float64Array.from(cells, ({ equity }) => equity);
        const band = capital.map((equity) => threshold * equity);
        if (!surelyHolds(scaled, lots, capital, band, 0, pods, mark, step)) return;
        held++;
        for (const [p, { weight, equity }] of cells.entries()) {
          expect(wish(weight, lots[p] as number, equity, threshold, mark, step) + 0).toBe((lots[p] as number) + 0);
        }
      },
    );
    fc.assert(property, { seed: 11, numRuns: 3000 });
    expect(held).toBeGreaterThan(0);
  });
});

describe("what stands between slices", () => {
  it.each([1, 2, 3, 4, 5, 6])("random walk %i: the same records when all of it is forgotten", (seed) => {
    const script = randomScript(seed, 1 + (seed % 4) * 2, 1 + (seed % 3) * 2, 300);
    const kept = runScript(script, { chunk: 1 });
    const forgotten = runScript(script, { chunk: 1, onCall: (_, engine) => engine.value() });
    expect(forgotten.records).toEqual(kept.records);
    expect(forgotten.curve).toEqual(kept.curve);
  });
});
