// Goal: one engine per account and machine, and a killed one leaves nothing behind.
// Method: real processes, real SIGKILL.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { LockedError, lockAccount, lockAddress } from "../../src/journal/lock.ts";
import { temporaryFolder } from "../support/cli.ts";

const LOCK = new URL("../../dist/journal/lock.js", import.meta.url).href;

async function owner(account: string, address: string): Promise<ChildProcess> {
  const script = `
    const { lockAccount } = await import(${JSON.stringify(LOCK)});
    await lockAccount(...${JSON.stringify([account, address])});
    console.log("locked");
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout as NodeJS.ReadableStream, "data");
  return child;
}

const addresses: [string, () => string][] = [["a name in the file system", () => join(temporaryFolder(), "lock.sock")]];
if (process.platform === "linux") addresses.push(["an abstract socket", () => lockAddress(`test-${process.pid}`)]);

it.each(addresses)("holds against others, and falls with its owner: %s", async (_, make) => {
  const address = make();
  const child = await owner("A1", address);
  const refusal = await lockAccount("A1", address).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(LockedError);
  expect(refusal).toMatchObject({ owner: child.pid });
  expect(String(refusal)).toContain("one engine per account");
  child.kill("SIGKILL");
  await once(child, "exit");
  const lock = await lockAccount("A1", address);
  await expect(lockAccount("A1", address)).rejects.toThrow(LockedError);
  await lock.release();
  await (await lockAccount("A1", address)).release();
  if (!address.startsWith("\0")) expect(existsSync(address)).toBe(false);
});

it("does not keep a finished process alive", async () => {
  const script = `const { lockAccount } = await import(${JSON.stringify(LOCK)}); await lockAccount("A2-" + process.pid);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: "inherit" });
  expect(await once(child, "exit")).toEqual([0, null]);
});

it("fails for another reason than an owner, too", async () => {
  await expect(lockAccount("A1", join(temporaryFolder(), "no", "such", "folder"))).rejects.toThrow(/ENOENT|EACCES/);
});

it("has a place on each system, one per account, without the account in its name", () => {
  expect(lockAddress("A1", "linux")).toMatch(/^\0mcbot-[0-9a-f]{32}$/);
  expect(lockAddress("A1", "win32")).toMatch(/^\\\\\.\\pipe\\mcbot-[0-9a-f]{32}$/);
  expect(lockAddress("A1", "darwin")).toMatch(/mcbot-[0-9a-f]{32}\.sock$/);
  expect(lockAddress("A1", "linux")).not.toBe(lockAddress("A2", "linux"));
});
