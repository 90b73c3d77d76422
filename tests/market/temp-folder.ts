import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";

/** A folder of its own for one test, filled with the given files, removed at its end. */
export function tempFolder(files: Readonly<Record<string, string | Uint8Array>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), "mcbot-market-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

export const HEADER = "timestamp,open,high,low,close,volume";

/** A CSV with one sound row per timestamp. */
export function csvOf(timestamps: readonly string[], row = "10,12,9,11,5.5"): string {
  return [HEADER, ...timestamps.map((timestamp) => `${timestamp},${row}`), ""].join("\n");
}
