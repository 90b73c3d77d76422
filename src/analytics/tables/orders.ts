import { msToIso } from "../../lib/utc.ts";
import { microText } from "../exact-decimal.ts";
import { actsInside, filledLots, type OrderHistory, outcomeOf } from "../order-history.ts";
import { csvLine } from "./csv.ts";
import { type EventSource, type NamedOrder, type OrderTable, quantitiesOf } from "./event-source.ts";

const COLUMNS = [
  "order_id",
  "slice",
  "decided",
  "symbol",
  "pod",
  "purpose",
  "outcome",
  "reasons",
  "net_quantity",
  "crossed_quantity",
  "filled_quantity",
  "fee",
];

/**
 * orders.csv: one row per order, in the order of decision.
 *
 * Units    quantities are base units, the fee quote units, both exact decimals; `slice` is the open time of the deciding
 *          slice, `decided` its close. A stop or a liquidation acts inside its slice: `decided` is empty. `pod` is set with netting: gross.
 */
export function ordersTable(source: EventSource): OrderTable {
  const quantity = quantitiesOf(source);
  function* rows({ id, order }: NamedOrder): Generator<string> {
    const { timeMs, symbol, podId, purpose, netLots, crossedLots } = order;
    yield csvLine([
      id,
      msToIso(timeMs),
      actsInside(order) ? null : msToIso(timeMs + source.baseMs),
      symbol,
      podId,
      purpose,
      outcomeOf(order),
      order.lapses.map(({ reason }) => reason).join(" "),
      quantity(symbol, netLots),
      quantity(symbol, crossedLots),
      quantity(symbol, filledLots(order)),
      microText(feeOf(order)),
    ]);
  }
  return { header: csvLine(COLUMNS), rows };
}

function feeOf({ executions }: OrderHistory): number {
  return executions.reduce((sum, { fill }) => sum + fill.feeMicro, 0);
}
