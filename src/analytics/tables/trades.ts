import { msToIso } from "../../lib/utc.ts";
import type { PartEvent, TradeEvent } from "../../orchestrator/events.ts";
import { csvLine } from "./csv.ts";
import { type EventSource, eventsOf, quantitiesOf } from "./event-source.ts";

const COLUMNS = ["opened", "closed", "pod", "symbol", "side", "largest_quantity", "pnl"];

interface OpenTrade {
  readonly openedMs: number;
  largest: number;
}

/**
 * trades.csv: one row per finished round trip, in the order of closing.
 *
 * Units    opened and closed: open times of the slices of the fills; largest_quantity: base units, exact, unsigned; pnl:
 *          quote units after fees and funding, rounded to a micro-unit.
 */
export function* tradesTable(source: EventSource): Generator<string> {
  yield csvLine(COLUMNS);
  const quantity = quantitiesOf(source);
  const open = new Map<string, OpenTrade>();
  for (const event of eventsOf(source)) {
    if (event.type === "trade") {
      const { timeMs, podId, symbol, side, pnl } = event;
      const trade = open.get(keyOf(event));
      yield csvLine([
        trade === undefined ? null : msToIso(trade.openedMs),
        msToIso(timeMs),
        podId,
        symbol,
        side,
        trade === undefined ? null : quantity(symbol, trade.largest),
        pnl.toFixed(6),
      ]);
    } else if (event.type === "part") {
      follow(open, event);
    }
  }
}

/** Trades begin from flat or with a flip. The record of a trade's end comes before the part that ended it. */
function follow(open: Map<string, OpenTrade>, part: PartEvent): void {
  const key = keyOf(part);
  const before = part.lotsAfter - part.lots;
  const size = Math.abs(part.lotsAfter);
  const trade = open.get(key);
  if (part.lotsAfter === 0) open.delete(key);
  else if (trade === undefined || before * part.lotsAfter <= 0) open.set(key, { openedMs: part.timeMs, largest: size });
  else trade.largest = Math.max(trade.largest, size);
}

function keyOf({ podId, symbol }: PartEvent | TradeEvent): string {
  return `${podId} ${symbol}`;
}
