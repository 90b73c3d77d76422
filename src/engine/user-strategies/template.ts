/** A strategy to start from: a moving-average trend. */
export function strategyTemplate(name: string): string {
  return `import { type Candle, defineStrategy, math } from "mcbot";
import { z } from "zod";

/** Long above the moving average of log prices, flat below. */
export default defineStrategy({
  name: "${name}",
  // Every key has a default; an unknown key in a config is an error.
  params: z.strictObject({
    lookback: z.int().min(2).max(10_000).default(50),
    size: z.number().positive().default(1),
  }),
  // Candles up to and including the first whose weight is defined.
  warmup: ({ lookback }) => lookback,
  // Called once per candle, at its close; the weight trades at the next open. What it remembers lives in this closure.
  start({ lookback, size }) {
    const recent: number[] = [];
    return ({ close }: Candle): number => {
      // math.log, not Math.log: the host's differs between machines.
      recent.push(math.log(close));
      if (recent.length > lookback) recent.shift();
      if (recent.length < lookback) return 0;
      const mean = recent.reduce((sum, value) => sum + value, 0) / lookback;
      return math.log(close) > mean ? size : 0;
    };
  },
});
`;
}

/** Runs with \`node --test\`: no test framework is needed. */
export function testTemplate(name: string): string {
  return `// Run with: node --test ${name}.test.js   (in a folder where mcbot is installed)
import assert from "node:assert/strict";
import test from "node:test";
import { checkStrategyFile } from "mcbot";

test("${name} does not look ahead, and gives the same bits however it is fed", () => {
  const items = checkStrategyFile(new URL("./${name}.ts", import.meta.url));
  assert.deepEqual(items.filter(({ ok }) => !ok), []);
});
`;
}
