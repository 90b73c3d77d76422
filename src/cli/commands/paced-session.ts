import { createHash } from "node:crypto";
import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { canonicalConfig } from "../../config/canonical.ts";
import { openControl } from "../../control/control-desk.ts";
import { readControl } from "../../control/control-state.ts";
import { controlPayload } from "../../control/engine-control.ts";
import { DECISIONS_FILE } from "../../engine/recording/manifest.ts";
import type { ControlPayload } from "../../engine/recording/market-events.ts";
import { recordedEvents } from "../../engine/recording/read-recording.ts";
import { RecordingWriter } from "../../engine/recording/recording-writer.ts";
import { Replay } from "../../engine/recording/replay.ts";
import { sha256 } from "../../lib/sha256.ts";
import type { OpenedRecording } from "../open-recording.ts";
import { Progress } from "../progress.ts";
import { UsageError } from "../usage-error.ts";
import { operator } from "./control.ts";
import type { ReplayFlags } from "./replay.ts";

/** Longest wait between two looks at the control state. */
const POLL_MS = 50;

/**
 * A recording as if it happened now, N times as fast: obeys `mcbot control` from another process, and is recorded itself,
 * control events included, so that it can be replayed and verified like any session.
 */
export async function runPacedSession(
  { recording, config, orchestrated }: OpenedRecording,
  { speed, stateDir, sessions, json }: ReplayFlags & { readonly speed: number },
): Promise<void> {
  const folder = stateDir ?? config.execution.state_dir;
  const found = openControl(folder, operator("first start"));
  if (!found.known) throw new UsageError(`not running: ${found.message}; mcbot control pause, then resume`);
  if (found.state.mode === "STOPPING") throw new UsageError("control is STOPPING: mcbot control resume first");

  const { source, synthetic, timeframe, symbols } = recording.manifest;
  const writer = new RecordingWriter(
    sessions,
    {
      now: new Date(),
      command: process.argv.slice(2),
      source: { type: "session", label: source.label, files: [recording.folder] },
      synthetic,
      timeframe,
      symbols,
      orchestrated,
      config: { hash: sha256(canonicalConfig(config)), resolved: config },
    },
    true,
  );
  process.stderr.write(`Session: ${writer.folder}\n`);
  const decisions = openSync(join(writer.folder, DECISIONS_FILE), "wx");
  const inputs: string[] = [];
  const replay = new Replay(
    { ...recording, inputs },
    config,
    (line) => {
      writeSync(decisions, line);
      fsyncSync(decisions);
    },
    orchestrated,
  );
  const { startMs, endMs } = replay.session.plan.range;
  const progress = new Progress("session", "slices", process.stderr);
  let isInterrupted = false;
  const interrupt = (): void => {
    isInterrupted = true;
  };
  process.once("SIGINT", interrupt).once("SIGTERM", interrupt);

  let control: ControlPayload = { mode: "RUNNING", flatten: false, symbols: [], pods: [] };
  /** Looks at the state and passes on what changed; true = the session ends. */
  const obey = (): boolean => {
    const next = controlPayload(readControl(folder), control);
    if (JSON.stringify(next) !== JSON.stringify(control)) {
      control = next;
      writer.append({ ts: clock, type: "control", payload: control });
      writer.sync();
      replay.control(control);
    }
    return isInterrupted || control.mode === "STOPPING";
  };

  let clock = 0;
  let isStarted = false;
  let hash = createHash("sha256");
  for (const event of recordedEvents(recording.folder)) {
    if (event.type === "control") continue;
    if (event.type === "slice" && event.payload.open_ms >= startMs) {
      if (event.payload.open_ms >= endMs) break;
      if (!isStarted) replay.start();
      isStarted = true;
      clock = Math.max(clock, event.payload.open_ms);
      if (await paced(event.ts - event.payload.open_ms, speed, obey)) break;
    }
    clock = event.ts;
    hash.update(writer.append(event));
    if (event.type !== "slice") continue;
    inputs.push(hash.digest("hex").slice(0, 16));
    hash = createHash("sha256");
    if (!isStarted) continue;
    writer.sync();
    replay.step();
    progress.update(replay.progress.done, replay.progress.total);
    if (replay.session.isOver) break;
  }
  const { resultHash } = replay.finish();
  progress.stop();
  fsyncSync(decisions);
  closeSync(decisions);
  const path = writer.close();
  process.stdout.write(
    json === true
      ? `${JSON.stringify({ schema_version: 1, folder: path, result_hash: resultHash, control })}\n`
      : `Ended in ${control.mode}: ${inputs.length} slices\nResult hash  ${resultHash}\nRecording: ${path}\n`,
  );
}

/** Waits `ms` of the market's time, looking at the control state meanwhile. @returns whether the session ends. */
async function paced(ms: number, speed: number, obey: () => boolean): Promise<boolean> {
  const until = performance.now() + ms / speed;
  for (;;) {
    if (obey()) return true;
    const left = until - performance.now();
    if (left <= 0) return false;
    await wait(Math.min(left, POLL_MS));
  }
}
