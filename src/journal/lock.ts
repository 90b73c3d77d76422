import { createHash } from "node:crypto";
import { renameSync, rmSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Another process on this machine trades the account. */
export class LockedError extends Error {
  override readonly name = "LockedError";
  /** Process id of the owner; null when it does not answer. */
  readonly owner: number | null;

  constructor(account: string, owner: number | null) {
    super(
      `account ${account} is in use by ${owner === null ? "another process" : `process ${owner}`} on this machine: one engine per account`,
    );
    this.owner = owner;
  }
}

export interface InstanceLock {
  release(): Promise<void>;
}

const ANSWER_MS = 2000;

/**
 * Takes the account on this machine until the process ends, in whatever way it ends. Throws a LockedError while another
 * process has it.
 *
 * The lock is a listening socket, which the kernel closes with its owner: an abstract one on Linux, a named pipe on Windows.
 * Other systems have only sockets with a name in the file system, which stays behind; one that nobody answers is stale.
 */
export async function lockAccount(account: string, address: string = lockAddress(account)): Promise<InstanceLock> {
  const named = !address.startsWith("\0") && !address.startsWith("\\\\");
  for (let attempt = 0; ; attempt++) {
    const server = createServer((socket) => socket.on("error", () => {}).end(String(process.pid)));
    const error = await listening(server, address);
    if (error === null) {
      // Held by the process, not by its event loop: it must not keep a finished engine alive.
      server.unref();
      return { release: () => new Promise((resolve) => server.close(() => resolve())) };
    }
    if (error.code !== "EADDRINUSE") throw error;
    const owner = await askOwner(address);
    if (owner.alive || !named || attempt > 0) throw new LockedError(account, owner.pid);
    await removeStale(address);
  }
}

/** Whether a process has the account now, and which; a process that answers nobody has null. */
export function ownerOf(account: string): Promise<{ readonly alive: boolean; readonly pid: number | null }> {
  return askOwner(lockAddress(account));
}

/** Where the lock of an account is on this system. */
export function lockAddress(account: string, platform: NodeJS.Platform = process.platform): string {
  const name = `mcbot-${createHash("sha256").update(account).digest("hex").slice(0, 32)}`;
  if (platform === "linux" || platform === "android") return `\0${name}`;
  if (platform === "win32") return `\\\\.\\pipe\\${name}`;
  return join(tmpdir(), `${name}.sock`);
}

function listening(server: Server, address: string): Promise<NodeJS.ErrnoException | null> {
  return new Promise((resolve) => {
    server.once("error", resolve);
    server.listen(address, () => resolve(null));
  });
}

function askOwner(address: string): Promise<{ alive: boolean; pid: number | null }> {
  return new Promise((resolve) => {
    let answer = "";
    const socket = connect(address);
    socket.setEncoding("utf8").setTimeout(ANSWER_MS, () => socket.destroy());
    let alive = false;
    socket.on("connect", () => {
      alive = true;
    });
    socket.on("data", (text: string) => {
      answer += text;
    });
    // A full backlog or a timeout is a living owner; only a refusal says that nobody listens.
    socket.on("error", (error: NodeJS.ErrnoException) => {
      alive ||= error.code !== "ECONNREFUSED" && error.code !== "ENOENT";
    });
    socket.on("close", () => resolve({ alive, pid: /^\d+$/.test(answer) ? Number(answer) : null }));
  });
}

/** Moves the name aside before it is removed: if somebody took it meanwhile, that one answers, and gets it back. */
async function removeStale(address: string): Promise<void> {
  const aside = `${address}.${process.pid}`;
  try {
    renameSync(address, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  if ((await askOwner(aside)).alive) renameSync(aside, address);
  else rmSync(aside, { force: true });
}
