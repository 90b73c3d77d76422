import { assert } from "../lib/assert.ts";
import type { RunRecord } from "../orchestrator/run-record.ts";
import { MICRO } from "./exact-decimal.ts";
import type { PodTally, RunTally } from "./run-tally.ts";

/**
 * One line of the account, in whole micro-units: start + transfers + realized + unrealized − fees − funding = end, exactly.
 *
 * `transfers_micro` is the capital that came from the reserve, negative where more went to it; of the account it is 0.
 * `realized_micro` is the pod's realised P&L rounded to a micro-unit; `unrealized_micro` is the rest, so it also holds
 * the fractions of a micro-unit that fills were rounded by.
 */
export interface AttributionRow {
  readonly start_micro: number;
  readonly transfers_micro: number;
  readonly realized_micro: number;
  readonly unrealized_micro: number;
  readonly fees_micro: number;
  /** Paid, less received. */
  readonly funding_micro: number;
  readonly end_micro: number;
}

/** Columns that the pods and the reserve must sum to the account in. */
export const ATTRIBUTION_COLUMNS = [
  "start_micro",
  "transfers_micro",
  "realized_micro",
  "unrealized_micro",
  "fees_micro",
  "funding_micro",
  "end_micro",
] as const satisfies readonly (keyof AttributionRow)[];

export interface PodAttribution extends AttributionRow {
  readonly pod_id: string;
}

/** Where the account's money came from: every column of the pods and the reserve sums to the account's. */
export interface Attribution {
  readonly pods: readonly PodAttribution[];
  readonly reserve: AttributionRow;
  /** Start, fees, funding and end are booked from executions, payments and marks alone, never from the pods. */
  readonly account: AttributionRow;
}

/** Builds the table, and asserts that it sums: a pod's books that miss the account are a bug. */
export function attributeAccount(record: RunRecord, tally: RunTally): Attribution {
  const { books, pods } = record;
  const positions = positionValues(record, tally);
  const rows = pods.map(({ podId, capitalMicro }, p): PodAttribution => {
    const { cashMicro: traded, transfersMicro: transfers } = tally.pods[p] as PodTally;
    const cash = books.cashMicro[p] as number;
    assert(
      cash === capitalMicro + transfers + traded,
      `attribution: ${podId} began with ${capitalMicro}, was given ${transfers}, traded ${traded}, but holds ${cash}`,
    );
    const end = cash + (positions.pods[p] as number);
    let realised = 0;
    let fees = 0;
    let funding = 0;
    for (let c = p; c < books.lots.length; c += pods.length) {
      realised += books.realised[c] as number;
      fees += books.feesMicro[c] as number;
      funding += books.fundingMicro[c] as number;
    }
    return { pod_id: podId, ...rowOf(capitalMicro, transfers, wholeMicro(realised), fees, funding, end) };
  });

  const total = (of: (row: PodAttribution) => number): number => rows.reduce((sum, row) => sum + of(row), 0);
  const start = Math.round(record.capital * MICRO);
  const given = total((row) => row.transfers_micro);
  const reserve = rowOf(start - total((row) => row.start_micro), 0 - given, 0, 0, 0, books.reserveMicro);
  const end = start + tally.cashMicro + positions.account;
  const account = rowOf(
    start,
    0,
    total((row) => row.realized_micro),
    tally.feesMicro,
    tally.fundingMicro,
    end,
  );
  assert(reserve.unrealized_micro === 0, `attribution: ${reserve.unrealized_micro} of the reserve came from nowhere`);
  for (const column of ATTRIBUTION_COLUMNS) {
    const sum = total((row) => row[column]) + reserve[column];
    assert(
      sum === account[column],
      `attribution: ${column} of pods and reserve is ${sum}, of the account ${account[column]}`,
    );
  }
  return { pods: rows, reserve, account };
}

function rowOf(
  start: number,
  transfers: number,
  realised: number,
  fees: number,
  funding: number,
  end: number,
): AttributionRow {
  return {
    start_micro: start,
    transfers_micro: transfers,
    realized_micro: realised,
    unrealized_micro: end - start - transfers + fees + funding - realised,
    fees_micro: fees,
    funding_micro: funding,
    end_micro: end,
  };
}

/** Rounded to a micro-unit; + 0 makes a −0 plain. */
function wholeMicro(value: number): number {
  return Math.round(value * MICRO) + 0;
}

/** Value of the positions in whole micro-units: rounded once per symbol, at the account, and split over the pods. */
function positionValues(record: RunRecord, { lots }: RunTally): { pods: Float64Array; account: number } {
  const podCount = record.pods.length;
  const pods = new Float64Array(podCount);
  let account = 0;
  for (const [s, { symbol }] of record.symbols.entries()) {
    const microPerLot = (record.books.markPerLot[s] as number) * MICRO;
    const own = record.books.lots.subarray(s * podCount, (s + 1) * podCount);
    const held = own.reduce((sum, value) => sum + value, 0);
    assert(held === lots[s], `attribution: the pods hold ${held} lots of ${symbol}, the account ${lots[s]}`);
    const total = Math.round(held * microPerLot);
    account += total;
    split(total, own, microPerLot, pods);
  }
  return { pods, account };
}

/** Adds each pod's share of `total` to `shares`: floored, what is left by largest remainder, ties in pod order. */
function split(total: number, lots: Float64Array, microPerLot: number, shares: Float64Array): void {
  const remainder = new Float64Array(lots.length);
  let left = total;
  for (let p = 0; p < lots.length; p++) {
    const exact = (lots[p] as number) * microPerLot;
    const floor = Math.floor(exact);
    remainder[p] = exact - floor;
    (shares[p] as number) += floor;
    left -= floor;
  }
  // −1 at the least: the total was rounded from one product, the floors from several, and f64 has its own last word.
  while (left !== 0) {
    const step = Math.sign(left);
    let best = 0;
    for (let p = 1; p < lots.length; p++) {
      if (step * (remainder[p] as number) > step * (remainder[best] as number)) best = p;
    }
    (shares[best] as number) += step;
    (remainder[best] as number) -= step;
    left -= step;
  }
}
