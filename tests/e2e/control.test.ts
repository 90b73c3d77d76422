// Goal: what an operator types in one process reaches an engine that runs in another, is recorded, and replays.
// Method: a paced replay serves as the running engine; each command waits for the decision it causes.

import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, renameSync, watch, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { MAIN, mcbot, temporaryFolder } from "../support/cli.ts";

const CONFIG = `
pods:
  - {pod_id: a, strategy: tsmom, params: {lookback: 5}, symbols: [BTC/USDT, ETH/USDT], initial_fraction: 0.5, max_fraction: 0.5}
backtest: {start: "2023-03-01", end: "2023-12-31"}
data: {path: synthetic}
`;

function recorded(): { cwd: string; run: string } {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, "c.yaml"), CONFIG);
  const { stdout, code } = mcbot(["record", "c.yaml", "--json"], { cwd });
  expect(code).toBe(0);
  return { cwd, run: JSON.parse(stdout).folder };
}

/** Resolves as soon as the folder's decisions satisfy `isSo`. */
async function decided(folder: string, isSo: (lines: string[]) => boolean): Promise<void> {
  const look = (): boolean => {
    const session = existsSync(folder) ? readdirSync(folder)[0] : undefined;
    const path = join(folder, session ?? "", "decisions.ndjson");
    return existsSync(path) && isSo(readFileSync(path, "utf8").split("\n"));
  };
  const watcher = watch(join(folder, ".."), { recursive: true });
  for (let tries = 0; !look(); tries++) {
    expect(tries).toBeLessThan(5_000);
    await new Promise((resolve) => watcher.once("change", resolve));
  }
  watcher.close();
}

const has = (mode: string) => (lines: string[]) => lines.some((line) => line.includes(`"control":{"mode":"${mode}"`));
const slicesAfter = (mode: string, count: number) => (lines: string[]) => {
  const at = lines.findLastIndex((line) => line.includes(`"control":{"mode":"${mode}"`));
  return at >= 0 && lines.length > at + count;
};

describe("recording", () => {
  it("replays byte for byte in another process and another place, and verify finds one changed price", () => {
    const { cwd, run } = recorded();
    expect(mcbot(["replay", run], { cwd }).code).toBe(0);
    const first = readFileSync(join(cwd, run, "decisions.ndjson"));
    renameSync(join(cwd, run), join(cwd, "moved"));
    expect(mcbot(["replay", "moved", "--out", "again.ndjson"], { cwd }).code).toBe(0);
    expect(readFileSync(join(cwd, "again.ndjson")).equals(first)).toBe(true);
    expect(mcbot(["verify", "moved"], { cwd })).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^0 of \d+ decisions differ\n$/),
    });

    const path = join(cwd, "moved", "market.ndjson");
    const lines = readFileSync(path, "utf8").split("\n");
    const at = lines.findLastIndex((line) => line.includes('"slice"'));
    const before = lines[at] as string;
    lines[at] = before.replace(/"(\d+)\.(\d+)",("[^"]*")\]/, '"$1.$21",$3]');
    writeFileSync(path, lines.join("\n"));
    const { code, stdout, stderr } = mcbot(["verify", "moved"], { cwd });
    expect({ code, changed: lines[at] !== before }).toEqual({ code: 12, changed: true });
    expect(stdout).toMatch(/^[12] of \d+ decisions differ\nFirst: decisions\.ndjson:\d+, slice 2023-12-31/);
    expect(stderr).toContain("market.ndjson was changed after it was recorded");
    // The recorded decisions are evidence: a replay does not replace them.
    expect(mcbot(["replay", "moved"], { cwd }).code).toBe(2);
    expect(readFileSync(join(cwd, "moved", "decisions.ndjson")).equals(first)).toBe(true);
  });

  it("scores nothing of a bad one", () => {
    const { cwd, run } = recorded();
    const path = join(cwd, run, "market.ndjson");
    writeFileSync(path, readFileSync(path, "utf8").replace('"seq":50,', '"seq":51,'));
    expect(mcbot(["replay", run], { cwd })).toMatchObject({
      code: 2,
      stdout: "",
      stderr: expect.stringContaining("market.ndjson:51: a gap in seq"),
    });
    expect(existsSync(join(cwd, run, "decisions.ndjson"))).toBe(false);
    expect(mcbot(["record", "--from", "none.ndjson"], { cwd })).toMatchObject({ code: 1 });
    expect(mcbot(["record"], { cwd })).toMatchObject({ code: 2 });
    expect(mcbot(["record", "--from", "x", "--bar", "7s7"], { cwd })).toMatchObject({ code: 2 });
  });
});

describe("control", () => {
  it("reaches a running engine, and the session replays to the same decisions", async () => {
    const { cwd, run } = recorded();
    const sessions = join(cwd, "sessions");
    const child = spawn(process.execPath, [MAIN, "replay", run, "--speed", "1500000", "--sessions", "sessions"], {
      cwd,
    });
    onTestFinished(() => void child.kill("SIGKILL"));
    const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
    const control = (...args: string[]) => mcbot(["control", ...args, "--reason", "test"], { cwd });

    await decided(sessions, (lines) => lines.some((line) => line.includes('"fills":[{')));
    expect(control("pause").code).toBe(0);
    await decided(sessions, has("PAUSED"));
    expect(control("blacklist", "add", "ETH/USDT").code).toBe(0);
    expect(control("resume").code).toBe(0);
    await decided(sessions, has("RUNNING"));
    expect(control("panic").code).toBe(0);
    await decided(sessions, slicesAfter("PANIC", 3));
    expect(control("resume")).toMatchObject({ code: 1, stderr: expect.stringContaining("ack-panic") });
    expect(control("stop").code).toBe(1);
    expect(control("ack-panic").code).toBe(0);
    expect(control("resume").code).toBe(0);
    expect(control("stop").code).toBe(0);
    expect(await ended).toBe(0);

    const session = join("sessions", readdirSync(sessions)[0] as string);
    const lines = readFileSync(join(cwd, session, "decisions.ndjson"), "utf8")
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line));
    const panic = lines.findIndex((line) => line.control?.mode === "PANIC");
    expect(lines[panic + 2].risk).toMatchObject({ gross: 0, reduce_only: true });
    expect(mcbot(["verify", session], { cwd })).toMatchObject({ code: 0, stdout: expect.stringMatching(/^0 of/) });

    expect(mcbot(["journal", "verify"], { cwd })).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("10 records, the chain holds"),
    });
    expect(mcbot(["replay", run, "--speed", "1"], { cwd })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("STOPPING"),
    });
    const audit = join(cwd, "state", "audit.ndjson");
    writeFileSync(audit, readFileSync(audit, "utf8").replace('"refused"', '"accepted"'));
    expect(mcbot(["journal", "verify"], { cwd })).toMatchObject({ code: 1, stderr: expect.stringContaining(":6: ") });
  });

  it("shows the state and changes nothing", () => {
    const cwd = temporaryFolder();
    expect(mcbot(["control", "status"], { cwd })).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("Not running"),
    });
    expect(readdirSync(cwd)).toEqual([]);
    expect(mcbot(["control", "panic", "--reason", "x"], { cwd }).code).toBe(0);
    expect(mcbot(["control", "status"], { cwd }).stdout).toContain("PANIC (every position is to be closed; latched");
    expect(JSON.parse(mcbot(["control", "status", "--json"], { cwd }).stdout)).toMatchObject({
      known: true,
      state: { mode: "PANIC" },
    });
  });

  it("refuses what it does not understand", () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, "c.yaml"), CONFIG);
    for (const args of [
      ["pause"],
      ["pause", "--reason", " "],
      ["blacklist", "add", "--reason", "x"],
      ["blacklist", "add", "btc", "--reason", "x"],
    ]) {
      expect(mcbot(["control", ...args], { cwd }).code).toBe(2);
    }
    const misspelt = ["control", "blacklist", "add", "BTX/USDT", "--config", "c.yaml", "--reason", "x"];
    expect(mcbot(misspelt, { cwd })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("did you mean BTC/USDT"),
    });
    expect(mcbot(["journal", "verify", "none"], { cwd }).code).toBe(2);
  });
});
