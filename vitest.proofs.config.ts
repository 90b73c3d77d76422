import { defineConfig } from "vitest/config";
import { reporters } from "./tests/support/reporters.ts";

// Long proofs, one command each (`npm run proof:…`): minutes, not seconds. Their last results stand in the docs.
export default defineConfig({
  test: {
    reporters: reporters("proofs"),
    include: ["tests/proofs/**/*.proof.ts"],
    setupFiles: ["tests/support/dialect.ts"],
    testTimeout: 120_000,
  },
});
