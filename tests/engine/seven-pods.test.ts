// Goal: the first command of the README shows a portfolio that lives, to a stranger without data.

import { describe, it } from "vitest";
import { expectLivingPortfolio } from "../support/seven-pods.ts";

describe("seven pods on the synthetic market, seed 1", () => {
  it.each(["risk_parity", "adaptive_kelly"] as const)("%s", (method) => expectLivingPortfolio(method, "synthetic"));
});
