import { join } from "node:path";
import { equitySpans } from "../analytics/equity-spans.ts";
import type { StopLevel } from "../analytics/stop-levels.ts";
import type { Config } from "../config/schema.ts";
import { type BacktestOutcome, runBacktest } from "../engine/run-backtest.ts";
import { requireWritable, writeRunFolder } from "../engine/run-folder.ts";
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

/** Runs, writes the run folder, prints: the notice first, then summary or report; JSON alone with `--json`. */
export async function runAndPrint(request: RunRequest, flags: RunFlags): Promise<void> {
  const { config, configText, market, notice, dataPath, warnings, orchestrated = true, actions = [] } = request;
  const { stdout, stderr } = process;
  requireWritable(flags.out);
  if (flags.json !== true) stdout.write(`${notice}\n`);
  const progress = new Progress("backtest", "days", stderr);
  const events: EngineEvent[] = [];
  // Signals can be as many as bars; everything else only as many as trades.
  const keep = (event: EngineEvent): void => {
    if (event.type !== "target") events.push(event);
  };
  const stops = new StopTrack();
  const outcome = runBacktest(config, market, {
    warnings,
    orchestrated,
    actions,
    ...(flags.fast === true
      ? { fast: true }
      : {
          observers: [keep],
          onDayClose: (session, dayMs) => stops.observe(session, dayMs),
          onProgress: (done, total) => progress.update(done, total),
        }),
  });
  progress.stop();

  const folder = writeRunFolder(flags.out, {
    ...outcome,
    configText,
    resolvedConfig: config,
    command: process.argv.slice(2),
    dataPath,
    actions,
    now: new Date(),
    ...(flags.fast === true ? {} : { events, stopLevels: stops.levels }),
  });
  if (flags.report === true) await writeHtml(request, outcome, flags.fast === true ? null : stops.levels, folder);
  stdout.write(flags.json === true ? `${JSON.stringify(outcome.result)}\n` : textOf(outcome, flags, folder));
}

function textOf({ result }: BacktestOutcome, flags: RunFlags, folder: string): string {
  const options = styleOf(process.stdout, process.env);
  const body = flags.report === true ? renderReport(result, options) : renderSummary(result, options);
  const page = flags.report === true ? `\nReport:     ${join(folder, "report.html")}` : "";
  return `${body}\nRun folder: ${folder}${page}\n`;
}

/** The page, without the runs that `orchestrate report` adds; loaded only where it is asked for. */
async function writeHtml(
  { config, market }: RunRequest,
  { result, record }: BacktestOutcome,
  stops: readonly StopLevel[] | null,
  folder: string,
): Promise<void> {
  const { tradesOf, writeReport } = await import("./write-report.ts");
  const spans = equitySpans(record.curve, record.baseMs, record.capital);
  const trades = { ok: true, value: tradesOf(result, market, record) } as const;
  const counterfactual = { ok: false, reason: `not run yet: mcbot orchestrate report --run ${folder}` } as const;
  const stopLevels =
    stops === null ? ({ ok: false, reason: NOT_WATCHED } as const) : ({ ok: true, value: stops } as const);
  writeReport(folder, { result, spans, trades, stopLevels, counterfactual }, config);
}
