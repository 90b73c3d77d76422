import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["tests/**/*.test.ts"],
    exclude: ["tests/data/**"],
    setupFiles: ["tests/support/dialect.ts"],
    coverage: {
      provider: "v8",
      reporter: ["text-summary", "json-summary"],
      include: [
        "assembly/**/*.ts",
        "src/orchestrator/**/*.ts",
        "src/strategies/**/*.ts",
        "src/market/**/*.ts",
        "src/analytics/**/*.ts",
      ],
      thresholds: { lines: 90, branches: 90 },
    },
  },
});
