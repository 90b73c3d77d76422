export interface YearlyReturn {
  /** "2024" */
  readonly year: string;
  /** Null for a year that began with nothing to earn on (≤ 0), or in which no value is known. */
  readonly value: number | null;
}

/** Return of each calendar year (UTC) from daily closes; the first begins with the capital at the start. */
export function yearlyReturns(
  dates: readonly string[],
  equity: readonly (number | null)[],
  start: number,
): YearlyReturn[] {
  const last = new Map<string, number | null>();
  for (const [i, date] of dates.entries()) {
    const year = date.slice(0, 4);
    last.set(year, equity[i] ?? last.get(year) ?? null);
  }
  let base = start;
  return [...last].map(([year, end]) => {
    const value = base > 0 && end !== null ? end / base - 1 : null;
    base = end ?? base;
    return { year, value };
  });
}
