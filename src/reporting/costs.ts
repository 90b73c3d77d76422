import { penOf, type ReportStyle } from "./pen.ts";
import { type Column, renderTable } from "./table.ts";

interface Estimate {
  readonly value: number;
  readonly standardError: number;
}

/** What a calibration comes to, as far as it is printed. */
export interface CalibratedCosts {
  readonly halfSpreadBps: Estimate;
  readonly alphaBps: Estimate;
  readonly penaltyBps: Estimate;
  readonly maxSafe: number;
  readonly residualBps: number;
  readonly observations: number;
}

export interface CostTable {
  readonly label: string;
  readonly base_bps: number;
  readonly rows: readonly {
    readonly parameter: string;
    readonly factor: number;
    readonly value: number;
    readonly mean_bps: number;
  }[];
}

const COLUMNS: readonly Column[] = [
  { title: "parameter" },
  { title: "factor", align: "right" },
  { title: "value", align: "right" },
  { title: "mean cost, bps", align: "right" },
  { title: "change", align: "right" },
];

/** What fills say of the parameters, with the section of a config that holds them. */
export function renderCalibration(
  calibration: CalibratedCosts,
  { orders, unquoted, beyond, capBps }: { orders: number; unquoted: number; beyond: number; capBps: number },
): string {
  const { halfSpreadBps, alphaBps, penaltyBps, maxSafe, residualBps, observations } = calibration;
  const show = ({ value, standardError }: Estimate): string => `${value.toFixed(3)} ± ${standardError.toFixed(3)} bps`;
  return `${observations} of ${orders} orders used: ${unquoted} without a quote, ${beyond} beyond --max-r left out
  half spread  ${show(halfSpreadBps)}
  alpha        ${show(alphaBps)} per order ÷ quoted notional
  penalty      ${show(penaltyBps)} at its largest
  max_safe     ${maxSafe} (the candidate with the smallest residual)
  residual     ${residualBps.toFixed(3)} bps per order

portfolio:
  cost_model: quoted
  quoted: ${section(calibration, capBps)}
`;
}

function section({ halfSpreadBps, alphaBps, penaltyBps, maxSafe }: CalibratedCosts, capBps: number): string {
  // A cost model never pays anybody for trading.
  const at = ({ value }: Estimate): number => Number(Math.max(0, value).toPrecision(6));
  return `{half_spread_bps: ${at(halfSpreadBps)}, alpha: ${at(alphaBps)}, cap_bps: ${capBps}, penalty_bps: ${at(penaltyBps)}, max_safe: ${maxSafe}}`;
}

export function renderCostSensitivity(
  { label, base_bps, rows }: CostTable,
  sizes: readonly number[],
  style: ReportStyle,
): string {
  const cells = rows.map(({ parameter, factor, value, mean_bps }) => {
    const change = mean_bps - base_bps;
    return [
      parameter,
      `× ${factor}`,
      String(value),
      mean_bps.toFixed(2),
      `${change < 0 ? "" : "+"}${change.toFixed(2)}`,
    ];
  });
  return `${label}
Orders of ${sizes.join(", ")} × what is quoted pay ${base_bps.toFixed(2)} bps on average, fee included
${renderTable(COLUMNS, cells, penOf(style))}
`;
}
