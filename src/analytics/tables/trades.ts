import { msToIso } from "../../lib/utc.ts";
import type { EngineEvent, PartEvent, TradeEvent } from "../../orchestrator/events.ts";
import { csvLine } from "./csv.ts";
import { type EventSource, type EventTable, quantitiesOf } from "./event-source.ts";

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
export function tradesTable(source: EventSource): EventTable {
  const quantity = quantitiesOf(source);
  const open = new OpenTrades();
  function* rows(event: EngineEvent): Generator<string> {
    if (event.type === "part") open.follow(event);
    if (event.type !== "trade") return;
    const { timeMs, podId, symbol, side, pnl } = event;
    const trade = open.of(event);
    yield csvLine([
      trade === undefined ? null : msToIso(trade.openedMs),
      msToIso(timeMs),
      podId,
      symbol,
      side,
      trade === undefined ? null : quantity(symbol, trade.largest),
      pnl.toFixed(6),
    ]);
  }
  return { header: csvLine(COLUMNS), rows };
}

class OpenTrades {
  readonly #byPod = new Map<string, Map<string, OpenTrade>>();

  of({ podId, symbol }: PartEvent | TradeEvent): OpenTrade | undefined {
    return this.#byPod.get(podId)?.get(symbol);
  }

  /** Trades begin from flat or with a flip. The record of a trade's end comes before the part that ended it. */
  follow(part: PartEvent): void {
    const { podId, symbol, timeMs, lots, lotsAfter } = part;
    const own = this.#byPod.get(podId) ?? new Map<string, OpenTrade>();
    this.#byPod.set(podId, own);
    const before = lotsAfter - lots;
    const size = Math.abs(lotsAfter);
    const trade = own.get(symbol);
    if (lotsAfter === 0) own.delete(symbol);
    else if (trade === undefined || before * lotsAfter <= 0) own.set(symbol, { openedMs: timeMs, largest: size });
    else trade.largest = Math.max(trade.largest, size);
  }
}
