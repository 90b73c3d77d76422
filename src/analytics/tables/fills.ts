import { msToIso } from "../../lib/utc.ts";
import type { FillEvent } from "../../orchestrator/events.ts";
import { microText } from "../exact-decimal.ts";
import { csvLine } from "./csv.ts";
import { type EventSource, type NamedOrder, type OrderTable, quantitiesOf } from "./event-source.ts";

const COLUMNS = [
  "slice",
  "order_id",
  "symbol",
  "purpose",
  "row",
  "pod",
  "quantity",
  "price",
  "reference",
  "cash",
  "fee",
  "netting_saving",
  "cash_after",
  "quantity_after",
];

/**
 * fills.csv: each execution as a row `fill`, then its attribution as rows `part`, one per pod. Quantity, cash and fee of
 * the parts sum to those of the fill, exactly.
 *
 * Units    quantity, cash (before the fee), fee, cash_after: exact decimals; price and reference (before slippage): the
 *          shortest decimal that reads back as the same f64; netting_saving: rounded to a micro-unit.
 */
export function fillsTable(source: EventSource): OrderTable {
  const quantity = quantitiesOf(source);
  function* rows({ id, order }: NamedOrder): Generator<string> {
    for (const { fill, parts } of order.executions) {
      const { symbol, purpose, price, reference } = fill;
      const slice = msToIso(fill.timeMs);
      yield csvLine([
        ...[slice, id, symbol, purpose, "fill", null, quantity(symbol, fill.lots), price, reference],
        ...[microText(cashOf(fill)), microText(fill.feeMicro), null, null, null],
      ]);
      for (const part of parts) {
        yield csvLine([
          ...[slice, id, symbol, purpose, "part", part.podId, quantity(symbol, part.lots), part.price, null],
          ...[microText(part.cashMicro), microText(part.feeMicro), part.saving.toFixed(6)],
          ...[microText(part.cashAfterMicro), quantity(symbol, part.lotsAfter)],
        ]);
      }
    }
  }
  return { header: csvLine(COLUMNS), rows };
}

/** What an execution moved on the account before its fee: buying pays. */
export function cashOf({ lots, valueMicro }: Pick<FillEvent, "lots" | "valueMicro">): number {
  return lots > 0 ? 0 - valueMicro : valueMicro;
}
