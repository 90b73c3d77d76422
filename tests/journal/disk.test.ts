// Goal: the disk in memory is no kinder than the real one.
// Method: one contract, both implementations.

import { statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { DISK, type Disk } from "../../src/journal/disk.ts";
import { temporaryFolder } from "../support/cli.ts";
import { MemoryDisk } from "../support/memory-disk.ts";

describe.each<[string, () => { disk: Disk; folder: string }]>([
  ["the real disk", () => ({ disk: DISK, folder: temporaryFolder() })],
  ["the disk in memory", () => ({ disk: new MemoryDisk(), folder: "/state" })],
])("%s", (_, make) => {
  it("appends, reads anywhere, truncates, and knows sizes", () => {
    const { disk, folder } = make();
    const path = join(folder, "file");
    expect(disk.exists(path)).toBe(false);
    const file = disk.openForAppend(path);
    expect(disk.exists(path)).toBe(true);
    expect(disk.write(file, Buffer.from("hello "))).toBe(6);
    expect(disk.write(file, Buffer.from("world"))).toBe(5);
    disk.sync(file);
    disk.syncFolder(folder);
    expect(disk.size(file)).toBe(11);
    const into = Buffer.alloc(8);
    expect(disk.read(file, into, 6)).toBe(5);
    expect(into.toString("utf8", 0, 5)).toBe("world");
    expect(disk.read(file, into, 11)).toBe(0);
    disk.truncate(file, 3);
    expect(disk.write(file, Buffer.from("p"))).toBe(1);
    disk.close(file);

    const again = disk.openForReading(path);
    expect(disk.read(again, into, 0)).toBe(4);
    expect(into.toString("utf8", 0, 4)).toBe("help");
    disk.close(again);

    disk.remove(path);
    expect(disk.exists(path)).toBe(false);
    disk.remove(path);
    expect(disk.freeBytes(folder)).toBeGreaterThan(0);
  });

  it("throws errno codes: no such file, no such folder, closed", () => {
    const { disk, folder } = make();
    expect(() => disk.openForReading(join(folder, "none"))).toThrow(expect.objectContaining({ code: "ENOENT" }));
    expect(() => disk.syncFolder(join(folder, "none"))).toThrow(expect.objectContaining({ code: "ENOENT" }));
    const file = disk.openForAppend(join(folder, "file"));
    disk.close(file);
    expect(() => disk.size(file)).toThrow(expect.objectContaining({ code: "EBADF" }));
  });
});

it("files are the owner's alone", () => {
  const path = join(temporaryFolder(), "file");
  DISK.close(DISK.openForAppend(path));
  expect(statSync(path).mode & 0o777).toBe(0o600);
});
