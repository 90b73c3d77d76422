import { createHash, randomUUID } from "node:crypto";
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { packageVersion } from "../../lib/package.ts";
import { CONFIG_FILE, MARKET_FILE, RECORDING_VERSION, type RecordingManifest, writeManifest } from "./manifest.ts";
import { type EventCounts, MARKET_VERSION, type NewMarketEvent, noEvents } from "./market-events.ts";

const BATCH = 1 << 16;

export interface RecordingHead
  extends Pick<RecordingManifest, "command" | "source" | "synthetic" | "timeframe" | "symbols">,
    Partial<Pick<RecordingManifest, "orchestrated">> {
  readonly now: Date;
  readonly config: { readonly hash: string; readonly resolved: unknown } | null;
}

/**
 * Writes a new recording: market.ndjson event by event, the manifest first as one that is open and at the end with counts
 * and hash.
 *
 * A recording that is made in one go (`isLive` false) is written in a hidden folder and gets its name when it is whole. A
 * live one stands under its name from the start.
 */
export class RecordingWriter {
  folder: string;
  readonly #head: RecordingHead;
  readonly #isLive: boolean;
  readonly #name: string;
  readonly #file: number;
  readonly #hash = createHash("sha256");
  readonly #counts: EventCounts = noEvents();
  #seq = 0;
  #bytes = 0;
  #batch = "";

  /** @param baseDir gets a new folder: sessions never merge. */
  constructor(baseDir: string, head: RecordingHead, isLive: boolean) {
    this.#head = head;
    this.#isLive = isLive;
    mkdirSync(baseDir, { recursive: true });
    this.#name = freeName(
      join(baseDir, `${head.now.toISOString().replace(/\.\d+/, "").replaceAll(/[-:]/g, "")}-recording`),
    );
    this.folder = isLive ? this.#name : join(baseDir, `.writing-${randomUUID()}`);
    mkdirSync(this.folder);
    if (head.config !== null)
      writeText(join(this.folder, CONFIG_FILE), `${JSON.stringify(head.config.resolved, null, 2)}\n`);
    writeManifest(this.folder, this.#manifest(null));
    this.#file = openSync(join(this.folder, MARKET_FILE), "wx");
  }

  /** @returns the line as it stands in the file, line break included. */
  append(event: NewMarketEvent): string {
    const { ts, type, payload } = event;
    const line = `${JSON.stringify({ v: MARKET_VERSION, seq: this.#seq++, ts, type, payload })}\n`;
    this.#counts[type]++;
    this.#batch += line;
    if (this.#batch.length >= BATCH) this.#flush();
    return line;
  }

  /** Everything appended so far is on the disk when this returns: call it before anybody acts on it. */
  sync(): void {
    this.#flush();
    fsyncSync(this.#file);
  }

  /** Completes the recording. @returns its folder. */
  close(): string {
    this.sync();
    closeSync(this.#file);
    const market = { bytes: this.#bytes, sha256: this.#hash.digest("hex"), events: this.#counts };
    writeManifest(this.folder, this.#manifest(market));
    if (!this.#isLive) {
      const name = freeName(this.#name);
      renameSync(this.folder, name);
      this.folder = name;
    }
    return this.folder;
  }

  /** Removes what was written; for a recording whose source turned out to be bad. */
  discard(): void {
    closeSync(this.#file);
    rmSync(this.folder, { recursive: true, force: true });
  }

  #flush(): void {
    const bytes = Buffer.from(this.#batch);
    this.#batch = "";
    for (let from = 0; from < bytes.length; ) from += writeSync(this.#file, bytes, from);
    this.#hash.update(bytes);
    this.#bytes += bytes.length;
  }

  #manifest(market: RecordingManifest["market"]): RecordingManifest {
    const { now, config, command, source, synthetic, timeframe, symbols, orchestrated = true } = this.#head;
    return {
      v: RECORDING_VERSION,
      kind: "recording",
      mcbot_version: packageVersion(),
      created: now.toISOString(),
      command,
      source,
      synthetic,
      timeframe,
      symbols,
      orchestrated,
      config_hash: config?.hash ?? null,
      market,
    };
  }
}

function freeName(wanted: string): string {
  for (let attempt = 1; ; attempt++) {
    const name = attempt === 1 ? wanted : `${wanted}-${attempt}`;
    if (!existsSync(name)) return name;
  }
}

function writeText(path: string, text: string): void {
  const file = openSync(path, "wx");
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
