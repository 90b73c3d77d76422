// What fails a gate: a command that fails, is missing or warns; a suite in which a test was skipped, or none ran.

import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

const WARNING = /^\(node:\d+\) .*Warning|^npm warn|^WARN(?:ING)?\b|^\s*warning:/im;

/** Runs a command. → what it printed, and why the gate fails; an empty list when it does not. */
export function runGuarded(name, command, args, env = {}) {
  const { status, error, stdout, stderr } = spawnSync(command, args, {
    encoding: "utf8",
    env: { ...process.env, CI: "true", ...env },
    maxBuffer: 1 << 28,
  });
  const failures = [];
  if (error) failures.push(`${name}: ${error.message}`);
  else if (status !== 0) failures.push(`${name}: exit ${status}`);
  const warning = WARNING.exec(`${stdout}\n${stderr}`);
  if (warning) failures.push(`${name}: a warning: ${warning[0].trim()}`);
  return { stdout: stdout ?? "", stderr: stderr ?? "", failures };
}

/** Why a suite's JSON report fails the gate; null when every test ran and passed. */
export function suiteFailure(suite, path) {
  if (!existsSync(path)) return `${suite}: no report`;
  const { numPassedTests, numTotalTests, numPendingTests, numTodoTests } = JSON.parse(readFileSync(path, "utf8"));
  const skipped = numPendingTests + numTodoTests;
  if (numPassedTests > 0 && numPassedTests === numTotalTests && skipped === 0) return null;
  return `${suite}: ${numPassedTests} of ${numTotalTests} tests passed, ${skipped} skipped`;
}
