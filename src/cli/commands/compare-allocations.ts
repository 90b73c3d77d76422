import type { Config } from "../../config/schema.ts";
import { compareAllocations } from "../../engine/compare-allocations.ts";
import type { BacktestOutcome } from "../../engine/run-backtest.ts";
import { requireWritable, writeRunFolder } from "../../engine/run-folder.ts";
import { renderComparison } from "../../reporting/compare-allocations.ts";
import { openConfig, openMarketFor, requireForm, requireRange } from "../open-run.ts";
import { Progress } from "../progress.ts";
import { reportWarnings } from "../report-warnings.ts";
import { styleOf } from "../terminal.ts";

export interface CompareFlags {
  readonly data?: string;
  readonly json?: boolean;
  readonly out?: string;
}

/** `orchestrate compare-allocations CONFIG`: the same pods under each of the four methods. */
export function compareAllocationsCommand(file: string, { data, json, out }: CompareFlags): void {
  const { stdout, stderr } = process;
  if (out !== undefined) requireWritable(out);
  const loaded = openConfig(file, { data });
  requireForm(loaded, "orchestrator", file);
  requireRange(loaded, file);
  const { text, origins } = loaded;
  const warnings = reportWarnings(loaded);
  const isDefaultPath = origins.get("data.path")?.kind === "default";
  const { config, market, notice, dataPath } = openMarketFor(loaded.config, isDefaultPath);
  if (json !== true) stdout.write(`${notice}\n\n`);
  const progress = new Progress("compare", "days", stderr);
  const folders: string[] = [];
  const onRun = (resolvedConfig: Config, outcome: BacktestOutcome): void => {
    if (out === undefined) return;
    const command = process.argv.slice(2);
    folders.push(
      writeRunFolder(out, { ...outcome, configText: text, resolvedConfig, command, dataPath, now: new Date() }),
    );
  };
  const comparison = progress.during((onProgress) =>
    compareAllocations(config, market, { warnings, onProgress, onRun }),
  );
  if (json === true) {
    const { kind, label, hash } = market;
    const source = { label, synthetic: kind === "synthetic", data_hash: hash };
    stdout.write(`${JSON.stringify({ schema_version: 1, market: source, ...comparison, folders })}\n`);
    return;
  }
  stdout.write(renderComparison(comparison, styleOf(stdout, process.env)));
  for (const folder of folders) stdout.write(`Run folder: ${folder}\n`);
}
