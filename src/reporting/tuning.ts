import { count, percent } from "./format.ts";
import { type Pen, penOf, type ReportStyle } from "./pen.ts";
import { type Column, renderTable } from "./table.ts";
import { wrap } from "./text-width.ts";

/** What a tuning run comes to, as far as it is printed (tuning_results.json has all of it). */
export interface TuningSummary {
  readonly verdict: string;
  readonly reasons: readonly string[];
  readonly objective: string;
  readonly constraints: readonly string[];
  readonly counts: { readonly points: number; readonly failed: number; readonly kept_constraints: number };
  readonly trials: {
    readonly lineage: number | null;
    readonly effective: number;
    readonly effective_total: number | null;
  };
  readonly overfitting: { readonly pbo: number | null; readonly splits: number };
  readonly walk_forward: { readonly sharpe: number | null; readonly total_return: number };
  readonly negative_control: { readonly best: number | null; readonly highest: number | null; readonly wins: boolean };
  readonly baselines: readonly { readonly name: string; readonly metrics: CurveFigures }[];
  readonly sensitivity: readonly { readonly path: string; readonly flag: string | null }[];
  readonly top: readonly {
    readonly rank: number;
    readonly job_id: string;
    readonly params: Readonly<Record<string, unknown>>;
    readonly tied_with: number;
    readonly metrics: CurveFigures & { readonly trades: number | null };
    readonly deflated_sharpe: number | null;
    readonly plateau: { readonly is_spike: boolean; readonly median_sharpe: number | null };
    readonly gates: readonly { readonly name: string; readonly met: boolean }[];
    readonly is_candidate: boolean;
  }[];
}

interface CurveFigures {
  readonly sharpe: number | null;
  readonly sharpe_se: number | null;
  readonly total_return: number | null;
  readonly max_drawdown: number | null;
}

/** Verdict first, then what it rests on, then the ranking. */
export function renderTuning(summary: TuningSummary, style: ReportStyle): string {
  const pen = penOf(style);
  const { verdict, reasons, trials, overfitting, walk_forward: forward, negative_control: control, counts } = summary;
  const dead = summary.sensitivity.filter(({ flag }) => flag === "DEAD").map(({ path }) => path);
  const lines: (readonly [string, string])[] = [
    [
      "Points",
      `${count(counts.points)}, ${count(counts.failed)} failed, ${count(counts.kept_constraints)} keep the constraints`,
    ],
    [
      "Trials",
      `${trials.lineage === null ? "lineage unknown" : `${count(trials.lineage)} ever run`}, ${figure(trials.effective)} independent here, ${figure(trials.effective_total)} in all`,
    ],
    ["Overfitting", `PBO ${figure(overfitting.pbo)} over ${count(overfitting.splits)} splits`],
    ["Walk-forward", `Sharpe ${figure(forward.sharpe)}, return ${percent(forward.total_return)} out of sample`],
    [
      "Control",
      `${control.wins ? "WINS" : "loses"}: rotated signals reach Sharpe ${figure(control.highest)}, the real ones ${figure(control.best)}`,
    ],
    ...(dead.length === 0 ? [] : [["Dead", `${dead.join(", ")}: no effect`] as const]),
  ];
  const paint = verdict === "CANDIDATES" ? pen.good : pen.alarm;
  const baselines = summary.baselines.map(({ name, metrics }) => ["", name, ...figures(metrics), "", "", ""]);
  const rows = summary.top.map((point) => [
    String(point.rank),
    Object.entries(point.params)
      .map(([path, value]) => `${path.split(".").at(-1)}=${JSON.stringify(value)}`)
      .join(" "),
    ...figures(point.metrics),
    figure(point.deflated_sharpe),
    figure(point.plateau.median_sharpe),
    notesOf(point, pen),
  ]);
  const table = renderTable(COLUMNS, [...rows, ...baselines], pen);
  return [
    `${pen.title("Verdict")}  ${paint(verdict)}`,
    ...reasons.flatMap((reason) => wrap(reason, pen.width - 2).map((line) => `  ${line}`)),
    "",
    ...lines.flatMap(([label, text]) =>
      wrap(text, pen.width - LABEL).map((line, i) => `${pen.faint((i === 0 ? label : "").padEnd(LABEL))}${line}`),
    ),
    "",
    table,
    ...(/\bn\/a\b/.test(table) ? wrap(NO_FIGURE, pen.width).map(pen.faint) : []),
  ].join("\n");
}

/** Columns of labels. */
const LABEL = 14;
const NO_FIGURE = "n/a: there is no such number, because the returns do not vary or are too few.";

const COLUMNS: readonly Column[] = [
  { title: "#", align: "right" },
  { title: "point", wraps: true },
  { title: "Sharpe", align: "right" },
  { title: "± se", align: "right", optional: 2 },
  { title: "return", align: "right" },
  { title: "drawdown", align: "right" },
  { title: "DSR", align: "right" },
  { title: "neighbours", align: "right", optional: 3 },
  { title: "notes", wraps: true },
];

function figures({ sharpe, sharpe_se, total_return, max_drawdown }: CurveFigures): string[] {
  const share = (value: number | null): string => (value === null ? "n/a" : percent(value));
  return [figure(sharpe), figure(sharpe_se), share(total_return), share(max_drawdown)];
}

function notesOf(point: TuningSummary["top"][number], pen: Pen): string {
  const [first, ...others] = point.gates.filter(({ met }) => !met).map(({ name }) => name.replaceAll("_", " "));
  const missed = first === undefined ? "" : `misses ${first}${others.length > 0 ? ` and ${others.length} more` : ""}`;
  return [
    point.is_candidate ? pen.good("candidate") : missed,
    point.plateau.is_spike ? pen.alarm("lone spike") : "",
    point.tied_with > 0 ? `tied with ${point.tied_with}` : "",
  ]
    .filter((note) => note !== "")
    .join("; ");
}

function figure(value: number | null): string {
  return value === null ? "n/a" : value.toFixed(2);
}
