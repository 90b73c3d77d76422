import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import writeFileAtomic from "write-file-atomic";
import { canonicalConfig } from "../../config/canonical.ts";
import { type DataQuality, dataQuality } from "../../engine/recording/data-quality.ts";
import { DECISIONS_FILE } from "../../engine/recording/manifest.ts";
import { replayRecording } from "../../engine/recording/replay.ts";
import { compareDecisions } from "../../engine/recording/verify.ts";
import { sha256 } from "../../lib/sha256.ts";
import { renderDataQuality } from "../../reporting/data-quality.ts";
import { EXIT } from "../exit-codes.ts";
import { openRecording } from "../open-recording.ts";
import { Progress } from "../progress.ts";
import { UsageError } from "../usage-error.ts";

export interface ReplayFlags {
  readonly config?: string;
  readonly out?: string;
  readonly speed?: number;
  readonly stateDir?: string;
  readonly sessions: string;
  readonly json?: boolean;
}

/** What a replay reports. */
interface ReplayReport {
  readonly folder: string;
  readonly decisions_file: string;
  readonly decisions: number;
  readonly result_hash: string;
  readonly config_hash: string;
  readonly input_hash: string;
  readonly quality: DataQuality;
}

/** `replay RUN`: decides again what a recording holds, and writes it; `--speed N`: as a session of its own. */
export async function replayCommand(folder: string, flags: ReplayFlags): Promise<void> {
  const opened = openRecording(folder, flags.config);
  for (const notice of opened.notices) process.stderr.write(`warning: ${notice}\n`);
  if (flags.speed !== undefined) {
    if (flags.out !== undefined)
      throw new UsageError("--out and --speed: a session writes its decisions beside its own recording");
    await (await import("./paced-session.ts")).runPacedSession(opened, { ...flags, speed: flags.speed });
    return;
  }
  const { recording, config, orchestrated } = opened;
  const configHash = sha256(canonicalConfig(config));
  const lines: string[] = [];
  const { resultHash, clippedShare } = new Progress("replay", "slices", process.stderr).during((onProgress) =>
    replayRecording(recording, config, (line) => lines.push(line), { orchestrated, onProgress }),
  );
  const own = flags.config === undefined ? DECISIONS_FILE : `decisions-${configHash.slice(0, 8)}.ndjson`;
  const path = flags.out ?? join(folder, own);
  writeDecisions(path, lines, flags.out === undefined);

  const quality = dataQuality(recording, clippedShare);
  if (!quality.valid) process.exitCode = EXIT.usage;
  const report: ReplayReport = {
    folder,
    decisions_file: path,
    decisions: lines.length,
    result_hash: resultHash,
    config_hash: configHash,
    input_hash: recording.sha256,
    quality,
  };
  process.stdout.write(flags.json === true ? `${JSON.stringify({ schema_version: 1, ...report })}\n` : textOf(report));
}

/** The decisions of the recorded session are evidence: a replay that decides otherwise does not replace them. */
function writeDecisions(path: string, lines: readonly string[], isGuarded: boolean): void {
  const text = lines.join("");
  const before = isGuarded && existsSync(path) ? readFileSync(path, "utf8") : null;
  if (before === text) return;
  if (before !== null) {
    const trimmed = (all: string): string[] => all.split("\n").slice(0, -1);
    const { differing, decisions } = compareDecisions(trimmed(before), trimmed(text));
    throw new UsageError(
      `${path} holds other decisions (${differing} of ${decisions} differ) and stays as it is: mcbot verify shows the first, --out FILE writes elsewhere`,
    );
  }
  writeFileAtomic.sync(path, text);
}

function textOf({ decisions_file, decisions, result_hash, input_hash, quality }: ReplayReport): string {
  return `${renderDataQuality(quality)}
Input hash   ${input_hash}
Result hash  ${result_hash}
${decisions} decisions: ${decisions_file}
`;
}
