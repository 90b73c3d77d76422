import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import writeFileAtomic from "write-file-atomic";
import { z } from "zod";
import { keepStrategy } from "../engine/user-strategies/keep-strategy.ts";
import type { TuningJob, TuningPlan } from "./plan-session.ts";
import { PLAN_SCHEMA_VERSION } from "./plan-session.ts";
import { type SweepResults, sweepResultsSchema } from "./sweep-results.ts";
import { TuningFolderError } from "./tuning-error.ts";
import { type TuningResults, tuningResultsSchema } from "./tuning-results.ts";

export const MANIFEST_SCHEMA_VERSION = 2;
/** Sources of strategies that are files, in a folder for each hash. */
const STRATEGIES = "strategies";

/** What a run folder lists beside the manifest, in this order. */
const LISTED = ["plan.json", "jobs.jsonl", "equity.f64", "sweep_results.json", "tuning_results.json"] as const;

export const tuningManifestSchema = z.strictObject({
  schema_version: z.literal(MANIFEST_SCHEMA_VERSION),
  plan_id: z.string(),
  data_hash: z.string(),
  config_hash: z.string(),
  engine_hash: z.string(),
  wasm_hash: z.string(),
  mcbot_version: z.string(),
  node_version: z.string(),
  command: z.array(z.string()),
  workers: z.int(),
  counts: z.strictObject({ jobs: z.int(), ok: z.int(), failed: z.int(), done_before: z.int() }),
  /** Monotonic clock. */
  durations_ms: z.strictObject({ run: z.number(), results: z.number() }),
  jobs_per_second: z.number().nullable(),
  lineage_file: z.string(),
  files: z.array(z.strictObject({ name: z.string(), bytes: z.int(), sha256: z.string() })),
});
export type TuningManifest = z.infer<typeof tuningManifestSchema>;

/** One line of jobs.jsonl. */
export const tuningJobSchema = z.strictObject({
  job_id: z.string(),
  params: z.record(z.string(), z.unknown()),
  config_hash: z.string(),
  data_hash: z.string(),
  engine_hash: z.string(),
  fold: z.enum(["ranked", "holdout"]),
  output: z.string(),
});

/** JSON Schemas of the files of a run folder, by name. */
export function tuningFileSchemas(): Readonly<Record<string, unknown>> {
  const of = (schema: z.ZodType): unknown => z.toJSONSchema(schema, { target: "draft-2020-12" });
  return {
    "jobs.jsonl": of(tuningJobSchema),
    "sweep_results.json": of(sweepResultsSchema),
    "tuning_results.json": of(tuningResultsSchema),
    "manifest.json": of(tuningManifestSchema),
  };
}

/**
 * Writes jobs.jsonl and plan.json, and beside them the sources of the strategies that are files: a run goes on, and is made
 * again, with those it began with, wherever the folder lies and whatever became of the originals.
 *
 * @returns the plan with the places of the copies.
 */
export function writePlan(folder: string, plan: TuningPlan, jobs: readonly TuningJob[]): TuningPlan {
  mkdirSync(folder, { recursive: true });
  const kept = Object.entries(plan.space.strategies ?? {}).map(([id, entry]) => {
    const own = join(STRATEGIES, id.slice(id.lastIndexOf("#") + 1));
    return [id, join(own, keepStrategy(id, entry, join(folder, own)))] as const;
  });
  const stored = { ...plan, space: { ...plan.space, strategies: Object.fromEntries(kept) } };
  writeChecked(join(folder, "jobs.jsonl"), jobs.map((job) => `${JSON.stringify(job)}\n`).join(""));
  writeChecked(join(folder, "plan.json"), `${JSON.stringify(stored, null, 1)}\n`);
  return placed(folder, stored);
}

/** The plan with places of its strategies that any process can open. */
function placed(folder: string, plan: TuningPlan): TuningPlan {
  const places = Object.entries(plan.space.strategies ?? {}).map(([id, at]) => [id, resolve(folder, at)] as const);
  return { ...plan, space: { ...plan.space, strategies: Object.fromEntries(places) } };
}

export function readPlan(folder: string): { readonly plan: TuningPlan; readonly jobs: readonly TuningJob[] } {
  const plan = parse(readText(folder, "plan.json")) as TuningPlan | null;
  if (plan === null) throw new TuningFolderError(`${folder}/plan.json is damaged: it is no JSON`);
  if (plan.schema_version !== PLAN_SCHEMA_VERSION) {
    throw new TuningFolderError(
      `${folder}/plan.json has schema version ${plan.schema_version}, this mcbot reads ${PLAN_SCHEMA_VERSION}`,
    );
  }
  const jobs = readText(folder, "jobs.jsonl")
    .split("\n")
    .slice(0, -1)
    .map((line, i) => {
      const parsed = tuningJobSchema.safeParse(parse(line));
      if (!parsed.success) throw new TuningFolderError(`${folder}/jobs.jsonl:${i + 1}: not a job`);
      return parsed.data as TuningJob;
    });
  if (jobs.length !== plan.indexes.length) {
    throw new TuningFolderError(`${folder}/jobs.jsonl has ${jobs.length} jobs, the plan ${plan.indexes.length}`);
  }
  return { plan: placed(folder, plan), jobs };
}

/** Writes the evidence, reads it back through its schemas, and lists it with hashes in the manifest, which comes last. */
export function writeEvidence(
  folder: string,
  sweep: SweepResults,
  tuning: TuningResults,
  manifest: Omit<TuningManifest, "files">,
): void {
  writeChecked(join(folder, "sweep_results.json"), `${JSON.stringify(sweep)}\n`);
  writeChecked(join(folder, "tuning_results.json"), `${JSON.stringify(tuning, null, 1)}\n`);
  sweepResultsSchema.parse(JSON.parse(readText(folder, "sweep_results.json")));
  tuningResultsSchema.parse(JSON.parse(readText(folder, "tuning_results.json")));
  const files = LISTED.map((name) => ({ name, ...hashFile(join(folder, name)) }));
  writeChecked(join(folder, "manifest.json"), `${JSON.stringify({ ...manifest, files }, null, 1)}\n`);
  tuningManifestSchema.parse(JSON.parse(readText(folder, "manifest.json")));
}

export interface TuningEvidence {
  readonly plan: TuningPlan;
  readonly jobs: readonly TuningJob[];
  readonly sweep: SweepResults;
  readonly tuning: TuningResults;
  readonly manifest: TuningManifest;
  /** [job] daily equity; null = failed. */
  readonly equity: readonly (Float64Array | null)[];
}

/** Reads a finished run folder, wherever it lies now. Throws a TuningFolderError when a file is not what the manifest says. */
export function readEvidence(folder: string): TuningEvidence {
  if (!existsSync(join(folder, "manifest.json"))) {
    const hint = existsSync(join(folder, "plan.json"))
      ? `it is not finished: mcbot tune resume ${folder}`
      : "it has no manifest.json";
    throw new TuningFolderError(`${folder} is no finished tuning run; ${hint}`);
  }
  const manifest = parseAs(tuningManifestSchema, folder, "manifest.json");
  for (const { name, sha256 } of manifest.files) {
    const found = existsSync(join(folder, name)) ? hashFile(join(folder, name)).sha256 : "missing";
    if (found !== sha256)
      throw new TuningFolderError(
        `${folder}/${name} is not the file of this run: its SHA-256 is ${found}, the manifest says ${sha256}`,
      );
  }
  const { plan, jobs } = readPlan(folder);
  const sweep = parseAs(sweepResultsSchema, folder, "sweep_results.json");
  const tuning = parseAs(tuningResultsSchema, folder, "tuning_results.json");
  const bytes = readFileSync(join(folder, "equity.f64"));
  const all = new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  const equity = sweep.points.map(({ status }, job) =>
    status === "ok" ? all.slice(job * sweep.days, (job + 1) * sweep.days) : null,
  );
  return { plan, jobs, sweep, tuning, manifest, equity };
}

function parseAs<T>(schema: z.ZodType<T>, folder: string, name: string): T {
  const parsed = schema.safeParse(parse(readText(folder, name)));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new TuningFolderError(`${folder}/${name} is damaged: ${issue?.path.join(".")} ${issue?.message}`);
}

function readText(folder: string, name: string): string {
  try {
    return readFileSync(join(folder, name), "utf8");
  } catch (error) {
    throw new TuningFolderError(`${folder}/${name} cannot be read: ${(error as Error).message}`);
  }
}

function writeChecked(path: string, text: string): void {
  writeFileAtomic.sync(path, text);
}

function hashFile(path: string): { bytes: number; sha256: string } {
  const content = readFileSync(path);
  return { bytes: content.byteLength, sha256: createHash("sha256").update(content).digest("hex") };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
