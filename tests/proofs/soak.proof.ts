// Years of random faults (spec 5.5): every one of them ends with exchange, journal and pods in agreement, or halted with a
// reason from the list. `npm run proof:soak [-- SEEDS]`; result and date in docs/LIVE.md. A failing schedule is shrunk and
// printed as a fault script.

import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterAll, describe, expect, it } from "vitest";
import { runSeed, type SoakResult, shrink } from "../support/soak.ts";

const SEEDS = Number(process.env.SOAK_SEEDS ?? 200);
const FIRST = Number(process.env.SOAK_FIRST ?? 1);
const folder = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

/** What may end a year in a halt: each is a state in which an operator must look. */
const HALT_REASONS = [/^the accepted loss is reached/, /liquidat/i, /withdraw/i, /position mode/i, /journal/i, /auth/i];

const results: SoakResult[] = [];
afterAll(() => {
  const halted = results.filter(({ halt }) => halt !== null);
  const total = (of: (result: SoakResult) => number): number => results.reduce((sum, result) => sum + of(result), 0);
  process.stdout.write(
    `${results.length} years: ${halted.length} halted, ${total(({ faults }) => faults)} faults, ${total(({ kills }) => kills)} deaths, ` +
      `${total(({ orders }) => orders)} orders, ${total(({ ambiguous }) => ambiguous)} unclear outcomes\n`,
  );
});

describe("a year of random faults", () => {
  it.each(Array.from({ length: SEEDS }, (_, i) => FIRST + i))("seed %i", async (seed) => {
    const result = await runSeed(seed, { folder });
    results.push(result);
    if (result.problems.length > 0) process.stdout.write(`seed ${seed}: ${await shrink(seed, { folder })}\n`);
    expect(result.problems).toEqual([]);
    if (result.halt !== null)
      expect(
        HALT_REASONS.some((reason) => reason.test(result.halt as string)),
        result.halt,
      ).toBe(true);
  });

  it("ends in a halt at most one time in ten", () => {
    expect(results.filter(({ halt }) => halt !== null).length).toBeLessThanOrEqual(SEEDS / 10);
  });
});
