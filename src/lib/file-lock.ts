import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";

// A lock between processes: a file that holds the id of its owner. It is made in one step, with its content; one whose owner
// is dead is nobody's.

/** Somebody else has the lock. */
export class FileLockedError extends Error {
  override readonly name = "FileLockedError";
  /** Process id, as it stands in the file. */
  readonly owner: string;

  constructor(path: string, owner: string) {
    super(`${path} is held by process ${owner}: try again, or remove it if that is gone`);
    this.owner = owner;
  }
}

const WAIT_MS = 50;

/**
 * Acts while holding the lock.
 *
 * @param patienceMs how long to wait for another owner. Throws a FileLockedError afterwards.
 */
export function withLock<T>(path: string, patienceMs: number, act: () => T): T {
  const release = takeLock(path, patienceMs);
  try {
    return act();
  } finally {
    release();
  }
}

/** Takes the lock, waiting at most `patienceMs`, and returns what gives it back. Throws a FileLockedError. */
export function takeLock(path: string, patienceMs: number): () => void {
  for (let waited = 0; !tryLock(path); waited += WAIT_MS) {
    if (waited >= patienceMs) throw new FileLockedError(path, readOwner(path));
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, WAIT_MS);
  }
  return () => giveBack(path);
}

/** Takes the lock away from whoever has it; a process that hung finds out with `holdsLock` before it acts. */
export function seizeLock(path: string): () => void {
  const own = `${path}.${process.pid}`;
  writeFileSync(own, String(process.pid), { mode: 0o600 });
  renameSync(own, path);
  return () => giveBack(path);
}

/** False when somebody seized it. */
export function holdsLock(path: string): boolean {
  return readOwner(path) === String(process.pid);
}

function giveBack(path: string): void {
  if (holdsLock(path)) rmSync(path, { force: true });
}

function tryLock(path: string): boolean {
  const own = `${path}.${process.pid}`;
  writeFileSync(own, String(process.pid), { mode: 0o600 });
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    const owner = readOwner(path);
    if (Number(owner) > 0 && !isAlive(Number(owner))) setAside(path, owner, own);
    return false;
  } finally {
    rmSync(own, { force: true });
  }
}

/** Takes a dead owner's lock away; when another process was faster and has it by now, it gets it back. */
function setAside(path: string, owner: string, aside: string): void {
  try {
    renameSync(path, aside);
    if (readOwner(aside) !== owner) linkSync(aside, path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ENOENT" && code !== "EEXIST") throw error;
  }
}

function readOwner(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
