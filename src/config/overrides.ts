import { type Description, descriptionAt, keysOf } from "./description.ts";
import { looksSecret, nearest } from "./hints.ts";
import type { Origin } from "./origin.ts";
import { formatPath, isMapping, type Path, parsePath, valueAt } from "./path.ts";
import { HIDDEN, type Problem } from "./problem.ts";
import { readYaml } from "./yaml-source.ts";

/** A value from outside the file that takes the place of what the file says. */
export interface Override {
  readonly path: Path;
  readonly value: unknown;
  readonly origin: Origin & { readonly kind: "environment" | "flag" };
}

/** ["data.path", "./bars", "--data"]: path, value, and the flag a person typed. */
export type FlagOverride = readonly [path: string, value: unknown, flag: string];

export interface OverrideProblem extends Problem {
  readonly origin: Override["origin"];
}

export interface ReadOverrides {
  readonly overrides: readonly Override[];
  readonly problems: readonly OverrideProblem[];
}

const PREFIX = "MCBOT__";

/** Variables MCBOT__A__B, sorted by name; their values are YAML. All others, such as MCBOT_DATA, are no overrides. */
export function environmentOverrides(
  env: Readonly<Record<string, string | undefined>>,
  description: Description,
): ReadOverrides {
  const overrides: Override[] = [];
  const problems: OverrideProblem[] = [];
  for (const name of Object.keys(env).sort()) {
    const text = env[name];
    if (!name.startsWith(PREFIX) || text === undefined) continue;
    const origin = { kind: "environment", name } as const;
    const path = variablePath(name);
    const { data, problems: faults } = readYaml(text);
    if (descriptionAt(description, path) === undefined) problems.push(unknownVariable(name, text, description));
    else if (faults[0]) problems.push({ ...faults[0], path, value: text, origin });
    else overrides.push({ path, value: data, origin });
  }
  return { overrides, problems };
}

/** Overrides given by the command line. */
export function flagOverrides(flags: readonly FlagOverride[], description: Description): ReadOverrides {
  const overrides: Override[] = [];
  const problems: OverrideProblem[] = [];
  for (const [text, value, name] of flags) {
    const origin = { kind: "flag", name } as const;
    const path = parsePath(text);
    if (path !== null && path.length > 0 && descriptionAt(description, path)) overrides.push({ path, value, origin });
    else problems.push(unknownFlagPath(text, path ?? [], value, origin, description));
  }
  return { overrides, problems };
}

/** A copy of `data` with the overrides set, in order; mappings on the way are made, list entries must exist. */
export function applyOverrides(
  data: unknown,
  overrides: readonly Override[],
): { readonly data: unknown; readonly problems: readonly OverrideProblem[] } {
  const problems: OverrideProblem[] = [];
  // An empty file is null; with overrides it is an empty mapping.
  let result = copyTree(data);
  if (overrides.length > 0) result ??= {};
  for (const override of overrides) {
    const missing = missingEntry(result, override.path);
    if (missing === null) set(result, override.path, override.value);
    else problems.push(noSuchEntry(override, missing, result));
  }
  return { data: result, problems };
}

/** A copy in which every place has a value of its own: an object that stands in two places must not be set in both. */
function copyTree(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copyTree);
  if (!isMapping(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, copyTree(entry)]));
}

function set(root: unknown, path: Path, value: unknown): void {
  let parent = root;
  for (const part of path.slice(0, -1)) {
    // Something of the wrong type stands in the way: its own error says so.
    if (typeof parent !== "object" || parent === null) return;
    const container = parent as Record<string | number, unknown>;
    container[part] ??= {};
    parent = container[part];
  }
  if (typeof parent === "object" && parent !== null) {
    (parent as Record<string | number, unknown>)[path.at(-1) ?? ""] = structuredClone(value);
  }
}

/** The part of `path` that counts beyond the end of a list, null when there is none. */
function missingEntry(data: unknown, path: Path): Path | null {
  for (const [i, part] of path.entries()) {
    if (typeof part !== "number") continue;
    const list = valueAt(data, path.slice(0, i));
    if (list !== undefined && !Array.isArray(list)) continue;
    if (part >= (list?.length ?? 0)) return path.slice(0, i + 1);
  }
  return null;
}

function noSuchEntry({ path, value, origin }: Override, missing: Path, data: unknown): OverrideProblem {
  const list = valueAt(data, missing.slice(0, -1));
  const length = Array.isArray(list) ? list.length : 0;
  const expected = `an entry that exists: ${formatPath(missing.slice(0, -1))} has ${length}, counted from 0`;
  return { path, code: "UNKNOWN_OVERRIDE", value, expected, hint: null, origin };
}

function variablePath(name: string): Path {
  const parts = name.slice(PREFIX.length).split("__");
  return parts.map((part) => (/^\d+$/.test(part) ? Number(part) : part.toLowerCase()));
}

function variableName(path: Path): string {
  return PREFIX + path.map((part) => String(part).toUpperCase()).join("__");
}

function unknownVariable(name: string, value: string, description: Description): OverrideProblem {
  const path = variablePath(name);
  const near = nearestPath(path, description);
  return {
    path,
    code: "UNKNOWN_OVERRIDE",
    value: looksSecret(name, value) ? HIDDEN : value,
    expected: "a variable named after a key of the file",
    hint: near === null ? null : `nearest known variable: ${variableName(near)}`,
    origin: { kind: "environment", name },
  };
}

function unknownFlagPath(
  text: string,
  path: Path,
  value: unknown,
  origin: Override["origin"],
  description: Description,
): OverrideProblem {
  const near = nearestPath(path, description);
  return {
    path: path.length > 0 ? path : [text],
    code: "UNKNOWN_OVERRIDE",
    value,
    expected: "the path of a key of the file",
    hint: near === null ? null : `nearest known key: ${formatPath(near)}`,
    origin,
  };
}

/** `path` with its first unknown key replaced by the nearest known one; null when nothing is near. */
function nearestPath(path: Path, description: Description): Path | null {
  const depth = path.findIndex((_, i) => descriptionAt(description, path.slice(0, i + 1)) === undefined);
  if (depth < 0) return null;
  const parent = path.slice(0, depth);
  const known = nearest(String(path[depth]), keysOf(descriptionAt(description, parent)));
  if (known === null) return null;
  const fixed = [...parent, known, ...path.slice(depth + 1)];
  return descriptionAt(description, fixed) ? fixed : [...parent, known];
}
