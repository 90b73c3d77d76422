import { defineConfig } from "vitest/config";

// The suite on real market data. It fails when MCBOT_DATA is absent: a skipped proof is no proof.
export default defineConfig({
  test: {
    include: ["tests/data/**/*.test.ts"],
    setupFiles: ["tests/support/dialect.ts"],
    testTimeout: 120_000,
  },
});
