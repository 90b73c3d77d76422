import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { checkConfig } from "../config/check.ts";
import { ConfigError } from "../config/config-error.ts";
import { type ConfigContext, isStrategyFile } from "../config/context.ts";
import { describeSchema, descriptionAt } from "../config/description.ts";
import { type LoadedConfig, loadConfig } from "../config/load.ts";
import { locate } from "../config/locate.ts";
import { applyOverrides, environmentOverrides, flagOverrides } from "../config/overrides.ts";
import { formatPath, isMapping, type Path, parsePath } from "../config/path.ts";
import type { Problem } from "../config/problem.ts";
import { configSchema } from "../config/schema.ts";
import { schemaProblems } from "../config/schema-problems.ts";
import { readYaml } from "../config/yaml-source.ts";
import {
  besideConfig,
  contextForConfig,
  pinStrategies,
  strategyFilesOf,
} from "../engine/user-strategies/config-strategies.ts";
import { type Grid, type GridValue, rangeValues } from "./grid.ts";
import { type SessionFile, sessionSchema } from "./session-schema.ts";
import type { StrategyPlaces } from "./sweep-space.ts";
import { TuningFolderError } from "./tuning-error.ts";

/** A session file, checked, with the config it varies. */
export interface TuningSession {
  readonly file: SessionFile;
  readonly text: string;
  /** Absolute: what `base` and `auto_apply.to` are relative to. */
  readonly folder: string;
  /** The base config with the session's overrides and data, every value resolved. */
  readonly base: LoadedConfig;
  /** The same as plain data, to which the values of a point are applied. */
  readonly data: unknown;
  readonly grids: readonly Grid[];
  /** Of the strategies that are files, in the config and in the grids. */
  readonly strategies: StrategyPlaces;
}

const description = describeSchema(sessionSchema);
const fileDescription = describeSchema(configSchema);

/** Parts of a config that say what is traded where, not how. */
const FIXED = /^(?:backtest|data|monitoring|notification)\b|^pods\[\d+\]\.(?:pod_id|symbols)\b/;
const COSTS = /^portfolio\.(?:cost_bps|slippage_bps|impact|quoted|cost_model)\b/;
/** Paths whose values are strategies. */
const STRATEGY = /^pods\[\d+\]\.(?:strategy|sub_strategies\[\d+\]\.name)$/;

/**
 * Reads a tuning session (YAML or JSON). Throws one ConfigError with every issue, each at its place.
 *
 * @param data overrides the session's `data`.
 */
export function loadSession(
  path: string,
  env: Readonly<Record<string, string | undefined>>,
  flags: { readonly data?: string | undefined; readonly constraints?: readonly string[] } = {},
): TuningSession {
  const text = readSession(path);
  const source = readYaml(text);
  const fail = (problems: readonly Problem[]): never => {
    throw new ConfigError(locate(problems, { file: path, source, overrides: [] }), source.text);
  };
  if (!source.isSound || source.problems.length > 0) fail(source.problems);
  const refused = schemaProblems(sessionSchema, description, source.data);
  if (refused.length > 0) fail(refused);
  const parsed = sessionSchema.parse(source.data);
  const written = { ...parsed, constraints: [...parsed.constraints, ...(flags.constraints ?? [])] };

  const { grids, problems } = readGrids(written);
  const dataPath = flags.data ?? written.data;
  const overrides = Object.entries(written.overrides).map(([at, value]) => [at, value, `overrides ${at}`] as const);
  const flagged = [...(dataPath === undefined ? [] : [["data.path", dataPath, "data"] as const]), ...overrides];
  const basePath = resolve(dirname(path), written.base);
  const contextFor = (data: unknown): ConfigContext => contextForConfig([data, varied(grids)], besideConfig(basePath));
  const base = loadConfig(basePath, { context: contextFor, env, overrides: flagged });
  const { config } = base;
  const file: SessionFile = {
    ...written,
    mode: written.mode ?? (base.form.name === "single-strategy" ? "strategy" : "orchestrated"),
  };
  // The file as written, not resolved: a grid over a preset must reach the keys that follow from it.
  const applied = applyOverrides(readYaml(base.text).data, [
    ...environmentOverrides(env, base.form.description).overrides,
    ...flagOverrides(flagged, base.form.description).overrides,
  ]);
  // A single-strategy file is varied in its resolved form: paths are those of an orchestrator file.
  const data: unknown = isMapping(applied.data) && "pods" in applied.data ? applied.data : structuredClone(config);
  const context = contextFor(data);
  if (config.backtest.start === null || config.backtest.end === null) {
    const expected = "a base config with backtest.start and backtest.end";
    problems.push({ path: ["base"], code: "MISSING", value: file.base, expected, hint: null });
  }
  for (const [g, grid] of grids.entries()) problems.push(...valueProblems(data, grid, g, file, context));
  if (problems.length > 0) fail(problems);
  const pinned = grids.map((grid) => pinGrid(grid, context));
  const strategies = strategyFilesOf([pinStrategies(data, context), varied(pinned)]);
  return {
    file,
    text,
    folder: resolve(dirname(path)),
    base,
    data: pinStrategies(data, context),
    grids: pinned,
    strategies,
  };
}

function readSession(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new TuningFolderError(`${path} cannot be read: ${(error as Error).message}`);
  }
}

/** The strategies that grids try, in the form in which a config names one. */
function varied(grids: readonly Grid[]): unknown {
  return grids.flatMap(({ path, values }) => (STRATEGY.test(path) ? values.map((strategy) => ({ strategy })) : []));
}

/** Files that a grid tries as strategies are named by their ids, as in the config. */
function pinGrid({ path, values }: Grid, { strategyId }: ConfigContext): Grid {
  if (!STRATEGY.test(path)) return { path, values };
  const pin = (value: GridValue): GridValue =>
    typeof value === "string" && isStrategyFile(value) ? (strategyId(value) ?? value) : value;
  return { path, values: values.map(pin) };
}

function readGrids({ grids, purpose }: Pick<SessionFile, "grids" | "purpose">): { grids: Grid[]; problems: Problem[] } {
  const problems: Problem[] = [];
  const seen = new Map<string, number>();
  const read = grids.map((grid, g): Grid => {
    const at: Path = ["grids", g];
    const complain = (key: string, value: unknown, expected: string, hint: string | null = null): void => {
      problems.push({ path: [...at, key], code: "INVALID", value, expected, hint, near: [at] });
    };
    const parsed = parsePath(grid.path);
    const path = parsed === null ? grid.path : formatPath(parsed);
    if (parsed === null || descriptionAt(fileDescription, parsed) === undefined) {
      complain("path", grid.path, "the path of a key of the config", "mcbot config schema lists the keys");
    } else if (FIXED.test(path)) {
      complain("path", grid.path, "a decision to tune: data, range, symbols and names are the same for every point");
    } else if (COSTS.test(path) && purpose !== "sensitivity") {
      const hint = "costs are assumptions: the cheapest would always win; purpose: sensitivity makes a table of them";
      complain("path", grid.path, "a decision to tune", hint);
    }
    const earlier = seen.get(path);
    if (earlier !== undefined) complain("path", grid.path, `each path once: it is grids[${earlier}] already`);
    seen.set(path, g);
    const { values, from, to, step } = grid;
    const isRange = from !== undefined || to !== undefined || step !== undefined;
    if (values !== undefined && isRange) complain("values", values, "either values, or from, to and step");
    if (values !== undefined)
      return { path, values: distinct(values, (value) => complain("values", value, "each value once")) };
    if (from === undefined || to === undefined || step === undefined) {
      complain("path", grid.path, "values, or all of from, to and step, beside the path");
      return { path, values: [] };
    }
    const range = rangeValues(from, to, step);
    if (range.length === 0) complain("to", to, `a number of at least ${from}, so that the range is not empty`);
    return { path, values: range };
  });
  return { grids: read, problems };
}

function distinct<T>(values: readonly T[], complain: (value: T) => void): readonly T[] {
  const seen = new Set<string>();
  for (const value of values) {
    const key = JSON.stringify(value);
    if (seen.has(key)) complain(value);
    seen.add(key);
  }
  return values;
}

/**
 * What the config's schema has against a grid's values, each tried alone. Rules between keys are not judged here: another
 * grid may vary the other key, so points that break one are left out of the plan and counted.
 */
function valueProblems(
  data: unknown,
  { path, values }: Grid,
  g: number,
  file: SessionFile,
  context: ConfigContext,
): Problem[] {
  const parsed = parsePath(path);
  if (parsed === null || descriptionAt(fileDescription, parsed) === undefined) return [];
  return values.flatMap((value, i): Problem[] => {
    const at = file.grids[g]?.values === undefined ? ["grids", g, "from"] : ["grids", g, "values", i];
    const near: Path[] = [["grids", g]];
    const override = { path: parsed, value, origin: { kind: "flag", name: path } as const };
    const applied = applyOverrides(data, [override]);
    const [missing] = applied.problems;
    if (missing) return i > 0 ? [] : [{ ...withoutOrigin(missing), path: ["grids", g, "path"], near }];
    const checked = checkConfig(applied.data, context);
    if (checked.ok) return [];
    return checked.problems
      .filter(({ code, path: place }) => code !== "CONFLICT" && isAt(place, parsed))
      .map((problem) =>
        problem.code === "UNKNOWN_KEY"
          ? { ...problem, path: ["grids", g, "path"], near }
          : { ...problem, path: at, near },
      )
      .slice(0, i > 0 && checked.problems.some(({ code }) => code === "UNKNOWN_KEY") ? 0 : 1);
  });
}

function withoutOrigin({ path, code, value, expected, hint }: Problem): Problem {
  return { path, code, value, expected, hint };
}

/** A problem of the value, of a part of it, or of a mapping it stands in. */
function isAt(place: Path, path: Path): boolean {
  const shared = Math.min(place.length, path.length);
  return path.slice(0, shared).every((part, i) => part === place[i]);
}
