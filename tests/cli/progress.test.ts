// Goal: progress says done, total, rate and time left on a terminal, after two seconds, and is silent elsewhere.
// Method: a stream that keeps what is written, and a clock by hand.

import { PassThrough } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { Progress, paceOf } from "../../src/cli/progress.ts";

const shown = (isTTY: boolean, elapsedMs: number, columns = 200): string => {
  const stream = Object.assign(new PassThrough(), {
    isTTY,
    columns,
    cursorTo: () => true,
    clearLine: () => true,
  }) as unknown as NodeJS.WriteStream & PassThrough;
  let now = 0;
  const progress = new Progress("backtest", "days", stream, () => now);
  now = elapsedMs;
  progress.update(1000, 4000);
  progress.stop();
  return String(stream.read() ?? "");
};

describe("progress", () => {
  it("shows done, total, rate and time left", () => {
    expect(shown(true, 4000)).toContain("1000/4000 days | 250 days/s | 12s left");
  });

  it("fits a terminal of 80 columns: the time left is at its end", () => {
    const [, ...drawn] = stripVTControlCharacters(shown(true, 4000, 80)).split("backtest ");
    for (const bar of drawn) expect(`backtest ${bar}`.trimEnd().length, bar).toBeLessThanOrEqual(80);
    expect(drawn.at(-1)).toMatch(/12s left\s*$/);
  });

  it("ends with the work, whether that succeeds or not", () => {
    const stream = Object.assign(new PassThrough(), { isTTY: false }) as unknown as NodeJS.WriteStream;
    expect(new Progress("work", "days", stream).during((update) => update(1, 2) ?? "done")).toBe("done");
    const fails = (): never =>
      new Progress("work", "days", stream).during(() => {
        throw new Error("broken");
      });
    expect(fails).toThrow("broken");
  });

  it("is silent within two seconds, and without a terminal", () => {
    expect(shown(true, 1999)).toBe("");
    expect(shown(false, 60_000)).toBe("");
  });

  it.each([
    [0, 10, 5, "-", "-"],
    [1, 10, 4, "0.3", "36s"],
    [100, 1000, 10, "10", "1m 30s"],
    [1, 10_000, 1, "1.0", "2h 46m"],
  ])("%i of %i in %i s", (done, total, seconds, rate, left) => {
    expect(paceOf(done, total, seconds)).toEqual({ rate, left });
  });
});
