// What is known of the mutants of each kernel file, one JSON file per kernel. It holds for the source it was found with: when the
// source changes it is forgotten.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export class Results {
  #folder;
  /** @type {Map<string, { source: string, outcomes: Record<string, { outcome: string, by?: string }> }>} */
  #files = new Map();

  /** @param {string} folder @param {{ file: string, source: string }[]} kernels */
  constructor(folder, kernels) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
    for (const { file, source } of kernels) {
      const hash = createHash("sha256").update(source).digest("hex");
      const path = this.#path(file);
      const found = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : undefined;
      this.#files.set(file, found?.source === hash ? found : { source: hash, outcomes: {} });
    }
  }

  of({ file, id }) {
    return this.#files.get(file)?.outcomes[id]?.outcome;
  }

  set({ file, id }, result) {
    const known = this.#files.get(file);
    known.outcomes[id] = result;
    writeFileSync(this.#path(file), JSON.stringify(known, null, 1));
  }

  forget(file) {
    this.#files.get(file).outcomes = {};
    rmSync(this.#path(file), { force: true });
  }

  #path(file) {
    return join(this.#folder, `${file.replaceAll("/", "--")}.json`);
  }
}
