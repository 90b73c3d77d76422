import { type DataIssue, renderIssue } from "../market/data-error.ts";
import type { FileInfo } from "../market/store/info.ts";
import { isUnusable, type SeriesReport } from "../market/store/verify.ts";
import { amount, count, plural } from "./format.ts";
import { type Pen, penOf, type ReportStyle } from "./pen.ts";
import { type Column, renderTable } from "./table.ts";
import { plain, wrap } from "./text-width.ts";

/** Gaps and jumps that are listed of a series; the rest is counted. */
const SHOWN = 3;

const right = (title: string, optional?: number): Column => ({
  title,
  align: "right",
  ...(optional === undefined ? {} : { optional }),
});

/** What a folder or store holds, by file. */
export function renderFiles(path: string, files: readonly FileInfo[], style: ReportStyle): string {
  const pen = penOf(style);
  if (files.length === 0) return `${path} has no bars\n`;
  const isUnread = files.some(({ format }) => format === "csv");
  const table = renderTable(
    [
      { title: "File", wraps: true },
      { title: "Format", optional: 2 },
      right("MB"),
      right("Bars"),
      { title: "From" },
      { title: "To" },
      right("Gaps"),
      right("Bytes a bar", 1),
    ],
    files.map(({ path: file, format, bytes, rows, bytes_per_bar, first, last, gaps }) => [
      plain(file),
      format,
      amount(bytes / 1e6),
      rows === null ? "?" : count(rows),
      first === null ? "?" : dayOf(first),
      last === null ? "?" : dayOf(last),
      gaps === null ? "?" : count(gaps),
      bytes_per_bar === null ? "?" : amount(bytes_per_bar, 1),
    ]),
    pen,
  );
  const note = `?: rows of CSV are not read here; mcbot data verify ${path} counts them`;
  return `${[table, ...(isUnread ? wrap(plain(note), pen.width).map(pen.faint) : [])].join("\n")}\n`;
}

/** What an import brought, by series. */
export function renderImported(
  series: readonly {
    readonly symbol: string;
    readonly timeframe: string;
    readonly rows: number;
    readonly added: number;
    readonly first: string | null;
    readonly last: string | null;
  }[],
  store: string,
  style: ReportStyle,
): string {
  const pen = penOf(style);
  const table = renderTable(
    [{ title: "Symbol" }, { title: "Series" }, right("Rows"), right("New"), { title: "From" }, { title: "To" }],
    series.map(({ symbol, timeframe, rows, added, first, last }) => [
      symbol,
      timeframe,
      count(rows),
      count(added),
      first === null ? "-" : dayOf(first),
      last === null ? "-" : dayOf(last),
    ]),
    pen,
  );
  const note = wrap(`${count(series.length)} series in ${store}; mcbot data verify ${store} checks them`, pen.width);
  return `${[...(series.length === 0 ? [] : [table]), ...note].join("\n")}\n`;
}

/** What `data verify` found: a line per series, then what is missing or wrong, then whether a run would take it. */
export function renderVerified(series: readonly SeriesReport[], style: ReportStyle): string {
  const pen = penOf(style);
  const refused = series.filter((report) => isUnusable(report)).length;
  const verdict =
    refused === 0 ? "every series can be run" : `${refused} of ${series.length} series are refused by a run`;
  const notes = series.flatMap((report) => findings(report, pen));
  const blocks = [
    ...(series.length === 0 ? [] : [seriesTable(series, pen)]),
    ...(notes.length === 0 ? [] : [notes.join("\n")]),
    wrap(`${verdict}; gaps stay gaps: nothing is filled`, pen.width)
      .map(refused === 0 ? pen.good : pen.alarm)
      .join("\n"),
  ];
  return `${blocks.join("\n\n")}\n`;
}

function seriesTable(series: readonly SeriesReport[], pen: Pen): string {
  return renderTable(
    [
      { title: "Symbol" },
      { title: "Series" },
      right("Bars"),
      { title: "From" },
      { title: "To" },
      right("Coverage"),
      right("Gaps"),
      right("Missing"),
      right("Jumps", 2),
      right("No volume", 3),
      right("Funding", 1),
    ],
    series.map((report) => [
      report.symbol,
      report.timeframe,
      count(report.bars),
      report.first === null ? "-" : dayOf(report.first),
      report.last === null ? "-" : dayOf(report.last),
      `${amount(100 * report.coverage, 3)}%`,
      count(report.gap_count),
      count(report.missing_bars),
      count(report.jump_count),
      count(report.empty_bars),
      report.funding === null ? "none" : count(report.funding.rates),
    ]),
    pen,
  );
}

function findings(report: SeriesReport, pen: Pen): string[] {
  const lines = [
    ...report.gaps.slice(0, SHOWN).map(({ from, to, bars }) => `gap of ${plural(bars, "bar")} from ${from} to ${to}`),
    ...more(report.gap_count, "gap"),
    ...report.jumps
      .slice(0, SHOWN)
      .map(({ at, close_before, open }) => `jump at ${at} from ${close_before} to ${open}`),
    ...more(report.jump_count, "jump"),
    ...report.issues.map((issue: DataIssue) => renderIssue(issue)),
    ...(report.omitted_issues > 0 ? [`and ${plural(report.omitted_issues, "more problem")}`] : []),
  ];
  if (lines.length === 0) return [];
  return [
    pen.title(`${report.symbol} ${report.timeframe}`),
    ...lines
      .flatMap((line) => line.split("\n"))
      .flatMap((line) => wrap(plain(line), pen.width - 2).map((part) => `  ${part}`)),
  ];
}

function more(all: number, noun: string): string[] {
  return all <= SHOWN ? [] : [`and ${plural(all - SHOWN, `smaller ${noun}`)} (--json lists ten)`];
}

/** "2024-01-31" of an ISO time. */
function dayOf(iso: string): string {
  return iso.slice(0, 10);
}
