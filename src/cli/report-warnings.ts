import { formatIssues } from "../config/format-error.ts";
import type { LoadedConfig } from "../config/load.ts";
import { wantsColor } from "./terminal.ts";

/** Prints what is allowed but doubtful in a config to stderr, and returns it as lines for the result's header. */
export function reportWarnings({ warnings, text }: Pick<LoadedConfig, "warnings" | "text">): string[] {
  if (warnings.length > 0) {
    process.stderr.write(`${formatIssues(warnings, text, { color: wantsColor(process.stderr, process.env) })}\n`);
  }
  return warnings.map(({ path, expected }) => `${path}: expected ${expected}`);
}
