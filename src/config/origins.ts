import type { FileForm } from "./file-form.ts";
import type { Origin } from "./origin.ts";
import type { Override } from "./overrides.ts";
import { formatPath, isMapping, type Path, startsWith } from "./path.ts";
import type { Config } from "./schema.ts";
import type { YamlSource } from "./yaml-source.ts";

/** Origin of every leaf of `config`: text, numbers, null, and lists and mappings that are empty. */
export function findOrigins(
  config: Config,
  { placeOf }: Pick<FileForm, "placeOf">,
  file: string,
  source: YamlSource,
  overrides: readonly Override[],
): ReadonlyMap<string, Origin> {
  const origins = new Map<string, Origin>();
  for (const path of leafPaths(config, [])) {
    const place = placeOf(path);
    // The last override that covers a value is the one that set it.
    const override = place === null ? undefined : overrides.findLast((each) => startsWith(place, each.path));
    const written = override?.origin ?? (place === null ? undefined : fileOrigin(source, file, place));
    origins.set(formatPath(path), written ?? unwrittenOrigin(config, path));
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
