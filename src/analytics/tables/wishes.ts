import { msToIso } from "../../lib/utc.ts";
import { csvLine } from "./csv.ts";
import { type EventSource, type NamedOrder, type OrderTable, quantitiesOf } from "./event-source.ts";

const COLUMNS = ["slice", "order_id", "symbol", "pod", "weight", "pod_equity", "wished", "held", "demand"];

/**
 * wishes.csv: what each pod with a demand wanted behind each order: demand = wished − held.
 *
 * Units    wished, held, demand: base units, exact; weight (after intra-pod weighting, stops and the pod's leverage
 *          limit) and pod_equity: the shortest decimals that read back as the same f64.
 */
export function wishesTable(source: EventSource): OrderTable {
  const quantity = quantitiesOf(source);
  function* rows({ id, order }: NamedOrder): Generator<string> {
    for (const { timeMs, symbol, podId, weight, podEquity, wishLots, demandLots } of order.wishes) {
      yield csvLine([
        ...[msToIso(timeMs), id, symbol, podId, weight, podEquity],
        ...[quantity(symbol, wishLots), quantity(symbol, wishLots - demandLots), quantity(symbol, demandLots)],
      ]);
    }
  }
  return { header: csvLine(COLUMNS), rows };
}
