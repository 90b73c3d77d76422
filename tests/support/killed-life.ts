import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { LiveOutcome } from "../../src/live/run-engine.ts";
import { StateFolder } from "../../src/live/state-folder.ts";
import { openMarket } from "../../src/market/open-market.ts";
import { VirtualClock } from "../../src/venue/clock.ts";
import { parseFaultScript } from "../../src/venue/faults/script.ts";
import { serveVenue } from "../../src/venue/server.ts";
import { Venue } from "../../src/venue/venue.ts";
import { CANARY } from "../exchange/support.ts";
import { violations } from "./live-oracle.ts";
import { busyConfig, DAY, HOUR, START, SYMBOLS } from "./live-world.ts";

/** Where a process dies: at the nth write of a record of this type, or when the nth order arrives at the exchange. */
export type KillPoint =
  | { readonly type: string; readonly nth: number; readonly when: "before" | "torn" | "after" }
  | { readonly post: number };

const CHILD = fileURLToPath(new URL("../proofs/live-child.js", import.meta.url));
const market = openMarket({
  path: "synthetic",
  seed: 1,
  symbols: SYMBOLS,
  podTimeframes: ["1h"],
  baseTimeframe: "1h",
  funding: "if_present",
  endMs: START + 10 * DAY,
});

export interface KilledLife {
  /** How each life ended: "SIGKILL", or "0". */
  readonly ends: readonly string[];
  readonly outcome: LiveOutcome | null;
  readonly violations: readonly string[];
  readonly stderr: string;
}

/**
 * Real processes on one simulated exchange: each life of `kills` dies by SIGKILL where it says, the last one goes on to the
 * end; then exchange, journal and ledger are compared.
 */
export async function killedLife(kills: readonly KillPoint[], faults: unknown = [], hours = 30): Promise<KilledLife> {
  const stateDir = mkdtempSync(join(tmpdir(), "mcbot-kill-"));
  const journal = new StateFolder(stateDir, "live").journal;
  const unwitnessed: string[] = [];
  let posts = 0;
  let onPost: () => void = () => {};
  const clock = new VirtualClock(START + HOUR / 2);
  const venue = new Venue({
    clock,
    market,
    credentials: CANARY,
    faults: parseFaultScript(faults),
    onOrderPost: (cid) => {
      posts++;
      if (!readFileSync(journal, "utf8").includes(`"body":{"type":"sent","cid":"${cid}"`)) unwitnessed.push(cid);
      onPost();
    },
  });
  const server = await serveVenue(venue, 0);
  const ends: string[] = [];
  let last = { code: "", stdout: "", stderr: "" };
  try {
    for (const kill of [...kills, null]) {
      const args = {
        url: server.url,
        stateDir,
        config: busyConfig(),
        untilMs: START + hours * HOUR,
        symbols: SYMBOLS,
        timeframe: "1h",
        key: CANARY,
        ...(kill === null || "post" in kill ? {} : { kill }),
      };
      last = await life(args, (end) => {
        onPost = () => {
          if (kill !== null && "post" in kill && posts === kill.post) end();
        };
      });
      ends.push(last.code);
    }
    const outcome = last.code === "0" ? (JSON.parse(last.stdout) as LiveOutcome) : null;
    const found =
      outcome === null
        ? ["the last life did not end"]
        : violations({ venue, stateDir, unwitnessed }, outcome.resultHash);
    return { ends, outcome, violations: found, stderr: last.stderr };
  } finally {
    await server.close();
    rmSync(stateDir, { recursive: true, force: true });
  }
}

function life(
  args: object,
  begun: (end: () => void) => void,
): Promise<{ code: string; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [CHILD, JSON.stringify(args)], { stdio: ["ignore", "pipe", "pipe"] });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (text) => {
      stdout += text;
    });
    child.stderr.on("data", (text) => {
      stderr += text;
    });
    begun(() => child.kill("SIGKILL"));
    child.on("close", (code, signal) => resolve({ code: signal ?? String(code), stdout, stderr }));
  });
}
