import { join } from "node:path";
import { resolveObject } from "../config/load.ts";
import type { Config } from "../config/schema.ts";
import { CONFIG_FILE, readRecordedConfig } from "../engine/recording/manifest.ts";
import { type Recording, readRecording } from "../engine/recording/read-recording.ts";
import { besideConfig, contextForConfig } from "../engine/user-strategies/config-strategies.ts";
import { openConfig, withWholeRange } from "./open-run.ts";
import { Progress } from "./progress.ts";
import { UsageError } from "./usage-error.ts";

const MEGABYTE = 1e6;

export interface OpenedRecording {
  readonly recording: Recording;
  readonly config: Config;
  /** False for a single strategy. */
  readonly orchestrated: boolean;
  /** For people: what is odd about the bytes, though they could be read. */
  readonly notices: readonly string[];
}

/** Reads a recording and the config to run on it: the recorded one, or that of `configFile`. */
export function openRecording(folder: string, configFile: string | undefined): OpenedRecording {
  const recording = readWithProgress(folder);
  const { config, orchestrated } =
    configFile === undefined
      ? { config: recordedConfig(folder), orchestrated: recording.manifest.orchestrated }
      : configOf(configFile);
  const { tornBytes, isAsRecorded, sha256, manifest, fills } = recording;
  const notices = [
    ...(fills.length > 0
      ? [`${fills.length} fill reports of a venue: this replay fills at the opens (mcbot costs calibrate reads them)`]
      : []),
    ...(tornBytes > 0 ? [`the last line has no end (${tornBytes} bytes, a crash): it is left out`] : []),
    ...(isAsRecorded === null ? ["this recording was never completed: its session crashed, or still runs"] : []),
    ...(isAsRecorded === false
      ? [
          `market.ndjson was changed after it was recorded: its hash is ${sha256}, the manifest says ${manifest.market?.sha256}`,
        ]
      : []),
  ];
  return { recording, config: withWholeRange(config, recording.market), orchestrated, notices };
}

/** Reads a recording and shows how far it is. */
export function readWithProgress(folder: string): Recording {
  return new Progress("recording", "MB", process.stderr).during((update) =>
    readRecording(folder, (done, total) => update(done / MEGABYTE, total / MEGABYTE)),
  );
}

function configOf(file: string): { config: Config; orchestrated: boolean } {
  const { config, form } = openConfig(file, {});
  return { config, orchestrated: form.name === "orchestrator" };
}

function recordedConfig(folder: string): Config {
  const stored = readRecordedConfig(folder);
  if (stored === null) throw new UsageError(`${folder} carries no config: say which with --config`);
  return resolveObject(
    stored,
    contextForConfig(stored, besideConfig(join(folder, CONFIG_FILE))),
    join(folder, CONFIG_FILE),
  );
}
