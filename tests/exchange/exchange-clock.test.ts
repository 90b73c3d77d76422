// Goal: the exchange's time is known within half a round trip, one wild reading changes nothing, a real jump is followed, and
// doubt is said.

import { describe, expect, it } from "vitest";
import { ExchangeClock } from "../../src/exchange/exchange-clock.ts";

function clockAt(): { clock: ExchangeClock; local: { ms: number }; read: (offset: number, rtt?: number) => void } {
  const local = { ms: 1_000_000 };
  const clock = new ExchangeClock(() => local.ms);
  const read = (offset: number, rtt = 20): void => {
    const sentMs = local.ms;
    local.ms += rtt;
    clock.observe(sentMs, sentMs + rtt / 2 + offset, local.ms);
  };
  return { clock, local, read };
}

describe("exchange clock", () => {
  it("is unsure before it was measured, and the local clock", () => {
    const { clock, local } = clockAt();
    expect(clock.level).toBe("unsure");
    expect(clock.now()).toBe(local.ms);
  });

  it.each([5000, -5000, 15_000])("corrects a host that is %i ms off", (offset) => {
    const { clock, local, read } = clockAt();
    read(offset);
    expect(clock.level).toBe("ok");
    expect(clock.now()).toBe(local.ms + offset);
  });

  it("takes the median of the last five", () => {
    const { clock, read } = clockAt();
    for (const offset of [900, 10, 12, 14, 11, 13]) read(offset);
    expect(clock.offsetMs).toBe(12);
    read(16);
    expect(clock.offsetMs).toBe(13);
  });

  it("sets one wild reading aside, unsure until the next", () => {
    const { clock, read } = clockAt();
    for (const offset of [10, 10, 10]) read(offset);
    read(60_000);
    expect([clock.offsetMs, clock.level]).toEqual([10, "unsure"]);
    read(12);
    expect([clock.offsetMs, clock.level]).toEqual([10, "ok"]);
    read(-60_000);
    read(60_000);
    expect(clock.offsetMs).toBe(10);
  });

  it("follows a jump that a second reading confirms", () => {
    const { clock, read } = clockAt();
    for (const offset of [10, 10, 10]) read(offset);
    read(3_600_000);
    read(3_600_100);
    expect([clock.offsetMs, clock.level]).toEqual([3_600_050, "ok"]);
  });

  it("warns of drift and of slow replies, and is unsure of very slow ones", () => {
    const { clock, read } = clockAt();
    read(0);
    read(600);
    expect(clock.level).toBe("warn");
    read(300, 1400);
    expect(clock.level).toBe("warn");
    read(300, 3000);
    expect(clock.level).toBe("unsure");
  });

  it("that is mistrusted keeps its time and is unsure until the next reading, which counts alone", () => {
    const { clock, read } = clockAt();
    for (const offset of [5000, 5000, 5000]) read(offset);
    clock.reset();
    expect([clock.offsetMs, clock.level]).toEqual([5000, "unsure"]);
    read(-7000);
    expect([clock.offsetMs, clock.level]).toEqual([-7000, "ok"]);
  });

  it("by default counts on a clock that nobody sets", () => {
    const clock = new ExchangeClock();
    const before = clock.now();
    expect(Math.abs(before - Date.now())).toBeLessThan(60_000);
    expect(clock.now()).toBeGreaterThanOrEqual(before);
  });
});
