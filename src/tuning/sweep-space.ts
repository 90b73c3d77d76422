import { checkConfig } from "../config/check.ts";
import type { ConfigContext } from "../config/context.ts";
import { applyOverrides } from "../config/overrides.ts";
import { type Path, parsePath } from "../config/path.ts";
import type { Problem } from "../config/problem.ts";
import type { Config } from "../config/schema.ts";
import { contextForConfig } from "../engine/user-strategies/config-strategies.ts";
import type { GridValue } from "./grid.ts";

/** Where strategies lie that are files, by id ("./mine.ts#0123456789abcdef"). */
export type StrategyPlaces = Readonly<Record<string, string>>;

/** What is swept, as plain data that a worker can be given. */
export interface SweepSpace {
  /** The base config as data, data.path and range of the run included. Strategies from files go by their ids. */
  readonly data: unknown;
  /** Paths of the grids, in their order. */
  readonly paths: readonly string[];
  readonly orchestrated: boolean;
  /** Strategies from files, those of grid values included; none when left out. */
  readonly strategies?: StrategyPlaces;
}

export type PointConfig =
  | { readonly ok: true; readonly config: Config }
  /** The first rule that the values break, in words. */
  | { readonly ok: false; readonly reason: string };

const BUILT_IN: StrategyPlaces = {};
/** Files are read and checked once a space, not once a point. */
const contexts = new WeakMap<StrategyPlaces, ConfigContext>();

function contextOf({ strategies = BUILT_IN }: SweepSpace): ConfigContext {
  const known = contexts.get(strategies);
  if (known !== undefined) return known;
  const names = Object.keys(strategies).map((strategy) => ({ strategy }));
  const context = contextForConfig(names, (id) => strategies[id] as string);
  contexts.set(strategies, context);
  return context;
}

/** The resolved config of a point. */
export function pointConfig(space: SweepSpace, values: readonly GridValue[]): PointConfig {
  const overrides = space.paths.map((name, g) => ({
    path: parsePath(name) as Path,
    value: values[g],
    origin: { kind: "flag", name } as const,
  }));
  const checked = checkConfig(applyOverrides(space.data, overrides).data, contextOf(space));
  return checked.ok ? checked : { ok: false, reason: inWords(checked.problems[0]) };
}

function inWords(problem: Problem | undefined): string {
  const place = problem?.path.map(String).join(".") ?? "";
  const why = problem?.code === "UNKNOWN_STRATEGY" && problem.hint !== null ? ` (${problem.hint})` : "";
  return `${place}: expected ${problem?.expected ?? "another value"}${why}`;
}
