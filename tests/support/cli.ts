import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

export const MAIN = new URL("../../dist/cli/main.js", import.meta.url).pathname;

export const ROOT = new URL("../../", import.meta.url).pathname;
export const EXAMPLE = join(ROOT, "config/orchestrator-example.yaml");

export interface CliRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built command in `cwd`, in a process of its own, without any MCBOT variable but those given. */
export function mcbot(
  args: readonly string[],
  { cwd, env = {} }: { cwd: string; env?: Record<string, string> },
): CliRun {
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("MCBOT")));
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
    cwd,
    env: { ...inherited, ...env },
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  return { code: status ?? -1, stdout, stderr };
}

/** An empty folder that lives as long as the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "mcbot-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
