import { alternatives, type Description } from "./description.ts";

/** What is wanted, as words that follow "expected": "a fraction above 0 and at most 1, or null". */
export function expectation(node: Description): string {
  const told = node["x-expected"];
  if (told !== undefined) return told;
  const phrases = alternatives(node).map(phrase);
  const last = phrases.pop() ?? "a value";
  return phrases.length === 0 ? last : `${phrases.join(", ")}, or ${last}`;
}

/** "a, b or c" of the known keys or values, for an error that may list them all. */
export function oneOf(names: readonly unknown[]): string {
  return `one of ${names.map(String).join(", ")}`;
}

function phrase(node: Description): string {
  const told = node["x-expected"];
  if (told !== undefined) return told;
  if (node.const !== undefined) return JSON.stringify(node.const);
  if (node.enum) return oneOf(node.enum);
  switch (node.type) {
    case "number":
      return `${node["x-kind"] === "fraction" ? "a fraction" : "a number"}${range(node)}`;
    case "integer":
      return `a whole number${range(node)}`;
    case "string":
      return "text";
    case "boolean":
      return "true or false";
    case "array":
      return (node.minItems ?? 0) > 0 ? "a list with at least one entry" : "a list";
    case "object":
      return "a mapping";
    case "null":
      return "null";
    default:
      return "a value";
  }
}

function range(node: Description): string {
  const { exclusiveMinimum: above, exclusiveMaximum: below } = node;
  const min = safe(node.minimum);
  const max = safe(node.maximum);
  const upper = max === undefined ? (below === undefined ? null : `below ${below}`) : `at most ${max}`;
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`;
  const lower = min === undefined ? (above === undefined ? null : `above ${above}`) : `of at least ${min}`;
  const bounds = [lower, upper].filter((bound) => bound !== null).join(" and ");
  return bounds === "" ? "" : ` ${bounds}`;
}

/** zod writes the limits of exact integers as bounds; nobody asked for those. */
function safe(bound: number | undefined): number | undefined {
  return bound !== undefined && Math.abs(bound) === Number.MAX_SAFE_INTEGER ? undefined : bound;
}
