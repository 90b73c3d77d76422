// Goal: a strategy from a file is the same strategy in every thread: same id, same bits.

import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { expect, it } from "vitest";
import { strategyTemplate } from "../../src/engine/user-strategies/template.ts";
import { strategyFolder } from "../support/user-strategies.ts";

const DIST = new URL("../../dist/", import.meta.url).href;
const CODE = `
  import { parentPort, workerData } from "node:worker_threads";
  const { checkCandles } = await import(workerData.dist + "engine/user-strategies/check-file.js");
  const { loadStrategy } = await import(workerData.dist + "engine/user-strategies/load-strategy.js");
  const { weightColumn } = await import(workerData.dist + "strategies/check/weight-column.js");
  const { findStrategy } = await import(workerData.dist + "strategies/registry.js");
  const { id, strategy } = loadStrategy("./mine.ts", workerData.file);
  const { weights } = weightColumn(strategy, strategy.params.parse({}), checkCandles(), { find: findStrategy });
  parentPort.postMessage({ id, bits: Buffer.from(weights.buffer).toString("hex") });
`;

function inWorker(file: string): Promise<{ id: string; bits: string }> {
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(CODE)}`), {
    workerData: { dist: DIST, file },
  });
  return new Promise((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
  });
}

it("two threads load a strategy with the same id and get the same bits from it", async () => {
  const file = join(strategyFolder({ "mine.ts": strategyTemplate("mine") }), "mine.ts");
  const [a, b] = await Promise.all([inWorker(file), inWorker(file)]);
  expect(a.id).toMatch(/^\.\/mine\.ts#[0-9a-f]{16}$/);
  expect(b).toEqual(a);
  expect(a.bits).toContain("f03f");
});
