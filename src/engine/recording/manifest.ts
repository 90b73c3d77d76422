import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import writeFileAtomic from "write-file-atomic";
import { z } from "zod";
import { RecordingError } from "./recording-error.ts";

export const RECORDING_VERSION = 1;
export const MARKET_FILE = "market.ndjson";
export const DECISIONS_FILE = "decisions.ndjson";
export const CONFIG_FILE = "config.resolved.json";

const counts = z.strictObject({
  slice: z.int(),
  quote: z.int(),
  funding: z.int(),
  fill: z.int(),
  control: z.int(),
});

const manifestSchema = z.strictObject({
  v: z.literal(RECORDING_VERSION),
  kind: z.literal("recording"),
  mcbot_version: z.string(),
  /** ISO 8601 UTC. */
  created: z.string(),
  command: z.array(z.string()),
  source: z.strictObject({
    type: z.enum(["bars", "quotes", "session"]),
    label: z.string(),
    files: z.array(z.string()),
  }),
  synthetic: z.boolean(),
  timeframe: z.string(),
  /** Decimals in which volumes are summed: part of what a market is, and not to be seen from its numbers alone. */
  symbols: z.array(z.strictObject({ symbol: z.string(), volume_decimals: z.int() })).min(1),
  /** False: of a single strategy, without life cycle, allocation and halts. */
  orchestrated: z.boolean().default(true),
  /** SHA-256 of the resolved config; null for a recording without one. */
  config_hash: z.string().nullable(),
  /** Null while the recording is being written, and for ever after a crash. */
  market: z.strictObject({ bytes: z.int(), sha256: z.string(), events: counts }).nullable(),
});

export type RecordingManifest = z.infer<typeof manifestSchema>;

export function writeManifest(folder: string, manifest: RecordingManifest): void {
  writeFileAtomic.sync(join(folder, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
}

export function readManifest(folder: string): RecordingManifest {
  const path = join(folder, "manifest.json");
  if (!existsSync(path)) {
    const hint = existsSync(folder) ? "it has no manifest.json" : "there is no such folder";
    throw new RecordingError(folder, null, `not a recording: ${hint}; mcbot record makes one`);
  }
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    throw new RecordingError(path, null, `not JSON: ${(cause as Error).message}`);
  }
  const parsed = manifestSchema.safeParse(json);
  if (!parsed.success)
    throw new RecordingError(path, null, `not the manifest of a recording\n${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/** The config a recording carries; null when it has none. */
export function readRecordedConfig(folder: string): unknown {
  const path = join(folder, CONFIG_FILE);
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : null;
}
