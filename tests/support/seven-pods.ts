import { readFileSync } from "node:fs";
import { expect } from "vitest";
import { parse } from "yaml";
import type { OrchestratorFile } from "../../src/config/schema.ts";
import { simulate } from "../../src/engine/backtest.ts";
import { openConfigMarket, resolveConfig } from "../../src/library.ts";

const file = parse(
  readFileSync(new URL("../../config/seven-pods.yaml", import.meta.url), "utf8"),
) as OrchestratorFile & { orchestrator: object };

/** What the shipped portfolio must show: capital that moves, trust that is earned and lost (issue 2/9, point 4). */
export function expectLivingPortfolio(allocation_method: "risk_parity" | "adaptive_kelly", path: string): void {
  const config = resolveConfig({
    ...file,
    orchestrator: { ...file.orchestrator, allocation_method },
    data: { ...file.data, path },
  });
  expect(config.pods.length).toBeGreaterThanOrEqual(7);
  expect(new Set(config.pods.map(({ strategy }) => strategy)).size).toBeGreaterThanOrEqual(4);
  const log = simulate(config, openConfigMarket(config), { fast: true }).record.orchestrator;
  if (log === null) throw new Error("seven pods ran without an orchestrator");

  const together = log.days.filter(({ states }) => states.filter((state) => state === "production").length >= 3);
  expect(together.length).toBeGreaterThanOrEqual(365);
  expect(log.allocations.filter(({ solved, fallback }) => solved >= 3 && !fallback).length).toBeGreaterThanOrEqual(50);
  for (const reason of ["GRADUATION", "RECOVERY"]) expect(log.lifecycle.map((event) => event.reason)).toContain(reason);
  for (const state of ["warning", "retired"]) expect(log.lifecycle.map(({ to }) => to)).toContain(state);
  expect(log.days.at(-1)?.states.filter((state) => state !== "retired").length).toBeGreaterThanOrEqual(4);
}
