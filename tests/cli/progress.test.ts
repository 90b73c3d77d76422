// Goal: progress says done, total, rate and time left on a terminal, after two seconds, and is silent elsewhere.
// Method: a stream that keeps what is written, and a clock by hand.

import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { Progress, paceOf } from "../../src/cli/progress.ts";

const shown = (isTTY: boolean, elapsedMs: number): string => {
  const stream = Object.assign(new PassThrough(), {
    isTTY,
    columns: 200,
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
