// Goal: the check of snippets (.ci/docs.js) fails for every way in which a page can be wrong, and says where.
// Method: run it on pages written to a temporary folder; one of them is right in all of its parts.

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "mcbot-pages-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function check(page: string): { code: number | null; output: string } {
  const path = join(folder, "page.md");
  writeFileSync(path, page);
  const { status, stdout, stderr } = spawnSync(process.execPath, [resolve(".ci/docs.js"), path], { encoding: "utf8" });
  return { code: status, output: stdout + stderr };
}

const block = (info: string, ...lines: string[]): string => ["```".concat(info), ...lines, "```", ""].join("\n");

it("runs, compares and validates a page that is right", () => {
  const { code, output } = check(
    [
      block("sh", "printf 'one\\ntwo\\nthree\\nfour: 4\\n'"),
      block("text output", "two", "three", "…"),
      block("text output", "…", "four…"),
      block("sh exit=4", "exit 4"),
      block("yaml", "portfolio: {cost_bps: 3}"),
      block('sh skip="needs the moon"', "exit 1"),
      block("text", "a ─▶ b"),
    ].join("\n"),
  );
  expect(output).toContain("needs the moon");
  expect(output).toContain(
    "2 sh blocks run, 2 outputs compared, 0 ts blocks, 1 yaml blocks, 0 commands named, 1 skipped, 0 failed",
  );
  expect(code).toBe(0);
});

it.each([
  ["a command that fails", block("sh", "false"), "page.md:1: exit 1 instead of 0"],
  ["one that should have failed", block("sh exit=2", "true"), "exit 0 instead of 2"],
  ["a line that was not printed", block("sh", "echo a") + block("text output", "b"), "this line was not printed: b"],
  [
    "a line between",
    block("sh", "printf 'a\\nb\\nc\\n'") + block("text output", "a", "c"),
    '"b" was printed before: c',
  ],
  ["a config with a mistake", block("yaml", "portfolio: {cost_pbs: 3}"), "cost_pbs"],
  ["a type error", block("ts", 'const n: number = "one";', "console.log(n);"), "TS2322"],
  ["a command that is only shown", block("", "mcbot doctor"), "begin it with ```sh"],
  ["a flag that nobody knows", block("sh skp=later", "true"), "unknown flag skp=later"],
  ["a skip without a reason", block("sh skip", "true"), "skip needs a value"],
  ["a block without an end", "```sh\ntrue\n", "this block has no end"],
  ["a language that nobody runs", block("python", "print(1)"), "nobody knows how to run python"],
])("fails for %s", (_, page, message) => {
  const { code, output } = check(page);
  expect(output).toContain(message);
  expect(code).toBe(1);
});
