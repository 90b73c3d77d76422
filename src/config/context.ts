import type { z } from "zod";
import { describeSchema } from "./description.ts";
import type { Path } from "./path.ts";
import type { IssueCode } from "./problem.ts";
import { schemaProblems } from "./schema-problems.ts";

/** What the configuration needs to know about strategies, without importing one. */
export interface ConfigContext {
  /** Registered names, and files (`./my-strategy.ts`) that were loaded for this config. */
  readonly strategyNames: readonly string[];
  /** Checks the parameters of a known strategy and fills their defaults. */
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

/** A context that checks parameters against each strategy's own schema. */
export function contextFromRegistry(registry: StrategyParams): ConfigContext {
  return {
    strategyNames: registry.strategyNames,
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
  return /^\.{0,2}\//.test(strategy) || /\.[cm]?[jt]s$/.test(strategy);
}

/** Zod allows symbols in a path; YAML has none. */
export function asPath(path: readonly PropertyKey[]): Path {
  return path.map((part) => (typeof part === "number" ? part : String(part)));
}
