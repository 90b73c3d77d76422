// Runs what README.md, CONTRIBUTING.md and docs/*.md tell people to run, against the built command, in a folder of its own for
// each page: sh blocks are run in order, output blocks compared, ts type-checked and run, yaml validated, and every inline
// `mcbot …` must be a command that exists, with the options it names. Conventions: CONTRIBUTING.md, "Snippets".
//
//   node .ci/docs.js [PAGE…]     some pages alone, also such that are no part of the project

import { spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { commandPathsOf, fencesOf, inlineCommandsOf } from "./docs/fences.js";

const root = resolve(import.meta.dirname, "..");
const { parse, stringify } = createRequire(import.meta.url)("yaml");
const MAIN = join(root, "dist/cli/main.js");
const LIMIT_MS = 90_000;
/** What a page may show and nobody runs. */
const PLAIN = new Set(["", "text", "json", "mermaid", "diff", "csv"]);
/** A config that a part of one is laid over. */
const REST = {
  pods: [{ pod_id: "trend", strategy: "tsmom", symbols: ["BTC/USDT", "ETH/USDT"], initial_fraction: 0.2 }],
};

const tally = { run: 0, compared: 0, typed: 0, validated: 0, named: 0, skipped: [] };
const failures = [];

const wanted = process.argv.slice(2);
const all = ["README.md", "CONTRIBUTING.md", ...readdirSync(join(root, "docs")).map((name) => `docs/${name}`)];
const pages = wanted.length > 0 ? wanted : all.filter((page) => page.endsWith(".md"));
// Two pages at a time: most of the work is in processes.
const queue = [...pages];
await Promise.all(
  [0, 1].map(async () => {
    for (let page = queue.shift(); page !== undefined; page = queue.shift()) await checkPage(page);
  }),
);
if (wanted.length === 0) await checkInlineCommands(pages);

for (const { place, reason } of tally.skipped) console.log(`skipped  ${place}: ${reason}`);
for (const failure of failures) console.error(`FAILED  ${failure}`);
const { run, compared, typed, validated, named, skipped } = tally;
console.log(
  `${pages.length} pages: ${run} sh blocks run, ${compared} outputs compared, ${typed} ts blocks, ${validated} yaml blocks, ${named} commands named, ${skipped.length} skipped, ${failures.length} failed`,
);
if (wanted.length === 0 && run * typed * validated * named === 0)
  failures.push("a kind of snippet was not found at all");
process.exitCode = failures.length === 0 ? 0 : 1;

async function checkPage(page) {
  const folder = userFolder(page);
  let printed = "";
  try {
    for (const fence of fencesOf(readFileSync(resolve(root, page), "utf8"), page)) {
      const place = `${page}:${fence.line}`;
      try {
        if (fence.flags.skip !== undefined) tally.skipped.push({ place, reason: fence.flags.skip });
        else if (fence.flags.output !== undefined) compare(fence, printed);
        else printed = (await check(fence, folder)) ?? printed;
      } catch (error) {
        failures.push(`${place}: ${error.message}`);
      }
    }
  } catch (error) {
    failures.push(error.message);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Where a reader would be: the shipped configs, and mcbot installed. */
function userFolder(page) {
  const folder = mkdtempSync(join(tmpdir(), `mcbot-docs-${basename(page, ".md").toLowerCase()}-`));
  const modules = join(folder, "node_modules");
  mkdirSync(join(modules, ".bin"), { recursive: true });
  symlinkSync(root, join(modules, "mcbot"));
  symlinkSync(MAIN, join(modules, ".bin/mcbot"));
  for (const name of ["zod", "@types", "undici-types"])
    symlinkSync(join(root, "node_modules", name), join(modules, name));
  cpSync(join(root, "config"), join(folder, "config"), { recursive: true });
  writeFileSync(join(folder, "package.json"), '{"name": "reader", "private": true, "type": "module"}\n');
  return folder;
}

/** Runs one block; returns what an sh block printed. */
async function check({ language, flags, text, line }, folder) {
  if (flags.file !== undefined) writeFileSync(join(folder, flags.file), text);
  if (language === "sh" || language === "bash") {
    tally.run++;
    return await expectExit("bash", ["-euo", "pipefail", "-c", text], folder, Number(flags.exit ?? 0));
  }
  if (language === "ts") return await checkTypeScript(flags.file ?? `snippet-${line}.ts`, text, folder);
  if (language === "yaml") return await checkYaml(flags.file ?? `snippet-${line}.yaml`, text, folder);
  if (!PLAIN.has(language)) throw new Error(`nobody knows how to run ${language}`);
}

async function checkTypeScript(name, text, folder) {
  tally.typed++;
  writeFileSync(join(folder, name), text);
  const flags = ["--noEmit", "--strict", "--target", "es2023", "--module", "nodenext", "--skipLibCheck"];
  await expectExit(
    join(root, "node_modules/.bin/tsc"),
    [...flags, "--types", "node", "--allowImportingTsExtensions", name],
    folder,
  );
  return await expectExit(join(root, "node_modules/.bin/jiti"), [name], folder);
}

/** A session of the tuner, a config, or a part of a config over a small one. */
async function checkYaml(name, text, folder) {
  tally.validated++;
  const data = parse(text);
  const isWhole = ["pods", "strategy", "base"].some((key) => key in data);
  writeFileSync(join(folder, name), isWhole ? text : stringify({ ...REST, ...data }));
  const command = "base" in data ? ["tune", "plan", name] : ["config", "validate", name];
  await expectExit(process.execPath, [MAIN, ...command], folder);
}

/** Lines of the block must be printed in this order; "…" stands for any lines, and at an end of a line for any text. */
function compare({ text }, printed) {
  tally.compared++;
  const lines = printed.split("\n").map((line) => line.trimEnd());
  let next = 0;
  let loose = true;
  for (const expected of text
    .trimEnd()
    .split("\n")
    .map((line) => line.trimEnd())) {
    if (expected.trim() === "…") {
      loose = true;
      continue;
    }
    const found = lines.findIndex((line, i) => i >= next && isLike(line, expected));
    if (found < 0) throw new Error(`this line was not printed: ${expected}\n--- printed:\n${printed}`);
    if (!loose && found !== next) throw new Error(`"${lines[next]}" was printed before: ${expected}`);
    next = found + 1;
    loose = false;
  }
}

function isLike(line, expected) {
  return expected.endsWith("…") ? line.startsWith(expected.slice(0, -1).trimEnd()) : line === expected;
}

async function checkInlineCommands(from) {
  const folder = userFolder("inline");
  const helps = new Map();
  for (const page of from) {
    for (const { line, text } of inlineCommandsOf(readFileSync(resolve(root, page), "utf8"))) {
      try {
        for (const path of commandPathsOf(text)) await checkNamed(text, path, helps, folder);
        tally.named++;
      } catch (error) {
        failures.push(`${page}:${line}: \`${text}\`: ${error.message}`);
      }
    }
  }
  rmSync(folder, { recursive: true, force: true });
}

/** The longest part of the path that is a command; the words behind it are its arguments. */
async function checkNamed(text, path, helps, folder) {
  const key = path.join(" ");
  if (!helps.has(key)) helps.set(key, await expectExit(process.execPath, [MAIN, ...path, "--help"], folder));
  const help = helps.get(key);
  const usage = /Usage: mcbot (.*)/.exec(help)?.[1] ?? "";
  const isGroup = /\[command\]/.test(usage);
  const named = path.filter((word, i) => usage.split(" ")[i] === word).length;
  if (path.length > 0 && named === 0) throw new Error("there is no such command");
  // Arguments written in small letters, "mcbot strategy new my-trend", stand behind the command's own words.
  if (named < path.length && isGroup) throw new Error(`mcbot ${path.slice(0, named).join(" ")} has no ${path[named]}`);
  for (const [option] of text.matchAll(/--[a-z][a-z-]*/g)) {
    if (option !== "--help" && !isGroup && !help.includes(option)) throw new Error(`${key} has no ${option}`);
  }
}

/** Runs a command with the reader's PATH; resolves to what it printed, throws on another exit code. */
function expectExit(command, args, cwd, wantedCode = 0) {
  return new Promise((done, fail) => {
    const { MCBOT_DATA: _, ...env } = process.env;
    const child = spawn(command, args, {
      cwd,
      env: {
        ...env,
        PATH: `${join(cwd, "node_modules/.bin")}:${env.PATH}`,
        HOME: cwd,
        NO_COLOR: "1",
        COLUMNS: "100",
        npm_config_offline: "true",
      },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (chunk) => {
      stdout += chunk;
    });
    child.stderr.on("data", (chunk) => {
      stderr += chunk;
    });
    // The group: a block may have started a command of its own.
    const timer = setTimeout(() => process.kill(-child.pid, "SIGKILL"), LIMIT_MS);
    child.on("error", fail);
    child.on("close", (code) => {
      clearTimeout(timer);
      if (code === wantedCode) done(stdout);
      else fail(new Error(`exit ${code} instead of ${wantedCode}\n${stdout.slice(-600)}${stderr.slice(-1200)}`));
    });
  });
}
