// Goal: every breach of a portfolio limit leaves a record, also one that raises no alert because the level was not left.
// Method: hand-written bars through the real kernel.

import { describe, expect, it } from "vitest";
import { bar } from "../analytics/record.ts";
import { DAY, runScript, type Script, T0 } from "../support/scripted.ts";

const falling = (setup: Script["setup"]): Script => ({
  pods: [{ podId: "a" }],
  symbols: ["BTC"],
  setup: setup ?? {},
  slices: [
    { bars: { BTC: bar(100) }, weights: { "a/BTC": 1 } },
    // Bought at 100, 10 % lost.
    { bars: { BTC: bar(100, 90) } },
    // Flattened at the open, which is 11 % lower.
    { bars: { BTC: bar(80) } },
    { bars: { BTC: bar(80) } },
    { bars: { BTC: bar(80) } },
  ],
});
const eventsOf = (script: Script, type: "halt" | "alert") =>
  runScript(script).events.filter((event) => event.type === type);

describe("halt records", () => {
  it("two days of losses in a row: two halts, each until the midnight after the next, and one alert", () => {
    const script = falling({ dailyLossLimit: 0.05 });
    const [first, second, ...others] = eventsOf(script, "halt");
    expect(first).toMatchObject({ limit: "daily_loss", timeMs: T0 + DAY, threshold: 0.05, endMs: T0 + 3 * DAY });
    expect(first).toHaveProperty("value", expect.closeTo(0.1, 12));
    expect(second).toMatchObject({ timeMs: T0 + 2 * DAY, endMs: T0 + 4 * DAY });
    expect(others).toEqual([]);
    expect(eventsOf(script, "alert")).toMatchObject([{ limit: "daily_loss", severity: "critical" }]);
  });

  it("a drawdown halts once, until the host ends it", () => {
    const halts = eventsOf(falling({ drawdownLimit: 0.08 }), "halt");
    expect(halts).toMatchObject([{ limit: "drawdown", timeMs: T0 + DAY, threshold: 0.08, endMs: null }]);
  });

  it("without limits there are none", () => {
    expect(eventsOf(falling({}), "halt")).toEqual([]);
  });
});
