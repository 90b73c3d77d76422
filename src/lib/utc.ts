/** Milliseconds of the UTC midnight that begins `date` ("2024-01-31"). */
export function dateToMs(date: string): number {
  return Date.parse(`${date}T00:00:00Z`);
}

/** "2024-01-31" of an instant. */
export function msToDate(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** "2024-01-31T14:00:00Z" of an instant. */
export function msToIso(ms: number): string {
  if (ms !== last.ms) last = { ms, text: new Date(ms).toISOString().replace(".000Z", "Z") };
  return last.text;
}

/** Rows of a table often share their instant. */
let last = { ms: Number.NaN, text: "" };
