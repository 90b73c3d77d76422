import { defineConfig } from "vitest/config";
import { reporters } from "./tests/support/reporters.ts";

export default defineConfig({
  test: {
    reporters: reporters("unit"),
    include: ["tests/**/*.test.ts"],
    exclude: ["tests/data/**"],
    setupFiles: ["tests/support/dialect.ts"],
    // End-to-end tests start a process per command; on shared cores the default of 5 s fails for want of a core.
    testTimeout: 30_000,
    coverage: {
      provider: "v8",
      reporter: ["text-summary", "json-summary"],
      include: [
        "assembly/**/*.ts",
        "src/orchestrator/**/*.ts",
        "src/strategies/**/*.ts",
        "src/market/**/*.ts",
        "src/analytics/**/*.ts",
        "src/live/reconcile/**/*.ts",
        "src/live/dead/**/*.ts",
        "src/exchange/**/*.ts",
        "src/journal/**/*.ts",
        "src/live/orders/**/*.ts",
      ],
      thresholds: { lines: 90, branches: 90 },
    },
  },
});
