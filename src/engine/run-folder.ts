import { createHash, randomUUID } from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import writeFileAtomic from "write-file-atomic";
import { z } from "zod";
import type { EquitySpan } from "../analytics/equity-spans.ts";
import { orderHistory } from "../analytics/order-history.ts";
import type { StopLevel } from "../analytics/stop-levels.ts";
import { allocationRunsTable, allocationTable } from "../analytics/tables/allocation.ts";
import { equityTable } from "../analytics/tables/days.ts";
import { equitySpansTable, readEquitySpans } from "../analytics/tables/equity-spans.ts";
import { type EventSource, eventsOf, type TableOf } from "../analytics/tables/event-source.ts";
import { fillsTable } from "../analytics/tables/fills.ts";
import { lifecycleTable } from "../analytics/tables/lifecycle.ts";
import { ordersTable } from "../analytics/tables/orders.ts";
import { riskTable } from "../analytics/tables/risk.ts";
import { readStopLevels, stopLevelsTable } from "../analytics/tables/stop-levels.ts";
import { tradesTable } from "../analytics/tables/trades.ts";
import { wishesTable } from "../analytics/tables/wishes.ts";
import { timeframeMs } from "../market/timeframe.ts";
import type { EngineEvent } from "../orchestrator/events.ts";
import { type OrchestratedResult, RESULT_SCHEMA_VERSION } from "../orchestrator/result.ts";
import type { RunRecord } from "../orchestrator/run-record.ts";
import type { OperatorAction } from "../orchestrator/strategy-orchestrator.ts";
import { type FileDigest, HashedFile } from "./hashed-file.ts";
import { actionSchema, nameAction } from "./operator-actions.ts";
import { orderId } from "./order-id.ts";
import { strategyFilesOf } from "./user-strategies/config-strategies.ts";

/** Raise it when files of a run folder change their columns or disappear; the manifest names files that are new. */
export const RUN_SCHEMA_VERSION = 3;

const LAST = "last";
const DRAFT = ".writing-";
/** A draft this old is not being written any more: a run folder takes seconds. */
const STALE_MS = 86_400_000;
const DEFAULT_RUN = join("runs", LAST);

export type RunFolderErrorCode = "NO_RUN" | "UNKNOWN_SCHEMA" | "DAMAGED";

/** A run folder that cannot be read. The message says which, and what to do. */
export class RunFolderError extends Error {
  override readonly name = "RunFolderError";
  readonly code: RunFolderErrorCode;

  constructor(code: RunFolderErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

const manifestSchema = z.object({
  schema_version: z.literal(RUN_SCHEMA_VERSION),
  result_schema_version: z.literal(RESULT_SCHEMA_VERSION),
  mcbot_version: z.string(),
  node_version: z.string(),
  /** What was typed; empty for a run made by a program. */
  command: z.array(z.string()),
  /** When the folder was written, ISO 8601 UTC. */
  created: z.string(),
  run_id: z.string(),
  config_hash: z.string(),
  data_hash: z.string(),
  result_hash: z.string(),
  synthetic: z.boolean(),
  /** Where bars were read from, as it was given ("synthetic", or a folder); null for a market that a program made. */
  data_path: z.string().nullable(),
  /** Strategies that are files, by id, and where they were; run folders from before there were any have none. */
  strategy_files: z.record(z.string(), z.string()).default({}),
  /** What operators did in it, for example a revival. */
  actions: z.array(actionSchema),
  /** `market` is that of the run, "SYNTHETIC market, seed 1": a binary file cannot say it itself. */
  files: z.array(z.object({ name: z.string(), market: z.string(), bytes: z.number(), sha256: z.string() })),
});

export type RunManifest = z.infer<typeof manifestSchema>;

export interface RunFolderContent {
  readonly result: OrchestratedResult;
  readonly record: RunRecord;
  /** The config file as it was read. */
  readonly configText: string;
  /** The config with every default filled in, as JSON. */
  readonly resolvedConfig: unknown;
  /** Written as events.jsonl, one object per line; left out = no such file. */
  readonly events?: Iterable<EngineEvent>;
  /** Written as stop-levels.csv; left out = no such file. */
  readonly stopLevels?: readonly StopLevel[];
  readonly command?: readonly string[];
  readonly dataPath?: string;
  readonly actions?: readonly OperatorAction[];
  readonly now: Date;
}

/**
 * Writes `baseDir/<time>-<hash8>/` and points `baseDir/last` to it.
 *
 * Everything is written and flushed in a hidden sibling folder that gets its name at the end: a run that is killed, or
 * that throws here, leaves no half-written folder under a final name and `last` as it was.
 *
 * Files    manifest.json, config.yaml, config.resolved.json, result.json, equity.csv, equity-slices.csv,
 *          allocation.csv, allocation-runs.csv, lifecycle.csv, risk.csv, orders.csv, fills.csv, wishes.csv, trades.csv (columns:
 *          src/analytics/tables), stop-levels.csv when they were watched, events.f64 (the records of src/orchestrator/events.ts without targets, little-endian; pods
 *          and symbols in the order of result.json), events.jsonl when events are given (first line: {"type": "run",
 *          "synthetic", "market", "run_id"}). Every CSV of a synthetic market begins with a comment, "# SYNTHETIC market,
 *          seed 1".
 *
 * @returns path of the folder.
 */
export function writeRunFolder(baseDir: string, content: RunFolderContent): string {
  const draft = makeDraft(baseDir);
  sweepDrafts(baseDir, Date.now() - STALE_MS);
  try {
    const { market } = content.result.header;
    const written = contentsOf(content).map(([name, chunks]) => writeHashed(draft, name, chunks));
    const files = [...written, ...writeEventTables(draft, content)].map((file) => ({ market: market.label, ...file }));
    writeHashed(draft, "manifest.json", [formatJson(manifestOf(content, files))]);
    flush(draft);
    const folder = claimName(draft, join(baseDir, folderName(content)));
    pointLast(baseDir, basename(folder));
    return folder;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/**
 * Throws the system's error when no run folder can be made in `baseDir`: better known before a long run than after it.
 * Leaves nothing behind, for a run that is refused later.
 */
export function requireWritable(baseDir: string): void {
  const missing = ancestorsOf(baseDir).filter((folder) => !existsSync(folder));
  rmSync(makeDraft(baseDir), { recursive: true, force: true });
  for (const folder of missing) {
    // Another run may have begun to write there.
    if (readdirSync(folder).length > 0) return;
    rmdirSync(folder);
  }
}

/** The folder itself first, the root last. */
function ancestorsOf(folder: string): string[] {
  const path = resolve(folder);
  return path === dirname(path) ? [path] : [path, ...ancestorsOf(dirname(path))];
}

function makeDraft(baseDir: string): string {
  mkdirSync(baseDir, { recursive: true });
  const draft = join(baseDir, `${DRAFT}${randomUUID()}`);
  mkdirSync(draft);
  return draft;
}

/** Removes what runs that were killed while they wrote left behind; a younger draft may still be somebody's. */
function sweepDrafts(baseDir: string, beforeMs: number): void {
  for (const name of readdirSync(baseDir)) {
    if (!name.startsWith(DRAFT)) continue;
    const path = join(baseDir, name);
    const modified = lstatSync(path, { throwIfNoEntry: false })?.mtimeMs;
    if (modified !== undefined && modified < beforeMs) rmSync(path, { recursive: true, force: true });
  }
}

type Chunks = Iterable<string | Uint8Array>;
type NamedDigest = FileDigest & { readonly name: string };

function contentsOf(content: RunFolderContent): [string, Chunks][] {
  const { result, record, configText, resolvedConfig, events, stopLevels } = content;
  const { buffer, byteOffset, byteLength } = record.records;
  const tables: [string, Iterable<string>][] = [
    ["equity.csv", equityTable(record, result.days.benchmark)],
    ["equity-slices.csv", equitySpansTable(record)],
    ["allocation.csv", allocationTable(result)],
    ["allocation-runs.csv", allocationRunsTable(result)],
    ["lifecycle.csv", lifecycleTable(result)],
    ["risk.csv", riskTable(result)],
    ...(stopLevels === undefined
      ? []
      : [["stop-levels.csv", stopLevelsTable(stopLevels)] satisfies [string, Iterable<string>]]),
  ];
  return [
    ["config.yaml", [configText]],
    ["config.resolved.json", [formatJson(resolvedConfig)]],
    ["result.json", [formatJson(result)]],
    ...tables.map(([name, lines]): [string, Chunks] => [name, labelled(lines, result)]),
    // WebAssembly memory is little-endian, and so is every machine its views can be read on without swapping.
    ["events.f64", [new Uint8Array(buffer, byteOffset, byteLength)]],
    ...(events === undefined ? [] : [["events.jsonl", jsonLines(events, result)] satisfies [string, Chunks]]),
  ];
}

/** The tables made of events, written side by side in one pass: a long run's events and orders never lie in memory together. */
function writeEventTables(folder: string, { result, record }: RunFolderContent): NamedDigest[] {
  const open = <Item>(name: string, table: TableOf<Item>): TableWriter<Item> => {
    const file = new HashedFile(join(folder, name));
    for (const line of labelled([table.header], result)) file.write(line);
    return { name, table, file };
  };
  const trades = open("trades.csv", tradesTable(record));
  const ofOrders = [
    open("orders.csv", ordersTable(record)),
    open("fills.csv", fillsTable(record)),
    open("wishes.csv", wishesTable(record)),
  ];
  const writers = [...ofOrders, trades];
  try {
    const events = tapped(eventsOf(record), (event) => writeRows(trades, event));
    for (const order of orderHistory(events)) {
      const named = { id: orderId(result.header.run_id, order), order };
      for (const table of ofOrders) writeRows(table, named);
    }
    return writers.map(({ name, file }) => ({ name, ...file.finish() }));
  } finally {
    for (const { file } of writers) file.close();
  }
}

interface TableWriter<Item> {
  readonly name: string;
  readonly table: TableOf<Item>;
  readonly file: HashedFile;
}

function writeRows<Item>({ table, file }: TableWriter<Item>, item: Item): void {
  for (const row of table.rows(item)) file.write(row);
}

/** The same items, each shown to `see` first. */
function* tapped<Item>(items: Iterable<Item>, see: (item: Item) => void): Generator<Item> {
  for (const item of items) {
    see(item);
    yield item;
  }
}

/** A table that leaves its folder must still say that its prices are invented. */
function* labelled(lines: Iterable<string>, { header: { market } }: OrchestratedResult): Generator<string> {
  if (market.synthetic) yield `# ${market.label.replaceAll(/\p{Cc}/gu, " ")}\n`;
  yield* lines;
}

function* jsonLines(events: Iterable<EngineEvent>, { header }: OrchestratedResult): Generator<string> {
  const { market, run_id } = header;
  yield `${JSON.stringify({ type: "run", synthetic: market.synthetic, market: market.label, run_id })}\n`;
  for (const event of events) yield `${JSON.stringify(event)}\n`;
}

function manifestOf(
  { result, resolvedConfig, command, dataPath, actions, now }: RunFolderContent,
  files: RunManifest["files"],
): RunManifest {
  const { mcbot_version, run_id, config_hash, data_hash, result_hash, market } = result.header;
  return {
    schema_version: RUN_SCHEMA_VERSION,
    result_schema_version: RESULT_SCHEMA_VERSION,
    mcbot_version,
    node_version: process.version,
    command: [...(command ?? [])],
    created: now.toISOString(),
    run_id,
    config_hash,
    data_hash,
    result_hash,
    synthetic: market.synthetic,
    data_path: dataPath ?? null,
    strategy_files: strategyFilesOf(resolvedConfig),
    actions: (actions ?? []).map(nameAction),
    files,
  };
}

function formatJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** "20260214T153000Z-ab12cd34": sorts by time, needs no quoting in a shell. */
function folderName({ result, now }: RunFolderContent): string {
  const time = now.toISOString().replace(/\.\d+/, "").replaceAll(/[-:]/g, "");
  return `${time}-${result.header.result_hash.slice(0, 8)}`;
}

function writeHashed(folder: string, name: string, chunks: Chunks): NamedDigest {
  const file = new HashedFile(join(folder, name));
  try {
    for (const chunk of chunks) file.write(chunk);
    return { name, ...file.finish() };
  } finally {
    file.close();
  }
}

/** Brings a folder's files to the disk: when all are written, which costs little more than one alone. */
function flush(folder: string): void {
  for (const name of readdirSync(folder)) {
    const file = openSync(join(folder, name), "r+");
    fsyncSync(file);
    closeSync(file);
  }
}

/** Renames `draft` to `wanted`, or to `wanted-2`, `wanted-3`… when runs finish within one second with the same result. */
function claimName(draft: string, wanted: string): string {
  for (let attempt = 1; ; attempt++) {
    const folder = attempt === 1 ? wanted : `${wanted}-${attempt}`;
    if (existsSync(folder)) continue;
    try {
      renameSync(draft, folder);
      return folder;
    } catch (error) {
      // Somebody else took the name since: rename never replaces a folder that has files.
      if (!existsSync(folder)) throw error;
    }
  }
}

/** What systems and file systems without symlinks answer. */
const NO_LINKS = new Set(["EPERM", "EACCES", "ENOSYS", "ENOTSUP", "EOPNOTSUPP"]);

/**
 * Makes `baseDir/last` name a run: a relative symlink, replaced in one step; where links are not allowed, a file that
 * holds the folder's name.
 */
export function pointLast(baseDir: string, name: string, link: typeof symlinkSync = symlinkSync): void {
  const last = join(baseDir, LAST);
  const fresh = join(baseDir, `.last-${randomUUID()}`);
  try {
    link(name, fresh, "dir");
    renameSync(fresh, last);
  } catch (error) {
    rmSync(fresh, { force: true });
    if (!NO_LINKS.has((error as NodeJS.ErrnoException).code ?? "")) throw error;
    // A link would be followed, and the text written into the run it points to.
    if (lstatSync(last, { throwIfNoEntry: false })?.isSymbolicLink()) rmSync(last);
    writeFileAtomic.sync(last, `${name}\n`);
  }
}

/** A run folder that was opened and checked. */
export interface StoredRun {
  readonly folder: string;
  readonly manifest: RunManifest;
  readonly result: OrchestratedResult;
  /** The event records with their names; read from the disk, and checked, at the call. */
  events(): EventSource;
  /** The curve of every slice, in spans; null in a folder from before they were kept. */
  equitySpans(): EquitySpan[] | null;
  /** Where stops stood at the closes of days; null when nobody watched them (--fast). */
  stopLevels(): StopLevel[] | null;
  /** The config file as it was read for the run. */
  configText(): string;
  /** The config as it was run, with every default and override: what `resolveConfig` takes. */
  resolvedConfig(): unknown;
}

/** Opens a run folder; throws a RunFolderError when there is none, or when it is not what was written. */
export function readRun(path: string = DEFAULT_RUN): StoredRun {
  const folder = resolveFolder(path);
  const manifest = readManifest(folder);
  const result = JSON.parse(readChecked(folder, manifest, "result.json").toString()) as OrchestratedResult;
  return {
    folder,
    manifest,
    result,
    events: () => eventSource(folder, manifest, result),
    equitySpans: () => readTable(folder, manifest, "equity-slices.csv", readEquitySpans),
    stopLevels: () => readTable(folder, manifest, "stop-levels.csv", readStopLevels),
    configText: () => readChecked(folder, manifest, "config.yaml").toString(),
    resolvedConfig: () => JSON.parse(readChecked(folder, manifest, "config.resolved.json").toString()),
  };
}

/** Follows the file that stands for `last` where links are not allowed. */
function resolveFolder(path: string): string {
  if (!existsSync(path)) {
    const hint = basename(path) === LAST ? "run a backtest first" : "give the path of a folder below runs/";
    throw new RunFolderError("NO_RUN", `no run at ${path}: ${hint}`);
  }
  if (lstatSync(path).isFile()) return join(dirname(path), readFileSync(path, "utf8").trim());
  return path;
}

function readManifest(folder: string): RunManifest {
  const path = join(folder, "manifest.json");
  if (!existsSync(path)) throw new RunFolderError("NO_RUN", `no run at ${folder}: it has no manifest.json`);
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    throw new RunFolderError("DAMAGED", `${path} is not JSON: ${(cause as Error).message}`);
  }
  const versions = z.object({ schema_version: z.number(), result_schema_version: z.number() }).safeParse(json);
  const found = versions.data?.schema_version;
  if (found !== undefined && found !== RUN_SCHEMA_VERSION) {
    throw new RunFolderError(
      "UNKNOWN_SCHEMA",
      `${path} has schema version ${found}, this mcbot reads ${RUN_SCHEMA_VERSION}: use the version that wrote it`,
    );
  }
  const manifest = manifestSchema.safeParse(json);
  if (!manifest.success) throw new RunFolderError("DAMAGED", `${path}: ${z.prettifyError(manifest.error)}`);
  return manifest.data;
}

/** A file of the folder whose bytes are those that were written. */
function readChecked(folder: string, { files }: RunManifest, name: string): Buffer {
  const path = join(folder, name);
  const listed = files.find((file) => file.name === name);
  if (listed === undefined || !existsSync(path)) throw new RunFolderError("DAMAGED", `${path} is missing`);
  const bytes = readFileSync(path);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  if (sha256 !== listed.sha256) {
    throw new RunFolderError(
      "DAMAGED",
      `${path} is not what the run wrote: SHA-256 ${sha256}, in the manifest ${listed.sha256}`,
    );
  }
  return bytes;
}

/** A table that not every run folder has. */
function readTable<T>(folder: string, manifest: RunManifest, name: string, read: (text: string) => T): T | null {
  if (!manifest.files.some((file) => file.name === name)) return null;
  return read(readChecked(folder, manifest, name).toString());
}

function eventSource(folder: string, manifest: RunManifest, { header, pods }: OrchestratedResult): EventSource {
  const bytes = readChecked(folder, manifest, "events.f64");
  return {
    pods: pods.map(({ pod_id }) => ({ podId: pod_id })),
    symbols: header.coverage.map(({ symbol, lots_per_unit }) => ({ symbol, lotsPerUnit: lots_per_unit })),
    // A copy: the buffer of a file need not start at a multiple of 8.
    records: new Float64Array(Uint8Array.from(bytes).buffer),
    baseMs: timeframeMs(header.timeframe) ?? Number.NaN,
  };
}
