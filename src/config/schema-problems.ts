import type { z } from "zod";
import { type Description, descriptionAt, keysOf } from "./description.ts";
import { expectation, oneOf } from "./expectation.ts";
import { looksSecret, unknownKeyHint, valueHint } from "./hints.ts";
import { type Path, valueAt } from "./path.ts";
import { HIDDEN, type IssueCode, type Problem } from "./problem.ts";

type ZodIssue = z.core.$ZodIssue;

interface Subject {
  readonly description: Description;
  readonly data: unknown;
}

/** Everything a schema has against `data`, at most one problem per value. */
export function schemaProblems(schema: z.ZodType, description: Description, data: unknown): Problem[] {
  const parsed = schema.safeParse(data);
  if (parsed.success) return [];
  const subject = { description, data };
  const problems = parsed.error.issues.flatMap((issue) => translate(subject, issue, []));
  const seen = new Set<string>();
  return problems.filter(({ path }) => {
    const key = JSON.stringify(path);
    return !seen.has(key) && seen.add(key);
  });
}

function translate(subject: Subject, issue: ZodIssue, base: Path): Problem[] {
  const path: Path = [...base, ...(issue.path as Path)];
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKey(subject, path, key));
  if (issue.code === "invalid_key") return [badKey(subject, path)];
  if (issue.code === "invalid_union") {
    // The branch of the right type tells what is wrong inside; when none has it, the union itself is the answer.
    const branch = issue.errors.find((issues) => !issues.some((inner) => isTypeMismatch(inner)));
    if (branch) return branch.flatMap((inner) => translate(subject, inner, path));
  }
  return [refusedValue(subject, issue, path)];
}

function refusedValue({ description, data }: Subject, issue: ZodIssue, path: Path): Problem {
  const node = descriptionAt(description, path) ?? {};
  const value = valueAt(data, path);
  // A rule between values (refine) says in its message what it wants; a value's own wording is in its description.
  if (issue.code === "custom" && node["x-expected"] === undefined && node.anyOf === undefined) {
    return { path, code: "CONFLICT", value: value ?? node.default, expected: issue.message, hint: null };
  }
  const expected = expectation(node);
  if (value === undefined) return { path, code: "MISSING", value, expected, hint: null };
  const hint = valueHint(node, value);
  return { path, code: codeOf(issue), value: isSecretNode(node) ? HIDDEN : value, expected, hint };
}

function unknownKey({ description, data }: Subject, at: Path, key: string): Problem {
  const parent = descriptionAt(description, at);
  const path = [...at, key];
  const expected = oneOf(keysOf(parent));
  const value = valueAt(data, path);
  if (looksSecret(key, value)) {
    const hint = "secrets never go into this file: use the environment, or a secrets file with mode 0600";
    return { path, code: "SECRET_IN_FILE", value: HIDDEN, expected, hint };
  }
  const hint = unknownKeyHint(description, parent, at, key);
  return { path, code: "UNKNOWN_KEY", value, expected, hint };
}

function badKey({ description }: Subject, path: Path): Problem {
  const key = path.at(-1);
  const names = descriptionAt(description, path.slice(0, -1))?.propertyNames ?? {};
  return { path, code: "BAD_KEY", value: key, expected: expectation(names), hint: valueHint(names, key) };
}

function isTypeMismatch(issue: ZodIssue): boolean {
  return issue.path.length === 0 && (issue.code === "invalid_type" || issue.code === "invalid_value");
}

function isSecretNode(node: Description): boolean {
  return [node, ...(node.anyOf ?? [])].some((branch) => branch["x-kind"] === "secret");
}

function codeOf(issue: ZodIssue): IssueCode {
  switch (issue.code) {
    case "invalid_type":
      return "WRONG_TYPE";
    case "too_small":
    case "too_big":
    case "not_multiple_of":
      return "OUT_OF_RANGE";
    case "invalid_value":
      return "NOT_ALLOWED";
    case "invalid_format":
      return "BAD_FORMAT";
    case "invalid_union":
      return "WRONG_TYPE";
    default:
      return "INVALID";
  }
}
