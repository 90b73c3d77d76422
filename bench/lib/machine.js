import { execFileSync } from "node:child_process";
import { cpus, loadavg, totalmem } from "node:os";

/** What a number was measured on: a table without it says nothing. */
export function describeMachine() {
  return {
    date: new Date().toISOString().slice(0, 10),
    cpu: cpus()[0]?.model.trim(),
    cores: cpus().length,
    memory_gib: Math.round(totalmem() / 2 ** 30),
    load: Number(loadavg()[0].toFixed(2)),
    node: process.version,
    gcc: versionOf("gcc"),
  };
}

function versionOf(command) {
  try {
    return execFileSync(command, ["--version"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).split(
      "\n",
    )[0];
  } catch {
    return null;
  }
}
