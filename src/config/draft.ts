import { branchFor, type Description } from "./description.ts";
import { isMapping, type Path } from "./path.ts";
import type { CheckedFile } from "./schema.ts";

/** A checked file of which any part may be undefined, because what stood there was refused. */
export type Draft<T = CheckedFile> = T extends readonly (infer Item)[]
  ? readonly (Draft<Item> | undefined)[]
  : T extends object
    ? { readonly [Key in keyof T]?: Draft<T[Key]> | undefined }
    : T;

/**
 * Fills defaults into what is left of a broken file, so that rules between keys can still be checked and a person sees
 * every problem at once. Refused values come out undefined, never as their default: a rule about them stays silent.
 */
export function draftFile(description: Description, data: unknown, isRefused: (path: Path) => boolean): Draft {
  return (fill(description, data, [], isRefused) ?? {}) as Draft;
}

function fill(node: Description, value: unknown, path: Path, isRefused: (path: Path) => boolean): unknown {
  if (isRefused(path)) return undefined;
  if (value === undefined) {
    return node.default === undefined ? undefined : fill(node, node.default, path, isRefused);
  }
  const branch = branchFor(node, value);
  const { properties, items } = branch ?? {};
  if (properties && isMapping(value)) {
    const filled = Object.entries(properties).map(([key, child]) => [
      key,
      fill(child, value[key], [...path, key], isRefused),
    ]);
    return Object.fromEntries(filled);
  }
  if (items && Array.isArray(value)) return value.map((item, i) => fill(items, item, [...path, i], isRefused));
  return value;
}
