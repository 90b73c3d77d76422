import { z } from "zod";
import { isMapping, type Path } from "./path.ts";

/** What a value may be: the parts of JSON Schema that zod writes, and our two notes on kind and wording. */
export interface Description {
  readonly type?: "object" | "array" | "string" | "number" | "integer" | "boolean" | "null";
  readonly properties?: Readonly<Record<string, Description>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Description | boolean;
  readonly propertyNames?: Description;
  readonly items?: Description;
  readonly minItems?: number;
  readonly anyOf?: readonly Description[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly exclusiveMaximum?: number;
  readonly default?: unknown;
  readonly description?: string;
  readonly "x-kind"?: "fraction" | "symbol" | "timeframe" | "date" | "secret";
  readonly "x-expected"?: string;
}

/** Describes a schema as plain data: one tree serves messages, hints, overrides and the published JSON Schema. */
export function describeSchema(schema: z.ZodType): Description {
  return z.toJSONSchema(schema, {
    target: "draft-2020-12",
    io: "input",
    unrepresentable: "any",
    reused: "inline",
  }) as Description;
}

/** The description at `path`, undefined when no file can have a value there. */
export function descriptionAt(root: Description, path: Path): Description | undefined {
  let node: Description | undefined = root;
  for (const part of path) node = node && childOf(node, part);
  return node;
}

/** Names of the keys a mapping may have; empty when it is open or not a mapping. */
export function keysOf(node: Description | undefined): readonly string[] {
  if (node === undefined) return [];
  if (node.properties) return Object.keys(node.properties);
  return (node.anyOf ?? []).flatMap(keysOf);
}

/** Places of a key called `key` at or under `node`, list positions written as -1. */
export function findKey(node: Description, key: string, at: Path = []): readonly Path[] {
  const inBranches = (node.anyOf ?? []).flatMap((branch) => findKey(branch, key, at));
  const inItems = node.items ? findKey(node.items, key, [...at, -1]) : [];
  const inKeys = Object.entries(node.properties ?? {}).flatMap(([name, child]) => [
    ...(name === key ? [at] : []),
    ...findKey(child, key, [...at, name]),
  ]);
  return [...inKeys, ...inItems, ...inBranches];
}

/** The alternatives of a value: itself, or the flattened branches of a union. */
export function alternatives(node: Description): readonly Description[] {
  return node.anyOf ? node.anyOf.flatMap(alternatives) : [node];
}

/** The alternative that `value` is meant for, by its type. */
export function branchFor(node: Description, value: unknown): Description | undefined {
  return alternatives(node).find((branch) => branch.type === undefined || hasType(value, branch.type));
}

function childOf(node: Description, part: string | number): Description | undefined {
  if (node.anyOf) {
    for (const branch of node.anyOf) {
      const child = childOf(branch, part);
      if (child) return child;
    }
    return undefined;
  }
  if (node.type === "array") return typeof part === "number" ? node.items : undefined;
  if (node.properties && Object.hasOwn(node.properties, part)) return node.properties[part];
  if (isMapping(node.additionalProperties)) return node.additionalProperties;
  // No type at all: anything goes, at any depth (the values of `params`).
  return node.type === undefined && node.enum === undefined ? {} : undefined;
}

function hasType(value: unknown, type: NonNullable<Description["type"]>): boolean {
  switch (type) {
    case "object":
      return isMapping(value);
    case "array":
      return Array.isArray(value);
    case "null":
      return value === null;
    case "integer":
      return typeof value === "number";
    default:
      return typeof value === type;
  }
}
