import type { LoadedConfig } from "./load.ts";
import { formatOrigin, type Origin } from "./origin.ts";
import { formatPath, isMapping, type Path } from "./path.ts";

interface Line {
  readonly text: string;
  readonly comment: string;
}

/** Words YAML reads as something else than text. */
const RESERVED = /^(?:true|false|null)$/i;
const PLAIN = /^[A-Za-z][\w./-]*$/;
/** Comments are aligned, but a long line does not push all of them away. */
const MAX_COMMENT_COLUMN = 60;

/**
 * A loaded config as YAML with the origin of each value as comment.
 *
 * `resolved` shows every key; otherwise those that somebody set: in the file, the environment or by a flag.
 */
export function showConfig({ config, origins }: Pick<LoadedConfig, "config" | "origins">, resolved: boolean): string {
  const isShown = (path: Path): boolean => resolved || isSet(originOf(path, origins));
  const lines = mappingLines(config, [], 0, { origins, isShown });
  const width = Math.max(...lines.map(({ text }) => text.length).filter((length) => length <= MAX_COMMENT_COLUMN), 0);
  return lines.map(({ text, comment }) => (comment === "" ? text : `${text.padEnd(width)}  # ${comment}`)).join("\n");
}

interface View {
  readonly origins: ReadonlyMap<string, Origin>;
  readonly isShown: (path: Path) => boolean;
}

function mappingLines(mapping: object, path: Path, depth: number, view: View): Line[] {
  return Object.entries(mapping).flatMap(([key, value]) => entryLines(key, value, [...path, key], depth, view));
}

function entryLines(key: string, value: unknown, path: Path, depth: number, view: View): Line[] {
  const head = `${"  ".repeat(depth)}${formatScalar(key)}:`;
  if (isNested(value)) {
    const inner = Array.isArray(value)
      ? value.flatMap((item, i) => itemLines(item, [...path, i], depth + 1, view))
      : mappingLines(value, path, depth + 1, view);
    return inner.length === 0 ? [] : [{ text: head, comment: "" }, ...inner];
  }
  return view.isShown(path) ? [{ text: `${head} ${formatFlow(value)}`, comment: commentOf(path, view) }] : [];
}

/** The lines of a mapping in a list: the first one carries the dash. */
function itemLines(item: unknown, path: Path, depth: number, view: View): Line[] {
  const indent = "  ".repeat(depth);
  if (!isNested(item) || Array.isArray(item)) {
    return [{ text: `${indent}- ${formatFlow(item)}`, comment: commentOf(path, view) }];
  }
  const [first, ...rest] = mappingLines(item, path, depth + 1, view);
  return first ? [{ ...first, text: `${indent}- ${first.text.trimStart()}` }, ...rest] : [];
}

/** True for what takes lines of its own: mappings with entries, and lists that hold any. */
function isNested(value: unknown): value is object {
  if (Array.isArray(value)) return value.some(isMapping);
  return isMapping(value) && Object.keys(value).length > 0;
}

function formatFlow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(formatFlow).join(", ")}]`;
  if (isMapping(value)) {
    return `{${Object.entries(value)
      .map(([key, child]) => `${formatScalar(key)}: ${formatFlow(child)}`)
      .join(", ")}}`;
  }
  return formatScalar(value);
}

function formatScalar(value: unknown): string {
  if (typeof value !== "string") return String(value);
  return PLAIN.test(value) && !RESERVED.test(value) ? value : JSON.stringify(value);
}

function commentOf(path: Path, { origins }: View): string {
  const origin = originOf(path, origins);
  return origin ? formatOrigin(origin) : "";
}

/** A list of scalars stands in one line, so its first entry speaks for it. */
function originOf(path: Path, origins: View["origins"]): Origin | undefined {
  return origins.get(formatPath(path)) ?? origins.get(formatPath([...path, 0]));
}

function isSet(origin: Origin | undefined): boolean {
  return origin !== undefined && origin.kind !== "default" && origin.kind !== "preset";
}
