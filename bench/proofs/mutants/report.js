import { writeFileSync } from "node:fs";
import { reasonFor } from "./equivalents.js";

/**
 * Prints killed and surviving mutants by file, and writes the survivors, those without an explanation first, to `path`.
 *
 * @returns {{ ran: number, killed: number }} of the mutants that are programs and differ from the kernels once compiled.
 */
export function printReport(mutants, results, path) {
  const rows = {};
  const survivors = [];
  for (const mutant of mutants) {
    const outcome = results.of(mutant);
    rows[mutant.file] ??= { mutants: 0, killed: 0, "by time": 0, explained: 0, open: 0 };
    const row = rows[mutant.file];
    if (outcome === undefined) row.open++;
    if (outcome === undefined || outcome === "invalid" || outcome === "same") continue;
    row.mutants++;
    if (outcome === "survived") {
      const reason = reasonFor(mutant);
      if (reason !== undefined) row.explained++;
      survivors.push({ ...mutant, reason });
    } else row.killed++;
    if (outcome === "timeout") row["by time"]++;
  }
  const all = { mutants: 0, killed: 0, "by time": 0, explained: 0, open: 0 };
  for (const row of Object.values(rows)) for (const name of Object.keys(all)) all[name] += row[name];
  rows.all = all;
  for (const row of Object.values(rows)) row.percent = Number(((100 * row.killed) / row.mutants).toFixed(1));
  console.table(rows);
  const lines = survivors
    .sort((a, b) => (a.reason === undefined ? 0 : 1) - (b.reason === undefined ? 0 : 1))
    .map(({ id, reason }) => `${id}\n    ${reason ?? "NOT EXPLAINED"}`);
  writeFileSync(path, `${lines.join("\n")}\n`);
  const unexplained = survivors.filter(({ reason }) => reason === undefined).length;
  console.log(`${survivors.length} survivors, ${unexplained} not explained: ${path}`);
  return { ran: all.mutants, killed: all.killed };
}
