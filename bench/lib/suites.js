import { readdirSync } from "node:fs";

/**
 * A suite is a file in bench/suites/ that exports
 *
 *   title   what is measured, in one line
 *   run({ quick }) → { rows, guards?, skipped? }
 *     rows     objects of one shape: a table
 *     guards   name → ratio between our own variants, smaller is better: what `npm run bench:check` watches
 *     skipped  name → reason
 *
 * It compares the results of its contenders before it times them.
 */
export async function loadSuites(only) {
  const folder = new URL("../suites/", import.meta.url);
  const names = readdirSync(folder)
    .filter((file) => file.endsWith(".js"))
    .map((file) => file.slice(0, -3))
    .sort();
  for (const name of only) {
    if (names.includes(name)) continue;
    console.error(`no suite '${name}'; suites: ${names.join(", ")}`);
    process.exit(1);
  }
  const chosen = only.length === 0 ? names : names.filter((name) => only.includes(name));
  return Promise.all(chosen.map(async (name) => ({ name, ...(await import(new URL(`${name}.js`, folder).href)) })));
}

export function printSuite(name, title, { rows, guards = {}, skipped = {} }) {
  console.log(`\n${name}: ${title}`);
  console.table(rows.map((row) => Object.fromEntries(Object.entries(row).map(([key, value]) => [key, short(value)]))));
  for (const [guard, ratio] of Object.entries(guards)) console.log(`  ${guard}: ${short(ratio)}`);
  for (const [left, reason] of Object.entries(skipped)) console.log(`  skipped ${left}: ${reason}`);
}

const short = (value) => (typeof value === "number" ? Number(value.toPrecision(4)) : value);
