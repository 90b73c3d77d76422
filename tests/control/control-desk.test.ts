// Goal: the state on the disk survives what happens to disks and processes, and never grows more permissive by itself.

import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { command, openControl } from "../../src/control/control-desk.ts";
import { auditPath, readControl, statePath } from "../../src/control/control-state.ts";
import { controlPayload } from "../../src/control/engine-control.ts";
import { appendRecord, verifyChain } from "../../src/lib/hash-chain.ts";
import { temporaryFolder } from "../support/cli.ts";

const operator = { actor: "ann@desk", reason: "a test", now: () => new Date(Date.UTC(2024, 0, 2, 3, 4, 5)) };

function running(): string {
  const folder = join(temporaryFolder(), "state");
  openControl(folder, operator);
  return folder;
}

function modeOf(folder: string): string {
  const found = readControl(folder);
  return found.known ? found.state.mode : found.code;
}

describe("control state on the disk", () => {
  it("is created as RUNNING once, and only where there never was one", () => {
    const folder = running();
    expect(modeOf(folder)).toBe("RUNNING");
    command(folder, { name: "pause" }, operator);
    expect(openControl(folder, operator)).toMatchObject({ known: true, state: { mode: "PAUSED" } });
    rmSync(statePath(folder));
    expect(openControl(folder, operator)).toMatchObject({ known: false, code: "MISSING" });
    expect(existsSync(statePath(folder))).toBe(false);
  });

  it("changes nothing when it is read, sound or not", () => {
    const folder = join(temporaryFolder(), "state");
    expect(readControl(folder)).toMatchObject({ known: false, code: "MISSING" });
    expect(existsSync(folder)).toBe(false);
    const sound = running();
    const before = readFileSync(statePath(sound), "utf8");
    readControl(sound);
    expect(readFileSync(statePath(sound), "utf8")).toBe(before);
  });

  it.each([
    ["text that is not JSON", "{"],
    ["an empty file", ""],
    ["another schema", '{"v":2,"mode":"RUNNING"}'],
    ["an unknown mode", '{"v":1,"mode":"FAST"}'],
  ])("counts as not running after %s", (_, text) => {
    const folder = running();
    writeFileSync(statePath(folder), text);
    expect(modeOf(folder)).toBe("UNREADABLE");
    expect(openControl(folder, operator).known).toBe(false);
    expect(command(folder, { name: "resume" }, operator).transition).toMatchObject({
      ok: false,
      code: "UNKNOWN_STATE",
    });
    const before = { mode: "RUNNING", flatten: false, symbols: ["BTC/USDT"], pods: [] } as const;
    expect(controlPayload(readControl(folder), { ...before, symbols: ["BTC/USDT"], pods: [] })).toEqual({
      ...before,
      mode: "UNKNOWN",
    });
    command(folder, { name: "pause" }, operator);
    expect(command(folder, { name: "resume" }, operator).transition.ok).toBe(true);
  });

  it("remembers a panic although the state file is lost", () => {
    const folder = running();
    command(folder, { name: "panic" }, operator);
    rmSync(statePath(folder));
    expect(command(folder, { name: "pause" }, operator).transition).toMatchObject({ ok: false });
    expect(command(folder, { name: "ack-panic" }, operator).transition.ok).toBe(true);
    expect(modeOf(folder)).toBe("PANIC");
    expect(command(folder, { name: "resume" }, operator).transition.ok).toBe(true);
    expect(modeOf(folder)).toBe("RUNNING");
  });

  it("audits what was done and what was refused, with who, when, why, before and after", () => {
    const folder = running();
    command(folder, { name: "blacklist add", kind: "symbol", id: "ETH/USDT" }, operator);
    command(folder, { name: "ack-panic" }, operator);
    const { records, problem } = verifyChain(auditPath(folder));
    expect(problem).toBeNull();
    expect(records.map(({ body }) => body)).toMatchObject([
      { command: "create", result: "accepted" },
      {
        command: "blacklist add",
        id: "ETH/USDT",
        actor: "ann@desk",
        reason: "a test",
        time: "2024-01-02T03:04:05.000Z",
        before: { blacklist: { symbols: [] } },
        after: { mode: "RUNNING", blacklist: { symbols: ["ETH/USDT"] } },
        result: "accepted",
      },
      { command: "ack-panic", after: null, result: "refused", code: "NO_PANIC" },
    ]);
  });

  it("finishes a command whose process died between audit record and effect", () => {
    const folder = running();
    const after = { mode: "PANIC", flatten: true, acknowledged: false, blacklist: { symbols: [], pods: [] } };
    const stamp = { time: "2024-01-02T00:00:00.000Z", actor: "bob@desk", reason: "died" };
    appendRecord(auditPath(folder), { ...stamp, command: "panic", before: {}, after, result: "accepted" });
    expect(command(folder, { name: "pause" }, operator).transition).toMatchObject({ ok: false, code: "PANIC_LATCHED" });
  });

  it("takes over the lock of a process that is gone", () => {
    const folder = running();
    writeFileSync(join(folder, "control.lock"), "999999999");
    expect(command(folder, { name: "pause" }, operator).transition.ok).toBe(true);
    expect(existsSync(join(folder, "control.lock"))).toBe(false);
  });

  it.each([
    [
      "cannot be written: a folder stands in its place",
      (log: string) => {
        rmSync(log);
        mkdirSync(log);
      },
    ],
    [
      "was altered at its end",
      (log: string) => writeFileSync(log, readFileSync(log, "utf8").replace("ann@desk", "bob@desk")),
    ],
  ])("panics although the audit log %s, says so, and refuses everything else", (_, spoil) => {
    const folder = running();
    spoil(auditPath(folder));
    expect(() => command(folder, { name: "pause" }, operator)).toThrow();
    expect(modeOf(folder)).toBe("RUNNING");
    const outcome = command(folder, { name: "panic" }, operator);
    expect(outcome).toMatchObject({
      transition: { ok: true, after: { mode: "PANIC", flatten: true } },
      auditSeq: null,
    });
    expect(outcome.trouble).toMatch(/^not in the audit log: /);
    expect(readControl(folder)).toMatchObject({
      state: { mode: "PANIC", reason: expect.stringMatching(/not in the audit/) },
    });
  });

  it("keeps an unaudited panic when the audit log is back", () => {
    const folder = running();
    const log = readFileSync(auditPath(folder), "utf8");
    writeFileSync(auditPath(folder), log.replace("ann@desk", "bob@desk"));
    command(folder, { name: "panic" }, operator);
    writeFileSync(auditPath(folder), log);
    expect(command(folder, { name: "resume" }, operator).transition).toMatchObject({ ok: false });
    expect(modeOf(folder)).toBe("PANIC");
  });

  it("panics although a process that hangs holds the lock", () => {
    const folder = running();
    writeFileSync(join(folder, "control.lock"), String(process.ppid));
    const outcome = command(folder, { name: "panic" }, operator);
    expect(outcome.trouble).toMatch(/control\.lock is held by process/);
    expect(outcome.auditSeq).toBe(1);
    expect(modeOf(folder)).toBe("PANIC");
  });
});
