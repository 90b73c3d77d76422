import type { Origin } from "./origin.ts";
import type { Override } from "./overrides.ts";
import { formatPath, isMapping, type Path, startsWith } from "./path.ts";
import type { Config } from "./schema.ts";
import type { YamlSource } from "./yaml-source.ts";

/** Origin of every leaf of `config`: text, numbers, null, and lists and mappings that are empty. */
export function findOrigins(
  config: Config,
  file: string,
  source: YamlSource,
  overrides: readonly Override[],
): ReadonlyMap<string, Origin> {
  const origins = new Map<string, Origin>();
  for (const path of leafPaths(config, [])) {
    // The last override that covers a value is the one that set it.
    const override = overrides.findLast((each) => startsWith(path, each.path));
    origins.set(formatPath(path), override?.origin ?? fileOrigin(source, file, path) ?? unwrittenOrigin(config, path));
  }
  return origins;
}

function leafPaths(value: unknown, path: Path): Path[] {
  if (Array.isArray(value) && value.length > 0) return value.flatMap((item, i) => leafPaths(item, [...path, i]));
  if (isMapping(value) && Object.keys(value).length > 0) {
    return Object.entries(value).flatMap(([key, child]) => leafPaths(child, [...path, key]));
  }
  return [path];
}

function fileOrigin(source: YamlSource, file: string, path: Path): Origin | undefined {
  const position = source.valuePosition(path);
  return position && { kind: "file", file, ...position };
}

function unwrittenOrigin(config: Config, path: Path): Origin {
  const { preset } = config.orchestrator.retirement;
  const isPreset = startsWith(path, ["orchestrator", "retirement"]) && path.at(-1) !== "preset" && preset !== "default";
  return isPreset ? { kind: "preset", name: preset } : { kind: "default" };
}
