// npm pack → install in an empty folder → the command runs, the wasm is there, the library is typed.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = new URL("../", import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), "mcbot-package-"));
const run = (command, args, cwd = folder) =>
  execFileSync(command, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });

try {
  const [{ filename, files }] = JSON.parse(
    run("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder], root),
  );
  const names = files.map(({ path }) => path);
  for (const wanted of [
    "dist/kernels.wasm",
    "dist/cli/main.js",
    "dist/index.d.ts",
    "config/orchestrator-example.yaml",
    "config/starter.yaml",
    "README.md",
    "LICENSE",
  ]) {
    if (!names.includes(wanted)) throw new Error(`${wanted} is not in the package`);
  }
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "consumer", private: true, type: "module" }));
  run("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts", join(folder, filename)]);
  const example = "node_modules/mcbot/config/orchestrator-example.yaml";
  const { header } = JSON.parse(
    run(join(folder, "node_modules/.bin/mcbot"), ["orchestrate", "backtest", example, "--json", "--fast"]),
  );
  if (!/^[0-9a-f]{64}$/.test(header.result_hash)) throw new Error("the installed command gave no result hash");

  writeFileSync(
    join(folder, "consumer.ts"),
    `import { openMarket, type OrchestratedResult, resolveConfig, runBacktest } from "mcbot";
const config = resolveConfig({
  pods: [{ pod_id: "trend", strategy: "tsmom", symbols: ["BTC/USDT"], initial_fraction: 0.5, max_fraction: 0.5 }],
  backtest: { start: "2024-01-01", end: "2024-12-31" },
  data: { path: "synthetic" },
});
const result: OrchestratedResult = runBacktest(config, openMarket(config)).result;
console.log(result.header.result_hash);
`,
  );
  const flags = [
    "--strict",
    "--target",
    "es2023",
    "--module",
    "nodenext",
    "--types",
    "node",
    "--typeRoots",
    join(root, "node_modules/@types"),
    "--skipLibCheck",
  ];
  run(join(root, "node_modules/.bin/tsc"), [...flags, "consumer.ts"]);
  const hash = run(process.execPath, ["consumer.js"]).trim();
  if (!/^[0-9a-f]{64}$/.test(hash)) throw new Error(`the installed library printed ${hash}`);
  console.log(`${filename}: ${names.length} files, command and library run`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
