import type { AttributionRow } from "../../analytics/attribution.ts";
import { MICRO, microText } from "../../analytics/exact-decimal.ts";
import type { OrchestratedResult } from "../../orchestrator/result.ts";
import { amount, grouped } from "../format.ts";
import type { Pen } from "../pen.ts";
import { type Column, naturalWidth, renderTable } from "../table.ts";
import { plain, wrap } from "../text-width.ts";

type Figure = readonly [title: string, micro: (row: AttributionRow) => number];

const TRANSFERS: Figure = ["Moved", (row) => row.transfers_micro];
const FULL: readonly Figure[] = [
  ["Start", (row) => row.start_micro],
  ["Realised", (row) => row.realized_micro],
  ["Unrealised", (row) => row.unrealized_micro],
  ["Fees", (row) => 0 - row.fees_micro],
  ["Funding", (row) => 0 - row.funding_micro],
  ["End", (row) => row.end_micro],
];
const SHORT: readonly Figure[] = [
  ["Start", (row) => row.start_micro],
  ["P&L", (row) => row.realized_micro + row.unrealized_micro],
  ["Charges", (row) => 0 - row.fees_micro - row.funding_micro],
  ["End", (row) => row.end_micro],
];

const exact = (micro: number): string => grouped(microText(micro));
const rounded = (micro: number): string => amount(micro / MICRO);

/** Where the account's money came from: to the micro-unit and in full where that fits, and a line that says it sums. */
export function attributionSection({ attribution }: OrchestratedResult, pen: Pen): string {
  const named: [string, AttributionRow][] = [
    ...attribution.pods.map((row): [string, AttributionRow] => [plain(row.pod_id), row]),
    ["reserve", attribution.reserve],
    ["account", attribution.account],
  ];
  const isMoved =
    attribution.reserve.transfers_micro !== 0 || attribution.pods.some((row) => row.transfers_micro !== 0);
  const layouts = (
    [
      [withTransfers(FULL, isMoved), exact],
      [withTransfers(FULL, isMoved), rounded],
      [withTransfers(SHORT, isMoved), rounded],
    ] as const
  ).map(([figures, print]) => ({
    columns: [{ title: "" }, ...figures.map(([title]): Column => ({ title, align: "right" }))],
    rows: named.map(([name, row]) => [name, ...figures.map(([, micro]) => print(micro(row)))]),
    isExact: print === exact,
  }));
  // −1, when none fits, is the last one: the shortest.
  const fitting = layouts.findIndex(({ columns, rows }) => naturalWidth(columns, rows) <= pen.width);
  const { columns, rows, isExact } = layouts.at(fitting) as (typeof layouts)[number];
  return [renderTable(columns, rows, pen), ...wrap(sumLine(attribution, isExact), pen.width).map(pen.faint)].join("\n");
}

/** Capital that moved stands beside the start; a run in which none did has no such column. */
function withTransfers([start, ...others]: readonly Figure[], isMoved: boolean): readonly Figure[] {
  return isMoved ? [start as Figure, TRANSFERS, ...others] : [start as Figure, ...others];
}

function sumLine({ pods, reserve, account }: OrchestratedResult["attribution"], exact: boolean): string {
  const parts = pods.reduce((sum, row) => sum + row.end_micro, reserve.end_micro);
  const gap = grouped(microText(parts - account.end_micro));
  return `Pods + reserve - account = ${gap}${exact ? "" : " (exact to 0.000001; shown to two decimals)"}`;
}
