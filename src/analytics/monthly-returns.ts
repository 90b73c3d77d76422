export interface MonthlyReturn {
  /** "2024-01" */
  readonly month: string;
  /** Null for a month that began with nothing to earn on (≤ 0). */
  readonly value: number | null;
}

/** Return of each calendar month (UTC) from the daily closes; the first month begins with the capital at the start. */
export function monthlyReturns(dates: readonly string[], equity: readonly number[], start: number): MonthlyReturn[] {
  const last = new Map<string, number>();
  for (const [i, date] of dates.entries()) last.set(date.slice(0, 7), equity[i] as number);
  let base = start;
  return [...last].map(([month, end]) => {
    const value = base > 0 ? end / base - 1 : null;
    base = end;
    return { month, value };
  });
}
