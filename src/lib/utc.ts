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
  const day = Math.floor(ms / DAY_MS);
  // Tables have hundreds of thousands of instants, most on the day of the one before.
  if (day !== recent.day) recent = { day, date: new Date(ms).toISOString().split("T")[0] as string };
  const second = (ms - day * DAY_MS) / 1000;
  if (!Number.isInteger(second)) return new Date(ms).toISOString();
  const minute = Math.floor(second / 60);
  return `${recent.date}T${TWO_DIGITS[Math.floor(minute / 60)]}:${TWO_DIGITS[minute % 60]}:${TWO_DIGITS[second % 60]}Z`;
}

const DAY_MS = 86_400_000;
const TWO_DIGITS = Array.from({ length: 60 }, (_, i) => String(i).padStart(2, "0"));
let recent = { day: Number.NaN, date: "" };
