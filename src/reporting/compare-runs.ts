import type { ComparedPod, ComparedRun, RunComparison } from "../engine/compare-runs/compare-runs.ts";
import type { Divergence } from "../engine/compare-runs/first-divergence.ts";
import type { MetricDifference, MetricUnit } from "../engine/compare-runs/metric-differences.ts";
import type { LifecycleState } from "../orchestrator/settings.ts";
import { amount, change, count, metric, percent, plural } from "./format.ts";
import { labelledLine, labelWidth } from "./labelled-line.ts";
import { STATE_SHORT } from "./lifecycle-words.ts";
import { type Pen, penOf, type ReportStyle } from "./pen.ts";
import { scaleOf, sparkline } from "./sparkline.ts";
import { type Column, renderTable } from "./table.ts";
import { plain, wrap } from "./text-width.ts";

export interface CompareView {
  /** Rows of equal values, too, where they are many (pods). */
  readonly all: boolean;
}

const SIDES: readonly Column[] = [
  { title: "A", align: "right", wraps: true },
  { title: "B", align: "right", wraps: true },
];

/** Two runs side by side: whether they are the same, where they part, then what differs and by how much. */
export function renderRunComparison(comparison: RunComparison, style: ReportStyle, { all }: CompareView): string {
  const pen = penOf(style);
  const { first, first_order, config, portfolio, benchmark, costs, activity, pods } = comparison;
  const samePlace = JSON.stringify(first) === JSON.stringify(first_order);
  const blocks = [
    heading(comparison, pen),
    curves(comparison, pen),
    config.length === 0 ? null : titled("CONFIG", configTable(config, pen), pen),
    first === null || samePlace ? null : titled("FIRST DIFFERENCE", divergenceText(first, comparison, pen), pen),
    first_order === null ? null : titled("FIRST DIVERGING ORDER", divergenceText(first_order, comparison, pen), pen),
    titled("PORTFOLIO", metricTable(portfolio, pen), pen),
    titled("BUY AND HOLD", metricTable(benchmark, pen, all), pen),
    titled("COSTS", metricTable(costs, pen), pen),
    titled("ACTIVITY", metricTable(activity, pen, all), pen),
    ...podBlocks(pods, pen, all),
  ];
  return `${blocks.filter((block) => block !== null).join("\n\n")}\n`;
}

function titled(title: string, body: string, pen: Pen): string {
  return [...wrap(title, pen.width).map(pen.title), body].join("\n");
}

function heading(comparison: RunComparison, pen: Pen): string {
  const { a, b, identical, config, first, first_order } = comparison;
  const same = (name: string, key: "config_hash" | "data_hash" | "mcbot_version"): string =>
    `${a[key] === b[key] ? "same" : "OTHER"} ${name}`;
  const inputs = [same("config", "config_hash"), same("data", "data_hash"), same("version", "mcbot_version")];
  const [own, other] = [a, b].map(({ actions }) => JSON.stringify(actions));
  if (own !== other) inputs.push("OTHER actions of operators");
  const orders = first !== null && first_order === null ? "; every order is the same" : "";
  const verdict = identical
    ? `identical: both decided and did the same, result hash ${a.result_hash}`
    : `different: ${inputs.join(", ")}${orders}`;
  const aside = identical && config.length > 0 ? [`${plural(config.length, "key")} of the config had no effect.`] : [];
  return [
    ...wrap(verdict, pen.width).map(identical ? pen.good : pen.alarm),
    ...aside.flatMap((line) => wrap(line, pen.width)),
    ...side("A", a, pen),
    ...side("B", b, pen),
  ].join("\n");
}

function side(name: string, { folder, run_id, result_hash, market, range }: ComparedRun, pen: Pen): string[] {
  const text = `${folder}: run ${run_id.slice(0, 8)}, result ${result_hash.slice(0, 8)}, ${range.start} to ${range.end}, ${market}`;
  const label = `${name}  `;
  return wrap(plain(text), pen.width - label.length).map((line, i) => `${i === 0 ? label : "   "}${line}`);
}

/** Both equities on one scale, so that heights compare. */
function curves({ a, b, identical }: RunComparison, pen: Pen): string | null {
  if (identical || a.equity.length === 0 || b.equity.length === 0) return null;
  const scale = scaleOf([...a.equity, ...b.equity]);
  const label = labelWidth(["Equity A"], pen);
  const line = (name: string, { equity }: ComparedRun): string =>
    labelledLine(name, sparkline(equity, pen.width - label, scale, pen.unicode), label, pen);
  const caption = wrap(`${amount(scale.low)} (low) to ${amount(scale.high)} (high)`, pen.width - label);
  return [line("Equity A", a), line("Equity B", b), ...caption.map((text) => `${" ".repeat(label)}${text}`)].join("\n");
}

function configTable(config: RunComparison["config"], pen: Pen): string {
  const value = (missing: boolean, shown: unknown): string => (missing ? "(none)" : plain(JSON.stringify(shown)));
  return renderTable(
    [{ title: "Key", wraps: true }, ...SIDES.map((column) => ({ ...column, align: "left" as const }))],
    config.map(({ path, missing_in, a, b }) => [
      plain(path),
      value(missing_in === "a", a),
      value(missing_in === "b", b),
    ]),
    pen,
  );
}

function divergenceText(found: Divergence, { a, b }: RunComparison, pen: Pen): string {
  const { slice, type, symbol, pod_id, missing_in, values } = found;
  const whose = [symbol, pod_id === null ? null : `pod ${pod_id}`].filter((part) => part !== null).join(", ");
  const only = missing_in === null ? "" : `; only in ${missing_in === "a" ? "B" : "A"}`;
  const title = `${type.replaceAll("_", " ")}${whose === "" ? "" : ` of ${whose}`} in the slice ${slice}${only}`;
  const table = renderTable(
    [{ title: "" }, ...SIDES, { title: "" }],
    values.map((value) => [
      value.name.replaceAll("_", " "),
      missing_in === "a" ? "-" : plain(String(value.a)),
      missing_in === "b" ? "-" : plain(String(value.b)),
      missing_in === null && !Object.is(value.a, value.b) ? "differs" : "",
    ]),
    pen,
  );
  const hint = (run: ComparedRun, without: "a" | "b"): string[] =>
    symbol === null || missing_in === without || (type !== "order" && type !== "wish")
      ? []
      : wrap(`mcbot explain order ${symbol} --at ${slice} --run ${run.folder}`, pen.width);
  return [...wrap(plain(title), pen.width), table, ...[...hint(a, "a"), ...hint(b, "b")].map(pen.faint)].join("\n");
}

interface Print {
  readonly value: (n: number) => string;
  readonly delta: (n: number) => string;
}

const PRINT: Readonly<Record<MetricUnit, Print>> = {
  fraction: { value: percent, delta: (n) => `${difference(100 * n)} pp` },
  quote: { value: amount, delta: difference },
  times: { value: (n) => `${amount(n)} x`, delta: (n) => `${difference(n)} x` },
  number: { value: amount, delta: difference },
  count: { value: count, delta: (n) => change(n, 0) },
};

/** Never "0.00": a difference too small for two decimals is one still. */
function difference(value: number): string {
  const text = change(value);
  return /[1-9]/.test(text) ? text : `${value > 0 ? "+" : ""}${value.toExponential(1)}`;
}

/** @param all false = rows whose values are equal are counted, not listed. */
function metricTable(rows: readonly MetricDifference[], pen: Pen, all = true): string {
  const listed = all ? rows : rows.filter((row) => !isEqual(row));
  const equal = rows.length - listed.length;
  const note = equal === 0 ? [] : wrap(`${plural(equal, "metric")} equal in both (--all lists them)`, pen.width);
  if (listed.length === 0) return note.map(pen.faint).join("\n");
  const table = renderTable(
    [{ title: "" }, ...SIDES, { title: "B - A", align: "right" }],
    listed.map((row) => {
      const { value, delta } = PRINT[row.unit];
      return [row.metric.replaceAll("_", " "), metric(row.a, value), metric(row.b, value), deltaOf(row, delta)];
    }),
    pen,
  );
  return [table, ...note.map(pen.faint)].join("\n");
}

function isEqual({ a, b }: MetricDifference): boolean {
  return Object.is(a.value, b.value) && a.reason === b.reason;
}

function deltaOf(row: MetricDifference, print: (n: number) => string): string {
  if (row.difference === null) return isEqual(row) ? "=" : "n/a";
  return row.difference === 0 ? "=" : print(row.difference);
}

/** Pods in which nothing differs share one line. */
function podBlocks(pods: readonly ComparedPod[], pen: Pen, all: boolean): string[] {
  const listed = all ? pods : pods.filter((pod) => !isSamePod(pod));
  const same = pods.filter((pod) => !listed.includes(pod)).map(({ pod_id }) => pod_id);
  const note = `Pods in which nothing differs: ${same.join(", ")}`;
  return [
    ...listed.map((pod) => titled(`POD ${plain(pod.pod_id)}`, podText(pod, pen, all), pen)),
    ...(same.length === 0 ? [] : [wrap(plain(note), pen.width).join("\n")]),
  ];
}

function isSamePod({ missing_in, state, metrics }: ComparedPod): boolean {
  return missing_in === null && state.a === state.b && metrics.every(isEqual);
}

function podText({ missing_in, state, metrics }: ComparedPod, pen: Pen, all: boolean): string {
  if (missing_in !== null) return `only in ${missing_in === "a" ? "B" : "A"}`;
  const word = (state: LifecycleState | null): string => (state === null ? "none" : STATE_SHORT[state]);
  const states = state.a === state.b ? [] : wrap(`State at the end: A ${word(state.a)}, B ${word(state.b)}`, pen.width);
  return [...states, metricTable(metrics, pen, all)].join("\n");
}
