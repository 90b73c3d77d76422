// Goal: the commands an operator types act on a dead engine's account with the keys of the environment (spec 6.6, 7.1).
// Method: the built command in a process of its own, against the simulated exchange over HTTP, on a dead world's state folder.

import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, it, onTestFinished } from "vitest";
import { openControl } from "../../src/control/control-desk.ts";
import { auditPath } from "../../src/control/control-state.ts";
import { openJournal } from "../../src/journal/journal.ts";
import { lockAccount } from "../../src/journal/lock.ts";
import { verifyChain } from "../../src/lib/hash-chain.ts";
import { foldJournal } from "../../src/live/journal-fold.ts";
import { checkJournalBody } from "../../src/live/journal-schema.ts";
import { StateFolder } from "../../src/live/state-folder.ts";
import { serveVenue } from "../../src/venue/server.ts";
import { MAIN, temporaryFolder } from "../support/cli.ts";
import { BTC, config, KEY, openWorld, warmupFile } from "../support/reconcile-world.ts";

const HALF = 50_000_000;

async function deadWorld() {
  const world = await openWorld();
  await world.reconcile();
  await world.slice(2);
  world.fault({ do: "manualOrder", symbol: "BTCUSDT", side: "BUY", positionSide: "LONG", quantity: "0.5" });
  await world.reconcile(3);
  const server = await serveVenue(world.venue);
  // Its clock runs like that of the command's process.
  const [from, begun] = [world.clock.now(), performance.now()];
  const ticking = setInterval(() => world.venue.advanceTo(Math.floor(from + performance.now() - begun)), 20);
  onTestFinished(async () => {
    clearInterval(ticking);
    await server.close();
  });
  const stateDir = temporaryFolder();
  const folder = new StateFolder(stateDir, "live");
  folder.create({ ...config, execution: { ...config.execution, base_url: server.url } }, warmupFile.text);
  const { journal } = openJournal(folder.journal, checkJournalBody, () => {}, { minFreeBytes: 0 });
  journal.append(...world.journal);
  journal.close();
  openControl(stateDir, { actor: "test", reason: "start", now: () => new Date(0) });
  return { world, folder, stateDir };
}

function run(
  stateDir: string,
  args: readonly string[],
  keys = true,
): Promise<{ code: number; stdout: string; stderr: string }> {
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("MCBOT")));
  const env = { ...inherited, ...(keys ? { MCBOT_API_KEY: KEY.apiKey, MCBOT_API_SECRET: KEY.secret } : {}) };
  const all = [MAIN, ...args, "--state-dir", stateDir, "--reason", "because"];
  return new Promise((resolve) => {
    execFile(process.execPath, all, { env }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}

it("pod adopt, flatten and ignore answer at once, once, and are audited", async () => {
  const { world, folder, stateDir } = await deadWorld();
  const wrong = await run(stateDir, ["pod", "adopt", "BTC/USDC", "--pod", "a"], false);
  expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining("did you mean BTC/USDT") });
  const refused = await run(stateDir, ["pod", "adopt", BTC], false);
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("--pod") });
  const adopted = await run(stateDir, ["pod", "adopt", BTC, "--pod", "a", "--json"], false);
  expect(JSON.parse(adopted.stdout)).toMatchObject({ schema_version: 1, kind: "answered", refused: null });
  const { fold } = foldJournal(folder);
  expect(fold.ledger.unassigned.entries).toEqual([]);
  expect(fold.session.lotsOf(BTC)).toBe(world.at(BTC, "LONG"));
  const { records, problem } = verifyChain(auditPath(stateDir));
  expect(problem).toBeNull();
  expect(records.map(({ body }) => (body as { command: string }).command)).toEqual([
    "create",
    "pod adopt",
    "pod adopt",
  ]);
});

it("pod flatten waits for an engine that is alive", async () => {
  const { world, folder, stateDir } = await deadWorld();
  const header = world.of("header")[0] as { account: string };
  const lock = await lockAccount(header.account);
  const filed = await run(stateDir, ["pod", "flatten", BTC], false);
  expect(filed).toMatchObject({ code: 0, stdout: expect.stringContaining("running engine answers within 60 s") });
  await lock.release();
  const before = world.at(BTC, "LONG");
  // Without keys the exchange cannot be reached, and the request stays.
  expect((await run(stateDir, ["pod", "flatten", BTC], false)).stderr).toContain("MCBOT_API_KEY");
  const done = await run(stateDir, ["pod", "flatten", BTC]);
  expect(world.at(BTC, "LONG"), done.stderr).toBe(before - HALF);
  expect(foldJournal(folder).fold.ledger.unassigned.entries).toEqual([]);
});

it("control panic closes what the dead engine held, and says what it may not close", async () => {
  const { world, stateDir, folder } = await deadWorld();
  const blind = await run(stateDir, ["control", "panic"], false);
  expect(blind).toMatchObject({ code: 3, stdout: expect.stringContaining("NOT closed: set MCBOT_API_KEY") });
  const closed = await run(stateDir, ["control", "panic"]);
  // What no pod ordered is not the engine's to close.
  expect(closed).toMatchObject({ code: 11, stdout: expect.stringContaining("through its journal; NOT flat") });
  expect(world.at(BTC, "LONG")).toBe(HALF);
  expect((await run(stateDir, ["pod", "flatten", BTC])).code).toBe(0);
  expect(world.at(BTC, "LONG")).toBe(0);
  const again = await run(stateDir, ["control", "panic", "--json"]);
  expect(JSON.parse(again.stdout)).toMatchObject({ exchange: { kind: "acted", through: "journal", left: [] } });
  for (const file of [folder.journal, auditPath(stateDir)])
    expect(readFileSync(file, "utf8")).not.toContain(KEY.secret);
}, 60_000);
