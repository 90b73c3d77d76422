// Goal: a run folder holds exactly what the run did, appears whole or not at all, and says so when it was changed.
// Method: write real runs to a temporary folder, read them back, break the writing midway and the files afterwards.

import { createHash } from "node:crypto";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { orderHistory } from "../../src/analytics/order-history.ts";
import { eventsOf } from "../../src/analytics/tables/event-source.ts";
import { explainOrder } from "../../src/engine/explain-order.ts";
import { orderId } from "../../src/engine/order-id.ts";
import {
  pointLast,
  type RunFolderContent,
  readRun,
  requireWritable,
  writeRunFolder,
} from "../../src/engine/run-folder.ts";
import type { EngineEvent } from "../../src/orchestrator/events.ts";
import { buildResult } from "../../src/orchestrator/result.ts";
import { busyScript, contextOf, marketOf, recordOf, T0 } from "../analytics/record.ts";
import type { Script } from "../support/scripted.ts";

const NOW = new Date(Date.UTC(2026, 1, 14, 15, 30, 0, 123));
const NAME = "20260214T153000Z-ab12cd34";

let base: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "mcbot-runs-"));
});
afterEach(() => rmSync(base, { recursive: true }));

const contentOf = (script: Script, overrides: Partial<RunFolderContent> = {}): RunFolderContent => {
  const record = recordOf(script);
  return {
    record,
    result: buildResult(record, contextOf(script)),
    configText: "# mine\npods: []\n",
    resolvedConfig: { pods: [] },
    command: ["orchestrate", "backtest", "my.yaml"],
    now: NOW,
    ...overrides,
  };
};
const busy = contentOf(busyScript());
const csv = (folder: string, name: string): Record<string, string>[] => {
  const [head = "", ...lines] = readFileSync(join(folder, name), "utf8").trimEnd().split("\n");
  return lines.map((line) => {
    const fields = line.split(",");
    return Object.fromEntries(head.split(",").map((column, i) => [column, fields[i] ?? ""]));
  });
};
/** A decimal with six or fewer decimals as whole micro-units. */
const micro = (text = ""): bigint => BigInt(text.replace(".", ""));

describe("writing", () => {
  it("makes one folder named by time and hash, and points last to it", () => {
    const folder = writeRunFolder(base, busy);
    expect(folder).toBe(join(base, NAME));
    expect(readdirSync(base).sort()).toEqual([NAME, "last"]);
    expect(lstatSync(join(base, "last")).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(base, "last", "config.yaml"), "utf8")).toBe(busy.configText);
  });

  it("lists every file with its size and SHA-256, and what was run", () => {
    const folder = writeRunFolder(base, busy);
    const { manifest } = readRun(folder);
    expect(manifest).toMatchObject({
      schema_version: 3,
      mcbot_version: "0.1.0",
      command: ["orchestrate", "backtest", "my.yaml"],
      created: "2026-02-14T15:30:00.123Z",
      run_id: "1".repeat(64),
      data_hash: "d".repeat(64),
      synthetic: false,
    });
    expect(manifest.files.map(({ name }) => name).sort()).toEqual(
      readdirSync(folder)
        .filter((name) => name !== "manifest.json")
        .sort(),
    );
    for (const { name, bytes, sha256 } of manifest.files) {
      const content = readFileSync(join(folder, name));
      expect(content.length).toBe(bytes);
      expect(createHash("sha256").update(content).digest("hex")).toBe(sha256);
    }
  });

  it("writes events only when they are given", () => {
    const events: EngineEvent[] = [{ type: "target", timeMs: T0, podId: "a", symbol: "BTC", weight: 0.5 }];
    const folder = writeRunFolder(base, { ...busy, events });
    expect(readFileSync(join(folder, "events.jsonl"), "utf8")).toBe(
      `{"type":"run","synthetic":false,"market":"./data (CSV, 1d)","run_id":"${"1".repeat(64)}"}\n${JSON.stringify(events[0])}\n`,
    );
    expect(existsSync(join(writeRunFolder(base, busy), "events.jsonl"))).toBe(false);
  });

  it("says SYNTHETIC in every table, in the events and for the binary file", () => {
    const script = busyScript();
    const market = marketOf(script, { kind: "synthetic", label: "SYNTHETIC market, seed 7" });
    const result = buildResult(busy.record, contextOf(script, { market }));
    const folder = writeRunFolder(base, { ...busy, result, events: [] });
    const tables = readdirSync(folder).filter((name) => name.endsWith(".csv"));
    expect(tables).toHaveLength(10);
    for (const name of tables) {
      expect(readFileSync(join(folder, name), "utf8").split("\n")[0], name).toBe("# SYNTHETIC market, seed 7");
    }
    const [head = ""] = readFileSync(join(folder, "events.jsonl"), "utf8").split("\n");
    expect(JSON.parse(head)).toMatchObject({ type: "run", synthetic: true, market: "SYNTHETIC market, seed 7" });
    const { files } = readRun(folder).manifest;
    expect(files.find(({ name }) => name === "events.f64")?.market).toBe("SYNTHETIC market, seed 7");
  });

  it("sweeps drafts older than a day, and leaves younger ones", () => {
    const draft = (name: string, ageMs: number): void => {
      mkdirSync(join(base, name));
      writeFileSync(join(base, name, "result.json"), "{");
      const then = new Date(Date.now() - ageMs);
      utimesSync(join(base, name), then, then);
    };
    draft(".writing-old", 25 * 3_600_000);
    draft(".writing-young", 3_600_000);
    draft("kept", 100 * 3_600_000);
    writeRunFolder(base, busy);
    expect(readdirSync(base).sort()).toEqual([".writing-young", NAME, "kept", "last"]);
  });

  it("can be tried before the run, and leaves nothing", () => {
    requireWritable(join(base, "a", "b"));
    expect(readdirSync(base)).toEqual([]);
    writeFileSync(join(base, "file"), "");
    expect(() => requireWritable(join(base, "file"))).toThrow(/EEXIST|ENOTDIR/);
  });

  it("never replaces a folder: the same second and hash get a number", () => {
    expect([1, 2, 3].map(() => writeRunFolder(base, busy))).toEqual(
      [NAME, `${NAME}-2`, `${NAME}-3`].map((name) => join(base, name)),
    );
    expect(readRun(join(base, "last")).manifest.created).toBe(NOW.toISOString());
  });

  it("that fails midway leaves no folder, and last as it was", () => {
    writeRunFolder(base, { ...busy, configText: "before\n" });
    const failing = function* (): Generator<EngineEvent> {
      yield { type: "target", timeMs: T0, podId: "a", symbol: "BTC", weight: 0.5 };
      throw new Error("no space left");
    };
    expect(() => writeRunFolder(base, { ...busy, events: failing() })).toThrow("no space left");
    expect(readdirSync(base).sort()).toEqual([NAME, "last"]);
    expect(readFileSync(join(base, "last", "config.yaml"), "utf8")).toBe("before\n");
  });

  it("falls back to a file where links are not allowed, over an older link too", () => {
    const refuse = (): never => {
      throw Object.assign(new Error("operation not permitted"), { code: "EPERM" });
    };
    const folder = writeRunFolder(base, busy);
    pointLast(base, NAME, refuse);
    expect(lstatSync(join(base, "last")).isFile()).toBe(true);
    expect(readRun(join(base, "last")).folder).toBe(folder);
    expect(readFileSync(join(folder, "config.yaml"), "utf8")).toBe(busy.configText);
    pointLast(base, NAME);
    expect(lstatSync(join(base, "last")).isSymbolicLink()).toBe(true);
  });

  it("does not hide any other failure of the link", () => {
    const fail = (): never => {
      throw Object.assign(new Error("disk on fire"), { code: "EIO" });
    };
    expect(() => pointLast(base, NAME, fail)).toThrow("disk on fire");
  });
});

describe("order ids in the files", () => {
  it.each(["net", "gross"] as const)("netting %s: each names one order, stops of one slice included", (netting) => {
    const stopped = (podId: string) => ({ podId, stopLoss: 0.05 });
    const content = contentOf({
      pods: ["a", "b", "c"].map(stopped),
      symbols: ["BTC"],
      setup: { netting },
      slices: [
        { bars: { BTC: [100, 100, 100, 100] }, weights: { "a/BTC": 0.2, "b/BTC": 0.1, "c/BTC": -0.3 } },
        { bars: { BTC: [100, 110, 90, 100] } },
        { bars: { BTC: [100, 100, 100, 100] } },
      ],
    });
    const folder = writeRunFolder(base, content);
    const rows = csv(folder, "orders.csv");
    expect(rows.filter(({ purpose }) => purpose?.startsWith("STOP"))).toHaveLength(netting === "gross" ? 3 : 2);
    expect(new Set(rows.map(({ order_id }) => order_id)).size).toBe(rows.length);
    const { manifest, events } = readRun(folder);
    for (const { order_id = "", pod } of rows) {
      const explained = explainOrder(events(), manifest.run_id, { at: order_id });
      expect(explained).toMatchObject({ ok: true, order: { order_id, pod_id: pod === "" ? null : pod } });
    }
  });
});

describe("tables", () => {
  it.each(["net", "gross"] as const)(
    "fills.csv, netting %s: parts sum to their fill, exactly, and to the account's fees",
    (netting) => {
      const content = contentOf(busyScript({ netting }));
      const rows = csv(writeRunFolder(base, content), "fills.csv");
      const sums = { quantity: 0n, cash: 0n, fee: 0n };
      let fees = 0n;
      for (const row of rows.toReversed()) {
        for (const column of ["quantity", "cash", "fee"] as const) {
          if (row.row === "part") sums[column] += micro(row[column]);
          else {
            expect(sums[column]).toBe(micro(row[column]));
            sums[column] = 0n;
          }
        }
        if (row.row === "fill") fees += micro(row.fee);
      }
      expect(rows.filter(({ row }) => row === "fill").length).toBe(
        content.result.fills.executions + content.result.fills.crosses,
      );
      expect(fees).toBe(BigInt(content.result.attribution.account.fees_micro));
    },
  );

  it("gives back the slices' curve, and stop levels where they were watched", () => {
    const run = readRun(writeRunFolder(base, busy));
    expect(run.equitySpans()?.at(-1)?.close).toBe(busy.result.portfolio.end_equity);
    expect(run.stopLevels()).toBeNull();
    const level = { dayMs: T0, podId: "a", symbol: "BTC", side: "short", level: 101.5 } as const;
    expect(readRun(writeRunFolder(base, { ...busy, stopLevels: [level] })).stopLevels()).toEqual([level]);
  });

  it("equity.csv: the numbers of result.json, and the pods and the reserve make the portfolio", () => {
    const rows = csv(writeRunFolder(base, busy), "equity.csv");
    const { days, pods } = busy.result;
    expect(rows.map(({ date }) => date)).toEqual(days.date);
    for (const [d, row] of rows.entries()) {
      expect(Number(row.portfolio)).toBe(days.portfolio[d]);
      expect(Number(row.benchmark)).toBe(days.benchmark[d]);
      for (const pod of pods) expect(Number(row[pod.pod_id])).toBe(pod.equity[d]);
      expect(Number(row.alpha) + Number(row.beta) + Number(row.reserve)).toBeCloseTo(Number(row.portfolio), 6);
      expect(row.reserve).toBe("10000");
    }
  });

  it("allocation.csv: capital fractions sum to 1", () => {
    for (const row of csv(writeRunFolder(base, busy), "allocation.csv"))
      expect(Number(row.alpha) + Number(row.beta) + Number(row.reserve)).toBeCloseTo(1, 9);
  });

  it("orders.csv, wishes.csv and fills.csv join by order id; demand = wished − held sums to the net", () => {
    const folder = writeRunFolder(base, busy);
    const orders = csv(folder, "orders.csv");
    const wishes = csv(folder, "wishes.csv");
    const ids = new Set(orders.map(({ order_id }) => order_id));
    expect(ids.size).toBe(orders.length);
    for (const { order_id } of [...wishes, ...csv(folder, "fills.csv")]) expect(ids.has(order_id)).toBe(true);
    for (const order of orders.filter(({ purpose }) => purpose === "NET")) {
      const own = wishes.filter(({ order_id }) => order_id === order.order_id);
      expect(own.reduce((sum, { demand }) => sum + micro(demand), 0n)).toBe(micro(order.net_quantity));
      for (const { wished, held, demand } of own) expect(micro(wished) - micro(held)).toBe(micro(demand));
    }
  });

  it("trades.csv: every finished round trip, opened before it closed", () => {
    const rows = csv(writeRunFolder(base, busy), "trades.csv");
    expect(rows.length).toBe(busy.result.portfolio.trade_count);
    for (const { opened = "", closed = "", largest_quantity } of rows) {
      expect(opened <= closed && opened !== "").toBe(true);
      expect(Number(largest_quantity)).toBeGreaterThan(0);
    }
    const wins = rows.filter(({ pnl }) => Number(pnl) > 0).length;
    expect(wins / rows.length).toBeCloseTo(busy.result.portfolio.win_rate.value ?? -1, 12);
  });
});

describe("order ids", () => {
  it("are stable: content only, 20 hex digits", () => {
    const order = { timeMs: T0, symbol: "BTC/USDT", purpose: "NET", podId: null } as const;
    const id = orderId("run", order);
    expect(id).toBe(
      createHash("sha256").update('["run",1704067200000,"BTC/USDT","NET",0,null]').digest("hex").slice(0, 20),
    );
    const others = [
      orderId("other", order),
      orderId("run", { ...order, timeMs: T0 + 1 }),
      orderId("run", { ...order, symbol: "ETH/USDT" }),
      orderId("run", { ...order, purpose: "CROSS" }),
      orderId("run", { ...order, podId: "a" }),
      orderId("run", order, 1),
    ];
    expect(new Set([id, ...others]).size).toBe(7);
  });

  it.each(["net", "gross"] as const)("netting %s: no two orders of a run share one", (netting) => {
    const orders = [...orderHistory(eventsOf(recordOf(busyScript({ netting }))))];
    expect(orders.length).toBeGreaterThan(100);
    expect(new Set(orders.map((order) => orderId("run", order))).size).toBe(orders.length);
  });
});

describe("reading", () => {
  it("gives back the result and the events, bit for bit", () => {
    const run = readRun(writeRunFolder(base, busy));
    expect(run.result).toEqual(busy.result);
    const { records, symbols, pods, baseMs } = run.events();
    expect(Buffer.from(records.buffer)).toEqual(Buffer.from(busy.record.records.buffer));
    expect(symbols).toEqual(busy.record.symbols.map(({ symbol, lotsPerUnit }) => ({ symbol, lotsPerUnit })));
    expect(pods.map(({ podId }) => podId)).toEqual(["alpha", "beta"]);
    expect(baseMs).toBe(busy.record.baseMs);
  });

  it("says when there is no run, and what to do", () => {
    expect(() => readRun(join(base, "last"))).toThrow("run a backtest first");
    expect(() => readRun(join(base, "20250101T000000Z-00000000"))).toThrow("give the path of a folder below runs/");
    expect(() => readRun(base)).toThrow("it has no manifest.json");
  });

  it("says when a file was changed or is gone", () => {
    const folder = writeRunFolder(base, busy);
    writeFileSync(join(folder, "events.f64"), "");
    expect(() => readRun(folder).events()).toThrow("is not what the run wrote");
    rmSync(join(folder, "events.f64"));
    expect(() => readRun(folder).events()).toThrow("is missing");
    writeFileSync(join(folder, "result.json"), "{}");
    expect(() => readRun(folder)).toThrow("result.json is not what the run wrote");
  });

  it("refuses a manifest that it does not know", () => {
    const folder = writeRunFolder(base, busy);
    const path = join(folder, "manifest.json");
    const manifest = JSON.parse(readFileSync(path, "utf8"));
    writeFileSync(path, JSON.stringify({ ...manifest, schema_version: 4 }));
    expect(() => readRun(folder)).toThrow("schema version 4, this mcbot reads 3");
    writeFileSync(path, JSON.stringify({ ...manifest, run_id: 7 }));
    expect(() => readRun(folder)).toThrow("run_id");
    writeFileSync(path, "{");
    expect(() => readRun(folder)).toThrow("is not JSON");
  });
});
