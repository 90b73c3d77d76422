import type { BarColumns } from "../../market/bars.ts";
import type { Market } from "../../market/market.ts";
import type { NewMarketEvent } from "./market-events.ts";

/** The events of a stored market: its slices at their closes, and the funding rates at their times. */
export function* eventsOf({ bars, funding }: Market, baseMs: number): Generator<NewMarketEvent> {
  const next = bars.map(() => 0);
  const rates = funding
    .flatMap((own) =>
      own === null
        ? []
        : Array.from(own.timeMs, (timeMs, i) => ({ timeMs, symbol: own.symbol, rate: own.rate[i] as number })),
    )
    .sort((a, b) => a.timeMs - b.timeMs);
  let paid = 0;
  for (;;) {
    const openMs = Math.min(...bars.map(({ timeMs }, s) => timeMs[next[s] as number] ?? Number.POSITIVE_INFINITY));
    const closeMs = openMs + baseMs;
    for (; paid < rates.length && (rates[paid]?.timeMs as number) < closeMs; paid++) {
      const { timeMs, symbol, rate } = rates[paid] as (typeof rates)[number];
      yield { ts: timeMs, type: "funding", payload: { symbol, time_ms: timeMs, rate: String(rate) } };
    }
    if (openMs === Number.POSITIVE_INFINITY) return;
    const own: Record<string, [string, string, string, string, string]> = {};
    for (const [s, column] of bars.entries()) {
      const i = next[s] as number;
      if (column.timeMs[i] !== openMs) continue;
      own[column.symbol] = barAt(column, i);
      next[s] = i + 1;
    }
    yield { ts: closeMs, type: "slice", payload: { open_ms: openMs, bars: own } };
  }
}

function barAt({ open, high, low, close, volume }: BarColumns, i: number): [string, string, string, string, string] {
  return [open, high, low, close, volume].map((column) => String(column[i])) as [
    string,
    string,
    string,
    string,
    string,
  ];
}
