import { existsSync } from "node:fs";
import { join } from "node:path";
import { DECISIONS_FILE } from "../../engine/recording/manifest.ts";
import { replayRecording } from "../../engine/recording/replay.ts";
import { compareDecisions, readDecisions, type Verification } from "../../engine/recording/verify.ts";
import { EXIT } from "../exit-codes.ts";
import { openRecording } from "../open-recording.ts";
import { Progress } from "../progress.ts";

/** `verify RUN`: exit 12 and the first difference when the recording does not replay to its decisions. */
export async function verifyCommand(
  folder: string,
  { config: file, json }: { config?: string; json?: boolean },
): Promise<void> {
  if (existsSync(join(folder, "journal.ndjson"))) {
    await (await import("./verify-journal.ts")).verifyStateFolder(folder, json === true);
    return;
  }
  const { recording, config, orchestrated, notices } = openRecording(folder, file);
  const isOpen = recording.manifest.market === null;
  const recorded = readDecisions(join(folder, DECISIONS_FILE), isOpen);
  const replayed: string[] = [];
  new Progress("verify", "slices", process.stderr).during((onProgress) =>
    replayRecording(recording, config, (line) => replayed.push(line.slice(0, -1)), { orchestrated, onProgress }),
  );
  const outcome = compareDecisions(recorded, replayed, isOpen);
  const isChanged = recording.isAsRecorded === false;
  if (outcome.differing > 0 || isChanged) process.exitCode = EXIT.replayMismatch;
  for (const notice of notices) process.stderr.write(`warning: ${notice}\n`);
  process.stdout.write(
    json === true
      ? `${JSON.stringify({ schema_version: 1, folder, ...outcome, market_changed: isChanged })}\n`
      : textOf(outcome),
  );
}

function textOf({ decisions, differing, first }: Verification): string {
  const summary = `${differing} of ${decisions} decisions differ\n`;
  if (first === null) return summary;
  const { line, at, path, recorded, replayed } = first;
  return `${summary}First: ${DECISIONS_FILE}:${line}, ${at}${path === "" ? "" : `, ${path}`}\n  recorded  ${JSON.stringify(recorded)}\n  replayed  ${JSON.stringify(replayed)}\n`;
}
