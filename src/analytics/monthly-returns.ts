export interface MonthlyReturn {
  /** "2024-01" */
  readonly month: string;
  readonly value: number;
}

/** Return of each calendar month (UTC) from the daily closes; the first month begins with the capital at the start. */
export function monthlyReturns(dates: readonly string[], equity: readonly number[], start: number): MonthlyReturn[] {
  const last = new Map<string, number>();
  for (const [i, date] of dates.entries()) last.set(date.slice(0, 7), equity[i] as number);
  let base = start;
  return [...last].map(([month, end]) => {
    const value = base > 0 ? end / base - 1 : 0;
    base = end;
    return { month, value };
  });
}
