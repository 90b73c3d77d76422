import { CST, Lexer } from "yaml";

/** Deepest nesting read: far above any config, far below what exhausts the stack of a recursive parser. */
const MAX_DEPTH = 48;
const MAX_INDENT = 200;

/**
 * Offset at which `text` nests too deeply to be parsed safely, null when it does not.
 *
 * Counts tokens, which needs no recursion: open brackets, list and key marks of one line (each may open a level), and
 * indentation. An upper bound of the depth, not the depth.
 */
export function findTooDeep(text: string): number | null {
  let offset = 0;
  let brackets = 0;
  let marks = 0;
  let lineStart = true;
  for (const token of new Lexer().lex(text)) {
    const type = CST.tokenType(token);
    // The lexer announces documents and scalars with tokens that are not in the text.
    const length = type === "doc-mode" || type === "scalar" || type === "flow-error-end" ? 0 : token.length;
    if (type === "newline") {
      marks = 0;
    } else if (type === "flow-seq-start" || type === "flow-map-start") {
      brackets++;
    } else if (type === "flow-seq-end" || type === "flow-map-end") {
      brackets = Math.max(0, brackets - 1);
    } else if (type === "seq-item-ind" || type === "explicit-key-ind" || (type === "map-value-ind" && brackets === 0)) {
      marks++;
    }
    const isIndent = lineStart && type === "space" && brackets === 0;
    if (brackets > MAX_DEPTH || marks > MAX_DEPTH || (isIndent && token.length > MAX_INDENT)) return offset;
    if (length > 0) lineStart = type === "newline";
    offset += length;
  }
  return null;
}
