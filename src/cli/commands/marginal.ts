import { marginalRuns } from "../../engine/marginal.ts";
import { renderMarginal } from "../../reporting/marginal.ts";
import { openConfig, openMarketFor, requireForm, requireRange } from "../open-run.ts";
import { Progress } from "../progress.ts";
import { reportWarnings } from "../report-warnings.ts";
import { styleOf } from "../terminal.ts";

/** `marginal CONFIG`: the portfolio without each of its pods. */
export function marginalCommand(file: string, { data, json }: { data?: string; json?: boolean }): void {
  const { stdout, stderr } = process;
  const loaded = openConfig(file, { data });
  requireForm(loaded, "orchestrator", file);
  requireRange(loaded, file);
  reportWarnings(loaded);
  const isDefaultPath = loaded.origins.get("data.path")?.kind === "default";
  const { config, market, notice } = openMarketFor(loaded.config, isDefaultPath);
  if (json !== true) stdout.write(`${notice}\n\n`);
  const progress = new Progress("marginal", "days", stderr);
  const runs = progress.during((update) => marginalRuns(config, market, update));
  if (json === true) {
    const { kind, label, hash } = market;
    const source = { label, synthetic: kind === "synthetic", data_hash: hash };
    stdout.write(`${JSON.stringify({ schema_version: 1, market: source, runs })}\n`);
    return;
  }
  stdout.write(renderMarginal(runs, styleOf(stdout, process.env)));
}
