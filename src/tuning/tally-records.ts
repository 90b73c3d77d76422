import { RECORD_LENGTH, TAG } from "../orchestrator/events.ts";
import { TALLY_SLOT, type Tally } from "./point-outcome.ts";

const MICRO = 1e6;
const { traded, fees, slippage, funding, trades, wins } = TALLY_SLOT;
/** `RECORD_LENGTH` as an array: this loop sees every record of every point. */
const LENGTHS = Int32Array.from({ length: Math.max(...Object.values(TAG)) + 1 }, (_, tag) => RECORD_LENGTH[tag] ?? 0);

/** Adds what the event records of a run say about costs and trades. Sums run in the order of the records. */
export function tallyRecords(records: Float64Array, lotsPerUnit: readonly number[], tally: Tally): void {
  for (let at = 0; at < records.length; at += LENGTHS[records[at] as number] as number) {
    switch (records[at]) {
      case TAG.fill: {
        const executed = records[at + 3] as number;
        const gap = (records[at + 4] as number) - (records[at + 5] as number);
        (tally[traded] as number) += (records[at + 6] as number) / MICRO;
        (tally[slippage] as number) += (executed * gap) / (lotsPerUnit[records[at + 1] as number] as number);
        (tally[fees] as number) += (records[at + 7] as number) / MICRO;
        break;
      }
      case TAG.trade:
        (tally[trades] as number)++;
        if ((records[at + 3] as number) > 0) (tally[wins] as number)++;
        break;
      case TAG.funding:
        (tally[funding] as number) += (records[at + 5] as number) / MICRO;
        break;
      default:
    }
  }
}
