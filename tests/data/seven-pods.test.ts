// Goal: the same on real prices, 2021 to 2025.

import { describe, it } from "vitest";
import { dataFolder } from "../support/run-config.ts";
import { expectLivingPortfolio } from "../support/seven-pods.ts";

describe("seven pods on real daily bars", () => {
  it.each(["risk_parity", "adaptive_kelly"] as const)("%s", (method) => expectLivingPortfolio(method, dataFolder()));
});
