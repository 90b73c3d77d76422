/**
 * Rows of a table that mcbot wrote and whose bytes were checked. Fields of these tables (numbers, dates, names of pods and
 * symbols) need no quotes.
 */
export function readRows(text: string, columns: readonly string[]): string[][] {
  const [head, ...rows] = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  if (head !== columns.join(",")) throw new TypeError(`columns ${columns.join(",")} expected, found ${head}`);
  return rows.map((row) => row.split(","));
}
