import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import writeFileAtomic from "write-file-atomic";
import type { Config } from "../config/schema.ts";
import { sha256 } from "../lib/sha256.ts";

/** A state folder that cannot be continued as it was asked for. */
export class StateFolderError extends Error {
  override readonly name = "StateFolderError";
}

/**
 * What a paper or live engine keeps, apart from the control state beside it: the journal, which is the authority, the bars
 * before its start, the config it runs, and a status that anybody may read.
 */
export class StateFolder {
  readonly path: string;

  /** @param stateDir `execution.state_dir`; each mode has a folder of its own in it. */
  constructor(stateDir: string, mode: "paper" | "live") {
    this.path = join(stateDir, mode);
  }

  get journal(): string {
    return join(this.path, "journal.ndjson");
  }

  get status(): string {
    return join(this.path, "status.json");
  }

  get exists(): boolean {
    return existsSync(this.journal);
  }

  /** Writes what a first start fixes, before the journal's header names it. */
  create(config: Config, warmup: string): void {
    mkdirSync(this.path, { recursive: true, mode: 0o700 });
    writeFileAtomic.sync(this.#warmup, warmup, { mode: 0o600 });
    writeFileAtomic.sync(this.#config, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 });
  }

  /** The bars before the start; throws a StateFolderError when they are not those the header names. */
  readWarmup(hash: string): string {
    const text = this.#read(this.#warmup);
    if (sha256(text) !== hash)
      throw new StateFolderError(`${this.#warmup}: not the bars this journal started with (its hash differs)`);
    return text;
  }

  /** The config of the journal, resolved. */
  readConfig(): Config {
    return JSON.parse(this.#read(this.#config)) as Config;
  }

  get #warmup(): string {
    return join(this.path, "warmup.ndjson");
  }

  get #config(): string {
    return join(this.path, "config.json");
  }

  #read(path: string): string {
    try {
      return readFileSync(path, "utf8");
    } catch (error) {
      throw new StateFolderError(`${path}: ${(error as Error).message}`);
    }
  }
}
