import { LineCounter, type YAMLError } from "yaml";
import type { Problem } from "./problem.ts";
import { findTooDeep } from "./yaml-depth.ts";

/** Characters of a file that is read. */
const MAX_LENGTH = 1 << 20;

/** A place in a text, both from 1; columns count UTF-16 units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A problem of the text itself, so its position is known at once. */
export interface LocatedProblem extends Problem {
  readonly position: Position;
}

const SYNTAX_HINTS: Record<string, string> = {
  TAB_AS_INDENT: "indent with spaces",
  MULTIPLE_DOCS: "remove the line ---",
  TAG_RESOLVE_FAILED: "remove the tag",
  BLOCK_AS_IMPLICIT_KEY: 'put quotes around text that has ": " in it',
  BAD_SCALAR_START: "put quotes around the text",
};

/** A fault the YAML parser found. */
export function syntaxProblem(error: YAMLError, text: string, lines: LineCounter): LocatedProblem {
  const [start, end] = error.pos;
  const message = error.code === "MULTIPLE_DOCS" ? "one document in the file" : `valid YAML: ${error.message}`;
  return {
    path: [],
    code: "YAML_SYNTAX",
    value: text.slice(start, Math.min(end, start + 20)),
    expected: message,
    hint: SYNTAX_HINTS[error.code] ?? null,
    position: positionAt(lines, Math.min(start, text.length)),
  };
}

/** The reason not to parse `text` at all, null when there is none. */
export function refuseUnread(text: string, lines: LineCounter): LocatedProblem | null {
  const refusal = { path: [], code: "YAML_SYNTAX", hint: null } as const;
  if (text.length > MAX_LENGTH) {
    const position = { line: 1, column: 1 };
    return { ...refusal, value: text.length, expected: `at most ${MAX_LENGTH} characters`, position };
  }
  const tooDeep = findTooDeep(text);
  if (tooDeep === null) return null;
  const value = text.slice(tooDeep, tooDeep + 20);
  return { ...refusal, value, expected: "less deeply nested values", position: positionAt(lines, tooDeep) };
}

/** Lines of `text`, known before it is parsed. */
export function lineCounter(text: string): LineCounter {
  const lines = new LineCounter();
  lines.addNewLine(0);
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) lines.addNewLine(at + 1);
  return lines;
}

export function positionAt(lines: LineCounter, offset: number): Position {
  const { line, col } = lines.linePos(offset);
  return { line, column: col };
}
