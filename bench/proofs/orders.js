// Proof of exactly-once order handling (tests/live/orders/exactly-once.test.ts) with as many random schedules of faults,
// fills and deaths as one likes; a failing one is shrunk and printed, with the seed and path that bring it back.
//
//   npm run proof:orders -- [schedules, default 20000] [seed, default 1]

import { spawnSync } from "node:child_process";

const [runs = "20000", seed = "1"] = process.argv.slice(2);
if (!(Number(runs) >= 1) || !Number.isSafeInteger(Number(seed)))
  throw new Error(`'${runs}' schedules of seed '${seed}' are none`);
const started = performance.now();
const { status } = spawnSync(
  process.execPath,
  ["node_modules/vitest/vitest.mjs", "run", "tests/live/orders/exactly-once.test.ts"],
  {
    stdio: "inherit",
    env: { ...process.env, MCBOT_ORDER_RUNS: runs, MCBOT_ORDER_SEED: seed, MCBOT_ORDER_TIMEOUT: String(36e5) },
  },
);
const seconds = ((performance.now() - started) / 1000).toFixed(0);
console.log(`${runs} schedules, seed ${seed}: ${status === 0 ? "all exactly once" : "FAILED"}, ${seconds} s`);
process.exitCode = status ?? 1;
