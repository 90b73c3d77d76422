import { decodeEvents, type EngineEvent } from "../../orchestrator/events.ts";
import type { RunRecord } from "../../orchestrator/run-record.ts";
import { quantityPrinter } from "../exact-decimal.ts";
import type { OrderHistory } from "../order-history.ts";

/** What the tables of a run read: a RunRecord has it, and so has a run folder. */
export type EventSource = {
  readonly pods: readonly Pick<RunRecord["pods"][number], "podId">[];
  readonly symbols: readonly Pick<RunRecord["symbols"][number], "symbol" | "lotsPerUnit">[];
  readonly records: Float64Array;
  readonly baseMs: number;
};

/** An order and the id that its rows name it by; src/engine/run-folder.ts derives it. */
export interface NamedOrder {
  readonly id: string;
  readonly order: OrderHistory;
}

/** A table that is written as events pass by: several are written in one pass. */
export interface TableOf<Item> {
  readonly header: string;
  rows(item: Item): Iterable<string>;
}
export type OrderTable = TableOf<NamedOrder>;
export type EventTable = TableOf<EngineEvent>;

export function eventsOf({ pods, symbols, records }: EventSource): Generator<EngineEvent> {
  return decodeEvents(records, {
    podIds: pods.map(({ podId }) => podId),
    symbols: symbols.map(({ symbol }) => symbol),
  });
}

/** Prints lots of a symbol as exact base units. */
export function quantitiesOf({ symbols }: Pick<EventSource, "symbols">): (symbol: string, lots: number) => string {
  const printers = new Map(symbols.map(({ symbol, lotsPerUnit }) => [symbol, quantityPrinter(lotsPerUnit)]));
  return (symbol, lots) => (printers.get(symbol) as (lots: number) => string)(lots);
}
