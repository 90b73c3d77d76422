import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { RunFolderError, readRun, type StoredRun } from "../run-folder.ts";

/** The beginning of a run id or result hash: four digits are the least that tells runs apart. */
const ID = /^[0-9a-f]{4,64}$/;
/** Names of runs that an error shows. */
const SHOWN = 3;

interface KnownRun {
  readonly name: string;
  readonly runId: string;
  readonly resultHash: string;
}

/**
 * Opens a run by the path of its folder, by the folder's name below `baseDir`, or by the beginning of its run id or result
 * hash. Runs that are the same run (one result hash) are one: the newest is opened.
 *
 * @throws RunFolderError
 */
export function findRun(name: string, baseDir: string): StoredRun {
  if (existsSync(name)) return readRun(name);
  if (name !== "" && existsSync(join(baseDir, name))) return readRun(join(baseDir, name));
  const runs = runsIn(baseDir);
  const found = ID.test(name)
    ? runs.filter(({ runId, resultHash }) => runId.startsWith(name) || resultHash.startsWith(name))
    : [];
  const newest = found.at(-1);
  if (newest === undefined) throw new RunFolderError("NO_RUN", notFound(name, baseDir, runs));
  if (new Set(found.map(({ resultHash }) => resultHash)).size > 1) {
    const names = found.map((run) => run.name).join(", ");
    throw new RunFolderError("NO_RUN", `${name} is the beginning of several runs in ${baseDir}: ${names}`);
  }
  return readRun(join(baseDir, newest.name));
}

function notFound(name: string, baseDir: string, runs: readonly KnownRun[]): string {
  const latest = runs.slice(-SHOWN).map((run) => join(baseDir, run.name));
  const hint = latest.length === 0 ? `${baseDir} has no runs` : `the latest runs are ${latest.join(", ")}`;
  return `no run "${name}": neither a folder nor the beginning of a run id; ${hint}`;
}

/** Runs by the time they were written; what is no run is left out. */
function runsIn(baseDir: string): KnownRun[] {
  if (!existsSync(baseDir)) return [];
  const folders = readdirSync(baseDir, { withFileTypes: true }).filter(
    (entry) => entry.isDirectory() && !entry.name.startsWith("."),
  );
  return folders
    .map(({ name }) => name)
    .sort()
    .flatMap((name) => {
      const manifest = join(baseDir, name, "manifest.json");
      if (!existsSync(manifest)) return [];
      try {
        const { run_id, result_hash } = JSON.parse(readFileSync(manifest, "utf8"));
        return [{ name, runId: String(run_id), resultHash: String(result_hash) }];
      } catch (error) {
        if (error instanceof SyntaxError) return [];
        throw error;
      }
    });
}
