import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { orchestratorForm } from "../config/file-form.ts";
import { configJsonSchema } from "../config/json-schema.ts";
import { dateToMs } from "../lib/utc.ts";
import { writeSyntheticMarket } from "../market/synth-files.ts";
import { DAY_MS } from "../market/timeframe.ts";
import { UsageError } from "./usage-error.ts";

export const STARTER_CONFIG = "portfolio.yaml";
export const SCHEMA_FILE = "mcbot.schema.json";
/** Editors with a YAML language server complete and check what begins with this line. */
export const EDITOR_HEADER = `# yaml-language-server: $schema=./${SCHEMA_FILE}\n`;

const DATA = "data";
/** What `config/starter.yaml` trades. */
const SYMBOLS = ["BTC/USDT", "ETH/USDT", "SOL/USDT", "BNB/USDT", "AVAX/USDT"];
/** Two years before the range of the starter: strategies begin warm. */
const FROM = "2019-01-01";
const TO = "2025-12-31";

/** Whatever stands in the way: a starter never overwrites. */
const OWN = [STARTER_CONFIG, SCHEMA_FILE, DATA, "runs"];

/**
 * Writes a folder to start from: a commented config, its JSON Schema for editors, and a SYNTHETIC market, about 2 MB.
 *
 * A folder that is not there appears whole or not at all; in one that is, each entry does, and none when anything fails.
 *
 * @returns the entries written, relative to `folder`.
 * @throws UsageError when anything it would write is there.
 */
export function writeStarterFolder(folder: string, seed: number): string[] {
  requireRoom(folder);
  const isNew = !existsSync(folder);
  const draft = join(isNew ? dirname(resolve(folder)) : folder, `.writing-${randomUUID()}`);
  try {
    mkdirSync(draft, { recursive: true });
    fill(draft, seed);
    if (isNew) renameSync(draft, folder);
    else moveInto(folder, draft);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return [STARTER_CONFIG, SCHEMA_FILE, DATA];
}

function requireRoom(folder: string): void {
  if (!existsSync(folder)) return;
  if (!statSync(folder).isDirectory()) throw new UsageError(`${folder} is a file: give the name of a folder`);
  const taken = OWN.filter((name) => existsSync(join(folder, name)));
  if (taken.length === 0) return;
  const other = join(dirname(folder), `${basename(resolve(folder))}-2`);
  throw new UsageError(
    `${taken.map((name) => join(folder, name)).join(", ")}: there already, and nothing is overwritten; another folder: mcbot init ${other}`,
  );
}

function fill(folder: string, seed: number): void {
  const starter = readFileSync(new URL("../../config/starter.yaml", import.meta.url), "utf8");
  writeFileSync(join(folder, STARTER_CONFIG), `${EDITOR_HEADER}${starter}`);
  writeFileSync(join(folder, SCHEMA_FILE), `${JSON.stringify(configJsonSchema(orchestratorForm), null, 2)}\n`);
  writeSyntheticMarket({
    folder: join(folder, DATA),
    seed,
    symbols: SYMBOLS,
    timeframes: ["1D"],
    fromMs: dateToMs(FROM),
    endMs: dateToMs(TO) + DAY_MS,
  });
}

/** One rename each; what was moved is taken back when one fails. */
function moveInto(folder: string, draft: string): void {
  const moved: string[] = [];
  try {
    for (const name of readdirSync(draft)) {
      renameSync(join(draft, name), join(folder, name));
      moved.push(name);
    }
  } catch (error) {
    for (const name of moved) rmSync(join(folder, name), { recursive: true, force: true });
    throw error;
  }
}
