// What it takes to start: a bare Node process, then the command beside it, in turn; best and median of the rounds.
// node bench/cold-start.js [--rounds N] [--against DIST]   DIST: another build's dist folder, timed in the same rounds
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

const root = new URL("../", import.meta.url).pathname;
const { values } = parseArgs({
  options: { rounds: { type: "string", default: "15" }, against: { type: "string" } },
});
const folder = mkdtempSync(join(tmpdir(), "mcbot-start-"));
const builds = [["this build", join(root, "dist")], ...(values.against ? [["other build", values.against]] : [])];
const example = join(root, "config/orchestrator-example.yaml");

const cases = [
  ["bare node", ["-e", "0"]],
  ...builds.flatMap(([name, dist]) => [
    [`mcbot --help, ${name}`, [join(dist, "cli/main.js"), "--help"]],
    [
      `mcbot orchestrate backtest (3 pods, 2 years of days), ${name}`,
      [join(dist, "cli/main.js"), "orchestrate", "backtest", example],
    ],
  ]),
].map(([name, args]) => ({ name, args, wall: [] }));

try {
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const { args, wall } of cases) {
      const begun = performance.now();
      const { status, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8" });
      if (status !== 0) throw new Error(stderr);
      wall.push(performance.now() - begun);
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

const ms = (value) => `${Math.round(value)} ms`.padStart(8);
for (const { name, wall } of cases) {
  const sorted = wall.toSorted((a, b) => a - b);
  console.log(`${ms(sorted[0])} best ${ms(sorted[sorted.length >> 1])} median  ${name}`);
}
