// Goal: on real prices, too, the account book that never sees an attribution equals the sum of the pods after every event.

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { OrchestratorFile } from "../../src/config/schema.ts";
import { simulate } from "../../src/engine/backtest.ts";
import type { EngineEvent } from "../../src/orchestrator/events.ts";
import { AccountBook } from "../support/account-book.ts";
import { dataFolder, marketOf, resolve } from "../support/run-config.ts";

const example = parse(
  readFileSync(new URL("../../config/orchestrator-example.yaml", import.meta.url), "utf8"),
) as OrchestratorFile;

describe("the account book", () => {
  // Retirement and halts trade less: the least number of executions only shows that there was something to compare.
  it.each([
    ["net", false, 400],
    ["gross", false, 400],
    ["net", true, 300],
    ["gross", true, 300],
  ] as const)("equals the pods over two years, %s orders, orchestrated: %s", (netting, orchestrated, atLeast) => {
    const config = resolve({ ...example, portfolio: { cost_bps: 4, netting } });
    const events: EngineEvent[] = [];
    const { record } = simulate(config, marketOf(config, dataFolder()), {
      orchestrated,
      observers: [(event) => events.push(event)],
    });
    const capital = Object.fromEntries(
      config.pods.map((pod) => [pod.pod_id, Math.floor(100_000e6 * pod.initial_fraction)]),
    );
    const reserve = 100_000e6 - Object.values(capital).reduce((sum, micro) => sum + micro, 0);
    const book = new AccountBook(
      capital,
      reserve,
      new Map(record.symbols.map((symbol) => [symbol.symbol, symbol.lotsPerUnit])),
    );
    book.book(events);
    expect(book.compared).toBeGreaterThan(atLeast);
    expect(book.cash).toBe(
      BigInt(record.books.reserveMicro) + record.books.cashMicro.reduce((sum, micro) => sum + BigInt(micro), 0n),
    );
  });
});
