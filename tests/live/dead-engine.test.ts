// Goal: positions of an engine whose process is dead can be closed, through its journal so that the ledger stays true, and
// without one where it cannot be read (spec 6.6).
// Method: a world's journal in a state folder; the command's own code on the same simulated exchange.

import { appendFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { command, openControl } from "../../src/control/control-desk.ts";
import { readControl } from "../../src/control/control-state.ts";
import { openJournal } from "../../src/journal/journal.ts";
import { lockAccount } from "../../src/journal/lock.ts";
import { DeadEngine } from "../../src/live/dead/dead-engine.ts";
import { flattenDead } from "../../src/live/dead/flatten-dead.ts";
import { foldJournal } from "../../src/live/journal-fold.ts";
import { checkJournalBody } from "../../src/live/journal-schema.ts";
import { ReconcileDesk } from "../../src/live/reconcile/ports.ts";
import { PodRequests } from "../../src/live/reconcile/requests.ts";
import { serveRequests } from "../../src/live/reconcile/serve-requests.ts";
import { StateFolder } from "../../src/live/state-folder.ts";
import { verifyLiveJournal } from "../../src/live/verify-journal.ts";
import { temporaryFolder } from "../support/cli.ts";
import { BTC, config, ETH, openWorld, type World, warmupFile } from "../support/reconcile-world.ts";

const by = { actor: "ann@desk", reason: "because", now: () => new Date(0) };

/** A world that died: its journal is all that is left. */
async function dead(
  disturb: (world: World) => Promise<void> = async () => {},
  options: Parameters<typeof openWorld>[0] = {},
) {
  const world = await openWorld(options);
  await world.reconcile();
  await world.slice(2);
  await world.reconcile();
  await disturb(world);
  const stateDir = temporaryFolder();
  const folder = new StateFolder(stateDir, "live");
  const mode = options.hedged === false ? "one_way" : "hedge";
  folder.create(
    { ...config, execution: { ...config.execution, position_mode: mode } } as typeof config,
    warmupFile.text,
  );
  const { journal } = openJournal(folder.journal, checkJournalBody, () => {}, { minFreeBytes: 0 });
  journal.append(...world.journal);
  journal.close();
  openControl(stateDir, by);
  const connection = { venue: world.account, feed: world.feed, clock: world.time, close: async () => {} };
  const header = world.of("header")[0] as { account: string };
  return { world, folder, stateDir, connection, account: header.account };
}

const flat = (world: World) =>
  (["LONG", "SHORT", "BOTH"] as const).every((leg) => world.at(BTC, leg) === 0 && world.at(ETH, leg) === 0);

describe("flatten and panic with a dead engine", () => {
  it.each([true, false])("go flat through the journal (hedge mode %s)", async (hedged) => {
    const { world, folder, stateDir, connection } = await dead(undefined, { hedged });
    command(stateDir, { name: "panic" }, by);
    const outcome = await flattenDead(folder, readControl(stateDir), async () => connection);
    expect(outcome).toEqual({ kind: "acted", through: "journal", problems: [], left: [] });
    expect(flat(world)).toBe(true);
    // The journal tells all of it, and a start would find what the exchange has.
    expect(verifyLiveJournal(folder.journal)).toMatchObject({ problem: null, open: [] });
    const { fold, divergence } = foldJournal(folder);
    expect(divergence).toBeNull();
    expect(fold.session.lotsOf(BTC)).toBe(0);
    expect(fold.ledger.control).toMatchObject({ mode: "PANIC", flatten: true });
    // Asked again, it has nothing to do.
    expect(await flattenDead(folder, readControl(stateDir), async () => connection)).toMatchObject({ left: [] });
  });

  it("close no more than is there after somebody closed a part", async () => {
    const { world, folder, stateDir, connection } = await dead();
    world.fault({ do: "manualOrder", symbol: "BTCUSDT", side: "SELL", positionSide: "LONG", quantity: "0.5" });
    command(stateDir, { name: "flatten", pod: null }, by);
    expect(await flattenDead(folder, readControl(stateDir), async () => connection)).toMatchObject({
      kind: "acted",
      through: "journal",
      left: [],
    });
    expect(flat(world)).toBe(true);
  });

  it("finish a flatten that an engine began", async () => {
    const { world, folder, stateDir, connection } = await dead(async (own) => {
      own.commit({ type: "control", mode: "PAUSED", flatten: true, symbols: [], pods: [] });
      const { draft } = own.session;
      own.commit({ type: "decision", ...(draft as NonNullable<typeof draft>), intents: own.planned() });
    });
    command(stateDir, { name: "flatten", pod: null }, by);
    await flattenDead(folder, readControl(stateDir), async () => connection);
    expect(flat(world)).toBe(true);
  });

  it("cancel our resting orders, and nobody else's", async () => {
    const { world, folder, stateDir, connection } = await dead(async (own) => {
      const resting = {
        symbol: BTC,
        side: "buy",
        leg: "long",
        quantity: "0.1",
        type: "limit",
        price: "5000.0",
      } as const;
      for (const clientId of ["mct0-kavq8zzz-BTCUSDT-l0-0", "web_7"])
        await own.account.submit({ ...resting, clientId, reduces: false, postOnly: false }, own.clock.now());
    });
    command(stateDir, { name: "panic" }, by);
    await flattenDead(folder, readControl(stateDir), async () => connection);
    expect((await world.account.openOrders()).map(({ clientId }) => clientId)).toEqual(["web_7"]);
    expect(flat(world)).toBe(true);
  });

  it.each([true, false])(
    "act on the exchange alone where the journal is broken, and say so (hedge mode %s)",
    async (hedged) => {
      const { world, folder, stateDir, connection } = await dead(undefined, { hedged });
      const text = readFileSync(folder.journal, "utf8");
      writeFileSync(folder.journal, text.replace('"type":"settings"', '"type":"settinks"'));
      const broken = readFileSync(folder.journal, "utf8");
      command(stateDir, { name: "panic" }, by);
      const outcome = await flattenDead(folder, readControl(stateDir), async () => connection);
      expect(outcome).toMatchObject({ kind: "acted", through: "direct", left: [] });
      expect(outcome).toMatchObject({ problems: [expect.stringContaining("knows nothing of this")] });
      expect(flat(world)).toBe(true);
      expect(readFileSync(folder.journal, "utf8")).toBe(broken);
    },
  );

  it("act also where header and config are gone, and name what the exchange refuses", async () => {
    const { world, folder, stateDir, connection } = await dead();
    writeFileSync(folder.journal, "no journal\n");
    rmSync(`${folder.path}/config.json`);
    command(stateDir, { name: "panic" }, by);
    world.faults([
      { at: { req: "POST /fapi/v1/order", nth: 1 }, do: "reply", status: 400, body: { code: -2019, msg: "Margin" } },
    ]);
    const outcome = await flattenDead(folder, readControl(stateDir), async () => connection);
    expect(outcome).toMatchObject({ kind: "acted", through: "direct", left: [] });
    expect(JSON.stringify(outcome)).toContain("-2019");
    expect(flat(world)).toBe(true);
  });

  it("leave it to an engine that is alive, and to nobody where none ever was", async () => {
    const { folder, stateDir, connection, account, world } = await dead();
    const lock = await lockAccount(account);
    expect(await flattenDead(folder, readControl(stateDir), async () => connection)).toEqual({ kind: "alive" });
    await lock.release();
    expect(flat(world)).toBe(false);
    const empty = new StateFolder(temporaryFolder(), "live");
    expect(await flattenDead(empty, readControl(stateDir), async () => connection)).toEqual({ kind: "none" });
  });

  it("go on after a torn tail", async () => {
    const { folder, stateDir, connection, world } = await dead();
    appendFileSync(folder.journal, '{"seq":');
    command(stateDir, { name: "panic" }, by);
    expect(await flattenDead(folder, readControl(stateDir), async () => connection)).toMatchObject({
      through: "journal",
    });
    expect(flat(world)).toBe(true);
  });
});

describe("requests about UNASSIGNED with a dead engine", () => {
  const disturb = async (world: World): Promise<void> => {
    world.fault({ do: "manualOrder", symbol: "BTCUSDT", side: "BUY", positionSide: "LONG", quantity: "0.5" });
    await world.reconcile(3);
  };

  it("adopt needs no exchange, flatten does", async () => {
    const { world, folder, connection } = await dead(disturb);
    const requests = new PodRequests(folder);
    const ask = { v: 1, symbol: BTC, actor: "ann@desk", reason: "because" } as const;
    requests.file(1, { ...ask, id: "1".repeat(64), action: "flatten", pod: null });
    const held = world.at(BTC, "LONG");
    const first = await DeadEngine.open(folder, connection);
    await serveRequests(new ReconcileDesk(first.ports, first.settings), () => {});
    first.close();
    expect(world.at(BTC, "LONG")).toBe(held - 50_000_000);

    const again = await dead(disturb);
    new PodRequests(again.folder).file(1, { ...ask, id: "2".repeat(64), action: "adopt", pod: "b" });
    const second = await DeadEngine.open(again.folder, null);
    await serveRequests(new ReconcileDesk(second.ports, second.settings), () => {});
    expect(second.engine.ledger.reconciled.answerTo("2".repeat(64))).toMatchObject({ refused: null });
    expect(second.engine.ledger.unassigned.entries).toEqual([]);
    second.close();
    expect(foldJournal(again.folder).divergence).toBeNull();
  });
});
