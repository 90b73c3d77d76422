// Goal: the gates fail closed: a warning, a skipped test, a missing tool or report, an empty suite each fail them.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ROOT, temporaryFolder } from "../support/cli.ts";

interface Guard {
  runGuarded(name: string, command: string, args: readonly string[]): { stdout: string; failures: string[] };
  suiteFailure(suite: string, path: string): string | null;
}
// A computed path: the file is JavaScript of the build, not of the product.
const { runGuarded, suiteFailure }: Guard = await import(join(ROOT, ".ci/guard.js"));
const node = (code: string): string[] => runGuarded("x", process.execPath, ["-e", code]).failures;

describe("a command in a gate", () => {
  it("passes when it ends well and says nothing alarming", () => {
    expect(node('console.log("no warnings here, and 0 warnings there")')).toEqual([]);
  });

  it.each([
    [
      "a warning of Node",
      'process.emitWarning("old", "DeprecationWarning")',
      /a warning: \(node:\d+\) DeprecationWarning/,
    ],
    ["a warning of npm", 'console.error("npm warn deprecated x")', /a warning: npm warn/],
    ["a warning of a tool, in the middle of its output", 'console.log("a\\nWARNING in b\\nc")', /a warning: WARNING/],
    ["a warning of ours", 'console.error("warning: capital is small")', /a warning: warning:/],
    ["a failure", "process.exit(3)", /exit 3/],
  ])("fails for %s", (_, code, message) => {
    expect(node(code).join()).toMatch(message);
  });

  it("fails when it is missing", () => {
    expect(runGuarded("x", "no-such-tool-of-ours", []).failures.join()).toMatch(/x: .*ENOENT/);
  });
});

describe("a suite in a gate", () => {
  const failureOf = (report: object | null): string | null => {
    const path = join(temporaryFolder(), "unit.json");
    if (report !== null) writeFileSync(path, JSON.stringify(report));
    return suiteFailure("unit", path);
  };
  const all = { numPassedTests: 5, numTotalTests: 5, numPendingTests: 0, numTodoTests: 0 };

  it("passes when every test ran and passed", () => {
    expect(failureOf(all)).toBeNull();
  });

  it.each([
    ["a skipped test", { ...all, numPassedTests: 4, numPendingTests: 1 }],
    ["a test that is still to do", { ...all, numTotalTests: 6, numTodoTests: 1 }],
    ["a failed test", { ...all, numPassedTests: 4 }],
    ["no test at all", { ...all, numPassedTests: 0, numTotalTests: 0 }],
    ["no report", null],
  ])("fails for %s", (_, report) => {
    expect(failureOf(report)).toMatch(/^unit: /);
  });
});
