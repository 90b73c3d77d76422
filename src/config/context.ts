import type { z } from "zod";
import { describeSchema } from "./description.ts";
import type { Path } from "./path.ts";
import type { IssueCode } from "./problem.ts";
import { schemaProblems } from "./schema-problems.ts";

/** What the configuration needs to know about strategies, without importing one. */
export interface ConfigContext {
  /** Of the strategies that have one. */
  readonly strategyNames: readonly string[];
  /** The id that the engine knows a strategy by: its name, or the file with the hash of its source; null when unknown. */
  strategyId(name: string): string | null;
  /** Why a file is no strategy; null when nothing is known of it. */
  fileProblem(name: string): string | null;
  /** Checks the parameters of a known strategy, by its id, and fills their defaults. */
  parseParams(name: string, params: unknown): ParamsResult;
}

export type ParamsResult =
  | { readonly ok: true; readonly value: Record<string, unknown> }
  | { readonly ok: false; readonly issues: readonly ParamIssue[] };

export interface ParamIssue {
  /** Within `params`. */
  readonly path: readonly PropertyKey[];
  /** What was expected. */
  readonly message: string;
  readonly code?: IssueCode;
  /** The value refused, when it is not simply what stands at `path`. */
  readonly value?: unknown;
  readonly hint?: string | null;
}

/** The part of the strategy registry that configuration reads. */
export interface StrategyParams {
  readonly strategyNames: readonly string[];
  findStrategy(name: string): { readonly params: z.ZodType } | undefined;
}

/** What became of the files that a config names as strategies, by name as written. */
export type StrategyFiles = Map<
  string,
  { readonly ok: true; readonly id: string } | { readonly ok: false; readonly problem: string }
>;

/** A context that checks parameters against each strategy's own schema. */
export function contextFromRegistry(registry: StrategyParams, files: StrategyFiles = new Map()): ConfigContext {
  return {
    strategyNames: registry.strategyNames,
    strategyId(name) {
      const file = files.get(name);
      if (file !== undefined) return file.ok ? file.id : null;
      return registry.strategyNames.includes(name) ? name : null;
    },
    fileProblem(name) {
      const file = files.get(name);
      return file === undefined || file.ok ? null : file.problem;
    },
    parseParams(name, params) {
      const schema = registry.findStrategy(name)?.params;
      if (schema === undefined) return { ok: false, issues: [{ path: [], message: "parameters of a known strategy" }] };
      const parsed = schema.safeParse(params);
      if (parsed.success) return { ok: true, value: parsed.data as Record<string, unknown> };
      const problems = schemaProblems(schema, describeSchema(schema), params);
      return { ok: false, issues: problems.map(({ expected, ...problem }) => ({ ...problem, message: expected })) };
    },
  };
}

/** True for strategies given as a file instead of a name. */
export function isStrategyFile(strategy: string): boolean {
  return /^\.{0,2}\//.test(strategy) || /\.[cm]?[jt]s(#[0-9a-f]+)?$/.test(strategy);
}

/** Zod allows symbols in a path; YAML has none. */
export function asPath(path: readonly PropertyKey[]): Path {
  return path.map((part) => (typeof part === "number" ? part : String(part)));
}
