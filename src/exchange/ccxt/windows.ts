export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
  /** Longest span that one query may have. */
  readonly spanMs: number;
}

/**
 * Everything between two times from an endpoint that answers with at most `limit` rows per query and does not say which ones it
 * left out: a span whose page is full is halved until its pages are not. Within one millisecond a full page is taken as it is.
 */
export async function inPages<T>(
  { fromMs, toMs, spanMs }: Span,
  limit: number,
  page: (fromMs: number, toMs: number) => Promise<readonly T[]>,
): Promise<T[]> {
  const found: T[] = [];
  const visit = async (from: number, to: number): Promise<void> => {
    const rows = await page(from, to);
    if (rows.length < limit || from === to) {
      found.push(...rows);
      return;
    }
    const middle = from + Math.floor((to - from) / 2);
    await visit(from, middle);
    await visit(middle + 1, to);
  };
  for (let from = fromMs; from <= toMs; from += spanMs) await visit(from, Math.min(from + spanMs - 1, toMs));
  return found;
}
