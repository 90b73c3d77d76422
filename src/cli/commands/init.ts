import { join } from "node:path";
import type { OrchestratedResult } from "../../orchestrator/result.ts";
import { penOf } from "../../reporting/pen.ts";
import { renderTable } from "../../reporting/table.ts";
import { renderSummary } from "../../reporting/terminal-summary.ts";
import { wrap } from "../../reporting/text-width.ts";
import { openConfig, openMarketFor } from "../open-run.ts";
import { reportWarnings } from "../report-warnings.ts";
import { runAndWrite } from "../run-and-print.ts";
import { STARTER_CONFIG, writeStarterFolder } from "../starter-folder.ts";
import { styleOf } from "../terminal.ts";

export interface InitFlags {
  readonly run: boolean;
  readonly seed: number;
  readonly json?: boolean;
}

interface FirstRun {
  readonly result: OrchestratedResult;
  readonly folder: string;
  readonly report: string;
}

interface Step {
  readonly command: string;
  readonly purpose: string;
}

const RUNS = "runs";

/** `init [DIR]`: a folder with a config and a SYNTHETIC market, and its first backtest with a report. */
export async function init(folder: string, { run, seed, json = false }: InitFlags): Promise<void> {
  const files = writeStarterFolder(folder, seed).map((name) => join(folder, name));
  const { stdout } = process;
  const style = styleOf(stdout, process.env);
  const pen = penOf(style);
  const print = (text: string): void => {
    if (!json) stdout.write(text);
  };
  print(`${wrap(`Wrote ${files.join(", ")} (SYNTHETIC market, seed ${seed})`, pen.width).join("\n")}\n`);
  const first = run ? await firstRun(folder, print) : null;
  const next = nextSteps(folder, first !== null);
  if (json) {
    const made = first && { folder: first.folder, report: first.report, header: first.result.header };
    stdout.write(`${JSON.stringify({ schema_version: 1, folder, files, run: made, next })}\n`);
    return;
  }
  if (first !== null) {
    print(`\n${renderSummary(first.result, style)}\nRun folder: ${first.folder}\nReport:     ${first.report}\n`);
  }
  const steps = renderTable(
    [{ title: "Next" }, { title: "", wraps: true }],
    next.map(({ command, purpose }) => [command, purpose]),
    pen,
  );
  print(`\n${steps}\n`);
}

/** As if it were typed there: the paths in the manifest must hold for who goes on working in the folder. */
async function firstRun(folder: string, print: (text: string) => void): Promise<FirstRun> {
  const before = process.cwd();
  process.chdir(folder);
  try {
    const loaded = openConfig(STARTER_CONFIG, {});
    const opened = openMarketFor(loaded.config, false);
    print(`${opened.notice}\n`);
    const warnings = reportWarnings(loaded);
    const request = { ...opened, configText: loaded.text, warnings };
    const { outcome, folder: made } = await runAndWrite(request, { out: RUNS, report: true });
    return { result: outcome.result, folder: join(folder, made), report: join(folder, made, "report.html") };
  } finally {
    process.chdir(before);
  }
}

function nextSteps(folder: string, hasRun: boolean): Step[] {
  const run = { command: `mcbot orchestrate backtest ${STARTER_CONFIG} --report`, purpose: "the first run" };
  return [
    ...(folder === "."
      ? []
      : [
          {
            command: `cd ${/^[\w./-]+$/.test(folder) ? folder : `'${folder}'`}`,
            purpose: `${STARTER_CONFIG} explains itself`,
          },
        ]),
    ...(hasRun ? [] : [run]),
    { command: "mcbot explain allocation", purpose: "why the last allocation gave each pod its share" },
    { command: "mcbot orchestrate report", purpose: "report.html with what-ifs: other methods, each pod left out" },
    { command: `mcbot marginal ${STARTER_CONFIG}`, purpose: "what each pod adds" },
    { command: "mcbot strategy new my-trend", purpose: "a strategy of your own" },
    { command: "mcbot data fetch --help", purpose: "real prices instead of SYNTHETIC ones" },
  ];
}
