// What both tables of the life cycle share: where they are written, and how.

import { readFileSync, writeFileSync } from "node:fs";

const DOCUMENT = new URL("../docs/LIFECYCLE.md", import.meta.url);

/** Writes src/orchestrator/lifecycle/tables/<name>.ts; the formatter runs after the script. */
export function writeTable(name, command, body) {
  const file = new URL(`../src/orchestrator/lifecycle/tables/${name}.ts`, import.meta.url);
  writeFileSync(
    file,
    `// Made by \`${command}\`, do not edit. Definitions and standard errors: docs/LIFECYCLE.md.\n\n${body}`,
  );
}

/** Replaces what stands between the two markers of a section of docs/LIFECYCLE.md. */
export function writeSection(name, text) {
  const [begin, end] = [`<!-- ${name}: begin -->`, `<!-- ${name}: end -->`];
  const document = readFileSync(DOCUMENT, "utf8");
  const [from, to] = [document.indexOf(begin), document.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`docs/LIFECYCLE.md has no section ${name}`);
  const date = new Date().toISOString().slice(0, 10);
  writeFileSync(DOCUMENT, `${document.slice(0, from)}${begin}\n${date}, ${text}\n${document.slice(to)}`);
}

/** A Markdown table. */
export function table(header, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(header), line(header.map(() => "---")), ...rows.map(line)].join("\n");
}

/** @param digits after the point. */
export function percent(share, digits) {
  return `${(100 * share).toFixed(digits)} %`;
}
