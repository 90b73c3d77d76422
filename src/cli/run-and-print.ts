import { equitySpans } from "../analytics/equity-spans.ts";
import type { StopLevel } from "../analytics/stop-levels.ts";
import type { Config } from "../config/schema.ts";
import { type BacktestOutcome, runBacktest } from "../engine/run-backtest.ts";
import { requireWritable, writeRunFolder } from "../engine/run-folder.ts";
import type { EngineSession } from "../engine/session.ts";
import { StopTrack } from "../engine/stop-track.ts";
import type { Market } from "../market/market.ts";
import type { EngineEvent } from "../orchestrator/events.ts";
import type { OperatorAction } from "../orchestrator/strategy-orchestrator.ts";
import { renderReport } from "../reporting/terminal-report.ts";
import { renderSummary } from "../reporting/terminal-summary.ts";
import { Progress } from "./progress.ts";
import { styleOf } from "./terminal.ts";

/** Why a report has no stop levels. */
export const NOT_WATCHED = "a run with --fast does not watch its stops";

/** Flags that every command which runs a backtest has. */
export interface RunFlags {
  readonly data?: string;
  readonly report?: boolean;
  readonly fast?: boolean;
  readonly json?: boolean;
  readonly out: string;
}

export interface RunRequest {
  readonly config: Config;
  /** The config file as read, or as the command made it. */
  readonly configText: string;
  readonly market: Market;
  /** First line: where prices come from. */
  readonly notice: string;
  /** A folder, or "synthetic": named in the manifest, so that the run can be made again. */
  readonly dataPath: string;
  readonly warnings: readonly string[];
  /** False: one strategy, no life cycle, allocation or portfolio halts. */
  readonly orchestrated?: boolean;
  readonly actions?: readonly OperatorAction[];
}

/** A run that is on disk. */
export interface FinishedRun {
  readonly outcome: BacktestOutcome;
  readonly folder: string;
  /** Null where no report was asked for. */
  readonly report: string | null;
}

/** Runs, writes the run folder, prints: the notice first, then summary or report; JSON alone with `--json`. */
export async function runAndPrint(request: RunRequest, flags: RunFlags): Promise<void> {
  const { stdout } = process;
  requireWritable(flags.out);
  if (flags.json !== true) stdout.write(`${request.notice}\n`);
  const run = await runAndWrite(request, flags);
  stdout.write(flags.json === true ? `${JSON.stringify(run.outcome.result)}\n` : textOf(run));
}

/** Runs and writes the run folder, with its report where that is asked for. Shows progress, prints nothing. */
export async function runAndWrite(
  request: RunRequest,
  { out, fast = false, report = false }: Pick<RunFlags, "out" | "fast" | "report">,
): Promise<FinishedRun> {
  const { config, configText, market, dataPath, warnings, orchestrated = true, actions = [] } = request;
  const progress = new Progress("backtest", "days", process.stderr);
  const events: EngineEvent[] = [];
  // Signals can be as many as bars; everything else only as many as trades.
  const keep = (event: EngineEvent): void => {
    if (event.type !== "target") events.push(event);
  };
  const stops = new StopTrack();
  const listening = {
    observers: [keep],
    onDayClose: (session: EngineSession, dayMs: number) => stops.observe(session, dayMs),
  };
  const options = { warnings, orchestrated, actions, ...(fast ? { fast: true } : listening) };
  const outcome = progress.during((onProgress) => runBacktest(config, market, { ...options, onProgress }));

  const folder = writeRunFolder(out, {
    ...outcome,
    configText,
    resolvedConfig: config,
    command: process.argv.slice(2),
    dataPath,
    actions,
    now: new Date(),
    ...(fast ? {} : { events, stopLevels: stops.levels }),
  });
  const watched = fast ? null : stops.levels;
  return { outcome, folder, report: report ? await writeHtml(request, outcome, watched, folder) : null };
}

function textOf({ outcome: { result }, folder, report }: FinishedRun): string {
  const options = styleOf(process.stdout, process.env);
  const body = report === null ? renderSummary(result, options) : renderReport(result, options);
  return `${body}\nRun folder: ${folder}\n${report === null ? "" : `Report:     ${report}\n`}`;
}

/** The page, without the runs that `orchestrate report` adds; loaded only where it is asked for. */
async function writeHtml(
  { config, market }: RunRequest,
  { result, record }: BacktestOutcome,
  stops: readonly StopLevel[] | null,
  folder: string,
): Promise<string> {
  const { tradesOf, writeReport } = await import("./write-report.ts");
  const spans = equitySpans(record.curve, record.baseMs, record.capital);
  const trades = { ok: true, value: tradesOf(result, market, record) } as const;
  const counterfactual = { ok: false, reason: `not run yet: mcbot orchestrate report --run ${folder}` } as const;
  const stopLevels =
    stops === null ? ({ ok: false, reason: NOT_WATCHED } as const) : ({ ok: true, value: stops } as const);
  return writeReport(folder, { result, spans, trades, stopLevels, counterfactual }, config);
}
