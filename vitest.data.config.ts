import { defineConfig } from "vitest/config";
import { reporters } from "./tests/support/reporters.ts";

// The suite on real market data. It fails when MCBOT_DATA is absent: a skipped proof is no proof.
export default defineConfig({
  test: {
    reporters: reporters("data"),
    include: ["tests/data/**/*.test.ts"],
    setupFiles: ["tests/support/dialect.ts"],
    testTimeout: 120_000,
  },
});
