import { randomFillSync } from "node:crypto";
import type { Disk } from "./disk.ts";

/**
 * Holds back room on the disk in a file of its own, so that a full disk still takes the record that says so. Throws what the
 * disk throws; a short write throws an ENOSPC.
 */
export function keepBallast(disk: Disk, path: string, bytes: number): { release(): void } {
  const file = disk.openForAppend(path);
  try {
    const missing = bytes - disk.size(file);
    if (missing > 0) {
      // Zeros would take no room on a file system that compresses.
      const content = randomFillSync(Buffer.alloc(missing));
      if (disk.write(file, content) !== missing)
        throw Object.assign(new Error(`${path}: no room for ${bytes} bytes of reserve`), { code: "ENOSPC" });
      disk.sync(file);
    }
  } finally {
    disk.close(file);
  }
  return { release: () => disk.remove(path) };
}
